"""Builds the weights of the learned reader from the labelled corpus: ``python -m intake.learning.train``.

Four times the model learns from three quarters of the lines and reads the last one. Those readings, of lines it never
saw, calibrate how sure it may be; the weights that are shipped come from all lines. ``--onward`` takes new lines in for
a tenth of the time: the networks learn onward from the shipped ones, and the calibration stays.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from intake.errors import BadInput
from intake.learning import compose, networks
from intake.learning.calibrate import KINDS, Outcome, calibrate, floors_of, reason_floors
from intake.learning.corpus import Line, read_lines
from intake.learning.linear import Floats, Rows, fit_letters
from intake.learning.prepared import FOLDS, LEAST_LINES, Known, Prepared, gives_reasons, part_of, ready
from intake.learning.unseen import outcomes_of
from intake.resources import shipped_rules
from intake.understanding import learned
from intake.understanding.reading import ASKED
from intake.understanding.rulebook import LABELS
from intake.understanding.weights import FILE, Weights, load_weights, save_weights

L2 = (0.2, 0.5)  # of sentences, of letters
ROUNDS = 60
WEAK = 0.1  # log odds; a feature that says less is not shipped
COMPOSED = 0.25  # letters put together from the lines, for each line
GIVEN = 2.0  # what a line of the given corpus counts against one of our own: what its author means is what labels mean
CORPUS = ("tests/corpus/open", "tests/corpus/own")


def learn(prepared: Sequence[Prepared], known: Known, before: Weights | None = None) -> Weights:
    """Weights of both learned readers from these lines, onward from the networks of ``before`` where that is given;
    the calibration is still empty."""
    counts = Counter(number for one in prepared for number in set(one.reading.numbers()))
    kept = sorted(number for number, count in counts.items() if count >= LEAST_LINES)
    column = {number: i for i, number in enumerate(kept, 1)}
    reasoned = [one for one in prepared if one.line.reasons is not None]
    reason_labels = tuple(sorted({r for one in reasoned for r in one.line.reasons or ()}))
    sentence, both = _fit(prepared, column, reason_labels)
    strength = np.maximum(np.abs(sentence).max(axis=1), np.abs(both).max(axis=1))
    used = [0, *(i for i in range(1, len(kept) + 1) if strength[i] >= WEAK)]
    return Weights(
        known.words,
        tuple(known.codes[kept[i - 1] - 1] for i in used[1:]),
        LABELS,
        reason_labels,
        np.vstack([sentence[used], np.zeros((1, both.shape[1]))]).astype(np.float32),
        np.vstack([both[used], np.zeros((1, both.shape[1]))]).astype(np.float32),
        {},
        dict.fromkeys(KINDS, 1.1),
        networks.of_requests(prepared, known, before.networks if before else ()),
        networks.of_reasons(
            prepared, known, reason_labels, before.reasons if before and before.reason_labels == reason_labels else None
        ),
    )


def _rows(lists: Iterable[Iterable[int]], column: dict[int, int]) -> Rows:
    numbers = [[0, *(column[n] for n in given if n in column)] for given in lists]
    values = [[1.0] + [learned.BULK / max(1, len(line) - 1) ** 0.5] * (len(line) - 1) for line in numbers]
    return Rows.of(numbers, len(column) + 1, values)


def _fit(prepared: Sequence[Prepared], column: dict[int, int], reason_labels: Sequence[str]) -> tuple[Floats, Floats]:
    sentences = [one.reading.sentences or [[]] for one in prepared]
    starts = np.concatenate([[0], np.cumsum([len(s) for s in sentences])[:-1]]).astype(np.int64)
    targets = np.array(
        [
            [float(label in (one.line.requests or ())) for label in LABELS]
            + [float(label in (one.line.reasons or ())) for label in reason_labels]
            for one in prepared
        ]
    )
    weight = np.array(
        [
            [one.line.weight * (one.line.requests is not None)] * len(LABELS)
            + [one.line.weight * gives_reasons(one.line)] * len(reason_labels)
            for one in prepared
        ]
    )
    asks = targets[:, : len(ASKED)].any(axis=1)
    weight[asks, LABELS.index("question")] = 0  # it may well ask something as well
    return fit_letters(
        _rows((numbers for one in sentences for numbers in one), column),
        _rows((one.reading.numbers() for one in prepared), column),
        starts,
        targets,
        weight,
        L2,
        ROUNDS,
    )


def out_of_fold(prepared: Sequence[Prepared], known: Known) -> list[Outcome]:
    """Every line read by readers that never saw it, nor its like."""
    outcomes: list[Outcome] = []
    for fold in range(FOLDS):
        weights = learn([one for one in prepared if part_of(one.line) != fold], known)
        held = [one for one in prepared if part_of(one.line) == fold and one.line.kind != compose.KIND]
        outcomes += outcomes_of(held, weights, known)
    return outcomes


def build(lines: Sequence[Line], rules: Path, before: Weights | None = None) -> tuple[Weights, list[Outcome]]:
    """The shipped weights and the out-of-fold readings they are calibrated on: none where they are learned onward
    from ``before``, whose calibration stays, as those networks have seen the lines."""
    prepared, known = ready([*lines, *compose.composed(lines, part_of, int(COMPOSED * len(lines)))], rules)
    if before and before.request_labels != LABELS:
        raise BadInput("--onward: the shipped weights know other requests; learn from nothing: make model")
    if before:
        return replace(learn(prepared, known, before), sure=before.sure, floors=before.floors), []
    outcomes = out_of_fold(prepared, known)
    sure = calibrate(outcomes)
    weights = learn(prepared, known)
    return replace(weights, sure=sure, floors={**floors_of(outcomes, sure), **reason_floors(outcomes)}), outcomes


def labelled(folders: Iterable[Path]) -> list[Line]:
    """The lines of all files in ``folders``; those of ``open`` count ``GIVEN``."""
    lines: list[Line] = []
    for folder in folders:
        times = GIVEN if folder.name == "open" else 1.0
        lines += [replace(one, weight=one.weight * times) for one in read_lines(sorted(folder.glob("*.jsonl")))]
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line: learns from the corpus, writes the weights, prints the cross-validated figures."""
    parser = argparse.ArgumentParser(prog="python -m intake.learning.train", description=__doc__)
    parser.add_argument("--corpus", nargs="*", type=Path, default=[Path(p) for p in CORPUS])
    parser.add_argument("--out", type=Path, default=FILE)
    parser.add_argument("--onward", action="store_true", help="from the shipped networks, keeping the calibration")
    given = parser.parse_args(arguments)
    lines = labelled(given.corpus)
    weights, outcomes = build(lines, shipped_rules(), load_weights() if given.onward else None)
    save_weights(given.out, weights)
    exact = [o.exact for o in outcomes if o.line.requests is not None]
    figures = {
        "lines": len(lines),
        "features": len(weights.codes),
        "exact": round(float(np.mean(exact)), 4) if exact else None,
        "floors": weights.floors,
    }
    sys.stdout.write(json.dumps(figures) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
