"""Days and hours of the office, counted in Asia/Tokyo. No clock is read here: ``now`` comes in."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import jpholiday

TOKYO = ZoneInfo("Asia/Tokyo")
DAY = timedelta(days=1)
_LONGEST_CLOSURE_DAYS = 60  # longer than any run of closed days that a checked calendar can have


def today_of(now: datetime) -> date:
    """The calendar day in Tokyo of an aware instant."""
    return now.astimezone(TOKYO).date()


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """When somebody is there. ``days`` are weekdays (0 is Monday), ``closed`` (month, day) pairs of every year."""

    days: Set[int] = frozenset(range(5))
    opens: time = time(9)
    closes: time = time(18)
    public_holidays: bool = False  # True: open on public holidays too
    closed: Set[tuple[int, int]] = frozenset()

    def is_open_on(self, day: date) -> bool:
        """True on an office day."""
        if day.weekday() not in self.days or (day.month, day.day) in self.closed:
            return False
        return self.public_holidays or not jpholiday.is_holiday(day)

    def add_days(self, day: date, count: int) -> date:
        """The ``count``-th office day after ``day``; 0 gives ``day`` itself if open, else the next office day."""
        found = day if count == 0 and self.is_open_on(day) else self._next(day)
        for _ in range(max(0, count - 1)):
            found = self._next(found)
        return found

    def first_hour(self, now: datetime) -> datetime:
        """``now`` within office hours, else the next opening (UTC)."""
        local = now.astimezone(TOKYO)
        if self.is_open_on(local.date()):
            if local.time() < self.opens:
                return self._opening(local.date())
            if local.time() < self.closes:
                return now.astimezone(UTC)
        return self._opening(self._next(local.date()))

    def _opening(self, day: date) -> datetime:
        return datetime.combine(day, self.opens, TOKYO).astimezone(UTC)

    def _next(self, day: date) -> date:
        for _ in range(_LONGEST_CLOSURE_DAYS):
            day += DAY
            if self.is_open_on(day):
                return day
        raise ValueError("the office is never open")


def add_business_days(day: date, count: int, office: OfficeHours | None = None) -> date:
    """The ``count``-th office day after ``day`` (Monday to Friday without public holidays, if no office is given)."""
    return (office or OfficeHours()).add_days(day, count)


def days_since(start: date, today: date) -> int:
    """Calendar days: the day itself is 0."""
    return (today - start).days


def may_return_alone(left_on: date | None, today: date, days: int) -> bool:
    """Within the time in which a seeker comes back alone: day 0 to day ``days``, both included (features.md B7)."""
    return left_on is not None and 0 <= days_since(left_on, today) <= days


def last_return_day(left_on: date, days: int) -> date:
    """The last day on which the seeker can come back alone."""
    return left_on + days * DAY


def end_of_day(day: date) -> datetime:
    """The last minute of a day in Tokyo."""
    return datetime.combine(day, time(23, 59), TOKYO).astimezone(UTC)


def add_years(day: date, years: int) -> date:
    """The same day ``years`` later; 29 February becomes 1 March in a year without one, so that no term ends early."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
