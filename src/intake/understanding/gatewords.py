"""The gate's words, ready: what speaks against leaving or erasure, or says whose they are. The words themselves stand
in rules/gate/*.toml.

「二段階認証の登録を解除」「持株会を退会」「ヘッダーのロゴを消して」: what people leave and erase has no end, so it
is not listed; what is ours is. Texts are normalised (NFKC).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

# Where words are looked for: the sender's letter, its opening, its subject (alone: where the letter speaks of no work),
# the sentence that asks, those beside it.
Where = Literal["letter", "opening", "subject", "subject-alone", "asking", "beside"]
# What the gate's own code asks for by name; a rules directory without one of these is refused.
Sign = Literal[
    "answer", "cancelled", "comes-back", "data", "earlier", "its-things", "leaving", "nothing", "of-work", "taken-back",
    "why", "why-field",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class GateWord:
    """Words with one meaning. ``only``, ``unless`` and ``yet`` look at what the first bracket of the pattern names,
    else at the whole text; a second bracket that is met is a person: 「佐藤さんの登録」."""

    name: str
    says: str
    pattern: re.Pattern[str]
    hits: tuple[str, ...]
    misses: tuple[str, ...]
    only: re.Pattern[str] | None = None
    unless: re.Pattern[str] | None = None
    yet: re.Pattern[str] | None = None

    def find(self, text: str) -> re.Match[str] | None:
        """The first place that counts."""
        return next((match for match in self.pattern.finditer(text) if self._counts(match)), None)

    def _counts(self, match: re.Match[str]) -> bool:
        groups = self.pattern.groups
        if match.end() == match.start():
            return False  # a pattern that only looks behind or ahead meets no word
        if groups > 1 and match[2]:
            return False
        named = (groups and match[1]) or match.string
        if self.only and not self.only.search(named):
            return False
        return not (self.unless and self.unless.search(named)) or bool(self.yet and self.yet.search(named))


@dataclass(frozen=True, slots=True)
class GateWords:
    """All of them: those that stop by themselves, by the place and the request they stop; and the signs by name."""

    stopping: Mapping[tuple[Where, str], tuple[GateWord, ...]]
    signs: Mapping[Sign, GateWord]

    def stops(self, where: Where, request: str, text: str) -> Iterator[tuple[GateWord, re.Match[str]]]:
        """Words that speak in ``text`` against carrying the request out unseen, and what each met there first."""
        for word in self.stopping.get((where, request), ()):
            if match := word.find(text):
                yield word, match

    def stop(self, where: Where, request: str, text: str) -> tuple[GateWord, re.Match[str]] | None:
        """The first of them."""
        return next(self.stops(where, request, text), None)

    def has(self, sign: Sign, text: str) -> bool:
        """Whether the sign is in the text."""
        return self.signs[sign].find(text) is not None

    def every(self) -> Iterator[tuple[GateWord, str]]:
        """Each word once, with where it is looked for ("" for signs), to try its examples."""
        yield from {w.name: (w, where) for (where, _), words in self.stopping.items() for w in words}.values()
        yield from ((word, "") for word in self.signs.values())
