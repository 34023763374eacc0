"""Trains the third reader, a small network over windows of five words, with numpy alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Parameters = dict[str, Floats]

WIDTH = 5  # words that a window sees
UNITS = 128
WORD, SURFACE = 64, 24  # numbers for a word and for the form in which it stands
EPOCHS = 18
TOKENS = 4500  # of a batch
DROP = 0.3
FORGET = 0.08  # words left out at random while learning
RATE = 3e-3
DECAY = 0.02


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


def _batches(letters: Sequence[Letter], order: Ints) -> Iterator[Batch]:
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


def start(words: int, surfaces: int, labels: int, dice: np.random.Generator) -> Parameters:
    """Parameters to begin with. Row 0 of words and surfaces is padding, row 1 the unknown."""

    def normal(*shape: int, scale: float = 0.0) -> Floats:
        return (dice.standard_normal(shape) * (scale or np.sqrt(1 / np.prod(shape[:-1])))).astype(np.float32)

    return {
        "word": normal(words, WORD, scale=0.05),
        "surface": normal(surfaces, SURFACE, scale=0.1),
        "window": normal(WIDTH * (WORD + SURFACE + 1), UNITS),
        "window0": np.zeros(UNITS, np.float32),
        "sentence": normal(2 * UNITS, UNITS),
        "before": normal(2 * UNITS, UNITS) * np.float32(0.5),
        "after": normal(2 * UNITS, UNITS) * np.float32(0.5),
        "sentence0": np.zeros(UNITS, np.float32),
        "label": normal(UNITS, labels),
        "label0": np.full(labels, -2.0, np.float32),
        "letter": normal(UNITS, labels),
    }


def _windows(x: Floats) -> Floats:
    pad = WIDTH // 2
    count, size = x.shape
    out = np.zeros((count, WIDTH * size), np.float32)
    for i in range(WIDTH):
        shift = i - pad
        here, there = max(0, -shift), max(0, shift)
        out[here : count - there, i * size : (i + 1) * size] = x[there : count - here]
    return out


def _unwindowed(slope: Floats, size: int) -> Floats:
    pad = WIDTH // 2
    count = len(slope)
    wide = np.zeros((count + 2 * pad, size), np.float32)
    for i in range(WIDTH):
        wide[i : i + count] += slope[:, i * size : (i + 1) * size]
    return wide[pad : pad + count]


def _kept(dice: np.random.Generator | None, shape: tuple[int, ...]) -> Floats | np.float32:
    if dice is None:
        return np.float32(1)
    return (dice.random(shape, np.float32) >= DROP).astype(np.float32) * np.float32(1 / (1 - DROP))


def step(
    p: Parameters, fixed: Floats, b: Batch, dice: np.random.Generator | None = None, learns: bool = True
) -> tuple[Floats, Parameters]:
    """Log odds of the letters and, where it learns, the slopes of the loss. ``dice`` leave something out at random."""
    shape = len(b.words)
    kept = b.present if dice is None else b.present * (dice.random((shape, 1), np.float32) >= FORGET)
    x = np.concatenate([p["word"][b.words] + fixed[b.known], p["surface"][b.surfaces], b.subject], axis=1)
    kept_x = kept * _kept(dice, x.shape)
    wide = _windows(x * kept_x)
    raw = wide @ p["window"] + p["window0"]
    kept_h = b.present * _kept(dice, raw.shape)
    h = np.maximum(raw, 0) * kept_h
    bounds = np.stack([b.starts, b.starts + np.maximum(b.sizes, 1)], axis=1).ravel()
    largest = np.maximum.reduceat(h, bounds, axis=0)[::2]
    summed = np.add.reduceat(h, bounds, axis=0)[::2]
    share = (1 / np.sqrt(1 + b.sizes)).astype(np.float32)[:, None]
    q = np.concatenate([largest, summed * share], axis=1)
    same = (b.owner[1:] == b.owner[:-1]).astype(np.float32)[:, None]
    nothing = np.zeros((1, q.shape[1]), np.float32)
    previous = np.concatenate([nothing, q[:-1] * same])
    following = np.concatenate([q[1:] * same, nothing])
    inner = q @ p["sentence"] + previous @ p["before"] + following @ p["after"] + p["sentence0"]
    kept_u = _kept(dice, inner.shape)
    u = np.maximum(inner, 0) * kept_u
    odds = np.exp(np.clip(u @ p["label"] + p["label0"], -30, 30))
    total = np.add.reduceat(odds, b.first, axis=0)
    top = np.maximum.reduceat(u, b.first, axis=0)
    scores = np.log(total) + top @ p["letter"]
    if not learns:
        return scores, {}
    slope = b.counts * (1 / (1 + np.exp(-np.clip(scores, -30, 30))) - b.right) / np.float32(len(b.right))
    out: Parameters = {"letter": np.asarray(top.T @ slope, np.float32)}
    d_said = slope[b.owner] * odds / total[b.owner]
    out["label"], out["label0"] = u.T @ d_said, d_said.sum(axis=0)
    d_u = d_said @ p["label"].T
    d_u += np.where((u == top[b.owner]) & (u > 0), (slope @ p["letter"].T)[b.owner], 0)
    d_inner = d_u * kept_u * (inner > 0)
    out["sentence"], out["sentence0"] = q.T @ d_inner, d_inner.sum(axis=0)
    out["before"], out["after"] = previous.T @ d_inner, following.T @ d_inner
    d_q = d_inner @ p["sentence"].T
    d_q[:-1] += (d_inner @ p["before"].T)[1:] * same
    d_q[1:] += (d_inner @ p["after"].T)[:-1] * same
    where = np.repeat(np.arange(len(b.sizes)), b.sizes)
    tokens = np.flatnonzero(b.present[:, 0])
    here = h[tokens]
    d_here = (d_q[:, UNITS:] * share)[where]
    d_here += d_q[where, :UNITS] * ((here == largest[where]) & (here > 0))
    d_raw = np.zeros_like(h)
    d_raw[tokens] = d_here * kept_h[tokens] * (raw[tokens] > 0)
    out["window"], out["window0"] = wide.T @ d_raw, d_raw.sum(axis=0)
    d_x = (_unwindowed(d_raw @ p["window"].T, x.shape[1]) * kept_x)[tokens]
    out["word"] = _gathered(b.words[tokens], d_x[:, :WORD], len(p["word"]))
    out["surface"] = _gathered(b.surfaces[tokens], d_x[:, WORD : WORD + SURFACE], len(p["surface"]))
    return scores, out


def _gathered(rows: Ints, slopes: Floats, count: int) -> Floats:
    """The slopes of each row of a table, summed over its occurrences."""
    out = np.zeros((count, slopes.shape[1]), np.float32)
    order = np.argsort(rows, kind="stable")
    present, starts = np.unique(rows[order], return_index=True)
    out[present] = np.add.reduceat(slopes[order], starts, axis=0)
    return out


def train(letters: Sequence[Letter], fixed: Floats, sizes: tuple[int, int], seed: int = 0) -> Parameters:
    """Parameters learned from ``letters``. ``fixed``: what is known of words beforehand; ``sizes``: how many words and
    surfaces there are."""
    dice = np.random.default_rng(seed)
    p = start(*sizes, len(letters[0].right), dice)
    first = {name: np.zeros_like(value) for name, value in p.items()}
    second = {name: np.zeros_like(value) for name, value in p.items()}
    steps = EPOCHS * sum(1 for _ in _batches(letters, np.arange(len(letters))))
    turn = 0
    for _ in range(EPOCHS):
        for here in _batches(letters, dice.permutation(len(letters))):
            turn += 1
            rate = RATE * min(1.0, turn / 50) * max(0.02, 1 - turn / steps)
            _, slopes = step(p, fixed, here, dice)
            for name, slope in slopes.items():
                first[name] += np.float32(0.1) * (slope - first[name])
                second[name] += np.float32(0.01) * (slope * slope - second[name])
                root = np.sqrt(second[name] * np.float32(1 / (1 - 0.99**turn))) + np.float32(1e-6)
                move = first[name] * np.float32(1 / (1 - 0.9**turn)) / root + np.float32(DECAY) * p[name]
                p[name] -= np.float32(rate) * move
    return p


def scores(p: Parameters, fixed: Floats, letters: Sequence[Letter]) -> Floats:
    """Log odds of each letter."""
    return np.concatenate([step(p, fixed, b, learns=False)[0] for b in _batches(letters, np.arange(len(letters)))])
