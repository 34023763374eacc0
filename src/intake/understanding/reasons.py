"""Why the sender asks: only where they say so."""

from __future__ import annotations

from collections.abc import Sequence

from intake.understanding.rulebook import Rulebook
from intake.understanding.weights import Floats, Weights

_FLOORS: dict[tuple[str, ...], float] = {("question",): 99.0, ("other",): 1.5}  # log odds; a complaint may well say why


def chosen(odds: Floats, requests: Sequence[str], weights: Weights) -> tuple[str, ...]:
    """The stated reasons, sorted. Questions have none (GUIDE)."""
    floor = _FLOORS.get(tuple(requests), 0.0)
    return tuple(sorted(label for label, value in zip(weights.reason_labels, odds, strict=True) if value > floor))


def of_code(rulebook: Rulebook, code: str | None) -> tuple[str, ...]:
    """The reason that the app's code stands for: a reason of ``rules/reasons.toml`` or one of its app codes."""
    return tuple(r.code for r in rulebook.reasons.reason if code and (code == r.code or code in r.app_codes))
