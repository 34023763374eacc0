"""Wordings of reasons (rules/reasons/*.toml): found by their first two characters, so that most cost nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import NamedTuple


class Place(NamedTuple):
    """A wording of the reason ``code`` at an offset of the text."""

    start: int
    code: str


class ReasonWordings:
    """All wordings of all reasons; keeps nothing of what it read."""

    def __init__(self, wordings: Mapping[str, Sequence[str]]) -> None:
        by_pair: dict[str, dict[str, list[str]]] = {}
        for code, patterns in wordings.items():
            for pattern in patterns:
                by_pair.setdefault(pattern[:2], {}).setdefault(code, []).append(pattern[2:])
        self._by_pair = {
            pair: [(code, re.compile(f"{pair}(?:{'|'.join(rests)})")) for code, rests in codes.items()]
            for pair, codes in by_pair.items()
        }

    @property
    def pairs(self) -> Set[str]:
        """The pairs of characters that wordings begin with."""
        return self._by_pair.keys()

    def find(self, text: str, pairs: set[str] | None = None) -> Iterator[Place]:
        """Where wordings stand in a normalised ``text``, in no order. ``pairs``: its pairs of characters, if known."""
        by_pair = self._by_pair
        here = by_pair.keys() & (set(map(str.__add__, text, text[1:])) if pairs is None else pairs)
        for pair in here:
            for code, pattern in by_pair[pair]:
                for match in pattern.finditer(text):
                    yield Place(match.start(), code)
