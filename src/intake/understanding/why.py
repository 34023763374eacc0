"""Why: the runs of the original text that speak for or against what was read."""

from __future__ import annotations

from collections.abc import Sequence

from intake.model import Evidence
from intake.understanding.reading import ASKED, Reading
from intake.understanding.rules import Hit
from intake.understanding.weights import Weights

_MOST = 3  # runs of the learned reader for each request
_LEAST = 0.15  # log odds; less says nothing to anybody


def evidence(reading: Reading, chosen: Sequence[str], weights: Weights) -> tuple[Evidence, ...]:
    """Rules that hit, for and against, and the strongest words of the learned reader, in order of the text."""
    found = [e for hit in reading.hits if (e := _of_hit(reading, hit, chosen))]
    for request in chosen:
        if request in ASKED:
            found.extend(_of_model(reading, request, weights))
    return tuple(sorted(dict.fromkeys(found), key=lambda e: (e.within, e.start, e.end)))


def place(reading: Reading, start: int, end: int) -> tuple[int, int, str] | None:
    """Offsets of tokens ``start`` to ``end`` in the body as given, or in the subject."""
    tokens = reading.document.tokens
    if not tokens or start >= end or end > len(tokens):
        return None
    first, last = tokens[max(start, 0)].start, tokens[end - 1].end
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


def _of_model(reading: Reading, request: str, weights: Weights) -> list[Evidence]:
    column = weights.request_labels.index(request)
    best: list[tuple[float, str, int, int]] = []
    seen = set()
    for name, start, end in reading.features:
        number = weights.vocabulary.get(name)
        if number is None or name in seen or end <= start:
            continue
        seen.add(name)
        best.append((float(weights.requests[number, column]), name, start, end))
    best.sort(reverse=True)
    found = []
    for weight, name, start, end in best[:_MOST]:
        at = place(reading, start, end)
        if at is not None and weight >= _LEAST:
            first, last, within = at
            text = reading.text_at(first, last, within)
            found.append(Evidence(request, text, first, last, f"model:{name}", weight, within))
    return found
