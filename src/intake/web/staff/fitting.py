"""Which of the answers at hand suits a message: a fixed one that the reader found, else a saved one with its words.

Staff read and change it before it leaves, so a near fit is a help; where nothing is near, nothing is chosen.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
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


def best(tools: Tools, message: Message | None, meaning: Meaning | None) -> Choice | None:
    """The answer that suits; None where none is near."""
    known = choices(tools)
    keys: tuple[str, ...] = (meaning.answer,) if meaning and meaning.answer else ()
    if not keys and message is not None:
        keys = tools.understander.answers_near(message.text[:MOST_TEXT], message.segments)
    return nearest(known, message, keys)


def nearest(known: Sequence[Choice], message: Message | None, keys: Collection[str]) -> Choice | None:
    """Of the fixed answers that the reader found (``keys``) the nearest; without one, a saved answer that is near."""
    said = _pairs(f"{message.subject}\n{_new_text(message)}") if message else set()
    fixed = [c for c in known if c.key in keys]
    if fixed:
        return max(fixed, key=lambda c: _share(said, c))
    saved = max((c for c in known if not c.shown_by), key=lambda c: _share(said, c), default=None)
    return saved if saved and _share(said, saved) > 0.5 else None


def nearest_first(known: Sequence[Choice], message: Message | None) -> list[Choice]:
    """All of them, those with words of the message first: they get the number keys."""
    said = _pairs(f"{message.subject}\n{_new_text(message)}") if message else set()
    return sorted(known, key=lambda c: -_share(said, c))


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
