"""What the gate's words met in a letter, and where it stands: the gate decides by it, and staff see it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator
from itertools import accumulate
from typing import NamedTuple

from intake.understanding.document import Piece
from intake.understanding.reading import Reading
from intake.understanding.subjects import another_subject

_OPENING = 60  # letters at the beginning of a letter in which it says whom it is for


class Stop(NamedTuple):
    """A word of rules/gate that speaks against a request; its place in the body or the subject as given."""

    request: str
    word: str
    start: int
    end: int
    within: str


def stops(request: str, reading: Reading, asking: Collection[int]) -> Iterator[Stop]:
    """All that speaks against it in the sentences that ask for it (``asking``), those beside, the whole letter and the
    subject."""
    for number, piece in enumerate(reading.document.pieces):
        yield from _of_sentence(request, reading, number, piece, number in asking)
    for word, match in reading.gate.stops("letter", request, reading.own):
        yield Stop(request, word.name, *reading.body.origin(*match.span()), "body")
    if found := another_subject(request, reading.subject, reading.own, reading.gate):
        yield Stop(request, *found, "subject")


def stops_of_opening(request: str, reading: Reading) -> Iterator[Stop]:
    """Whom the letter is addressed to, where that is not us."""
    letter = reading.own.lstrip()
    lead = len(reading.own) - len(letter)
    for word, match in reading.gate.stops("opening", request, letter[:_OPENING]):
        yield Stop(request, word.name, *reading.body.origin(lead + match.start(), lead + match.end()), "body")


def text_of(piece: Piece) -> str:
    """The words of a sentence, without the blanks between them."""
    return "".join(word.surface for word in piece.words)


def _of_sentence(request: str, reading: Reading, number: int, piece: Piece, asks: bool) -> Iterator[Stop]:
    if piece.subject and not asks:
        return
    text = text_of(piece)
    for word, match in reading.gate.stops("asking" if asks else "beside", request, text if asks else text.strip()):
        lead = 0 if asks else len(text) - len(text.lstrip())
        first, last = _place(reading, number, lead + match.start()), _place(reading, number, lead + match.end() - 1) + 1
        if at := reading.origin(first, last):
            yield Stop(request, word.name, *at)


def _place(reading: Reading, number: int, at: int) -> int:
    """Where a letter of a sentence's words stands in the text that was read, which has the blanks between them."""
    ends = list(accumulate(word.size for word in reading.document.pieces[number].words))
    word = bisect_right(ends, at)
    return reading.document.tokens.ends[reading.document.sentences[number].start + word] - (ends[word] - at)
