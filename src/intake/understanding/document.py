"""One text made ready for both readers: tokens, sentences, and what is said how.

A sentence is annotated by itself, with places counted from its first token. Sentences that hold no name, no number and
no unknown word (greetings, thanks, the usual phrases) are remembered: every letter has some of them.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from intake.understanding.matcher import Entry, Found, Phrasebook, longest
from intake.understanding.reasonwords import ReasonWordings
from intake.understanding.rulebook import Concept, Mark, Rulebook
from intake.understanding.sentences import Sentence, split
from intake.understanding.tokens import Tokens, Word, tokenizer

_TONES = ("ask", "neg", "past", "ques", "sup", "cond")
_NOTHING: frozenset[str] = frozenset()
_REACH = 14  # tokens after a word within which its predicate must end
_REMEMBER = 6_000  # sentences
_LONG = 40  # tokens of a sentence that is worth remembering

Marks = list[tuple[int, str, str]]  # first token, name, where it holds
_Spellings = dict[str, list[tuple[re.Pattern[str], Entry]]]


class Said(NamedTuple):
    """A concept at its place, and how it is said: the marks that hold for it."""

    concept: str
    start: int
    end: int
    marks: frozenset[str]
    manner: str  # all marks as one string
    tone: str  # the marks that matter most, as one string


class Hit(NamedTuple):
    """A rule that holds, and the tokens that made it hold. ``blocked`` names the marks that switch it off."""

    request: str
    rule: str
    weight: float
    start: int
    end: int
    blocked: frozenset[str] = _NOTHING

    @property
    def holds(self) -> bool:
        """False: the words are there, but denied, supposed, reported …"""
        return not self.blocked


class Piece:
    """A sentence and all that both readers know of it. Places are tokens of the sentence.

    ``numbers`` are the features of the learned reader, ``before`` and ``after`` those that it lends to the sentence
    that follows, or that it follows.
    """

    __slots__ = (
        "after", "before", "found", "hits", "marks", "numbers", "places", "reasons", "said", "subject", "turns", "view",
        "whole", "words",
    )  # fmt: skip

    def __init__(self, words: Sequence[Word], subject: bool) -> None:
        self.words = words
        self.subject = subject
        self.found: list[Found] = []
        self.marks: Marks = []
        self.said: list[Said] = []
        self.reasons: set[str] = set()
        self.turns: list[int] = []
        self.hits: list[Hit] = []
        self.numbers: list[int] = []
        self.before: list[int] = []
        self.after: list[int] = []
        self.whole: list[int] = []  # what it adds to the features of the letter
        self.places: tuple[list[int], list[tuple[int, int]]] | None = None
        self.view: object = None  # what the third reader sees in it


@dataclass(frozen=True, slots=True)
class Document:
    """A text as the readers see it. ``subject_from`` is the offset where the subject line begins in ``text``."""

    text: str
    tokens: Tokens
    sentences: list[Sentence]
    pieces: list[Piece]
    subject_from: int

    @property
    def said(self) -> list[list[Said]]:
        """What is said in each sentence."""
        return [piece.said for piece in self.pieces]


class Annotator:
    """Knows all wordings; makes documents."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.book = Phrasebook()
        self._marks: dict[int, Mark] = {self.book.add(m.wordings, "mark"): m for m in rulebook.marks}
        self._concepts: dict[int, Concept] = {self.book.add(c.words, "concept"): c for c in rulebook.concepts}
        self._reasons = {self.book.add(r.words, "reason"): r.code for r in rulebook.reasons.reason}
        self._wordings = ReasonWordings({code: said.wordings for code, said in rulebook.wordings.items()})
        self.concept_groups = {c.name: g for g, c in self._concepts.items()}
        entries = {c.name: self.book.bare(self.concept_groups[c.name]) for c in rulebook.concepts}
        self._spellings = _by_pair(rulebook.concepts, entries)
        self._known: dict[tuple[object, ...], Piece] = {}

    def document(self, text: str, subject_from: int, finish: Callable[[Piece], None]) -> Document:
        """Annotate normalised ``text``; one pass of the tagger. ``finish`` adds what the readers see in a sentence."""
        tokens = tokenizer().tokens(text)
        sentences = split(tokens)
        known, words = self._known, tokens.words
        pairs = set(map(str.__add__, text, text[1:]))
        spelt, told = not pairs.isdisjoint(self._spellings), not pairs.isdisjoint(self._wordings.pairs)
        pieces = []
        for start, end in sentences:
            subject = tokens.start(start) >= subject_from
            key = (subject, *words[start:end])
            piece = known.get(key)
            if piece is None:
                piece = self._piece(words[start:end], subject, spelt, told)
                finish(piece)
                if end - start <= _LONG and not any(word.private for word in piece.words):
                    if len(known) >= _REMEMBER:
                        known.clear()
                    known[key] = piece
            pieces.append(piece)
        return Document(text, tokens, sentences, pieces, subject_from)

    def _piece(self, words: Sequence[Word], subject: bool, spelt: bool, told: bool) -> Piece:
        """Annotate one sentence. ``spelt``, ``told``: whether the letter may hold a spelling, a reason's wording."""
        piece = Piece(words, subject)
        here = self.book.find(words)
        if spelt or told:
            text = "".join([f" {word.surface}" if word.gap else word.surface for word in words])
            own = set(map(str.__add__, text, text[1:]))
            here = self._with_spellings(text, own, words, here) if spelt else here
            piece.reasons = {f"{place.code}*" for place in self._wordings.find(text, own)} if told else set()
        if here:
            piece.found = here
            piece.turns = [at for at, word in enumerate(words) if word.turns]
            piece.marks = self._marks_in(here)
            piece.said = self._said(here, piece.marks, piece.turns, len(words))
            reasons = self._reasons
            piece.reasons |= {reasons[group] for one in here if one[2].reasons for group in one[2].reasons}
        return piece

    def _with_spellings(self, text: str, pairs: set[str], words: Sequence[Word], found: list[Found]) -> list[Found]:
        here = self._spellings.keys() & pairs
        if not here:
            return found
        starts, at = [], 0
        for word in words:
            at += bool(word.gap)
            starts.append(at)
            at += word.size
        more = []
        for pattern, entry in {spelling for pair in here for spelling in self._spellings[pair]}:
            for match in pattern.finditer(text):
                start = max(bisect_right(starts, match.start()) - 1, 0)
                end = bisect_right(starts, match.end() - 1)
                more.append((start, max(end, start + 1), entry))
        return sorted(found + more, key=_start) if more else found

    def _marks_in(self, here: list[Found]) -> Marks:
        spans = [(start, end, group) for start, end, entry in here if entry.marks for group in entry.marks]
        marks = self._marks
        return [(start, marks[group].name, marks[group].where) for start, _, group in longest(spans)] if spans else []

    def _said(self, here: list[Found], marks: Marks, turns: list[int], last: int) -> list[Said]:
        spans = [(start, end, group) for start, end, entry in here if entry.concepts for group in entry.concepts]
        out = []
        for start, end, group in longest(spans):
            holding = marks_between(end, start, clause_end(turns, end, last), marks)
            out.append(Said(self._concepts[group].name, start, end, holding, *_manner(holding)))
        return out


def marks_between(after: int, before: int, limit: int, marks: Marks) -> frozenset[str]:
    """Marks that begin from token ``after`` on up to ``limit``, or stand before ``before``, or hold throughout."""
    if not marks:
        return _NOTHING
    found = [
        name
        for place, name, where in marks
        if (after <= place < limit if where == "after" else place < before if where == "before" else True)
    ]
    return frozenset(found) if found else _NOTHING


def clause_end(turns: Sequence[int], start: int, end: int) -> int:
    """Where the clause that goes on at ``start`` ends: at a turning particle, or after some words."""
    limit = min(end, start + _REACH)
    at = bisect_left(turns, start)
    return min(turns[at], limit) if at < len(turns) else limit


def _start(found: Found) -> int:
    return found[0]


@lru_cache(4096)
def _manner(marks: frozenset[str]) -> tuple[str, str]:
    return "+".join(sorted(marks)), "+".join(m for m in _TONES if m in marks)


def _by_pair(concepts: Iterable[Concept], entries: Mapping[str, Entry]) -> _Spellings:
    """Spellings by the two characters they begin with: most texts have none of them, and that is quickly seen."""
    found: _Spellings = {}
    for concept in concepts:
        for spelling in concept.spellings:
            plain = re.sub(r"^\(\?<![^)]*\)", "", spelling).replace("\\s", " ")
            found.setdefault(plain[:2], []).append((re.compile(spelling), entries[concept.name]))
    return found
