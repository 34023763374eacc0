"""A row of the queue in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from intake.model import Case, CaseState, Message, Seeker, StaffMember
from intake.policy import today_of
from intake.ports import Tx
from intake.ports.desk import Present

STAYS = timedelta(seconds=30)  # a page that says nothing for so long is closed


@dataclass(frozen=True, slots=True)
class Row:
    """``who`` must act: staff, seeker, clock or nobody; ``late`` is overdue, soon or "", and nothing is while it is put
    aside until a day."""

    case: Case
    name: str
    known: bool  # False: the name is what the sender says
    who: str
    days_left: int | None
    late: str
    here: tuple[Present, ...]  # colleagues who have it open


def rows_of(tx: Tx, cases: Sequence[Case], now: datetime, staff: StaffMember) -> list[Row]:
    """Cases as the queue shows them to ``staff``; a handful of queries for all of them."""
    people = tx.glance.people({c.seeker_id for c in cases if c.seeker_id is not None})
    strangers = tx.glance.messages({c.message_id for c in cases if c.seeker_id is None})
    here = tx.presence.at([c.id for c in cases], now - STAYS)
    rows = []
    for case in cases:
        name, known = _name(case, people, strangers)
        others = tuple(p for p in here.get(case.id, ()) if p.staff != staff.name)
        left = days_left(case, today_of(now))
        rows.append(Row(case, name, known, who_acts(case), left, _late(case, left), others))
    return rows


def who_acts(case: Case) -> str:
    """Whose turn it is."""
    if case.state is CaseState.REVIEW:
        return "clock" if sleeps(case) else "staff"
    if case.state is CaseState.AWAITING_PROOF:
        return "seeker"
    return "clock" if case.state is CaseState.SCHEDULED else "nobody"


def days_left(case: Case, today: date) -> int | None:
    """Days until it is due, negative when overdue; None where nothing is due, or not before it is looked at again."""
    return (case.due_on - today).days if case.due_on and case.state.is_open and not sleeps(case) else None


def sleeps(case: Case) -> bool:
    """Put aside until a day (保留); on that day it is what it was before, and due anew."""
    return case.state is CaseState.REVIEW and case.hold_reason == "held" and case.wake_on is not None


def _late(case: Case, left: int | None) -> str:
    if left is None or case.due_on is None:
        return ""
    allowed = (case.due_on - today_of(case.received_at)).days
    if left < 0:
        return "overdue"
    return "soon" if left == 0 or left * 4 <= allowed else ""


def _name(case: Case, people: Mapping[int, Seeker], messages: Mapping[int, Message]) -> tuple[str, bool]:
    if case.seeker_id is not None:
        found = people.get(case.seeker_id)
        return (found.name, True) if found else ("", False)
    message = messages.get(case.message_id)
    if message is None:
        return "", False
    return message.stated.get("name") or message.sender.name or message.sender.addr, False
