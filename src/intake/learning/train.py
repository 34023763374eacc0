"""Builds the weights of the learned reader from the labelled corpus: ``python -m intake.learning.train``.

Five times the model learns from four fifths of the lines and reads the last one. Those readings, of lines it never
saw, calibrate how sure it may be; the weights that are shipped come from all lines.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from intake.learning.calibrate import Outcome, calibrate, floors_of
from intake.learning.corpus import Line, read_lines
from intake.learning.linear import Floats, Rows, fit
from intake.parsing.quotes import segment
from intake.resources import shipped_rules
from intake.understanding import learned, quoted, sureness
from intake.understanding.reading import Reader, Reading
from intake.understanding.rulebook import LABELS, load_rulebook
from intake.understanding.weights import FILE, Weights, save_weights

FOLDS = 5
L2 = 0.3
REASON_L2 = 0.4
LEAST_LINES = 2  # a feature of one line alone teaches nothing
CORPUS = ("tests/corpus/open", "tests/corpus/own")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A labelled line and how the readers see it."""

    line: Line
    reading: Reading
    names: frozenset[str]


def prepare(lines: Sequence[Line], reader: Reader) -> list[Prepared]:
    """Read every line as the product would."""
    out = []
    for line in lines:
        segments = segment(line.body)
        reading = reader.read(line.body, line.subject, segments)
        meant = quoted.answered(reading, segments, line.body)
        if meant:
            reading = reader.read(meant, "", ())
        out.append(Prepared(line, reading, frozenset(name for name, _, _ in reading.features)))
    return out


def fold_of(line_id: str) -> int:
    """Which fifth a line belongs to; the same on every machine."""
    return int(hashlib.sha256(f"{line_id}/fold".encode()).hexdigest(), 16) % FOLDS


def learn(prepared: Sequence[Prepared]) -> Weights:
    """Weights from these lines; the calibration is still empty."""
    counts = Counter(name for one in prepared for name in one.names)
    vocabulary = {n: i for i, n in enumerate(sorted(n for n, c in counts.items() if c >= LEAST_LINES), 1)}
    asked = [one for one in prepared if one.line.requests is not None]
    reasoned = [one for one in prepared if one.line.reasons is not None]
    reason_labels = tuple(sorted({r for one in reasoned for r in one.line.reasons or ()}))
    requests = _fit(asked, vocabulary, LABELS, [one.line.requests or () for one in asked], L2)
    reasons = _fit(reasoned, vocabulary, reason_labels, [one.line.reasons or () for one in reasoned], REASON_L2)
    used = [n for n, i in vocabulary.items() if max(np.abs(requests[i]).max(), np.abs(reasons[i]).max()) >= 0.02]
    rows = np.array([0] + [vocabulary[n] for n in used])
    return Weights(
        {n: i for i, n in enumerate(used, 1)},
        LABELS,
        reason_labels,
        requests[rows].astype(np.float32),
        reasons[rows].astype(np.float32),
        {},
        {"any": 1.1, "destructive": 1.1},
    )


def _fit(
    chosen: Sequence[Prepared],
    vocabulary: dict[str, int],
    labels: Sequence[str],
    given: Sequence[Sequence[str]],
    l2: float,
) -> Floats:
    numbers = [[0, *(vocabulary[n] for n in one.names if n in vocabulary)] for one in chosen]
    values = [[1.0] + [learned.BULK / max(1, len(line) - 1) ** 0.5] * (len(line) - 1) for line in numbers]
    rows = Rows.of(numbers, len(vocabulary) + 1, values)
    targets = np.array([[float(label in line) for label in labels] for line in given])
    weight = np.array([[one.line.weight] for one in chosen])
    return fit(rows, targets, l2, weight=weight)


def out_of_fold(prepared: Sequence[Prepared]) -> list[Outcome]:
    """Every line read by a model that never saw it."""
    outcomes: list[Outcome] = []
    for fold in range(FOLDS):
        weights = learn([one for one in prepared if fold_of(one.line.id) != fold])
        outcomes.extend(outcome(one, weights) for one in prepared if fold_of(one.line.id) == fold)
    return outcomes


def outcome(one: Prepared, weights: Weights) -> Outcome:
    """What the readers say of a line, before the calibration."""
    odds, reason_odds = learned.scores(one.reading.features, weights)
    chosen = learned.decode(odds, weights.request_labels)
    figures = sureness.signs(one.reading, odds, chosen, weights.request_labels)
    return Outcome(one.line, chosen, figures, tuple(map(float, odds)), tuple(map(float, reason_odds)), weights.reason_labels)


def build(lines: Sequence[Line], rules: Path) -> tuple[Weights, list[Outcome]]:
    """The shipped weights and the out-of-fold readings they are calibrated on."""
    prepared = prepare(lines, Reader(load_rulebook([rules])))
    outcomes = out_of_fold(prepared)
    sure = calibrate(outcomes)
    weights = learn(prepared)
    return (
        Weights(
            weights.vocabulary,
            weights.request_labels,
            weights.reason_labels,
            weights.requests,
            weights.reasons,
            sure,
            floors_of(outcomes, sure),
        ),
        outcomes,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line: learns from the corpus, writes the weights, prints the cross-validated figures."""
    parser = argparse.ArgumentParser(prog="python -m intake.learning.train", description=__doc__)
    parser.add_argument("--corpus", nargs="*", type=Path, default=[Path(p) for p in CORPUS])
    parser.add_argument("--out", type=Path, default=FILE)
    given = parser.parse_args(arguments)
    files = sorted(path for folder in given.corpus for path in folder.glob("*.jsonl"))
    lines = list(read_lines(files))
    weights, outcomes = build(lines, shipped_rules())
    save_weights(given.out, weights)
    exact = [o.exact for o in outcomes if o.line.requests is not None]
    print(json.dumps({"lines": len(lines), "features": len(weights.vocabulary), "exact": round(float(np.mean(exact)), 4),
                      "floors": weights.floors}))
    return 0


if __name__ == "__main__":
    sys.exit(main())


