"""The second reader: a linear model. Each sentence is scored; a letter asks what any of its sentences asks
(the log of the summed odds), and the letter as a whole may speak for or against it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from intake.understanding.reading import ASKED, Reading
from intake.understanding.weights import Floats, Weights

BULK = 3.0  # the features of a sentence, or letter, weigh BULK/sqrt(n) each, so that long ones do not shout


def scores(reading: Reading, weights: Weights, rows: Floats | None = None) -> tuple[Floats, Floats]:
    """Log odds for each request label and each reason label. ``rows``: what ``sentence_scores`` gave, if known."""
    message = list(reading.message)
    share = np.float32(BULK / max(1, len(message)) ** 0.5)
    whole = np.add.reduce(weights.message[message], axis=0) * share + weights.message[0]
    size = len(weights.request_labels)
    top = sentence_scores(reading, weights) if rows is None else rows
    together = np.log(np.exp(top).sum(axis=0))  # scores lie within ±30
    both = together + whole
    return both[:size], both[size:]


def sentence_scores(reading: Reading, weights: Weights) -> Floats:
    """Sentences × labels: requests, then reasons."""
    nothing = len(weights.sentence) - 1  # a row of zeros, so that no sentence is empty
    numbers: list[int] = []
    starts: list[int] = []
    shares: list[float] = []
    for features in reading.sentences:
        known = set(features)
        starts.append(len(numbers))
        shares.append(BULK / max(1, len(known)) ** 0.5)
        numbers.append(nothing)
        numbers.extend(known)
    if not starts:
        return weights.sentence[:1]
    sums = np.add.reduceat(weights.sentence[numbers], starts, axis=0)
    scores: Floats = np.clip(sums * np.array(shares, np.float32)[:, None] + weights.sentence[0], -30, 30)
    return scores


def decode(odds: Floats, labels: Sequence[str]) -> tuple[str, ...]:
    """The requests that are more likely than not; else the likeliest of question, other and the nine."""
    chosen = [labels[i] for i in range(len(ASKED)) if odds[i] > 0]
    return tuple(sorted(chosen)) if chosen else (labels[int(np.argmax(odds))],)
