"""When it is tried again: half an hour at least, five days at most."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.outbox.retry import GIVE_UP_AFTER, TRIES, next_try

NOW = datetime(2026, 4, 1, 3, 0, tzinfo=UTC)


@given(st.integers(0, 1000), st.floats(-1, 2), st.timedeltas(timedelta(days=-2), GIVE_UP_AFTER - timedelta(seconds=1)))
def test_never_sooner_than_half_an_hour_nor_later_than_five(attempts: int, chance: float, age: timedelta) -> None:
    at = next_try(attempts, NOW - age, NOW, chance)
    assert at is not None
    assert timedelta(minutes=30) <= at - NOW <= timedelta(hours=5)


@pytest.mark.parametrize("age", [GIVE_UP_AFTER, timedelta(days=30)])
def test_after_five_days_it_is_given_up(age: timedelta) -> None:
    assert next_try(TRIES, NOW - age, NOW, 0.5) is None


@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_who_is_tried_all_the_time_is_given_up_when_five_days_are_over(chance: float) -> None:
    at, attempts = NOW, 1
    while (following := next_try(attempts, NOW, at, chance)) is not None:
        at, attempts = following, attempts + 1
    assert GIVE_UP_AFTER <= at - NOW < GIVE_UP_AFTER + timedelta(hours=5)


@given(st.integers(1, TRIES - 1), st.timedeltas(timedelta(0), timedelta(days=4000)))
def test_a_house_that_stood_still_gives_nothing_up_after_a_few_tries(attempts: int, age: timedelta) -> None:
    """Closed for the holidays, or a clock years ahead: the relay that greylists gets its second chance."""
    assert next_try(attempts, NOW - age, NOW, 0.5) is not None


def test_mails_that_failed_together_do_not_come_back_together() -> None:
    tries = {next_try(1, NOW, NOW, chance / 10) for chance in range(10)}
    assert len(tries) == 10
