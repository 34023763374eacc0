"""One clock a class of data: from which day, how long, not before, not after. The rows are in rules/profiles/."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

PERSONAL, REGISTER = "personal", "register"
ALL = ("resume", "career", "personal", "messages", "mails", "cases", "register", "audit")


@dataclass(frozen=True, slots=True)
class Clock:
    """``years``, ``months`` and ``days`` add up. ``floor_years``: nothing goes before, whoever asks. ``ceiling_years``:
    nothing stays after, whatever runs; only a legal hold does."""

    data: str
    label: str
    since: str  # withdrawn_on, invalid_on, completed_on
    ground: str
    years: int = 0
    months: int = 0
    days: int = 0
    else_since: str | None = None  # the day that counts where the first one never came
    floor_years: int = 0
    ceiling_years: int | None = None
    at_end: str = "erase"  # "keep": holds nothing personal

    def due_on(self, start: date) -> date:
        """The first day on which the data are kept no longer."""
        return add_term(start, self.years, self.months, self.days)

    def floor_on(self, start: date) -> date:
        """The first day on which they may go."""
        return add_term(start, self.floor_years)

    def ceiling_on(self, start: date) -> date | None:
        """The day by which they are gone; None where there is none."""
        return None if self.ceiling_years is None else add_term(start, self.ceiling_years)


def add_term(day: date, years: int = 0, months: int = 0, days: int = 0) -> date:
    """The same day of the month later; where that month has none, the first of the next: no term ends early."""
    count = day.year * 12 + day.month - 1 + years * 12 + months
    year, month = divmod(count, 12)
    try:
        later = date(year, month + 1, day.day)
    except ValueError:
        year, month = divmod(count + 1, 12)
        later = date(year, month + 1, 1)
    return later + timedelta(days=days)


def completed_on(
    *, handled: bool, withdrawn_on: date | None, invalid_on: date | None, today: date | None = None
) -> date | None:
    """When the handling of a job search was over: the register's fields are kept from that day.

    ``handled``: somebody was introduced to, or applied to, an employer; without that there is no entry to keep.
    ``today`` is taken where the person has not left yet and is erased now.
    """
    if not handled:
        return None
    return max((d for d in (withdrawn_on, invalid_on) if d is not None), default=today)
