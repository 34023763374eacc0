"""One text made ready for both readers: tokens, sentences, and what is said how.

A sentence is annotated by itself, with places counted from its first token. Sentences that hold no name, no number and
no unknown word (greetings, thanks, the usual phrases) are remembered: every letter has some of them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from operator import attrgetter
from typing import Any, NamedTuple

from intake.understanding.marks import NOTHING, Holding, Manners, Marked, Placed, holding
from intake.understanding.matcher import Entry, Found, Phrasebook, longest
from intake.understanding.reasonwords import ReasonWordings
from intake.understanding.rulebook import Rulebook
from intake.understanding.sentences import Sentence, split
from intake.understanding.tokens import Tokens, Word, tokenizer
from intake.understanding.wordings import Wording, Wordings, pairs_of, said

_REACH = 14  # tokens after a word within which its predicate must end
_BECAUSE = frozenset(("ため", "為"))  # a clause ends with them too, and with ので, which is two words
_SO = frozenset((("の", "で"), ("ん", "で")))
_REMEMBER = 2_000  # sentences, some 10 MB
_LONG = 40  # tokens of a sentence that is worth remembering
_SHOWN: Callable[[Word], str] = attrgetter("shown")
_PRIVATE: Callable[[Word], bool] = attrgetter("private")


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
    blocked: frozenset[str] = frozenset()

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
        "after", "before", "found", "hits", "holding", "marks", "numbers", "pairs", "reasons", "said", "subject",
        "turns", "view", "view_of_reasons", "view_of_second", "whole", "words",
    )  # fmt: skip

    def __init__(self, words: Sequence[Word], subject: bool) -> None:
        self.words = words
        self.subject = subject
        self.found: list[Found] = []
        self.marks: list[Marked] = []
        self.holding: Holding = NOTHING
        self.said: list[Said] = []
        self.reasons: set[str] = set()
        self.turns: list[int] = []
        self.hits: list[Hit] = []
        self.numbers: list[int] = []
        self.pairs: list[int | None] = []  # of them those that a word makes with the one before it
        self.before: list[int] = []
        self.after: list[int] = []
        self.whole: list[int] = []  # what it adds to the features of the letter
        self.view: Any = None  # what the network sees in it
        self.view_of_second: Any = None  # and the one beside it
        self.view_of_reasons: Any = None  # and what that of reasons sees


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
        self.manners = Manners([mark.name for mark in rulebook.marks])
        self._marks: dict[int, Placed] = {
            self.book.add(m.wordings, "mark"): (m.name, m.where, self.manners.bits[m.name]) for m in rulebook.marks
        }
        self._concepts = {self.book.add(c.words, "concept"): c.name for c in rulebook.concepts}
        self._reasons = {self.book.add(r.words, "reason"): r.code for r in rulebook.reasons.reason}
        self._wordings = ReasonWordings({code: said.wordings for code, said in rulebook.wordings.items()})
        self.concept_groups = {name: group for group, name in self._concepts.items()}
        entries = {name: self.book.bare(group) for name, group in self.concept_groups.items()}
        self._spellings = Wordings((spelling, entries[c.name]) for c in rulebook.concepts for spelling in c.spellings)
        self._known: dict[tuple[object, ...], Piece] = {}

    def document(self, text: str, subject_from: int, finish: Callable[[Piece], None]) -> Document:
        """Annotate normalised ``text``; one pass of the tagger. ``finish`` adds what the readers see in a sentence."""
        tokens = tokenizer().tokens(text)
        sentences = split(tokens)
        known, words = self._known, tokens.words
        shown = "".join(map(_SHOWN, words))
        pairs = pairs_of(shown)
        maybe = self._spellings.maybe(shown, pairs), self._wordings.maybe(shown, pairs)
        pieces = []
        for start, end in sentences:
            subject = tokens.start(start) >= subject_from
            here = words[start:end]
            key = (subject, *here)
            piece = known.get(key)
            if piece is None:
                piece = self._piece(here, subject, *maybe)
                finish(piece)
                if end - start <= _LONG and not any(map(_PRIVATE, here)):
                    if len(known) >= _REMEMBER:
                        known.clear()
                    known[key] = piece
            pieces.append(piece)
        return Document(text, tokens, sentences, pieces, subject_from)

    def _piece(
        self, words: Sequence[Word], subject: bool, spellings: list[Wording[Entry]], wordings: list[Wording[str]]
    ) -> Piece:
        """Annotate one sentence. ``spellings``, ``wordings`` (of reasons): those that the letter may hold."""
        piece = Piece(words, subject)
        found = self.book.find(words)
        if spellings or wordings:
            text = "".join(map(_SHOWN, words))
            if spellings:
                found = _with_spellings(spellings, text, words, found)
            if wordings:
                piece.reasons = {f"{code}*" for code in said(wordings, text)}
        if found:
            piece.found = found
            piece.turns = [at for at, word in enumerate(words) if word.turns]
            self._sort(piece)
        return piece

    def _sort(self, piece: Piece) -> None:
        """Which of the wordings found are marks, which concepts and how they are said, which reasons."""
        marks, concepts = [], []
        for start, end, entry in piece.found:
            for group in entry.marks:
                marks.append((start, end, group))  # noqa: PERF401 - mostly one: a comprehension costs more
            for group in entry.concepts:
                concepts.append((start, end, group))  # noqa: PERF401
            for group in entry.reasons:
                piece.reasons.add(self._reasons[group])
        if marks:
            piece.marks, piece.holding = holding([(place, *self._marks[group]) for place, _, group in longest(marks)])
        if concepts:
            names, manners, turns, last = self._concepts, self.manners, piece.turns, len(piece.words)
            piece.said = [
                Said(
                    names[group],
                    start,
                    end,
                    *manners[(marks and marks_between(end, start, clause_end(turns, end, last), piece.holding)) or 0],
                )
                for start, end, group in longest(concepts)
            ]


def _with_spellings(
    spellings: Sequence[Wording[Entry]], text: str, words: Sequence[Word], found: list[Found]
) -> list[Found]:
    here = [one for one in spellings if one.key in text]
    if not here:
        return found
    ends = list(accumulate(len(word.shown) for word in words))
    starts = [end - word.size for end, word in zip(ends, words, strict=True)]
    more = []
    for one in here:
        for match in one.pattern.finditer(text):
            start = max(bisect_right(starts, match.start()) - 1, 0)
            end = bisect_right(starts, match.end() - 1)
            more.append((start, max(end, start + 1), one.means))
    return sorted(found + more, key=_start) if more else found


def marks_between(after: int, before: int, limit: int, marks: Holding) -> int:
    """Bits of the marks that begin from token ``after`` on up to ``limit``, or stand before ``before``, or hold
    throughout."""
    bits, behind, ahead = marks
    for place, bit in behind:
        if after <= place < limit:
            bits |= bit
    for place, bit in ahead:
        if place < before:
            bits |= bit
    return bits


def reaches(piece: Piece, place: int, where: str, start: int) -> bool:
    """Whether a mark before the words at ``start`` speaks of them.

    「夫が退会」 does, 「夫が転勤になったので退会」 does not: the clause has ended.
    """
    if where != "clause":
        return True
    between = [word.surface for word in piece.words[place:start]]
    return not (
        any(place < turn < start for turn in piece.turns)
        or not _BECAUSE.isdisjoint(between)
        or any(pair in _SO for pair in pairwise(between))
    )


def clause_end(turns: Sequence[int], start: int, end: int) -> int:
    """Where the clause that goes on at ``start`` ends: at a turning particle, or after some words."""
    limit = min(end, start + _REACH)
    if not turns:
        return limit
    at = bisect_left(turns, start)
    return min(turns[at], limit) if at < len(turns) else limit


def _start(found: Found) -> int:
    return found[0]
