"""What staff corrected becomes weights: `intake learn`. The shipped weights are the starting point and hold it back.

The corpus that the shipped weights were made from need not be there: the new weights may leave the old ones only as far
as the corrections pull them, while the examples of all rules, and the corrections themselves, stand guard. If more
sentences than before are wrongly taken for a withdrawal or an erasure, the lesson is refused and nothing is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from intake.learning.linear import Rows, fit_letters
from intake.model import DESTRUCTIVE
from intake.parsing.quotes import segment
from intake.understanding import learned
from intake.understanding.features import Coder
from intake.understanding.learned import LearnedReaders
from intake.understanding.reading import Reader, Reading
from intake.understanding.rulebook import Rulebook, load_rulebook
from intake.understanding.weights import FILE, Floats, Weights, load_weights, save_weights
from intake.understanding.wordclasses import load_classes

PULL = 3.0  # what one correction counts against one example
HOLD = 2.0  # how firmly the old weights hold
ROUNDS = 40


@dataclass(frozen=True, slots=True)
class Flip:
    """A message that is now read otherwise."""

    id: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    right: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lesson:
    """What the corrections taught; ``refused`` says why it is not kept, None if it is."""

    corrections: int
    right_before: int
    right_after: int
    flips: tuple[Flip, ...]
    wrong_before: int  # wrongly read as a withdrawal or an erasure
    wrong_after: int
    refused: str | None
    written: Path | None = None

    def as_text(self, lang: str = "ja") -> str:
        """The lesson for people; the messages by their ids alone."""
        ja = lang != "en"
        lines = [
            f"訂正 {self.corrections} 件、正しく読めたもの {self.right_before} → {self.right_after} 件"
            if ja
            else f"{self.corrections} corrections, read right {self.right_before} -> {self.right_after}",
            f"退会・削除と読みちがえるもの {self.wrong_before} → {self.wrong_after} 件"
            if ja
            else f"wrongly read as leaving or erasure {self.wrong_before} -> {self.wrong_after}",
        ]
        lines += [f"  {f.id}: {'+'.join(f.before)} → {'+'.join(f.after)} ({'+'.join(f.right)})" for f in self.flips]
        if self.refused:
            lines.append(("採用しません: " if ja else "refused: ") + self.refused)
        elif self.written:
            lines.append(("書き込みました: " if ja else "written: ") + str(self.written))
        else:
            lines.append("試しただけで、何も変えていません。" if ja else "tried only, nothing was changed.")
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class _Guard:
    """A reading with what must, and what must not, be read."""

    id: str
    reading: Reading
    right: tuple[str, ...] | None
    never: frozenset[str]
    pull: float
    network: Floats | None  # what the network says; only the linear reader learns


def learn(
    lines: Sequence[Mapping[str, Any]], *, rules: Sequence[Path], home: Path | None = None, dry_run: bool = False
) -> Lesson:
    """Learn from corrected messages (``id, subject, body, requests``) and write ``weights.npz`` into the last of
    ``rules`` (the home's own rules), where reading finds it. Nothing is written when refused or ``dry_run``."""
    rulebook = load_rulebook(rules)
    weights = load_weights(rulebook.weights_file or FILE)
    reader = Reader(rulebook, Coder(weights.words, load_classes(), weights.vocabulary()))
    readers = LearnedReaders(weights)
    guards = [*_corrections(lines, reader, readers), *_examples(rulebook, reader, readers)]
    changed = _adapted(weights, guards) if lines else weights
    lesson = _compared(guards, len(lines), weights, changed)
    if dry_run or lesson.refused or not lines:
        return lesson
    target = rules[-1] / FILE.name
    target.parent.mkdir(parents=True, exist_ok=True)
    save_weights(target, changed)
    return replace(lesson, written=target)


def _corrections(lines: Sequence[Mapping[str, Any]], reader: Reader, readers: LearnedReaders) -> list[_Guard]:
    out = []
    for line in lines:
        body = str(line["body"])
        reading = reader.read(body, str(line.get("subject", "")), segment(body))
        right = tuple(sorted(line["requests"]))
        never = DESTRUCTIVE - set(right)
        out.append(_Guard(str(line["id"]), reading, right, never, PULL, readers.network(reading)))
    return out


def _examples(rulebook: Rulebook, reader: Reader, readers: LearnedReaders) -> list[_Guard]:
    """Every example of every rule: it is to be read as it is read now; a destructive miss stays a miss."""
    out = []
    for request, rules in rulebook.requests.items():
        for rule in rules.rule:
            for number, text in enumerate([*rule.hits, *rule.misses]):
                reading = reader.read(text, "", ())
                now = readers.scores(reading).chosen
                never = frozenset({request} if number >= len(rule.hits) and request in DESTRUCTIVE else ())
                out.append(_Guard(f"{rule.id}#{number + 1}", reading, now, never, 1.0, readers.network(reading)))
    return out


def _adapted(weights: Weights, guards: Sequence[_Guard]) -> Weights:
    labels = weights.request_labels
    size = len(weights.sentence)
    sentences = [one for guard in guards for one in (guard.reading.sentences or [[]])]
    counts = [max(1, len(guard.reading.sentences)) for guard in guards]
    asked = len(labels)
    targets = np.array([[float(label in (guard.right or ())) for label in labels] for guard in guards])
    pull = np.array([[guard.pull] * asked for guard in guards])
    old = (weights.sentence[:, :asked].astype(np.float64), weights.message[:, :asked].astype(np.float64))
    sentence, message = fit_letters(
        _rows(sentences, size),
        _rows([guard.reading.numbers() for guard in guards], size),
        np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.int64),
        targets,
        pull,
        (HOLD, HOLD),
        ROUNDS,
        prior=old,
        offset=_offset(guards),
    )
    return replace(
        weights,
        sentence=np.hstack([sentence.astype(np.float32), weights.sentence[:, asked:]]),
        message=np.hstack([message.astype(np.float32), weights.message[:, asked:]]),
    )


def _offset(guards: Sequence[_Guard]) -> npt.NDArray[np.float64] | None:
    """What the network adds to the linear reader's odds, on its scale."""
    said = [guard.network for guard in guards if guard.network is not None]
    return np.array(said, np.float64) * (learned.SHARE / (1 - learned.SHARE)) if said else None


def _read(guard: _Guard, weights: Weights) -> tuple[str, ...]:
    odds, _ = learned.scores(guard.reading, weights)
    if guard.network is not None:
        odds = learned.together(odds, guard.network)
    return learned.decode(odds, weights.request_labels)


def _rows(lists: Sequence[Sequence[int]], columns: int) -> Rows:
    numbers = [[0, *given] for given in lists]
    values = [[1.0] + [learned.BULK / max(1, len(n) - 1) ** 0.5] * (len(n) - 1) for n in numbers]
    return Rows.of(numbers, columns, values)


def _compared(guards: Sequence[_Guard], corrections: int, before: Weights, after: Weights) -> Lesson:
    flips = []
    right = [0, 0]
    wrong = [0, 0]
    for number, guard in enumerate(guards):
        read = [_read(guard, w) for w in (before, after)]
        for side in (0, 1):
            wrong[side] += bool(guard.never & set(read[side]))
            right[side] += number < corrections and read[side] == guard.right
        if read[0] != read[1]:
            flips.append(Flip(guard.id, read[0], read[1], guard.right or ()))
    refused = None
    if wrong[1] > wrong[0]:
        refused = "退会・削除の読みちがいが増えます (more would be wrongly read as leaving or erasure)"
    elif corrections and right[1] < right[0]:
        refused = "訂正どおりに読めるものが減ります (fewer of the corrections would be read right)"
    return Lesson(corrections, right[0], right[1], tuple(flips), wrong[0], wrong[1], refused)
