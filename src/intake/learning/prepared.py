"""Labelled lines as the readers see them, and the parts they are learned from and measured with in turn."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from intake.learning.corpus import Line
from intake.parsing.quotes import segment
from intake.understanding import quoted
from intake.understanding.features import Code, Coder
from intake.understanding.normalize import normalize
from intake.understanding.reading import Reader, Reading
from intake.understanding.rulebook import load_rulebook
from intake.understanding.tokens import tokenizer
from intake.understanding.wordclasses import load_classes

FOLDS = 4
LEAST_LINES = 2  # a feature of one line alone teaches nothing


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


def ready(lines: Sequence[Line], rules: Path) -> tuple[list[Prepared], Known]:
    """The lines as the readers see them, and what may be learned of them."""
    words = words_of(lines)
    coder = Coder(words, load_classes())
    prepared = prepare(lines, Reader(load_rulebook([rules]), coder))
    counts = Counter(s for one in prepared for s in {word.surface for word in one.reading.document.tokens.words})
    surfaces = tuple(sorted(s for s, count in counts.items() if count >= LEAST_LINES and "\n" not in s))
    return prepared, Known(words, surfaces, list(coder.vocabulary))


def gives_reasons(line: Line) -> bool:
    """Whether a line teaches reasons: not where nothing is asked; there none is given, whatever is told (GUIDE)."""
    return line.reasons is not None and not {"question", "other"}.intersection(line.requests or ())
