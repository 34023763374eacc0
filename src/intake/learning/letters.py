"""Labelled lines as the network sees them, and many of them side by side to learn from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

WIDTH = 5  # words that a window sees
TOKENS = 4500  # of a batch


@dataclass(frozen=True, slots=True)
class Letter:
    """A line as the network sees it: numbers of words and of surfaces, and the sentence of each; what is right."""

    words: Ints  # 0 is padding, 1 any word that is not learned
    known: Ints  # the same words among those of which something is known beforehand; 0: nothing
    surfaces: Ints
    sizes: Ints  # how many words each sentence has
    subject: npt.NDArray[np.bool_]  # of each sentence
    right: Floats
    counts: Floats  # what each label of this line counts


@dataclass(frozen=True, slots=True)
class Batch:
    """Letters side by side."""

    words: Ints
    known: Ints
    surfaces: Ints
    present: Floats
    subject: Floats
    starts: Ints  # first token of each sentence, in the padded row of tokens
    sizes: Ints
    owner: Ints  # the letter of each sentence
    first: Ints  # first sentence of each letter
    right: Floats
    counts: Floats


def batch(letters: Sequence[Letter]) -> Batch:
    """Letters side by side, with room between the sentences."""
    pad = WIDTH // 2
    sizes = np.concatenate([one.sizes for one in letters])
    starts = pad + np.concatenate([[0], np.cumsum(sizes + pad)[:-1]])
    places = np.repeat(starts, sizes) + np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    count = int(starts[-1] + sizes[-1] + pad)
    sentences = [len(one.sizes) for one in letters]

    def row(values: Sequence[Ints]) -> Ints:
        out = np.zeros(count, np.int64)
        out[places] = np.concatenate(values)
        return out

    subject = np.repeat(np.concatenate([one.subject for one in letters]), sizes).astype(np.int64)
    words = row([one.words for one in letters])
    return Batch(
        words,
        row([one.known for one in letters]),
        row([one.surfaces for one in letters]),
        (words > 0).astype(np.float32)[:, None],
        row([subject]).astype(np.float32)[:, None],
        starts,
        sizes,
        np.repeat(np.arange(len(letters)), sentences),
        np.concatenate([[0], np.cumsum(sentences)[:-1]]),
        np.stack([one.right for one in letters]),
        np.stack([one.counts for one in letters]),
    )


def batches(letters: Sequence[Letter], order: Ints) -> Iterator[Batch]:
    """The letters in ``order``, as many side by side as ``TOKENS`` allow."""
    here: list[Letter] = []
    size = 0
    for number in order:
        one = letters[number]
        if here and size + len(one.words) > TOKENS:
            yield batch(here)
            here, size = [], 0
        here.append(one)
        size += len(one.words)
    if here:
        yield batch(here)
