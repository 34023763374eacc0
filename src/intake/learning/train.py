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
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from intake.learning.calibrate import Outcome, calibrate, floors_of, reason_floors
from intake.learning.corpus import Line, read_lines
from intake.learning.linear import Floats, Rows, fit_letters
from intake.parsing.quotes import segment
from intake.resources import shipped_rules
from intake.understanding import asides, gate, learned, quoted, sureness
from intake.understanding.features import Code, Coder
from intake.understanding.normalize import normalize
from intake.understanding.reading import ASKED, Reader, Reading
from intake.understanding.rulebook import LABELS, load_rulebook
from intake.understanding.tokens import tokenizer
from intake.understanding.weights import FILE, Weights, save_weights
from intake.understanding.wordclasses import load_classes

FOLDS = 5
L2 = (0.2, 0.5)  # of sentences, of letters
ROUNDS = 40
WEAK = 0.03  # log odds; a feature that says less is not shipped
LEAST_LINES = 2  # a feature of one line alone teaches nothing
CORPUS = ("tests/corpus/open", "tests/corpus/own")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A labelled line and how the readers see it."""

    line: Line
    reading: Reading


def words_of(lines: Sequence[Line]) -> tuple[str, ...]:
    """Words that two lines or more have; the others are known by their class alone."""
    counts: Counter[str] = Counter()
    for line in lines:
        counts.update({w.key for w in tokenizer().words(normalize(f"{line.subject}\n{line.body}").text)})
    return tuple(sorted(word for word, count in counts.items() if count >= LEAST_LINES and "\n" not in word))


def prepare(lines: Sequence[Line], reader: Reader) -> list[Prepared]:
    """Read every line as the product would."""
    out = []
    for line in lines:
        segments = segment(line.body)
        reading = reader.read(line.body, line.subject, segments)
        meant = quoted.answered(reading, segments, line.body)
        out.append(Prepared(line, reader.read(meant, "", ()) if meant else reading))
    return out


def fold_of(line_id: str) -> int:
    """Which fifth a line belongs to; the same on every machine."""
    return int(hashlib.sha256(f"{line_id}/fold".encode()).hexdigest(), 16) % FOLDS


def learn(prepared: Sequence[Prepared], words: tuple[str, ...], codes: Sequence[Code]) -> Weights:
    """Weights from these lines; the calibration is still empty. ``codes``: the features by number, from 1."""
    counts = Counter(number for one in prepared for number in one.reading.message)
    kept = sorted(number for number, count in counts.items() if count >= LEAST_LINES)
    column = {number: i for i, number in enumerate(kept, 1)}
    reasoned = [one for one in prepared if one.line.reasons is not None]
    reason_labels = tuple(sorted({r for one in reasoned for r in one.line.reasons or ()}))
    sentence, both = _fit(prepared, column, reason_labels)
    strength = np.maximum(np.abs(sentence).max(axis=1), np.abs(both).max(axis=1))
    used = [0, *(i for i in range(1, len(kept) + 1) if strength[i] >= WEAK)]
    return Weights(
        words,
        tuple(codes[kept[i - 1] - 1] for i in used[1:]),
        LABELS,
        reason_labels,
        np.vstack([sentence[used], np.zeros((1, both.shape[1]))]).astype(np.float32),
        np.vstack([both[used], np.zeros((1, both.shape[1]))]).astype(np.float32),
        {},
        {"destructive": 1.1, "asked": 1.1, "rest": 1.1},
    )


def _rows(lists: Iterable[Iterable[int]], column: dict[int, int]) -> Rows:
    numbers = [[0, *sorted({column[n] for n in given if n in column})] for given in lists]
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
            + [one.line.weight * _gives_reasons(one.line)] * len(reason_labels)
            for one in prepared
        ]
    )
    asks = targets[:, : len(ASKED)].any(axis=1)
    weight[asks, LABELS.index("question")] = 0  # it may well ask something as well
    return fit_letters(
        _rows((numbers for one in sentences for numbers in one), column),
        _rows((one.reading.message for one in prepared), column),
        starts,
        targets,
        weight,
        L2,
        ROUNDS,
    )


def _gives_reasons(line: Line) -> bool:
    """Whether a line teaches reasons: not where nothing is asked; there none is given, whatever is told (GUIDE)."""
    return line.reasons is not None and not {"question", "other"}.intersection(line.requests or ())


def out_of_fold(prepared: Sequence[Prepared], codes: Sequence[Code]) -> list[Outcome]:
    """Every line read by a model that never saw it."""
    outcomes: list[Outcome] = []
    for fold in range(FOLDS):
        weights = learn([one for one in prepared if fold_of(one.line.id) != fold], (), codes)
        rename = {number: i for i, number in enumerate(_numbers(weights, codes), 1)}
        outcomes.extend(outcome(one, weights, rename) for one in prepared if fold_of(one.line.id) == fold)
    return outcomes


def _numbers(weights: Weights, codes: Sequence[Code]) -> list[int]:
    place = {code: number for number, code in enumerate(codes, 1)}
    return [place[code] for code in weights.codes]


def outcome(one: Prepared, weights: Weights, rename: dict[int, int]) -> Outcome:
    """What the readers say of a line, before the calibration. ``rename``: numbers while learning to those kept."""
    sentences = [[rename[n] for n in line if n in rename] for line in one.reading.sentences]
    message = {rename[n] for n in one.reading.message if n in rename}
    one = replace(one, reading=replace(one.reading, sentences=sentences, message=message))
    odds, reason_odds = learned.scores(one.reading, weights)
    chosen = learned.decode(odds, weights.request_labels)
    figures = sureness.signs(one.reading, odds, chosen, weights.request_labels)
    doubted = [*asides.doubts(one.reading, one.line.body, chosen), *gate.plain_doubts(chosen, one.reading)]
    return Outcome(
        one.line,
        chosen,
        figures,
        tuple(map(float, odds)),
        tuple(map(float, reason_odds)),
        weights.reason_labels,
        bool(doubted) or asides.language(one.reading.own) != "ja",
    )


def build(lines: Sequence[Line], rules: Path) -> tuple[Weights, list[Outcome]]:
    """The shipped weights and the out-of-fold readings they are calibrated on."""
    words = words_of(lines)
    coder = Coder(words, load_classes())
    prepared = prepare(lines, Reader(load_rulebook([rules]), coder))
    codes = list(coder.vocabulary)
    outcomes = out_of_fold(prepared, codes)
    sure = calibrate(outcomes)
    weights = learn(prepared, words, codes)
    return replace(weights, sure=sure, floors={**floors_of(outcomes, sure), **reason_floors(outcomes)}), outcomes


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
    figures = {
        "lines": len(lines),
        "features": len(weights.codes),
        "exact": round(float(np.mean(exact)), 4),
        "floors": weights.floors,
    }
    sys.stdout.write(json.dumps(figures) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
