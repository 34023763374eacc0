"""What is due of one person on one day, and what stands in its way. The same answer for a look and for the deed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from intake.retention.clocks import PERSONAL, REGISTER, Clock, completed_on

ERASE, PART, NOTICE, WAIT = "erase", "erase_part", "notice", "wait"
HOLD, BUSY, NOTICED, FLOOR = "legal_hold", "busy", "notice_first", "floor"


@dataclass(frozen=True, slots=True)
class Subject:
    """All that the clocks of one person ask for. ``busy``: a selection runs or a case is open."""

    seeker_id: int
    withdrawn_on: date | None = None
    invalid_on: date | None = None
    handled: bool = False  # an employer was involved: there is an entry in the register of seekers
    legal_hold: bool = False
    busy: bool = False
    reachable: bool = True  # an address is on file
    noticed_on: date | None = None
    parts_gone: tuple[str, ...] = ()  # classes that an earlier run took already


@dataclass(frozen=True, slots=True)
class Due:
    """One class of data of one person: what is done about it today (``action``), or what is waited for."""

    seeker_id: int
    data: str
    label: str
    action: str
    start_on: date
    due_on: date
    ceiling_on: date | None
    ground: str
    waits_for: str = ""

    @property
    def is_done_today(self) -> bool:
        """Something happens, as against waiting."""
        return self.action != WAIT


def due_of(subject: Subject, clocks: Sequence[Clock], notice_days: int, today: date) -> tuple[Due, ...]:
    """What is to be done about this person today; empty where nothing is due yet.

    A hold beats everything; a floor beats all but a hold; a ceiling beats what runs and what was not announced.
    When the personal details go everything goes, so nothing else is named beside them.
    """
    rows = [_one(subject, clock, notice_days, today) for clock in clocks if _is_live(subject, clock)]
    found = [row for row in rows if row is not None]
    whole = [row for row in found if row.data == PERSONAL]
    if whole and whole[0].action in (ERASE, NOTICE):
        return (whole[0],)
    return tuple(row for row in found if row in whole or not whole or row.is_done_today)


def calendar(subject: Subject, clocks: Sequence[Clock]) -> tuple[Due, ...]:
    """Every clock that runs for this person, the next one first: what a person reads on the page."""
    rows = []
    for clock in clocks:
        start = _start(subject, clock)
        if start is None or clock.at_end != ERASE:
            continue
        waits = HOLD if subject.legal_hold else ""
        due_on = max(clock.due_on(start), clock.floor_on(start))
        rows.append(Due(subject.seeker_id, clock.data, clock.label, WAIT, start, due_on,
                        clock.ceiling_on(start), clock.ground, waits))  # fmt: skip
    return tuple(sorted(rows, key=lambda r: (r.due_on, r.data)))


def held_until(subject: Subject, clocks: Sequence[Clock], today: date) -> tuple[tuple[Clock, date], ...]:
    """Classes that a duty keeps beyond an erasure today, each with the first day on which it may go."""
    found = []
    for clock in clocks:
        start = _start(subject, clock, today) if clock.floor_years else None
        if start is not None and clock.floor_on(start) > today:
            found.append((clock, clock.floor_on(start)))
    return tuple(found)


def _is_live(subject: Subject, clock: Clock) -> bool:
    """The register's fields live on after an erasure by themselves; what is kept for ever is never due."""
    return clock.at_end == ERASE and clock.data != REGISTER and clock.data not in subject.parts_gone


def _one(subject: Subject, clock: Clock, notice_days: int, today: date) -> Due | None:
    start = _start(subject, clock)
    if start is None:
        return None
    due_on = max(clock.due_on(start), clock.floor_on(start))
    ceiling_on = clock.ceiling_on(start)
    needs_notice = clock.data == PERSONAL and notice_days > 0 and subject.reachable
    noticed = _noticed(subject, start)
    announce = needs_notice and noticed is None and not subject.legal_hold
    if today < due_on and not (announce and today >= due_on - timedelta(days=notice_days)):
        return None
    at_ceiling = ceiling_on is not None and today >= ceiling_on
    go = ERASE if clock.data == PERSONAL else PART
    waits = _obstacle(subject, today, at_ceiling, notice_days if needs_notice else 0, noticed)
    action = NOTICE if waits == NOTICE else WAIT if waits else go
    waits = "" if waits == NOTICE else waits
    return Due(subject.seeker_id, clock.data, clock.label, action, start, due_on, ceiling_on, clock.ground, waits)


def _noticed(subject: Subject, start: date) -> date | None:
    """A notice counts for the term that it announced: one from before the clock began anew is nothing."""
    return subject.noticed_on if subject.noticed_on is not None and subject.noticed_on >= start else None


def _obstacle(subject: Subject, today: date, at_ceiling: bool, notice_days: int, noticed: date | None) -> str:
    """What must come first; "" where nothing does."""
    if subject.legal_hold:
        return HOLD
    if at_ceiling:
        return ""
    if notice_days and noticed is None:
        return NOTICE
    if notice_days and noticed is not None and today < noticed + timedelta(days=notice_days):
        return NOTICED
    return BUSY if subject.busy else ""


def _start(subject: Subject, clock: Clock, today: date | None = None) -> date | None:
    """The day from which this clock runs for this person; None while it does not run."""
    first = _event(subject, clock.since, today)
    return first if first is not None or clock.else_since is None else _event(subject, clock.else_since, today)


def _event(subject: Subject, name: str, today: date | None) -> date | None:
    if name == "completed_on":
        return completed_on(
            handled=subject.handled, withdrawn_on=subject.withdrawn_on, invalid_on=subject.invalid_on, today=today
        )
    return subject.withdrawn_on if name == "withdrawn_on" else subject.invalid_on
