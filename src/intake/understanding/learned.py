"""The second reader: a linear model. Each sentence is scored; a letter asks what any of its sentences asks
(the log of the summed odds), and the letter as a whole may speak for or against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from intake.understanding.network import Network
from intake.understanding.reading import ASKED, Reading
from intake.understanding.weights import Floats, Weights

REASONS = "view_of_reasons"  # where a sentence keeps what the network of reasons saw in it
SHARE = 0.5  # of the network in what both learned readers say together
BULK = 3.0  # the features of a sentence, or letter, weigh BULK/sqrt(n) each, so that long ones do not shout


def scores(reading: Reading, weights: Weights) -> tuple[Floats, Floats]:
    """Log odds for each label (requests, then reasons), and the same for each sentence."""
    size = weights.sentence.shape[1]
    nothing = [weights.nothing]  # a row of zeros, so that no sentence is empty
    sentences = reading.sentences or [[]]
    numbers = nothing + reading.letter
    starts = [0]
    for features in sentences:
        starts.append(len(numbers))
        numbers += nothing
        numbers += features
    counts = np.fromiter([len(features) or 1 for features in sentences], np.float32, len(sentences))
    # (One array made from numbers at once: np.array and take of a list look at each of them twice.)
    sums = np.add.reduceat(weights.table.take(np.fromiter(numbers, np.int64, len(numbers)), axis=0), starts)
    rows: Floats = np.multiply(sums[1:, :size], (BULK / np.sqrt(counts))[:, None], dtype=np.float32)
    rows += weights.sentence[0]
    np.minimum(np.maximum(rows, -30, out=rows), 30, out=rows)
    total = max(1, len(numbers) - len(starts))
    whole = np.add.reduce(sums[:, size:]) * np.float32(BULK / total**0.5) + weights.message[0]
    return np.log(np.add.reduce(np.exp(rows))) + whole, rows


def together(linear: Floats, network: Floats) -> Floats:
    """What both learned readers say of the requests, or of the reasons."""
    both: Floats = (1 - SHARE) * linear[: len(network)] + SHARE * network
    return both


def decode(odds: Floats, labels: Sequence[str]) -> tuple[str, ...]:
    """The requests that are more likely than not; else the likeliest of question, other and the nine."""
    given = odds.tolist()
    chosen = [labels[i] for i in range(len(ASKED)) if given[i] > 0]
    return tuple(sorted(chosen)) if chosen else (labels[given.index(max(given[: len(labels)]))],)


@dataclass(frozen=True, slots=True)
class Scores:
    """What both learned readers say of a letter."""

    odds: Floats  # for each request label
    reasons: Floats  # for each reason label, by the linear reader
    rows: Floats  # sentences × labels, by the linear reader
    heard: Floats  # the same by the network
    chosen: tuple[str, ...]
    each: tuple[Floats, Floats]  # the odds of the linear reader and of the network, each alone
    views: tuple[tuple[str, ...], tuple[str, ...]]  # and what they read


class LearnedReaders:
    """The linear reader and the network, with the weights of one file."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self._network = Network(weights.network) if weights.network else None
        self._reasons = Network(weights.reasons, REASONS, self._network) if weights.reasons else None

    def scores(self, reading: Reading) -> Scores:
        """Read a letter."""
        every, rows = scores(reading, self.weights)
        heard = self._network.scores(reading.document.pieces) if self._network else None
        return scored(every, rows, heard, self.weights.request_labels)

    def reasons(self, reading: Reading, scores: Scores) -> Floats:
        """Log odds of each reason, by both readers."""
        if self._reasons is None:
            return scores.reasons
        return together(scores.reasons, self._reasons.scores(reading.document.pieces)[0])

    def network(self, reading: Reading) -> Floats | None:
        """Log odds by the network alone; None where the weights have none."""
        return None if self._network is None else self._network.scores(reading.document.pieces)[0]


def scored(every: Floats, rows: Floats, heard: tuple[Floats, Floats] | None, labels: Sequence[str]) -> Scores:
    """Put together what the linear reader (``every``: requests, then reasons; ``rows``: of its sentences) and the
    network (``heard``: both) said."""
    size = len(labels)
    linear = every[:size]
    other, odds, sentences = linear, linear, rows
    if heard is not None:
        other, sentences = heard
        odds = together(linear, other)
    views = decode(linear, labels), decode(other, labels)
    return Scores(odds, every[size:], rows, sentences, decode(odds, labels), (linear, other), views)
