"""Finding the words of rules in tokens: one pass, whatever the number of rules."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from intake.understanding.tokens import Tokens, tokenizer

Phrase = tuple[tuple[str, bool], ...]  # (dictionary form or surface, "as written")
_NOT = frozenset(("ない", "ぬ", "ず", "まい", "かねる", "無い", "へん", "ん", "なし", "ねえ"))
_LINKS = frozenset(("助動詞", "助詞", "動詞", "接尾辞"))  # what may stand between a verb and its denial
# The same word is cut in different ways alone and in a sentence (まで, お休み): all ways that occur are kept.
_AROUND = (("", ""), ("退会を", "。"), ("ここ", "、これ"), ("本日を", "ください"), ("こと", "します"))


class Entry:
    """A wording, and all groups that have it."""

    __slots__ = ("denied", "groups", "phrase")

    def __init__(self, phrase: Phrase, denied: bool) -> None:
        self.phrase = phrase
        self.denied = denied
        self.groups: set[int] = set()


class Found(NamedTuple):
    """An occurrence of a wording: tokens ``start`` to ``end`` (exclusive)."""

    start: int
    end: int
    groups: set[int]


class Span(NamedTuple):
    """An occurrence of one group's wording."""

    group: int
    start: int
    end: int


@cache
def phrases_of(written: str) -> tuple[Phrase, ...]:
    """Cut a rule's wording with our own tokenizer. A leading ``=`` means: exactly as written."""
    exact = written.startswith("=")
    plain = written.removeprefix("=")
    found: dict[Phrase, None] = {}
    for before, after in _AROUND:
        tokens = tokenizer().tokens(before + plain + after)
        first, last = len(before), len(before + plain)
        inside = [i for i, start in enumerate(tokens.starts) if first <= start and tokens.ends[i] <= last]
        if inside and tokens.starts[inside[0]] == first and tokens.ends[inside[-1]] == last:
            words = [tokens.words[i] for i in inside]
            found[tuple((w.surface if exact else w.key, exact) for w in words)] = None
    return tuple(found)


class Phrasebook:
    """All wordings, found by their first word."""

    def __init__(self) -> None:
        self._entries: dict[tuple[Phrase, bool], Entry] = {}
        self._single: dict[str, list[Entry]] = {}  # wordings of one word, by their dictionary form
        self._single_surface: dict[str, list[Entry]] = {}
        self._longer: dict[str, dict[str, list[Entry]]] = {}  # by the first and the second word
        self._longer_surface: dict[str, dict[str, list[Entry]]] = {}
        self._count = 0

    def add(self, words: Iterable[str]) -> int:
        """Register a group of wordings; returns its number.

        A wording that ends in ``-`` is meant denied: 「受ける-」 finds 受けない, 受けません, お受けできません.
        """
        group = self._count
        self._count += 1
        for written in words:
            for phrase in phrases_of(written.removesuffix("-")):
                self._entry(phrase, written.endswith("-")).groups.add(group)
        return group

    def _entry(self, phrase: Phrase, denied: bool) -> Entry:
        entry = self._entries.get((phrase, denied))
        if entry is None:
            entry = self._entries[phrase, denied] = Entry(phrase, denied)
            head, exact = phrase[0]
            if len(phrase) == 1:
                (self._single_surface if exact else self._single).setdefault(head, []).append(entry)
            else:
                longer = self._longer_surface if exact else self._longer
                longer.setdefault(head, {}).setdefault(phrase[1][0], []).append(entry)
        return entry

    def find(self, tokens: Tokens) -> list[Found]:
        """Every occurrence, in order of its first token."""
        single, single_surface = self._single, self._single_surface
        longer, longer_surface = self._longer, self._longer_surface
        words = tokens.words
        found: list[Found] = []
        last = len(words) - 1
        for at, word in enumerate(words):
            key, surface = word.key, word.surface
            if key in single:
                _collect(single[key], tokens, at, found)
            if surface in single_surface:
                _collect(single_surface[surface], tokens, at, found)
            if at < last:
                if key in longer:
                    entries = longer[key].get(words[at + 1].key)
                    if entries:
                        _collect(entries, tokens, at, found)
                if surface in longer_surface:
                    entries = longer_surface[surface].get(words[at + 1].surface)
                    if entries:
                        _collect(entries, tokens, at, found)
        return found


def _collect(entries: list[Entry], tokens: Tokens, at: int, found: list[Found]) -> None:
    for entry in entries:
        size = len(entry.phrase)
        if size < 3 or _fits(entry.phrase, tokens, at):
            end = _denial(tokens, at + size) if entry.denied else at + size
            if end:
                found.append(Found(at, end, entry.groups))


def longest(found: list[Found], wanted: frozenset[int]) -> list[Span]:
    """The occurrences of the wanted groups, without those that lie inside a longer one."""
    spans = [(one.start, one.end, one.groups & wanted) for one in found]
    spans = [span for span in spans if span[2]]
    kept: list[Span] = []
    for start, end, groups in spans:
        size = end - start
        if not any(s <= start and end <= e and e - s > size for s, e, _ in spans):
            kept.extend(Span(group, start, end) for group in groups)
    return list(dict.fromkeys(kept))


def _denial(tokens: Tokens, at: int) -> int:
    """The end of the denial that follows at once, 0 if none does. 「…ませんか」 asks and denies nothing."""
    words = tokens.words
    for place in range(at, min(at + 5, len(words))):
        word = words[place]
        if word.key in _NOT and word.pos != "名詞":
            asks = place + 1 < len(words) and words[place + 1].surface in ("か", "でしょう", "です")
            asks = asks and any(w.surface == "か" for w in words[place + 1 : place + 4])
            return 0 if asks else place + 1
        if word.pos not in _LINKS:
            return 0
    return 0


def _fits(phrase: Phrase, tokens: Tokens, at: int) -> bool:
    words = tokens.words
    if at + len(phrase) > len(words):
        return False
    for offset in range(2, len(phrase)):
        wanted, exact = phrase[offset]
        word = words[at + offset]
        if (word.surface if exact else word.key) != wanted:
            return False
    return True
