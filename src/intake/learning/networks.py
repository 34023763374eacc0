"""What the networks learn from the labelled lines: two the requests, one the reasons.

Taught both, one network read both worse. The two of requests differ by the dice alone: together they are right more
often than each, and where they differ, neither is sure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from intake.learning import network
from intake.learning.corpus import Line
from intake.learning.letters import Floats, Letter
from intake.learning.prepared import Known, Prepared, gives_reasons
from intake.understanding.learned import VIEWS
from intake.understanding.network import Learned, complete
from intake.understanding.reading import ASKED
from intake.understanding.rulebook import LABELS
from intake.understanding.wordclasses import load_classes

RightOf = Callable[[Line], tuple[Floats, Floats]]
SHORT = 0.8  # what a single sentence counts against a letter


def of_requests(prepared: Sequence[Prepared], known: Known, before: Sequence[Learned] = ()) -> tuple[Learned, ...]:
    """What each network of requests learns; ``before``: what they know already, to learn onward from."""
    letters = letters_of([one for one in prepared if one.line.requests is not None], known, right_of)
    begins = [*before, *[None] * (len(VIEWS) - len(before))]
    return tuple(_learned(letters, known, network.OF_REQUESTS, *one) for one in enumerate(begins))


def of_reasons(
    prepared: Sequence[Prepared], known: Known, labels: Sequence[str], before: Learned | None = None
) -> Learned | None:
    """What the network of reasons learns, of the lines that teach them; None where there are none."""

    def right(line: Line) -> tuple[Floats, Floats]:
        given = np.array([label in (line.reasons or ()) for label in labels], np.float32)
        return given, np.full(len(labels), _weight(line), np.float32)

    lines = [one for one in prepared if gives_reasons(one.line)]
    if not labels or not lines:
        return None
    return _learned(letters_of(lines, known, right), known, network.OF_REASONS, 0, before)


def _learned(
    letters: Sequence[Letter], known: Known, size: network.Size, seed: int = 0, before: Learned | None = None
) -> Learned:
    sizes = len(known.words) + 2, len(known.surfaces) + 2
    begin = carried(before, known) if before else None
    return Learned(known.words, known.surfaces, network.train(letters, vectors(), sizes, size, seed, begin))


def carried(before: Learned, known: Known) -> network.Parameters:
    """The parameters of a network that knew other words: a new word begins as the unknown one."""
    values = {name: np.array(value, np.float32) for name, value in complete(before.values).items()}
    for name, old, new in (("word", before.words, known.words), ("surface", before.surfaces, known.surfaces)):
        rows = {word: row for row, word in enumerate(old, 2)}
        values[name] = values[name][[0, 1, *(rows.get(word, 1) for word in new)]]
    return values


def vectors() -> Floats:
    """What is known of words beforehand; row 0: nothing."""
    known = load_classes().vectors()
    return np.vstack([np.zeros((1, known.shape[1]), np.float32), known])


def letters_of(prepared: Sequence[Prepared], known: Known, right: RightOf) -> list[Letter]:
    """The lines as a network sees them; ``right``: what is right of a line, and what each label counts."""
    words = {word: number for number, word in enumerate(known.words, 2)}
    surfaces = {word: number for number, word in enumerate(known.surfaces, 2)}
    rows = load_classes().rows
    out = []
    for one in prepared:
        given = one.reading.document.tokens.words
        labels, counts = right(one.line)
        out.append(
            Letter(
                np.array([words.get(word.feature, 1) for word in given], np.int64),
                np.array([rows.get(word.feature, -1) + 1 for word in given], np.int64),
                np.array([surfaces.get(word.surface, 1) for word in given], np.int64),
                np.array([end - start for start, end in one.reading.document.sentences] or [0], np.int64),
                np.array([piece.subject for piece in one.reading.document.pieces] or [False]),
                labels,
                counts,
            )
        )
    return out


def right_of(line: Line) -> tuple[Floats, Floats]:
    """Which requests are made, and what each of them counts in learning."""
    right = [label in (line.requests or ()) for label in LABELS]
    counts = np.full(len(LABELS), _weight(line), np.float32)
    if any(right[: len(ASKED)]):
        counts[LABELS.index("question")] = 0  # it may well ask something as well
    return np.array(right, np.float32), counts


def _weight(line: Line) -> float:
    return line.weight * (1.0 if line.kind == "message" else SHORT)
