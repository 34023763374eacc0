"""The second reader: a linear model over the features of a reading."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from intake.understanding.features import Feature
from intake.understanding.reading import ASKED
from intake.understanding.weights import Floats, Weights

BULK = 3.0  # a line's features weigh BULK/sqrt(n) each, so that long letters do not shout


def known(features: Iterable[Feature], vocabulary: dict[str, int]) -> list[int]:
    """Numbers of the features that the model knows, each once."""
    get = vocabulary.get
    return list({n: None for name, _, _ in features if (n := get(name)) is not None})


def scores(features: Sequence[Feature], weights: Weights) -> tuple[Floats, Floats]:
    """Log odds for each request label and each reason label."""
    numbers = known(features, weights.vocabulary)
    bulk = np.float32(BULK / max(1, len(numbers)) ** 0.5)
    requests = weights.requests[0] + weights.requests[numbers].sum(axis=0) * bulk
    reasons = weights.reasons[0] + weights.reasons[numbers].sum(axis=0) * bulk
    return requests, reasons


def decode(odds: Floats, labels: Sequence[str]) -> tuple[str, ...]:
    """The requests that are more likely than not; else the likeliest of question, other and the nine."""
    chosen = [labels[i] for i in range(len(ASKED)) if odds[i] > 0]
    return tuple(sorted(chosen)) if chosen else (labels[int(np.argmax(odds))],)
