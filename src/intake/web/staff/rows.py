"""A row of the queue in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from intake.errors import NotFound
from intake.model import Case, CaseState
from intake.policy import today_of
from intake.ports import Tx


@dataclass(frozen=True, slots=True)
class Row:
    """``who`` must act: staff, seeker, clock or nobody; ``late`` is overdue, soon or ""."""

    case: Case
    name: str
    known: bool  # False: the name is what the sender says
    who: str
    days_left: int | None
    late: str


def row_of(tx: Tx, case: Case, now: datetime) -> Row:
    """One case as the queue shows it."""
    name, known = _name(tx, case)
    left = days_left(case, today_of(now))
    return Row(case, name, known, who_acts(case), left, _late(case, left))


def who_acts(case: Case) -> str:
    """Whose turn it is."""
    if case.state is CaseState.REVIEW:
        return "staff"
    if case.state is CaseState.AWAITING_PROOF:
        return "seeker"
    return "clock" if case.state is CaseState.SCHEDULED else "nobody"


def days_left(case: Case, today: date) -> int | None:
    """Days until it is due, negative when overdue; None where nothing is due."""
    return (case.due_on - today).days if case.due_on and case.state.is_open else None


def _late(case: Case, left: int | None) -> str:
    if left is None or case.due_on is None:
        return ""
    allowed = (case.due_on - today_of(case.received_at)).days
    if left < 0:
        return "overdue"
    return "soon" if left == 0 or left * 4 <= allowed else ""


def _name(tx: Tx, case: Case) -> tuple[str, bool]:
    if case.seeker_id is not None:
        try:
            return tx.seekers.get(case.seeker_id).name, True
        except NotFound:
            return "", False
    reading = tx.inbox.reading(case.message_id)
    if reading is None:
        return "", False
    sender = reading[0].sender
    return reading[0].stated.get("name") or sender.name or sender.addr, False
