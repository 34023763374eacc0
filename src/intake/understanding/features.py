"""What the learned reader looks at: words and pairs of words, what is said how, and which rules hit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from intake.understanding.document import Document, Said
from intake.understanding.sentences import Sentence
from intake.understanding.tokens import Word

Feature = tuple[str, int, int]  # name, first and last (exclusive) token

def _key(word: Word) -> str:
    if word.pos2 == "固有名詞":
        return "<N>"
    if word.pos2 == "数詞" or word.surface.isdigit():
        return "<0>"
    return word.key


def features(document: Document) -> Iterator[Feature]:
    """All features of a document with their places; a feature may come several times."""
    last = None
    for sentence, said in zip(document.sentences, document.said, strict=True):
        subject = document.in_subject(sentence)
        yield from _words(document, sentence, "s" if subject else "")
        yield from _said(said, "s" if subject else "")
        if not subject:
            last = said or last
    if last:
        yield from _said(last, "L")


def _words(document: Document, sentence: Sentence, prefix: str) -> Iterator[Feature]:
    keys = [_key(t.word) for t in document.tokens[sentence.start : sentence.end]]
    before = "^"
    before2 = ""
    for at, key in enumerate(keys, sentence.start):
        yield f"{prefix}u{key}", at, at + 1
        pair = f"{before}|{key}"
        yield f"{prefix}b{pair}", at - 1, at + 1
        if before2:
            yield f"{prefix}t{before2}|{pair}", at - 2, at + 1
        before2, before = before, key
    yield f"{prefix}b{before}|$", sentence.end - 1, sentence.end


def _said(said: Sequence[Said], prefix: str) -> Iterator[Feature]:
    for one in said:
        yield f"{prefix}c{one.concept}", one.start, one.end
        marks = "+".join(sorted(one.marks))
        yield f"{prefix}m{one.concept}={marks}", one.start, one.end
        for mark in one.marks:
            yield f"{prefix}n{one.concept}+{mark}", one.start, one.end
    for i, one in enumerate(said):
        for two in said[i + 1 :]:
            if two.start >= one.end and two.concept != one.concept:
                ask = "".join(sorted(m[0] for m in two.marks & {"ask", "neg", "ques", "cond"}))
                yield f"{prefix}p{one.concept}>{two.concept}", one.start, two.end
                yield f"{prefix}q{one.concept}>{two.concept}={ask}", one.start, two.end
