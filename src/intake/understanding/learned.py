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
VIEWS = ("view", "view_of_second")  # and those of requests
SHARE = 0.72  # of the networks in what both learned readers say together of requests
SHARE_OF_REASONS = 0.5
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


def together(linear: Floats, network: Floats, share: float = SHARE) -> Floats:
    """What both learned readers say of the requests, or of the reasons."""
    both: Floats = (1 - share) * linear[: len(network)] + share * network
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
    heard: Floats  # the same by the networks
    chosen: tuple[str, ...]
    each: tuple[Floats, Floats]  # the odds of the linear reader and of the networks
    views: tuple[tuple[str, ...], tuple[str, ...]]  # and what they read
    apart: tuple[Floats, ...] = ()  # the odds of each network alone


class LearnedReaders:
    """The linear reader and the networks, with the weights of one file."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self._networks: list[Network] = []
        for view, given in zip(VIEWS, weights.networks, strict=False):
            self._networks.append(Network(given, view, self._first()))
        self._reasons = Network(weights.reasons, REASONS, self._first()) if weights.reasons else None

    def _first(self) -> Network | None:
        return self._networks[0] if self._networks else None

    def scores(self, reading: Reading) -> Scores:
        """Read a letter."""
        every, rows = scores(reading, self.weights)
        heard = [network.scores(reading.document.pieces) for network in self._networks]
        return scored(every, rows, heard, self.weights.request_labels)

    def reasons(self, reading: Reading, scores: Scores) -> Floats:
        """Log odds of each reason, by both readers."""
        if self._reasons is None:
            return scores.reasons
        return together(scores.reasons, self._reasons.scores(reading.document.pieces)[0], SHARE_OF_REASONS)

    def network(self, reading: Reading) -> Floats | None:
        """Log odds by the networks alone; None where the weights have none."""
        if not self._networks:
            return None
        return _mean([network.scores(reading.document.pieces)[0] for network in self._networks])


def _mean(of: Sequence[Floats]) -> Floats:
    total = of[0]
    for one in of[1:]:
        total = total + one
    return total * np.float32(1 / len(of))


def scored(every: Floats, rows: Floats, heard: Sequence[tuple[Floats, Floats]], labels: Sequence[str]) -> Scores:
    """Put together what the linear reader (``every``: requests, then reasons; ``rows``: of its sentences) and the
    networks (``heard``: both of each) said."""
    size = len(labels)
    linear = every[:size]
    other, odds, sentences = linear, linear, rows
    if heard:
        other, sentences = _mean([odds for odds, _ in heard]), _mean([said for _, said in heard])
        odds = together(linear, other)
    views = decode(linear, labels), decode(other, labels)
    return Scores(
        odds, every[size:], rows, sentences, decode(odds, labels), (linear, other), views, tuple(o for o, _ in heard)
    )
