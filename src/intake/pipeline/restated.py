"""Conditions stated anew before the first ones were worked in: what was said last counts (features.md A21).

Whichever piece of work is ticked first, nothing is confirmed or put into the register that was corrected since.
"""

from __future__ import annotations

from dataclasses import replace

from intake.model import Case, CaseState, Meaning
from intake.ports import Tx

ACCEPTED = "seeker.preferences_changed"


def still_meant(tx: Tx, case: Case, meaning: Meaning | None) -> Meaning | None:
    """The reading of ``case`` without the conditions that a later message of the same person states anew."""
    if meaning is None or case.request != "preferences" or case.seeker_id is None:
        return meaning
    anew = {name for c in tx.cases.of_seeker(case.seeker_id) if _is_later(tx, c, case) for name in _stated(tx, c)}
    return replace(meaning, preferences=tuple(p for p in meaning.preferences if p.field not in anew))


def _is_later(tx: Tx, other: Case, case: Case) -> bool:
    later = (other.received_at, other.id) > (case.received_at, case.id)
    return later and other.request == "preferences" and _counts(tx, other)


def _counts(tx: Tx, case: Case) -> bool:
    """It waits for the concierge, or was worked in; what people look at, refused or closed by hand corrects nothing."""
    if case.state is CaseState.DONE:
        return any(row.action == ACCEPTED for row in tx.audit.of_case(case.id))
    return case.state is CaseState.SCHEDULED or case.hold_reason == "task_overdue"


def _stated(tx: Tx, case: Case) -> set[str]:
    reading = tx.inbox.reading(case.message_id)
    return {p.field for p in reading[1].preferences} if reading and reading[1] else set()
