"""Finding the words of rules in tokens: one pass, whatever the number of rules."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib.metadata import version
from itertools import islice, takewhile
from pathlib import Path

from intake.understanding.tokens import Word, tokenizer

Phrase = tuple[tuple[str, bool], ...]  # (dictionary form or surface, "as written")
_NOT = frozenset(("ない", "ぬ", "ず", "まい", "かねる", "無い", "へん", "ん", "なし", "ねえ"))
_LINKS = frozenset(("助動詞", "助詞", "動詞", "接尾辞"))  # what may stand between a verb and its denial
# The same word is cut in different ways alone and in a sentence (まで, お休み): all ways that occur are kept.
_AROUND = (("", ""), ("退会を", "。"), ("ここ", "、これ"), ("本日を", "ください"), ("こと", "します"))
_REMEMBER = 20_000  # words
FILE = Path(__file__).with_name("phrases.json")  # made by ``make phrases``


class Entry:
    """A wording, and all groups that have it (``mask``: a bit for each); those that are marks, concepts, reasons."""

    __slots__ = ("concepts", "denied", "groups", "marks", "mask", "phrase", "reasons", "size")

    def __init__(self, phrase: Phrase, denied: bool) -> None:
        self.phrase = phrase
        self.size = len(phrase)
        self.denied = denied
        self.groups: set[int] = set()
        self.mask = 0
        self.marks: tuple[int, ...] = ()
        self.concepts: tuple[int, ...] = ()
        self.reasons: tuple[int, ...] = ()


Found = tuple[int, int, Entry]  # an occurrence of a wording: tokens ``start`` to ``end`` (exclusive)
Span = tuple[int, int, int]  # first token, last token (exclusive), group
_Longer = dict[str, list[Entry]]  # by the second word
_Head = tuple[list[Entry], list[Entry], "_Longer | None", "_Longer | None"]


class Phrases(dict[str, tuple[Phrase, ...]]):
    """The words of the rules' wordings. A leading ``=`` means: exactly as written.

    The shipped rules' wordings were cut by ``make phrases`` (cutting them takes a third of a start); the tests hold
    them against ``cut``.
    """

    def __missing__(self, written: str) -> tuple[Phrase, ...]:
        known = _cut_before().get(written)
        exact = written.startswith("=")
        found = cut(written) if known is None else tuple(tuple((word, exact) for word in one) for one in known)
        self[written] = found
        return found


PHRASES = Phrases()


@cache
def _cut_before() -> dict[str, list[list[str]]]:
    """By wording, its words in every way in which it is cut; empty where the dictionary is another."""
    found = json.loads(FILE.read_bytes())
    phrases: dict[str, list[list[str]]] = found["phrases"]
    return phrases if found["dictionary"] == version("unidic-lite") else {}


def cut(written: str) -> tuple[Phrase, ...]:
    """Cut a rule's wording with our own tokenizer."""
    exact = written.startswith("=")
    plain = written.removeprefix("=")
    found: dict[Phrase, None] = {}
    for before, after in _AROUND:
        tokens = tokenizer().tokens(before + plain + after)
        first, last = len(before), len(before + plain)
        inside = [i for i, start in enumerate(tokens.starts) if first <= start and tokens.ends[i] <= last]
        if inside and tokens.start(inside[0]) == first and tokens.ends[inside[-1]] == last:
            words = [tokens.words[i] for i in inside]
            found[tuple((w.surface if exact else w.key, exact) for w in words)] = None
    return tuple(found)


class Phrasebook:
    """All wordings, found by their first word."""

    def __init__(self) -> None:
        self._entries: dict[tuple[Phrase, bool], Entry] = {}
        self._single: dict[str, list[Entry]] = {}  # wordings of one word, by their dictionary form
        self._single_surface: dict[str, list[Entry]] = {}
        self._longer: dict[str, _Longer] = {}  # by the first and the second word
        self._longer_surface: dict[str, _Longer] = {}
        self._heads = _Heads(self.head)
        self._count = 0

    def add(self, words: Iterable[str], kind: str = "") -> int:
        """Register a group of wordings, ``kind`` "mark", "concept", "reason" or none; returns its number.

        A wording that ends in ``-`` is meant denied: 「受ける-」 finds 受けない, 受けません, お受けできません.
        """
        group = self._count
        self._count += 1
        self._heads.clear()
        for written in words:
            for phrase in PHRASES[written.removesuffix("-")]:
                entry = self._entry(phrase, written.endswith("-"))
                if group not in entry.groups:
                    entry.groups.add(group)
                    entry.mask |= 1 << group
                    entry.marks += (group,) * (kind == "mark")
                    entry.concepts += (group,) * (kind == "concept")
                    entry.reasons += (group,) * (kind == "reason")
        return group

    def bare(self, group: int) -> Entry:
        """An entry for a concept that was found by its spelling, not by its words."""
        entry = Entry((), False)
        entry.groups.add(group)
        entry.mask = 1 << group
        entry.concepts = (group,)
        return entry

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

    def head(self, word: Word) -> _Head | None:
        """What a word may begin: wordings of one word, plain and denied, and longer ones. None: nothing."""
        single = [*self._single.get(word.key, ()), *self._single_surface.get(word.surface, ())]
        longer, longer_surface = self._longer.get(word.key), self._longer_surface.get(word.surface)
        if not (single or longer or longer_surface):
            return None
        return [e for e in single if not e.denied], [e for e in single if e.denied], longer, longer_surface

    def find(self, words: Sequence[Word]) -> list[Found]:
        """Every occurrence, in order of its first token."""
        found: list[Found] = []
        size = len(words)
        heads = enumerate(map(self._heads.__getitem__, words))
        for at, (plain, denied, longer, longer_surface) in [(at, head) for at, head in heads if head]:
            after = at + 1
            for entry in plain:
                found.append((at, after, entry))  # noqa: PERF401 - mostly one: a comprehension costs more
            if denied and (end := _denial(words, after)):
                found += [(at, end, entry) for entry in denied]
            if after < size:
                if longer is not None and (key := words[after].key) in longer:
                    _collect(longer[key], words, at, found)
                if longer_surface is not None and (key := words[after].surface) in longer_surface:
                    _collect(longer_surface[key], words, at, found)
        return found


class _Heads(dict[Word, "_Head | None"]):
    """What words may begin; found when first asked for."""

    def __init__(self, head: Callable[[Word], _Head | None]) -> None:
        self._head = head

    def __missing__(self, word: Word) -> _Head | None:
        if len(self) >= _REMEMBER:
            self.clear()
        head = self[word] = self._head(word)
        return head


def _collect(entries: list[Entry], words: Sequence[Word], at: int, found: list[Found]) -> None:
    for entry in entries:
        size = entry.size
        if size < 3 or _fits(entry.phrase, words, at):
            end = _denial(words, at + size) if entry.denied else at + size
            if end:
                found.append((at, end, entry))


def longest(spans: list[Span]) -> list[Span]:
    """Those that do not lie inside a longer one, each once, in order. ``spans`` come in order of their start."""
    if len(spans) < 2:
        return spans
    kept: list[Span] = []
    reach = farthest = 0  # where those that begin before, and all so far, end
    here = -1
    for span in spans:
        start, end, _ = span
        if start > here:
            here, reach = start, farthest
        if end <= reach or (end < farthest and kept[-1][0] == start):
            continue
        if end > farthest:
            while kept and kept[-1][0] == start:
                kept.pop()
            farthest = end
        if span not in islice(reversed(kept), _kept_here(kept, start)):
            kept.append(span)
    return kept


def _kept_here(kept: Sequence[Span], start: int) -> int:
    """How many of the last spans begin at ``start``: only these can be the same once more."""
    return sum(1 for _ in takewhile(lambda span: span[0] == start, reversed(kept)))


def _denial(words: Sequence[Word], at: int) -> int:
    """The end of the denial that follows at once, 0 if none does. 「…ませんか」 asks and denies nothing."""
    for place in range(at, min(at + 5, len(words))):
        word = words[place]
        if word.key in _NOT and word.pos != "名詞":
            asks = place + 1 < len(words) and words[place + 1].surface in ("か", "でしょう", "です")
            asks = asks and any(w.surface == "か" for w in words[place + 1 : place + 4])
            return 0 if asks else place + 1
        if word.pos not in _LINKS:
            return 0
    return 0


def _fits(phrase: Phrase, words: Sequence[Word], at: int) -> bool:
    if at + len(phrase) > len(words):
        return False
    for offset in range(2, len(phrase)):
        wanted, exact = phrase[offset]
        word = words[at + offset]
        if (word.surface if exact else word.key) != wanted:
            return False
    return True
