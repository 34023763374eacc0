"""One text made ready for both readers: tokens, sentences, and what is said how."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from intake.understanding.matcher import Entry, Found, Phrasebook, longest
from intake.understanding.reasonwords import ReasonWordings
from intake.understanding.rulebook import Concept, Mark, Rulebook
from intake.understanding.sentences import Sentence, split
from intake.understanding.tokens import Tokens, tokenizer

_TONES = ("ask", "neg", "past", "ques", "sup", "cond")
_NOTHING: frozenset[str] = frozenset()
_REACH = 14  # tokens after a word within which its predicate must end

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


@dataclass(frozen=True, slots=True)
class Document:
    """A text as the readers see it. ``subject_from`` is the offset where the subject line begins in ``text``."""

    text: str
    tokens: Tokens
    sentences: list[Sentence]
    found: list[list[Found]]  # wordings of rules, per sentence
    marks: list[Marks]  # per sentence
    said: list[list[Said]]  # per sentence
    reasons: list[set[str]]  # words of reasons, per sentence
    turns: list[int]  # tokens at which a clause turns
    subject_from: int

    def in_subject(self, sentence: Sentence) -> bool:
        """True for sentences of the subject line."""
        return self.tokens.starts[sentence.start] >= self.subject_from


class Annotator:
    """Knows all wordings; makes documents."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.book = Phrasebook()
        self._marks: dict[int, Mark] = {self.book.add(m.words, "mark"): m for m in rulebook.marks}
        self._concepts: dict[int, Concept] = {self.book.add(c.words, "concept"): c for c in rulebook.concepts}
        self._reasons = {self.book.add(r.words, "reason"): r.code for r in rulebook.reasons.reason}
        self._wordings = ReasonWordings({code: said.wordings for code, said in rulebook.wordings.items()})
        self.concept_groups = {c.name: g for g, c in self._concepts.items()}
        entries = {c.name: self.book.bare(self.concept_groups[c.name]) for c in rulebook.concepts}
        self._spellings = _by_pair(rulebook.concepts, entries)

    def document(self, text: str, subject_from: int) -> Document:
        """Annotate normalised ``text``; one pass of the tagger."""
        tokens = tokenizer().tokens(text)
        sentences = split(text, tokens)
        found = self.book.find(tokens)
        pairs = set(map(str.__add__, text, text[1:]))
        found = self._with_spellings(text, tokens, found, pairs)
        by_sentence = _by_sentence(found, sentences)
        turns = [at for at, word in enumerate(tokens.words) if word.turns]
        marks: list[Marks] = []
        said: list[list[Said]] = []
        for sentence, here in zip(sentences, by_sentence, strict=True):
            some = self._marks_in(here) if here else []
            marks.append(some)
            said.append(self._said(here, some, turns, sentence.end) if here else [])
        reasons = [
            {self._reasons[group] for one in here if one.entry.reasons for group in one.entry.reasons}
            for here in by_sentence
        ]
        self._add_wordings(text, pairs, tokens, sentences, reasons)
        return Document(text, tokens, sentences, by_sentence, marks, said, reasons, turns, subject_from)

    def _add_wordings(
        self,
        text: str,
        pairs: set[str],
        tokens: Tokens,
        sentences: Sequence[Sentence],
        reasons: Sequence[set[str]],
    ) -> None:
        """Whole wordings of reasons weigh more than single words: ``family*`` beside ``family``."""
        if not sentences:
            return
        firsts = [tokens.starts[sentence.start] for sentence in sentences]
        for start, code in self._wordings.find(text, pairs):
            reasons[max(bisect_right(firsts, start) - 1, 0)].add(f"{code}*")

    def _with_spellings(self, text: str, tokens: Tokens, found: list[Found], pairs: set[str]) -> list[Found]:
        here = self._spellings.keys() & pairs
        if not here:
            return found
        more = []
        for pattern, entry in {spelling for pair in here for spelling in self._spellings[pair]}:
            for match in pattern.finditer(text):
                start = max(bisect_right(tokens.starts, match.start()) - 1, 0)
                end = bisect_right(tokens.starts, match.end() - 1)
                more.append(Found(start, max(end, start + 1), entry))
        return sorted(found + more, key=lambda one: one.start) if more else found

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


def _by_sentence(found: list[Found], sentences: Sequence[Sentence]) -> list[list[Found]]:
    out: list[list[Found]] = []
    at = 0
    for sentence in sentences:
        here = []
        while at < len(found) and found[at].start < sentence.end:
            here.append(found[at])
            at += 1
        out.append(here)
    return out


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
