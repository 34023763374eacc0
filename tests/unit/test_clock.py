"""A clock set wrong and right again: what lay in the future is due, and nothing falls due because of a wrong day."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from intake.bootstrap.clock import (
    AHEAD_SECONDS,
    AWAY_SECONDS,
    HELD,
    HOLD_SECONDS,
    KEPT_SECONDS,
    SEEN,
    ClockWatch,
    counted,
)
from intake.bootstrap.house import House
from intake.bootstrap.keeping import Keeper
from intake.model import Channel, Envelope, MailState
from intake.pipeline import keeping
from intake.worker import Worker
from tests.house import DESK, InProcess, TestHouse, open_test_house
from tests.integration.test_erasure_steps import approved, filled

DAY = timedelta(days=1)


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Any:
    made = open_test_house(tmp_path / "home", url=database_url)
    yield made
    made.store.close()


class Clocks:
    """The clock of the world, which may jump, and one that only counts."""

    def __init__(self, house: TestHouse) -> None:
        self.house, self.count = house, 5000.0
        self.watch = ClockWatch(house.store, lambda: house.now, lambda: self.count)

    def passes(self, seconds: float) -> None:
        self.house.now += timedelta(seconds=seconds)
        self.count += seconds


def test_what_was_made_in_the_future_leaves_when_the_clock_is_right_again(house: TestHouse) -> None:
    clocks = Clocks(house)
    clocks.watch.look()
    house.seeker()
    house.now += 3 * DAY
    clocks.watch.look()
    house.mail("退会の手続きをお願いいたします。")
    house.worker.run_once()
    house.arrive(_mail(house))
    with house.store.write() as tx:  # a claim of somebody who died in that future
        tx.inbox.claim(house.now, 10, 120, "elsewhere:1")
    house.now -= 3 * DAY
    assert house.sender.run_once(house.now) == 0, "its time would come in three days"
    clocks.watch.look()
    assert house.worker.run_once() == 1
    assert house.sender.run_once(house.now) >= 1
    assert next(m.state for m in house.outbox()) is MailState.SENT


def test_a_mail_that_left_on_a_day_to_come_spends_the_budget_of_one_day_only(house: TestHouse) -> None:
    clocks = Clocks(house)
    clocks.watch.look()
    house.seeker()
    house.now += 365 * DAY
    clocks.watch.look()
    house.mail("担当者を変更してほしいです。")
    house.work()
    house.now -= 365 * DAY
    clocks.watch.look()
    with house.store.read() as tx:
        address = house.tools.address_hash("taro@example.jp")
        assert tx.outbox.automatic_since(address, house.now - DAY) == 1, "it has had its mail of the day"
    clocks.passes(2 * 86_400)
    house.mail("退会の手続きをお願いいたします。")
    house.work()
    assert [m.template for m in house.relay.mails] == ["receipt_concierge_change", "receipt_withdrawal"]
    assert all(m.sent_at is not None and m.sent_at <= house.now for m in house.outbox())


def test_what_is_put_off_rightly_stays_so(house: TestHouse) -> None:
    """A mail for Monday, a mail that a relay has put off: set back by an hour or not, they wait."""
    clocks = Clocks(house)
    house.seeker()
    house.mail("退会の手続きをお願いいたします。")
    house.worker.run_once()
    (item,) = house.outbox()
    with house.store.write() as tx:
        tx.outbox.postpone(item.id, house.now + 5 * DAY)
    clocks.passes(7300)
    house.now -= timedelta(hours=1)
    clocks.watch.look()
    assert house.sender.run_once(house.now) == 0
    with house.store.write() as tx:
        assert tx.leases.put_right(house.now) == 0


def test_far_ahead_nothing_falls_due_for_a_day(tmp_path: Path) -> None:
    house = filled(tmp_path / "home", "")
    approved(house)
    clocks = Clocks(house)
    keeper = Keeper(House(house.settings, house.store, lambda: house.tools), lambda: house.now,  # type: ignore[arg-type]
                    trusts=clocks.watch.trusts)  # fmt: skip
    worker = Worker(house.store, lambda: house.tools, InProcess(), clock=lambda: house.now,
                    trusts=clocks.watch.trusts_dates)  # fmt: skip
    house.now += 30 * DAY
    for _ in range(2):
        assert (worker.run_calendar(), keeper.run_once()) == (0, 0)
        assert "went ahead by 30.0 days" in (clocks.watch.trouble() or "")
        clocks.passes(HOLD_SECONDS / 3)
    with house.store.read() as tx:
        assert tx.erasures.newest() == []
        assert [c.hold_reason for c in tx.cases.of_seeker(house.get_seeker("M-1").id)] == ["cooling_off"]
    clocks.passes(HOLD_SECONDS)  # nobody has set it back: it is the truth
    assert clocks.watch.trouble() is None
    assert worker.run_calendar() == 1
    assert keeper.run_once() == 1
    house.store.close()


def test_the_terms_go_on_after_a_first_start_with_a_clock_years_ahead(house: TestHouse) -> None:
    """The day that was noted then is no reason to wait for it; the first right night is let pass like any first one."""
    days: list[str] = []
    keeper = Keeper(House(house.settings, house.store, lambda: house.tools), lambda: house.now)  # type: ignore[arg-type]
    right = house.now
    house.now += 4 * 365 * DAY
    keeper.run_once()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keeping, "run", lambda *args: days.append(args[-1].date().isoformat()))
        for day in range(4):
            house.now = right + day * DAY
            keeper.run_once()
            keeper.run_once()
    assert days == [(right + day * DAY).date().isoformat() for day in (1, 2, 3)]


def test_set_right_again_it_is_trusted_at_once(house: TestHouse) -> None:
    clocks = Clocks(house)
    for ahead in (timedelta(seconds=AHEAD_SECONDS + 1), 400 * DAY):
        house.now += ahead
        assert (clocks.watch.trusts(), clocks.watch.trusts_dates()) == (False, False)
        clocks.passes(60)
        house.now -= ahead
        assert clocks.watch.trusts()
    house.now += timedelta(seconds=AHEAD_SECONDS - 60)
    assert clocks.watch.trusts(), "a machine that slept for some hours"


def test_a_start_long_after_the_last_life_waits_too(house: TestHouse) -> None:
    first = Clocks(house)
    first.watch.begin()
    first.watch.look()
    with house.store.read() as tx:
        assert tx.meta.get(SEEN) == house.now.isoformat()
    house.now += timedelta(seconds=AWAY_SECONDS - 60)
    short = Clocks(house)
    short.watch.begin()
    assert short.watch.trusts()
    house.now += 300 * DAY
    late = Clocks(house)
    late.watch.begin()
    assert (late.watch.trusts(), late.watch.trusts_dates()) == (False, True)
    late.watch.look()
    with house.store.read() as tx:
        assert tx.meta.get(SEEN) != house.now.isoformat(), "a clock that is not trusted is not remembered"
    late.passes(HOLD_SECONDS)
    assert late.watch.trusts()


@pytest.mark.parametrize("starts_after", [HOLD_SECONDS / 4, HOLD_SECONDS - 1300])
def test_a_house_started_anew_each_night_still_gets_over_it(house: TestHouse, starts_after: float) -> None:
    """The day of waiting is one day, however often the process is started again: else nobody were ever erased."""
    Clocks(house).watch.look()
    house.now += 300 * DAY
    waited = 0.0
    for _ in range(10):
        clocks = Clocks(house)
        clocks.watch.begin()
        if clocks.watch.trusts():
            break
        clocks.watch.look()
        for _ in range(4):
            clocks.passes(starts_after / 4)
            clocks.watch.look()
        waited += starts_after
    assert HOLD_SECONDS <= waited <= HOLD_SECONDS + 2 * max(starts_after, KEPT_SECONDS)


def test_starting_anew_does_not_shorten_it(house: TestHouse) -> None:
    """Two days ahead are few enough for a house that was closed; under our eyes they were a jump, and stay one."""
    clocks = Clocks(house)
    clocks.watch.look()
    house.now += 2 * DAY
    clocks.watch.look()
    again = Clocks(house)
    again.watch.begin()
    assert (again.watch.trusts(), again.watch.trusts_dates()) == (False, False)
    house.now -= 2 * DAY
    right = Clocks(house)
    right.watch.begin()
    assert right.watch.trusts()
    right.watch.look()
    with house.store.read() as tx:
        assert tx.meta.get(HELD) == "", "the next one waits its own day"


def test_a_machine_that_slept_has_not_jumped() -> None:
    """The count goes on while it sleeps; ``time.monotonic`` would stand still, and every night were a jump."""
    assert abs(counted() - time.clock_gettime(time.CLOCK_BOOTTIME)) < 1


def _mail(house: TestHouse) -> Envelope:
    raw = b"From: taro@example.jp\r\nSubject: x\r\n\r\nhello\r\n"
    return Envelope(Channel.EMAIL, "smtp", raw, house.now, "taro@example.jp", (DESK,), "192.0.2.1")
