"""Why: the runs of the original text that speak for or against what was read."""

from __future__ import annotations

from collections.abc import Sequence

from intake.model import Evidence
from intake.understanding.features import Place, name_of, sentence_numbers
from intake.understanding.reading import ASKED, Reader, Reading
from intake.understanding.rules import Hit
from intake.understanding.weights import Floats, Weights

_MOST = 3  # runs of the learned reader for each request
_LEAST = 0.15  # log odds; less says nothing to anybody


def evidence(
    reading: Reading, chosen: Sequence[str], rows: Floats, reader: Reader, weights: Weights
) -> tuple[Evidence, ...]:
    """Rules that hit, for and against, and the strongest words of the learned reader, in order of the text."""
    found = [e for hit in reading.hits if (e := _of_hit(reading, hit, chosen))]
    asked = [request for request in chosen if request in ASKED]
    if asked and reading.document.sentences:
        for request in asked:
            found.extend(_of_model(reading, request, rows, reader, weights))
    return tuple(sorted(dict.fromkeys(found), key=lambda e: (e.within, e.start, e.end)))


def place(reading: Reading, start: int, end: int) -> tuple[int, int, str] | None:
    """Offsets of tokens ``start`` to ``end`` in the body as given, or in the subject."""
    tokens = reading.document.tokens
    if not len(tokens) or start >= end or end > len(tokens):
        return None
    first, last = tokens.starts[max(start, 0)], tokens.ends[end - 1]
    subject_from = reading.document.subject_from
    if first >= subject_from:
        return first - subject_from, last - subject_from, "subject"
    if last > len(reading.own):
        return None
    return *reading.body.origin(first, last), "body"


def _of_hit(reading: Reading, hit: Hit, chosen: Sequence[str]) -> Evidence | None:
    if not hit.holds and hit.request not in ASKED:
        return None
    at = place(reading, hit.start, hit.end)
    if at is None or (hit.request not in chosen and not hit.holds and hit.request not in ("withdrawal", "deletion")):
        return None
    start, end, within = at
    weight = hit.weight if hit.holds else -hit.weight
    return Evidence(hit.request, reading.text_at(start, end, within), start, end, hit.rule, weight, within)


def _of_model(reading: Reading, request: str, rows: Floats, reader: Reader, weights: Weights) -> list[Evidence]:
    """The words that speak most for the request, in the sentence that speaks most for it."""
    column = weights.request_labels.index(request)
    number = int(rows[:, column].argmax())
    places: list[Place] = []
    hits = [hit for hit in reading.hits if hit.sentence == number]
    numbers = sentence_numbers(reading.document, number, hits, reader.coder, places)
    best: dict[Place, tuple[float, int]] = {}
    for row, spot in zip(numbers, places, strict=True):
        weight = float(weights.sentence[row, column])
        if weight >= _LEAST and weight > best.get(spot, (0.0, 0))[0]:
            best[spot] = weight, row
    found = []
    for spot, (weight, row) in sorted(best.items(), key=lambda item: -item[1][0])[:_MOST]:
        at = place(reading, *spot)
        if at is not None:
            first, last, within = at
            text = reading.text_at(first, last, within)
            name = f"model:{name_of(weights.codes[row - 1], weights.words)}"
            found.append(Evidence(request, text, first, last, name, weight, within))
    return found
