"""When a mail leaves, by the hours of Tokyo."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from intake.policy.deadlines import OfficeHours
from intake.replies import Timing, earliest
from intake.replies.timing import JST

TIMING = Timing(quiet_from=21, quiet_until=8, in_office_hours=("reminder",))


def at(hour: int, day: int = 1) -> datetime:
    return datetime(2026, 4, day, hour, 30, tzinfo=JST).astimezone(UTC)


@pytest.mark.parametrize("template", ["receipt_withdrawal", "receipt_neutral", "confirm_pause", "reinstatement_link"])
def test_receipts_and_links_leave_at_once_day_and_night(template: str) -> None:
    assert earliest(template, at(3), TIMING) == at(3)


@pytest.mark.parametrize(("hour", "day", "leaves"), [
    (12, 1, at(12)), (20, 1, at(20)), (8, 1, at(8)),
    (21, 1, at(8, 2) - timedelta(minutes=30)), (3, 1, at(8) - timedelta(minutes=30)),
])  # fmt: skip
def test_the_rest_waits_for_the_morning(hour: int, day: int, leaves: datetime) -> None:
    assert earliest("done_withdrawal", at(hour, day), TIMING) == leaves


def test_who_waits_at_the_screen_is_answered_now() -> None:
    assert earliest("done_withdrawal", at(3), TIMING, asked_now=True) == at(3)


def test_what_may_be_answered_by_telephone_waits_for_the_office() -> None:
    office = OfficeHours(opens=time(9), closes=time(18))
    friday = datetime(2026, 4, 3, 19, 0, tzinfo=JST)
    monday = datetime(2026, 4, 6, 9, 0, tzinfo=JST)
    assert earliest("reminder", friday, TIMING, office.first_hour) == monday
    assert earliest("done_withdrawal", friday, TIMING, office.first_hour) == friday
    assert earliest("reminder", monday, TIMING, office.first_hour) == monday


def test_the_same_hour_twice_means_no_quiet_hours() -> None:
    assert earliest("done_pause", at(3), Timing(quiet_from=8, quiet_until=8)) == at(3)


def test_quiet_hours_within_a_day() -> None:
    noon = Timing(quiet_from=12, quiet_until=13)
    assert earliest("done_pause", at(12), noon) == at(13) - timedelta(minutes=30)
    assert earliest("done_pause", at(13), noon) == at(13)
