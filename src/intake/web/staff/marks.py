"""The text of a message with the deciding words marked, as pieces that a template can only show, never run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from intake.model import Evidence, Segment
from intake.proofs import masked
from intake.web import controls

MOST_TEXT = 50_000  # characters on the page; the rest is one click away
MOST_EVIDENCE = 200
MOST_CONTROLS = 300
_NOT_WORDS = "、。，．・,.!?！？:;：；()（）「」『』 \u3000\t\r\n"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text. ``why``: the evidence that covers it; ``control``: the name of an unseen character."""

    text: str
    why: tuple[Evidence, ...] = ()
    control: str = ""

    @property
    def tone(self) -> str:
        """``for`` or ``against``, as the rules weigh it; ``learned`` where no rule but the learned reader says so."""
        rules = [e.weight for e in self.why if not e.rule.startswith("model:")]
        if not rules:
            return "learned" if self.why else ""
        return "for" if sum(rules) > 0 else "against"


@dataclass(frozen=True, slots=True)
class Block:
    """A segment: new, quote, signature or notice."""

    kind: str
    pieces: tuple[Piece, ...]

    @property
    def lines(self) -> int:
        """How long it is."""
        return sum(p.text.count("\n") for p in self.pieces) + 1


def blocks(text: str, segments: Sequence[Segment], evidence: Iterable[Evidence]) -> tuple[Block, ...]:
    """All readable text in order, up to MOST_TEXT; offsets are code points of ``text``; no link that opens."""
    text = masked(text)
    marks = [e for e in evidence if e.within == "body"]
    found: list[Block] = []
    for s in segments or (Segment(0, len(text), "new"),):
        end = min(s.end, MOST_TEXT)
        if s.start < end and text[s.start : end].strip():
            found.append(Block(s.kind, pieces(text, s.start, end, marks)))
    return tuple(found)


def subject(text: str, evidence: Iterable[Evidence]) -> tuple[Piece, ...]:
    """The subject in the same way."""
    return pieces(masked(text), 0, min(len(text), 500), [e for e in evidence if e.within == "subject"])


def pieces(text: str, start: int, end: int, evidence: Sequence[Evidence]) -> tuple[Piece, ...]:
    """The run from ``start`` to ``end``, cut wherever evidence begins or ends."""
    here = [e for e in map(trimmed, evidence) if e.start < end and e.end > start and e.start < e.end][:MOST_EVIDENCE]
    cuts = sorted({start, end, *(max(start, e.start) for e in here), *(min(end, e.end) for e in here)})
    found: list[Piece] = []
    for a, b in pairwise(cuts):
        why = tuple(e for e in here if e.start <= a and e.end >= b)
        found += _seen(text[a:b], why)
    return tuple(_few_controls(found))


def trimmed(e: Evidence) -> Evidence:
    """Without commas and blanks at its ends: a learned run of characters may begin with 「、」, a mark should not."""
    lead = len(e.text) - len(e.text.lstrip(_NOT_WORDS))
    tail = len(e.text) - len(e.text.rstrip(_NOT_WORDS))
    if e.end - e.start != len(e.text) or not (lead or tail):
        return e
    return replace(e, start=min(e.start + lead, e.end), end=max(e.end - tail, e.start), text=e.text.strip(_NOT_WORDS))


def _seen(text: str, why: tuple[Evidence, ...]) -> Iterator[Piece]:
    for name, runs in groupby(controls.split(text), key=lambda run: run[0]):
        if not name:
            yield from (Piece(run, why) for _, run in runs)
            continue
        times = sum(1 for _ in runs)
        yield Piece("", why, control=name if times == 1 else f"{name}×{times}")


def _few_controls(found: list[Piece]) -> Iterator[Piece]:
    left = MOST_CONTROLS
    for piece in found:
        if piece.control:
            left -= 1
            if left < 0:
                continue
        yield piece
