"""Why the sender asks: only where they say so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from intake.understanding.rulebook import Rulebook

WISHES = ("preferences",)  # conditions look like reasons and seldom are: they have a floor of their own
_ASKS_NOTHING = frozenset(("question", "other"))


def reasons_of(
    odds: Sequence[float], requests: Sequence[str], labels: Sequence[str], floors: Mapping[str, float]
) -> tuple[str, ...]:
    """The stated reasons, sorted. Who asks for nothing gives none (GUIDE); one is more often given than two."""
    if set(requests) & _ASKS_NOTHING:
        return ()
    first = floors.get("reason", 0.0)
    if tuple(requests) == WISHES:
        first = floors.get("reason_of_wishes", first)
    more = max(first, floors.get("more_reasons", 0.0))
    ranked = sorted(zip(odds, labels, strict=True), reverse=True)
    found = [label for odd, label in ranked[:1] if odd > first]
    found += [label for odd, label in ranked[1:] if found and odd > more]
    return tuple(sorted(found))


def of_code(rulebook: Rulebook, code: str | None) -> tuple[str, ...]:
    """The reason that the app's code stands for: a reason of ``rules/reasons.toml`` or one of its app codes."""
    return tuple(r.code for r in rulebook.reasons.reason if code and (code == r.code or code in r.app_codes))
