"""Which of the answers at hand suits a message: the fixed one that the reader found, else the one it shares words with.

Staff read and change it before it leaves, so a near fit is a help; where nothing is near, nothing is chosen.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from intake.model import Meaning, Message
from intake.pipeline.tools import Tools

MOST_TEXT = 4_000  # characters of the message that are compared
LEAST = 2  # words in common, two characters each
_RUNS = re.compile(r"[一-龠々]{2,}|[ァ-ヶー]{2,}|[a-z0-9]{2,}")  # kana alone are grammar


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer to begin with; ``shown_by`` are sentences that say what it is for."""

    key: str
    label: str
    text: str
    shown_by: tuple[str, ...] = ()


def choices(tools: Tools) -> list[Choice]:
    """Saved answers first, then the answers to frequent questions (rules/answers)."""
    saved = [Choice(f"saved-{n}", a.label, a.text) for n, a in enumerate(tools.saved_answers)]
    known = sorted(tools.rulebook.answers.items())
    return saved + [Choice(key, a.label, a.answer, tuple(a.hits)) for key, a in known]


def best(known: Iterable[Choice], message: Message | None, meaning: Meaning | None) -> Choice | None:
    """The answer that suits; None where none is near."""
    known = list(known)
    if meaning is not None and meaning.answer:
        sure = [c for c in known if c.key == meaning.answer]
        if sure:
            return sure[0]
    if message is None:
        return None
    said = _pairs(f"{message.subject}\n{_new_text(message)}")
    scored = [(_share(said, c), -n, c) for n, c in enumerate(known)]
    share, _, found = max(scored, default=(0.0, 0, None), key=lambda s: s[:2])
    return found if share > 0.5 else None


def _share(said: set[str], choice: Choice) -> float:
    """The largest share of what one sentence is about that the message is about too."""
    shares = [0.0]
    for sentence in (choice.label, *choice.shown_by):
        pairs = _pairs(sentence)
        common = len(pairs & said)
        if common >= LEAST:
            shares.append(common / len(pairs))
    return max(shares)


def _pairs(text: str) -> set[str]:
    plain = unicodedata.normalize("NFKC", text).lower()
    return {run[i : i + 2] for run in _RUNS.findall(plain) for i in range(len(run) - 1)}


def _new_text(message: Message) -> str:
    """What the person wrote now: no quoted history, no signature."""
    new = [message.text[s.start : s.end] for s in message.segments if s.kind == "new"]
    return ("\n".join(new) if message.segments else message.text)[:MOST_TEXT]
