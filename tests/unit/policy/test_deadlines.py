"""Office days, office hours and calendar days in Tokyo."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.policy import OfficeHours, add_business_days, days_since, may_return_alone, today_of
from intake.policy.deadlines import add_years, last_return_day
from tests.unit.policy.situations import AGENCY

OFFICE = AGENCY.office.hours


def test_the_day_changes_at_midnight_in_tokyo() -> None:
    assert today_of(datetime(2026, 3, 31, 14, 59, 59, tzinfo=UTC)) == date(2026, 3, 31)
    assert today_of(datetime(2026, 3, 31, 15, 0, tzinfo=UTC)) == date(2026, 4, 1)
    assert today_of(datetime(2024, 2, 28, 15, 0, tzinfo=UTC)) == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2026, 4, 8), 3, date(2026, 4, 13)),  # over a week-end
        (date(2026, 4, 28), 1, date(2026, 4, 30)),  # 昭和の日
        (date(2026, 5, 1), 1, date(2026, 5, 7)),  # 憲法記念日 falls on a Sunday: 振替休日 on the 6th
        (date(2026, 9, 18), 1, date(2026, 9, 24)),  # 国民の休日 between two holidays
        (date(2026, 12, 28), 1, date(2027, 1, 4)),  # 年末年始
        (date(2026, 4, 11), 0, date(2026, 4, 13)),  # a Saturday is no office day
        (date(2026, 4, 8), 0, date(2026, 4, 8)),
    ],
)
def test_office_days(start: date, count: int, end: date) -> None:
    assert OFFICE.add_days(start, count) == end


def test_without_an_office_there_are_week_days_and_public_holidays() -> None:
    assert add_business_days(date(2026, 12, 28), 1) == date(2026, 12, 29)
    assert add_business_days(date(2026, 4, 28), 1) == date(2026, 4, 30)


def test_an_office_that_opens_on_holidays() -> None:
    always = OfficeHours(days=frozenset(range(7)), public_holidays=True)
    assert always.add_days(date(2026, 5, 2), 1) == date(2026, 5, 3)
    with pytest.raises(ValueError, match="never open"):
        OfficeHours(days=frozenset()).add_days(date(2026, 4, 8), 1)


@given(start=st.dates(date(2024, 1, 1), date(2035, 12, 1)), count=st.integers(0, 30), more=st.integers(0, 10))
def test_more_days_never_end_earlier(start: date, count: int, more: int) -> None:
    one, later = OFFICE.add_days(start, count), OFFICE.add_days(start, count + more)
    assert start <= one <= later
    assert OFFICE.is_open_on(one)


def test_the_first_office_hour() -> None:
    def at(day: int, hour: int) -> datetime:
        return datetime(2026, 4, day, hour, tzinfo=UTC)

    assert OFFICE.first_hour(at(8, 3)) == at(8, 3)  # noon on Wednesday
    assert OFFICE.first_hour(at(7, 20)) == at(8, 0)  # five in the morning
    assert OFFICE.first_hour(at(8, 9)) == at(9, 0)  # six in the evening: closed
    assert OFFICE.first_hour(at(10, 12)) == at(13, 0)  # Friday night to Monday morning


@pytest.mark.parametrize(("days", "alone"), [(-1, False), (0, True), (1, True), (29, True), (30, True), (31, False)])
@pytest.mark.parametrize("left_on", [date(2026, 4, 8), date(2024, 2, 1), date(2025, 12, 15)])
def test_thirty_calendar_days_the_last_included(days: int, alone: bool, left_on: date) -> None:
    assert may_return_alone(left_on, left_on + timedelta(days=days), 30) is alone
    assert last_return_day(left_on, 30) == left_on + timedelta(days=30)
    assert days_since(left_on, left_on + timedelta(days=days)) == days


def test_who_never_left_does_not_come_back() -> None:
    assert not may_return_alone(None, date(2026, 4, 8), 30)


def test_years_end_on_their_day() -> None:
    assert add_years(date(2026, 4, 8), 3) == date(2029, 4, 8)
    assert add_years(date(2024, 2, 29), 1) == date(2025, 3, 1)
    assert add_years(date(2024, 2, 29), 4) == date(2028, 2, 29)
