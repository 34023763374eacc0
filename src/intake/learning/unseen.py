"""What the readers say of lines that they never saw: the ground of the calibration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from intake.learning.calibrate import Outcome
from intake.learning.prepared import Known, Prepared
from intake.understanding import asides, gate, sureness
from intake.understanding.learned import LearnedReaders
from intake.understanding.weights import Weights


def outcomes_of(held: Sequence[Prepared], weights: Weights, known: Known) -> list[Outcome]:
    """What the readers say of lines, before the calibration."""
    place = {code: number for number, code in enumerate(known.codes, 1)}
    rename = {place[code]: number for number, code in enumerate(weights.codes, 1)}
    readers = LearnedReaders(weights)
    return [_outcome(_renamed(one, rename), readers) for one in held]


def _renamed(one: Prepared, rename: dict[int, int]) -> Prepared:
    """Features by the numbers that were kept."""
    sentences = [[rename[n] for n in line if n in rename] for line in one.reading.sentences]
    letter = [rename[n] for n in one.reading.letter if n in rename]
    for piece in one.reading.document.pieces:
        piece.view = piece.view_of_second = piece.view_of_reasons = None
    return replace(one, reading=replace(one.reading, sentences=sentences, letter=letter))


def _outcome(one: Prepared, readers: LearnedReaders) -> Outcome:
    scores = readers.scores(one.reading)
    unclear = gate.plain_doubts(scores.chosen, one.reading, scores)
    doubted = list(asides.doubts(one.reading, one.line.body, scores.chosen, one.line.sender))
    return Outcome(
        one.line,
        scores.chosen,
        sureness.signs(one.reading, scores, unclear),
        tuple(map(float, scores.odds)),
        tuple(map(float, readers.reasons(one.reading, scores))),
        readers.weights.reason_labels,
        one.answered
        or bool(doubted)
        or gate.elsewhere(scores.chosen, one.reading)
        or bool(unclear)
        or not gate.both_sure(one.reading, scores)
        or asides.language(one.reading.own) != "ja",
        (tuple(map(float, scores.each[0])), tuple(map(float, scores.each[1]))),
    )
