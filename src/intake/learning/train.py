"""Builds the weights of the learned reader from the labelled corpus: ``python -m intake.learning.train``.

Four times the model learns from three quarters of the lines and reads the last one. Those readings, of lines it never
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
import numpy.typing as npt

from intake.learning import compose, network
from intake.learning.calibrate import KINDS, Outcome, calibrate, floors_of, reason_floors
from intake.learning.corpus import Line, read_lines
from intake.learning.letters import Letter
from intake.learning.linear import Floats, Rows, fit_letters
from intake.parsing.quotes import segment
from intake.resources import shipped_rules
from intake.understanding import asides, gate, learned, quoted, sureness
from intake.understanding.features import Code, Coder
from intake.understanding.network import Learned, Network
from intake.understanding.normalize import normalize
from intake.understanding.reading import ASKED, Reader, Reading
from intake.understanding.rulebook import LABELS, load_rulebook
from intake.understanding.tokens import tokenizer
from intake.understanding.weights import FILE, Weights, save_weights
from intake.understanding.wordclasses import load_classes

FOLDS = 4
L2 = (0.2, 0.5)  # of sentences, of letters
ROUNDS = 60
WEAK = 0.03  # log odds; a feature that says less is not shipped
LEAST_LINES = 2  # a feature of one line alone teaches nothing
COMPOSED = 0.25  # letters put together from the lines, for each line
CORPUS = ("tests/corpus/open", "tests/corpus/own")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A labelled line and how the readers see it."""

    line: Line
    reading: Reading
    answered: bool = False  # it says what its quoted question asked; a person looks at those


@dataclass(frozen=True, slots=True)
class Known:
    """Words, surfaces and features that may be learned."""

    words: tuple[str, ...]
    surfaces: tuple[str, ...]
    codes: Sequence[Code]  # by number, from 1


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
        out.append(Prepared(line, reader.read(meant, "", ()) if meant else reading, bool(meant)))
    return out


def fold_of(group: str) -> int:
    """Which part a group of lines belongs to; the same on every machine."""
    return int(hashlib.sha256(f"{group}/fold".encode()).hexdigest(), 16) % FOLDS


def part_of(line: Line) -> int:
    """The part that a line belongs to."""
    return fold_of(line.group or line.id)


def learn(prepared: Sequence[Prepared], known: Known) -> Weights:
    """Weights of both learned readers from these lines; the calibration is still empty."""
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
        network_of(prepared, known),
    )


def network_of(prepared: Sequence[Prepared], known: Known) -> Learned:
    """What the network learns from these lines: requests alone. (Taught reasons as well, it read both worse.)"""
    letters = letters_of([one for one in prepared if one.line.requests is not None], known)
    sizes = len(known.words) + 2, len(known.surfaces) + 2
    return Learned(known.words, known.surfaces, network.train(letters, vectors(), sizes))


def vectors() -> npt.NDArray[np.float32]:
    """What is known of words beforehand; row 0: nothing."""
    known = load_classes().vectors()
    return np.vstack([np.zeros((1, known.shape[1]), np.float32), known])


def letters_of(prepared: Sequence[Prepared], known: Known) -> list[Letter]:
    """The lines as the network sees them."""
    words = {word: number for number, word in enumerate(known.words, 2)}
    surfaces = {word: number for number, word in enumerate(known.surfaces, 2)}
    rows = load_classes().rows
    out = []
    for one in prepared:
        given = one.reading.document.tokens.words
        right, counts = _right(one.line)
        out.append(
            Letter(
                np.array([words.get(word.feature, 1) for word in given], np.int64),
                np.array([rows.get(word.feature, -1) + 1 for word in given], np.int64),
                np.array([surfaces.get(word.surface, 1) for word in given], np.int64),
                np.array([end - start for start, end in one.reading.document.sentences] or [0], np.int64),
                np.array([piece.subject for piece in one.reading.document.pieces] or [False]),
                right,
                counts,
            )
        )
    return out


def _right(line: Line) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Which requests are made, and what each of them counts in learning."""
    right = [label in (line.requests or ()) for label in LABELS]
    counts = np.full(len(LABELS), line.weight * (1.0 if line.kind == "message" else 0.8), np.float32)
    if any(right[: len(ASKED)]):
        counts[LABELS.index("question")] = 0  # it may well ask something as well
    return np.array(right, np.float32), counts


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
            + [one.line.weight * _gives_reasons(one.line)] * len(reason_labels)
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


def _gives_reasons(line: Line) -> bool:
    """Whether a line teaches reasons: not where nothing is asked; there none is given, whatever is told (GUIDE)."""
    return line.reasons is not None and not {"question", "other"}.intersection(line.requests or ())


def out_of_fold(prepared: Sequence[Prepared], known: Known) -> list[Outcome]:
    """Every line read by readers that never saw it, nor its like."""
    outcomes: list[Outcome] = []
    for fold in range(FOLDS):
        weights = learn([one for one in prepared if part_of(one.line) != fold], known)
        held = [one for one in prepared if part_of(one.line) == fold and one.line.kind != compose.KIND]
        outcomes += outcomes_of(held, weights, known)
    return outcomes


def outcomes_of(held: Sequence[Prepared], weights: Weights, known: Known) -> list[Outcome]:
    """What the readers say of lines, before the calibration."""
    place = {code: number for number, code in enumerate(known.codes, 1)}
    rename = {place[code]: number for number, code in enumerate(weights.codes, 1)}
    seen = Network(weights.network) if weights.network else None
    return [_outcome(_renamed(one, rename), weights, seen) for one in held]


def _renamed(one: Prepared, rename: dict[int, int]) -> Prepared:
    """Features by the numbers that were kept."""
    sentences = [[rename[n] for n in line if n in rename] for line in one.reading.sentences]
    letter = [rename[n] for n in one.reading.letter if n in rename]
    for piece in one.reading.document.pieces:
        piece.view = None
    return replace(one, reading=replace(one.reading, sentences=sentences, letter=letter))


def _outcome(one: Prepared, weights: Weights, seen: Network | None) -> Outcome:
    every, rows = learned.scores(one.reading, weights)
    heard = seen.scores(one.reading.document.pieces) if seen else None
    scores = learned.scored(every, rows, heard, weights.request_labels)
    unclear = gate.plain_doubts(scores.chosen, one.reading, scores)
    doubted = list(asides.doubts(one.reading, one.line.body, scores.chosen, one.line.sender))
    return Outcome(
        one.line,
        scores.chosen,
        sureness.signs(one.reading, scores, unclear),
        tuple(map(float, scores.odds)),
        tuple(map(float, scores.reasons)),
        weights.reason_labels,
        one.answered
        or bool(doubted)
        or gate.elsewhere(scores.chosen, one.reading)
        or bool(unclear)
        or not gate.both_sure(one.reading, scores)
        or asides.language(one.reading.own) != "ja",
        (tuple(map(float, scores.each[0])), tuple(map(float, scores.each[1]))),
    )


def build(lines: Sequence[Line], rules: Path) -> tuple[Weights, list[Outcome]]:
    """The shipped weights and the out-of-fold readings they are calibrated on."""
    prepared, known = ready([*lines, *compose.composed(lines, part_of, int(COMPOSED * len(lines)))], rules)
    outcomes = out_of_fold(prepared, known)
    sure = calibrate(outcomes)
    weights = learn(prepared, known)
    return replace(weights, sure=sure, floors={**floors_of(outcomes, sure), **reason_floors(outcomes)}), outcomes


def ready(lines: Sequence[Line], rules: Path) -> tuple[list[Prepared], Known]:
    """The lines as the readers see them, and what may be learned of them."""
    words = words_of(lines)
    coder = Coder(words, load_classes())
    prepared = prepare(lines, Reader(load_rulebook([rules]), coder))
    counts = Counter(s for one in prepared for s in {word.surface for word in one.reading.document.tokens.words})
    surfaces = tuple(sorted(s for s, count in counts.items() if count >= LEAST_LINES and "\n" not in s))
    return prepared, Known(words, surfaces, list(coder.vocabulary))


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
