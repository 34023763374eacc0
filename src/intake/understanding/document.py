"""One text made ready for both readers: tokens, sentences, and what is said how."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from intake.understanding.matcher import Phrasebook, Span
from intake.understanding.rulebook import Concept, Mark, Rulebook
from intake.understanding.sentences import Sentence, split
from intake.understanding.tokens import Token, tokenizer

_TURNS = frozenset(("が", "けど", "けれど", "けれども", "ので", "から", "のに", "し", "けんど", "ばってん", "さかい"))
_REACH = 14  # tokens after a word within which its predicate must end


@dataclass(frozen=True, slots=True)
class Said:
    """A concept at its place, and how it is said: the marks that hold for it."""

    concept: str
    start: int
    end: int
    marks: frozenset[str]


@dataclass(frozen=True, slots=True)
class Document:
    """A text as the readers see it. ``subject_from`` is the offset where the subject line begins in ``text``."""

    text: str
    tokens: list[Token]
    sentences: list[Sentence]
    spans: list[Span]
    said: list[list[Said]]  # per sentence
    subject_from: int

    def in_subject(self, sentence: Sentence) -> bool:
        """True for sentences of the subject line."""
        return self.tokens[sentence.start].start >= self.subject_from


class Annotator:
    """Knows all wordings; makes documents."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.book = Phrasebook()
        self._marks = {self.book.add(m.words, layer=1): m for m in rulebook.marks}
        self._concepts = {self.book.add(c.words, layer=2): c for c in rulebook.concepts}
        self.concept_groups = {c.name: g for g, c in self._concepts.items()}
        self._spellings = _joined(rulebook.concepts)

    def document(self, text: str, subject_from: int) -> Document:
        """Annotate normalised ``text``; one pass of the tagger."""
        tokens = tokenizer().tokens(text)
        sentences = split(text, tokens)
        spans = self.book.find(tokens)
        if self._spellings is not None:
            spans = self._with_spellings(text, tokens, spans)
        said = self._said(tokens, sentences, spans)
        return Document(text, tokens, sentences, spans, said, subject_from)

    def marks_of(self, here: Mapping[int, Iterable[Span]]) -> list[tuple[Span, Mark]]:
        """The marks among the spans of a sentence, given by group."""
        return [(span, self._marks[g]) for g, spans in here.items() if g in self._marks for span in spans]

    def _with_spellings(self, text: str, tokens: Sequence[Token], spans: list[Span]) -> list[Span]:
        assert self._spellings is not None
        more = []
        for match in self._spellings.finditer(text):
            start = next((i for i, t in enumerate(tokens) if t.end > match.start()), None)
            if start is None:
                continue
            end = next((i for i in range(start, len(tokens)) if tokens[i].end >= match.end()), len(tokens) - 1) + 1
            assert match.lastgroup is not None
            more.append(Span(self.concept_groups[match.lastgroup], start, end))
        return sorted({*spans, *more}, key=lambda s: (s.start, s.end, s.group)) if more else spans

    def _said(self, tokens: Sequence[Token], sentences: Sequence[Sentence], spans: Sequence[Span]) -> list[list[Said]]:
        found: list[list[Said]] = []
        at = 0
        for sentence in sentences:
            here: list[Span] = []
            while at < len(spans) and spans[at].start < sentence.end:
                here.append(spans[at])
                at += 1
            marks = [(s, self._marks[s.group]) for s in here if s.group in self._marks]
            concepts = [(s, self._concepts[s.group]) for s in here if s.group in self._concepts]
            found.append([_say(s, c, marks, tokens, sentence) for s, c in concepts])
        return found


def marks_for(span: Span, marks: Iterable[tuple[Span, Mark]], tokens: Sequence[Token], sentence: Sentence) -> frozenset[str]:
    """The marks that hold for the words at ``span``: behind it up to the end of its clause, or before it."""
    return marks_between(span.end, span.start, span.end, marks, tokens, sentence)


def marks_between(
    after: int,
    before: int,
    end: int,
    marks: Iterable[tuple[Span, Mark]],
    tokens: Sequence[Token],
    sentence: Sentence,
) -> frozenset[str]:
    """Marks that begin from token ``after`` on up to the end of the clause of ``end``, or stand before ``before``."""
    limit = clause_end(tokens, end, sentence.end)
    names = set()
    for place, mark in marks:
        if mark.where == "after":
            holds = after <= place.start < limit
        elif mark.where == "before":
            holds = place.start < before
        else:
            holds = True
        if holds:
            names.add(mark.name)
    return frozenset(names)


def clause_end(tokens: Sequence[Token], start: int, end: int) -> int:
    """Where the clause that goes on at ``start`` ends: behind a turning particle, or after some words."""
    for at in range(start, min(end, start + _REACH)):
        word = tokens[at].word
        if word.pos == "助詞" and word.pos2 == "接続助詞" and word.key in _TURNS:
            return at
    return min(end, start + _REACH)


def _say(span: Span, concept: Concept, marks: list[tuple[Span, Mark]], tokens: Sequence[Token], sentence: Sentence) -> Said:
    return Said(concept.name, span.start, span.end, marks_for(span, marks, tokens, sentence))


def _joined(concepts: Iterable[Concept]) -> re.Pattern[str] | None:
    parts = [f"(?P<{c.name}>{'|'.join(c.spellings)})" for c in concepts if c.spellings]
    return re.compile("|".join(parts)) if parts else None
