"""From a message's words to what both readers look at."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

from intake.model import Segment
from intake.understanding.document import Annotator, Document, Hit, Piece
from intake.understanding.features import Coder, fill, letter_numbers
from intake.understanding.fields import Field, fields, without_fields
from intake.understanding.gatewords import GateWords
from intake.understanding.normalize import Normal, normalize
from intake.understanding.rulebook import LABELS, Rulebook
from intake.understanding.rules import RuleReader

ASKED = LABELS[:9]  # the nine that ask for something; question and other stand only without them
SUBJECT = 1_000  # characters; RFC 5322 2.1.1 allows 998 in a line, and a megabyte took seconds at each look
_BETWEEN = "\n\n"


@dataclass(frozen=True, slots=True)
class Reading:
    """Both readers' view of one message."""

    given: str  # the body as given
    subject: str  # the subject as given
    body: Normal  # the whole body, normalised
    own: str  # the same, with quotes and signature blank: same offsets
    stated: str  # the same, with quotes alone blank: where facts may stand
    fields: list[Field]
    document: Document
    hits: list[Hit]
    verdict: tuple[str, ...]  # what the rules alone say
    sentences: list[list[int]]  # numbers of the features of each sentence
    letter: list[int]  # of what they make together
    gate: GateWords  # the words that it is held against where it asks to leave, or to erase

    def numbers(self) -> list[int]:
        """All features of the letter: those of its sentences, and what they make together."""
        return [number for sentence in self.sentences for number in sentence] + self.letter

    def origin(self, first: int, last: int) -> tuple[int, int, str] | None:
        """A run of the text that was read, as offsets of the body or the subject as given; None across both."""
        subject_from = self.document.subject_from
        if first >= subject_from:
            return first - subject_from, last - subject_from, "subject"
        return None if last > len(self.own) else (*self.body.origin(first, last), "body")

    def text_at(self, start: int, end: int, within: str) -> str:
        """The original words at offsets of the body or the subject as given."""
        return (self.subject if within == "subject" else self.given)[start:end]


class Reader:
    """Makes readings; holds rules and tokenizer, and of messages nothing but the usual phrases."""

    def __init__(self, rulebook: Rulebook, coder: Coder | None = None) -> None:
        self.coder = coder or Coder((), None, {})
        self.annotator = Annotator(rulebook)
        self.rules = RuleReader(rulebook, self.annotator)
        self._gate = rulebook.gate

    def read(self, body: str, subject: str, segments: Sequence[Segment]) -> Reading:
        """Read the sender's new words and the subject; quotes, signature and notices are blank to both readers. Of a
        subject the first ``SUBJECT`` characters."""
        normal = normalize(body)
        subject = subject[:SUBJECT]
        own = _only(normal, segments, ("new",))
        stated = _only(normal, segments, ("new", "signature"))
        found = fields(stated)
        text = _kana_runs(without_fields(own, found) + _BETWEEN + normalize(subject).text)
        document = self.annotator.document(text, len(own) + len(_BETWEEN), self._finish)
        return Reading(body, subject, normal, own, stated, found, document, *self._views(document.pieces), self._gate)

    def without(self, reading: Reading, taken: set[int]) -> Reading:
        """The same reading with some sentences taken away: what a counterfactual asks."""
        whole = reading.document
        kept = [n for n in range(len(whole.pieces)) if n not in taken]
        pieces = [whole.pieces[n] for n in kept]
        document = replace(whole, sentences=[whole.sentences[n] for n in kept], pieces=pieces)
        hits, said, sentences, letter = self._views(pieces)
        return replace(reading, document=document, hits=hits, verdict=said, sentences=sentences, letter=letter)

    def _finish(self, piece: Piece) -> None:
        piece.hits = self.rules.hits(piece) if piece.found else []
        fill(piece, self.coder)

    def _views(self, pieces: Sequence[Piece]) -> tuple[list[Hit], tuple[str, ...], list[list[int]], list[int]]:
        hits = [hit for piece in pieces for hit in piece.hits]
        said = verdict(hits)
        last = len(pieces) - 1
        sentences = [
            piece.numbers + (pieces[at - 1].before if at else []) + (pieces[at + 1].after if at < last else [])
            for at, piece in enumerate(pieces)
        ]
        return hits, said, sentences, letter_numbers(pieces, said, self.coder)


def verdict(hits: Sequence[Hit]) -> tuple[str, ...]:
    """What the rules alone say: every request whose holding rules weigh 1 or more together."""
    totals: dict[str, float] = {}
    for hit in hits:
        if hit.holds:
            totals[hit.request] = totals.get(hit.request, 0.0) + hit.weight
    asked = tuple(label for label in ASKED if totals.get(label, 0) >= 1)
    if asked:
        return asked
    return ("question",) if totals.get("question", 0) >= 1 else ("other",)


_VISIBLE = re.compile(r"[^\n]")


def _only(normal: Normal, segments: Sequence[Segment], kinds: Sequence[str]) -> str:
    """The normalised text with all runs of other kinds blank; line breaks stay, so that sentences end there."""
    if all(segment.kind in kinds for segment in segments):
        return normal.text
    parts = []
    at = 0
    text = normal.text
    for segment in segments:
        if segment.kind not in kinds:
            start, end = _place(normal, segment.start), _place(normal, segment.end)
            parts += [text[at:start], _VISIBLE.sub(" ", text[start:end])]
            at = end
    return "".join([*parts, text[at:]])


# Telegram style 「タイカイヲオネガイシマス」 is one unknown word to the dictionary; in hiragana it is a sentence.
_KANA_RUN = re.compile("[ァ-ヶー ]{6,}")
_SENTENCE_LIKE = re.compile("ヲ|マス|デス|クダサイ|ネガイ|シタイ|シテ|マシタ")
_TO_HIRAGANA = {code: chr(code - 0x60) for code in range(ord("ァ"), ord("ヶ") + 1)}


def _kana_runs(text: str) -> str:
    def turned(match: re.Match[str]) -> str:
        run = match.group()
        return run.translate(_TO_HIRAGANA) if _SENTENCE_LIKE.search(run) else run

    return _KANA_RUN.sub(turned, text)


def _place(normal: Normal, at: int) -> int:
    """Where an offset of the original text lies in the normalised one."""
    return at if normal.offsets is None else bisect_left(normal.offsets, at)
