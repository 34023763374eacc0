"""Patterns by the plain characters they begin with: most texts have none of these, and that is quickly seen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from operator import add
from typing import Generic, NamedTuple, TypeVar

_T = TypeVar("_T")
_SPECIAL = frozenset("\\()[]{}|?.^$")
_LOOKBEHIND = re.compile(r"^\(\?<![^)]*\)")


class Wording(NamedTuple, Generic[_T]):
    """A pattern, and what it stands for. ``key``: characters without which it cannot match."""

    key: str
    means: _T
    source: str
    plain: bool  # the pattern is nothing but the key

    @property
    def pattern(self) -> re.Pattern[str]:
        """Made ready when a text first has its key: few of two thousand ever are."""
        return _ready(self.source)


@cache
def _ready(source: str) -> re.Pattern[str]:
    return re.compile(source)


class Wordings(Generic[_T]):
    """Many patterns, of which a text has few."""

    def __init__(self, patterns: Iterable[tuple[str, _T]]) -> None:
        self._by_pair: dict[str, list[Wording[_T]]] = {}
        for pattern, means in patterns:
            key = key_of(pattern)
            one = Wording(key, means, pattern, key == pattern)
            self._by_pair.setdefault(key[:2], []).append(one)

    def maybe(self, text: str, pairs: set[str]) -> list[Wording[_T]]:
        """Those whose key stands in ``text``, in the order of the patterns' pairs as given."""
        by_pair = self._by_pair
        here = by_pair.keys() & pairs
        return [one for pair in sorted(here) for one in by_pair[pair] if one.key in text] if here else []


def pairs_of(text: str) -> set[str]:
    """All runs of two characters."""
    return set(map(add, text, text[1:]))


def said(wordings: Sequence[Wording[_T]], text: str) -> set[_T]:
    """What those of the ``wordings`` stand for that are in the ``text``."""
    return {one.means for one in wordings if one.key in text and (one.plain or one.pattern.search(text))}


def key_of(pattern: str) -> str:
    """The plain characters that a pattern begins with, at least two (the rulebook sees to that)."""
    plain = _LOOKBEHIND.sub("", pattern).replace("\\s", " ")
    size = next((at for at, sign in enumerate(plain) if sign in _SPECIAL), len(plain))
    if plain[size : size + 1] in ("?", "{"):
        size -= 1
    return plain[: 2 if "|" in outside(plain) else max(size, 2)]


def outside(pattern: str) -> str:
    """The pattern without what stands in its brackets."""
    kept, depth = [], 0
    for sign in pattern:
        depth += sign in "(["
        if not depth:
            kept.append(sign)
        depth -= sign in ")]"
    return "".join(kept)
