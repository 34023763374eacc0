"""Why: the runs of the original text that speak for or against what was read."""

from __future__ import annotations

from collections.abc import Sequence

from intake.model import DESTRUCTIVE, Evidence
from intake.understanding.document import Hit
from intake.understanding.features import Place, name_of, places
from intake.understanding.reading import ASKED, Reader, Reading
from intake.understanding.stops import Stop
from intake.understanding.weights import Floats, Weights

_MOST = 3  # runs of the learned reader for each request
_AROUND = "。、 \n\r\u3000"
_LEAST = 0.15  # log odds; less says nothing to anybody


def evidence(
    reading: Reading,
    chosen: Sequence[str],
    rows: Floats,
    reader: Reader,
    weights: Weights,
    stopped: Sequence[Stop] = (),
) -> tuple[Evidence, ...]:
    """Rules that hit, for and against, the strongest words of the learned reader, and the words by which the gate
    stopped it, in order of the text."""
    found = [_of_stop(reading, stop) for stop in stopped]
    for sentence, piece in zip(reading.document.sentences, reading.document.pieces, strict=True):
        found += [e for hit in piece.hits if (e := _of_hit(reading, hit, sentence.start, chosen))]
    asked = [request for request in chosen if request in ASKED]
    if asked and reading.document.pieces:
        for request in asked:
            found.extend(_of_model(reading, request, rows, reader, weights))
    return tuple(sorted(dict.fromkeys(found), key=lambda e: (e.within, e.start, e.end)))


def place(reading: Reading, start: int, end: int) -> tuple[int, int, str] | None:
    """Offsets of tokens ``start`` to ``end`` in the body as given, or in the subject."""
    tokens = reading.document.tokens
    if not len(tokens) or start >= end or end > len(tokens):
        return None
    return reading.origin(tokens.start(max(start, 0)), tokens.ends[end - 1])


def _of_stop(reading: Reading, stop: Stop) -> Evidence:
    """A word of the gate: it weighs nothing, it only stops. Without the blanks and full stops around it."""
    text = reading.text_at(stop.start, stop.end, stop.within)
    start = stop.start + len(text) - len(text.lstrip(_AROUND))
    end = max(start, stop.end - len(text) + len(text.rstrip(_AROUND)))
    said = reading.text_at(start, end, stop.within)
    return Evidence(stop.request, said, start, end, f"gate.{stop.word}", 0.0, stop.within)


def _of_hit(reading: Reading, hit: Hit, base: int, chosen: Sequence[str]) -> Evidence | None:
    if not hit.holds and (hit.request not in ASKED or hit.request not in {*chosen, *DESTRUCTIVE}):
        return None
    at = place(reading, base + hit.start, base + hit.end)
    if at is None:
        return None
    start, end, within = at
    weight = hit.weight if hit.holds else -hit.weight
    return Evidence(hit.request, reading.text_at(start, end, within), start, end, hit.rule, weight, within)


def _of_model(reading: Reading, request: str, rows: Floats, reader: Reader, weights: Weights) -> list[Evidence]:
    """The words that speak most for the request, in the sentence that speaks most for it."""
    column = weights.request_labels.index(request)
    number = int(rows[:, column].argmax())
    piece = reading.document.pieces[number]
    base = reading.document.sentences[number].start
    said = weights.table.take(piece.numbers, axis=0)[:, column].tolist() if piece.numbers else []
    strong = {row: weight for row, weight in zip(piece.numbers, said, strict=True) if weight >= _LEAST}
    best: dict[Place, tuple[float, int]] = {}
    for row, spot in places(piece, reader.coder, strong):
        if strong[row] > best.get(spot, (0.0, 0))[0]:
            best[spot] = strong[row], row
    found = []
    for (start, end), (weight, row) in sorted(best.items(), key=_strongest)[:_MOST]:
        at = place(reading, base + start, base + end)
        if at is not None:
            first, last, within = at
            text = reading.text_at(first, last, within)
            name = f"model:{name_of(weights.codes[row - 1], weights.words)}"
            found.append(Evidence(request, text, first, last, name, weight, within))
    return found


def _strongest(item: tuple[Place, tuple[float, int]]) -> float:
    return -item[1][0]
