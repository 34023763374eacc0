"""Finding the words of rules in tokens: one pass, whatever the number of rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from intake.understanding.tokens import Token, tokenizer


@dataclass(frozen=True, slots=True)
class Span:
    """An occurrence of a group of words: tokens ``start`` to ``end`` (exclusive)."""

    group: int
    start: int
    end: int


Phrase = tuple[tuple[str, bool], ...]  # (dictionary form or surface, "as written")


# The same word is cut in different ways alone and in a sentence (まで, お休み): all ways that occur are kept.
_AROUND = (("", ""), ("退会を", "。"), ("ここ", "、これ"), ("本日を", "ください"), ("こと", "します"))


@cache
def phrases_of(written: str) -> tuple[Phrase, ...]:
    """Cut a rule's wording with our own tokenizer. A leading ``=`` means: exactly as written."""
    exact = written.startswith("=")
    plain = written.removeprefix("=")
    found: dict[Phrase, None] = {}
    for before, after in _AROUND:
        tokens = tokenizer().tokens(before + plain + after)
        inside = [t for t in tokens if len(before) <= t.start and t.end <= len(before + plain)]
        if inside and inside[0].start == len(before) and inside[-1].end == len(before + plain):
            found[tuple((t.word.surface if exact else t.word.key, exact) for t in inside)] = None
    return tuple(found)


class Phrasebook:
    """All wordings, found by their first word. ``layers`` of groups: in one layer the longest wording wins."""

    def __init__(self) -> None:
        self._by_key: dict[str, list[tuple[Phrase, int]]] = {}
        self._by_surface: dict[str, list[tuple[Phrase, int]]] = {}
        self._exclusive: list[int] = []  # group -> layer (0: none)

    def add(self, words: Iterable[str], layer: int = 0) -> int:
        """Register a group of wordings; returns its number. Layer 0 never hides another occurrence."""
        group = len(self._exclusive)
        self._exclusive.append(layer)
        for phrase in dict.fromkeys(phrase for written in words for phrase in phrases_of(written)):
            head, exact = phrase[0]
            index = self._by_surface if exact else self._by_key
            index.setdefault(head, []).append((phrase, group))
        return group

    def find(self, tokens: Sequence[Token]) -> list[Span]:
        """Every occurrence, in order of its first token."""
        by_key, by_surface = self._by_key, self._by_surface
        found: list[Span] = []
        for at, token in enumerate(tokens):
            word = token.word
            entries = by_key.get(word.key)
            written = by_surface.get(word.surface)
            if entries is None and written is None:
                continue
            for phrase, group in (entries or []) + (written or []):
                size = len(phrase)
                if size == 1 or _fits(phrase, tokens, at):
                    found.append(Span(group, at, at + size))
        return self._longest(found)

    def _longest(self, found: list[Span]) -> list[Span]:
        """Drop what lies inside a longer occurrence of the same layer."""
        best: dict[tuple[int, int], int] = {}
        for span in found:
            layer = self._exclusive[span.group]
            if layer:
                for at in range(span.start, span.end):
                    best[layer, at] = max(best.get((layer, at), 0), span.end - span.start)
        kept = []
        seen = set()
        for span in found:
            layer = self._exclusive[span.group]
            size = span.end - span.start
            if (not layer or best[layer, span.start] <= size and best[layer, span.end - 1] <= size) and span not in seen:
                seen.add(span)
                kept.append(span)
        return kept


def _fits(phrase: Phrase, tokens: Sequence[Token], at: int) -> bool:
    if at + len(phrase) > len(tokens):
        return False
    for offset in range(1, len(phrase)):
        wanted, exact = phrase[offset]
        word = tokens[at + offset].word
        if (word.surface if exact else word.key) != wanted:
            return False
    return True
