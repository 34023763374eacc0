"""The outcome table of reliability.md on a real store and a real socket: relay trouble at each step × class of mail."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from intake.errors import RelayTemporary, StoreUnavailable
from intake.model import Mail, MailClass, MailState, OutboxItem
from intake.outbox.courier import open_courier
from intake.outbox.dkim_keys import make_key
from intake.outbox.sender import LEASE_SECONDS, Sender
from intake.ports import Delivery, Tx
from intake.store import open_store
from tests.integration.outbox_parts import KEYS, NOW, World, mail, prepared, queue
from tests.rigs import write_certificate
from tests.sink import SmtpSink, Turn
from tests.unit.outbox.test_smtp import Relaying

ONCE, AGAIN = MailClass.ONCE, MailClass.AGAIN
QUEUED, SENT, FAILED, UNKNOWN = MailState.QUEUED, MailState.SENT, MailState.FAILED, MailState.UNKNOWN
ROOT = Path(__file__).parents[2]


@pytest.fixture
def database(databases: object) -> Iterator[str]:
    url = prepared(databases)
    yield url
    databases.discard(url)  # type: ignore[attr-defined]


@pytest.fixture
def world(database: str, smtp_sink: SmtpSink) -> Iterator[World]:
    store = open_store(database, KEYS)
    courier = open_courier(smtp_sink.url, Path())
    yield World(store, courier)
    courier.close()
    store.close()


OUTCOMES = [  # what the relay does, what becomes of a receipt, of a link
    (Turn(), SENT, SENT),
    (Turn(banner="421 4.3.2 later"), QUEUED, QUEUED),
    (Turn(banner="554 5.3.2 not to you"), QUEUED, QUEUED),
    (Turn(drop="banner"), QUEUED, QUEUED),
    (Turn(ehlo="550 5.0.0 no"), QUEUED, QUEUED),
    (Turn(drop="ehlo"), QUEUED, QUEUED),
    (Turn(mail="451 4.7.1 greylisted"), QUEUED, QUEUED),
    (Turn(mail="530 5.7.0 sign in first"), QUEUED, QUEUED),
    (Turn(mail="550 5.1.0 no"), FAILED, FAILED),
    (Turn(drop="mail"), QUEUED, QUEUED),
    (Turn(rcpt=("450 4.2.1 later",)), QUEUED, QUEUED),
    (Turn(rcpt=("550 5.1.1 hanako@example.jp is unknown",)), FAILED, FAILED),
    (Turn(drop="rcpt"), QUEUED, QUEUED),
    (Turn(data="451 4.3.0 later"), QUEUED, QUEUED),
    (Turn(data="554 5.5.1 no"), FAILED, FAILED),
    (Turn(data="250 what"), QUEUED, QUEUED),
    (Turn(drop="data"), QUEUED, QUEUED),
    (Turn(drop="body"), None, None),  # see test_a_break_within_the_data
    (Turn(dot="451 4.3.0 later"), QUEUED, QUEUED),
    (Turn(dot="421 4.3.0 shutting down"), QUEUED, QUEUED),
    (Turn(dot="554 5.7.1 hanako@example.jp refused"), FAILED, FAILED),
    (Turn(dot="gibberish"), UNKNOWN, QUEUED),
    (Turn(drop="dot"), UNKNOWN, QUEUED),
]


@pytest.mark.parametrize("mail_class", [ONCE, AGAIN])
@pytest.mark.parametrize(("turn", "receipt", "link"), [o for o in OUTCOMES if o[1]])
def test_outcomes(
    world: World, smtp_sink: SmtpSink, turn: Turn, receipt: MailState, link: MailState, mail_class: MailClass
) -> None:
    smtp_sink.script(turn)
    [item] = queue(world.store, mail(1, mail_class))
    wanted = receipt if mail_class is ONCE else link
    assert world.sender().run_once() == 1
    assert world.state(item) is wanted
    assert world.told == ([] if wanted is QUEUED else [(item, wanted)])
    assert "@" not in world.item(item).error
    assert (world.item(item).error != "") is (wanted is not SENT)

    world.later(hours=3)
    world.sender().run_once()
    ended = SENT if wanted is QUEUED else wanted
    assert world.state(item) is ended
    if mail_class is ONCE:
        assert len(smtp_sink.received) <= 1
    assert {m.data for m in smtp_sink.received} <= {mail(1).data}


@pytest.mark.parametrize("mail_class", [ONCE, AGAIN])
@pytest.mark.parametrize(("options", "offers_tls", "code"), [
    ("", True, "auth: 535"), ("?starttls=required", False, "starttls: not offered"),
])  # fmt: skip
def test_a_relay_that_does_not_let_us_in_loses_no_mail(
    world: World, tmp_path: Path, mail_class: MailClass, options: str, offers_tls: bool, code: str
) -> None:
    """A wrong password and missing TLS are our own affair: the mail waits until the setting is mended."""
    server = Relaying(write_certificate(tmp_path), offers_tls=offers_tls)
    try:
        [item] = queue(world.store, mail(1, mail_class))
        world.courier = open_courier(f"smtp://agency@127.0.0.1:{server.port}{options}", tmp_path, "falsch")
        world.sender().run_once()
        assert world.state(item) is QUEUED
        assert world.item(item).error.startswith(code)
        world.courier = open_courier(f"smtp://agency@127.0.0.1:{server.port}", tmp_path, "geheim")
        world.later(hours=1)
        world.sender().run_once()
        assert world.state(item) is SENT
        assert len(server.seen) == 1
        world.courier.close()
    finally:
        server.stop()


def test_a_break_within_the_data_is_no_mail(world: World, smtp_sink: SmtpSink) -> None:
    """The relay must drop what has no dot; whether we saw the break before or after our dot is chance."""
    smtp_sink.script(Turn(drop="body"))
    [item] = queue(world.store, mail(1))
    world.sender().run_once()
    assert world.state(item) in (QUEUED, UNKNOWN)
    assert not smtp_sink.received


def test_a_relay_that_is_away_is_waited_for_five_days_then_staff_are_told(world: World, smtp_sink: SmtpSink) -> None:
    smtp_sink.stop()
    [item] = queue(world.store, mail(1, AGAIN))
    tries = 0
    while world.state(item) is QUEUED:
        tries += world.sender().run_once()
        world.later(minutes=10)
        assert (world.now - NOW).days < 6
    assert world.told == [(item, FAILED)]
    assert 25 <= tries <= 40
    assert (world.now - NOW).days == 5


def test_each_mail_has_its_own_schedule_and_the_next_one_does_not_wait(world: World, smtp_sink: SmtpSink) -> None:
    smtp_sink.script(Turn(rcpt=("450 4.2.1 later",)), Turn(), Turn())
    first, second, third = queue(world.store, mail(1), mail(2), mail(3))
    assert world.sender().run_once() == 3
    assert [world.state(i) for i in (first, second, third)] == [QUEUED, SENT, SENT]
    assert (world.item(first).not_before - world.now).total_seconds() >= 30 * 60


def test_mails_that_follow_one_another_share_a_connection(world: World, smtp_sink: SmtpSink) -> None:
    smtp_sink.script(Turn(), Turn(rcpt=("550 5.1.1 no",)), Turn())
    items = queue(world.store, *(mail(n) for n in range(1, 6)))
    world.sender().run_once()
    assert [world.state(i) for i in items] == [SENT, FAILED, SENT, SENT, SENT]
    assert smtp_sink.connections == 1


def test_a_kept_connection_that_died_is_replaced_unseen(world: World, smtp_sink: SmtpSink) -> None:
    [one] = queue(world.store, mail(1))
    sender = world.sender()
    sender.run_once()
    smtp_sink._server.close_connections()
    [two] = queue(world.store, mail(2))
    sender.run_once()
    assert (world.state(one), world.state(two)) == (SENT, SENT)
    assert smtp_sink.connections == 2


def test_the_world_is_looked_at_again_before_each_mail(world: World, smtp_sink: SmtpSink) -> None:
    first, second = queue(world.store, mail(1), mail(2))
    world.check = lambda _tx, item: "state_changed" if item.id == second else None
    world.sender().run_once()
    assert world.state(second) is MailState.STALE
    assert world.item(second).error == "state_changed"
    assert world.told == [(first, SENT), (second, MailState.STALE)]
    assert len(smtp_sink.received) == 1


@pytest.mark.parametrize("signed", [False, True])
def test_what_changes_while_the_relay_dawdles_still_stops_the_mail(
    world: World, smtp_sink: SmtpSink, tmp_path: Path, signed: bool
) -> None:
    """A retraction that comes after the first look, while the relay takes its time over RCPT."""
    retracted = threading.Event()
    if signed:
        make_key(tmp_path, "s1")
        world.courier = open_courier(smtp_sink.url, tmp_path)
    smtp_sink.script(Turn(delays={"rcpt": 0.3}))
    first, second = queue(world.store, mail(1), mail(2))
    world.check = lambda _tx, item: "retracted" if item.id == first and retracted.is_set() else None
    threading.Timer(0.15, retracted.set).start()
    world.sender().run_once()
    assert (world.state(first), world.state(second)) == (MailState.STALE, SENT)
    assert len(smtp_sink.received) == 1
    assert smtp_sink.commands.count("DATA") + smtp_sink.commands.count("data") == 1


def test_a_domain_gets_no_bursts_and_others_do_not_wait(world: World, smtp_sink: SmtpSink) -> None:
    items = queue(world.store, *(mail(n) for n in range(1, 5)), mail(5, to="taro@example.com"))
    sender = world.sender(per_domain_minute=2)
    sender.run_once()
    assert [world.state(i) for i in items] == [SENT, SENT, QUEUED, QUEUED, SENT]
    assert sender.run_once() == 0
    world.later(seconds=60)
    sender.run_once()
    assert [world.state(i) for i in items] == [SENT] * 5


def test_a_cancelled_mail_and_one_that_is_not_due_stay(world: World, smtp_sink: SmtpSink) -> None:
    [undone] = queue(world.store, mail(1))
    [later] = queue(world.store, mail(2), at=NOW + timedelta(seconds=60))
    with world.store.write() as tx:
        assert tx.outbox.cancel(undone, NOW, "undone")
    assert world.sender().run_once() == 0
    assert not smtp_sink.received
    world.later(seconds=61)
    assert world.sender().run_once() == 1
    assert (world.state(undone), world.state(later)) == (MailState.CANCELLED, SENT)


@pytest.mark.parametrize("failpoint", ["outbox.claimed", "outbox.sent_unmarked"])
@pytest.mark.parametrize("mail_class", [ONCE, AGAIN])
def test_kill_9(
    world: World, database: str, smtp_sink: SmtpSink, mail_class: MailClass, failpoint: str, tmp_path: Path
) -> None:
    [item] = queue(world.store, mail(1, mail_class))
    trace = tmp_path / "trace"
    environment = os.environ | {"INTAKE_FAIL_AT": failpoint, "INTAKE_FAIL_TRACE": str(trace), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.integration.outbox_parts", database, smtp_sink.url]
    ended = subprocess.run(command, env=environment, cwd=ROOT, timeout=60, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert failpoint in trace.read_text()
    assert world.state(item) is MailState.CLAIMED

    world.later(seconds=LEASE_SECONDS - 1)
    assert world.sender().run_once() == 0  # the lease still holds: another sender may be alive
    world.later(seconds=2)
    world.sender().run_once()
    left = 1 if failpoint == "outbox.sent_unmarked" else 0
    if mail_class is ONCE:
        assert world.state(item) is UNKNOWN
        assert len(smtp_sink.received) == left
    else:
        assert world.state(item) is SENT
        assert len(smtp_sink.received) == left + 1
    assert {m.data for m in smtp_sink.received} <= {mail(1).data}
    assert world.told == [(item, world.state(item))]


class Frozen:
    """A courier that sleeps past the lease, as a stopped process would."""

    def __init__(self, world: World) -> None:
        self.world, self.sent = world, 0

    def deliver(self, _: Mail) -> Delivery:
        self.sent += 1
        self.world.later(seconds=LEASE_SECONDS + 1)
        courier, self.world.courier = self.world.courier, Counting()
        self.world.sender().run_once()
        self.world.courier = courier
        return Delivery("250")

    def close(self) -> None:
        return


class Counting:
    def __init__(self) -> None:
        self.sent = 0

    def deliver(self, _: Mail) -> Delivery:
        self.sent += 1
        return Delivery("250")

    def close(self) -> None:
        return


def test_a_sender_that_wakes_after_its_lease_does_not_overwrite(world: World) -> None:
    [item] = queue(world.store, mail(1, ONCE))
    world.courier = Frozen(world)
    world.sender().run_once()
    assert world.state(item) is UNKNOWN
    assert world.told == [(item, UNKNOWN)]


def test_with_little_left_of_the_lease_no_mail_is_begun(world: World, smtp_sink: SmtpSink) -> None:
    ticks = iter([0.0, 0.0, LEASE_SECONDS, LEASE_SECONDS])
    items = queue(world.store, mail(1), mail(2), mail(3))
    world.sender(monotonic=lambda: next(ticks)).run_once()
    assert [world.state(i) for i in items] == [SENT, QUEUED, QUEUED]
    world.sender().run_once()
    assert [world.state(i) for i in items] == [SENT, SENT, SENT]
    assert len(smtp_sink.received) == 3


def test_stopping_gives_back_what_was_not_begun(world: World, smtp_sink: SmtpSink) -> None:
    stop = threading.Event()
    stop.set()
    items = queue(world.store, mail(1), mail(2))
    world.sender().run_once(stop=stop)
    assert [world.state(i) for i in items] == [QUEUED, QUEUED]
    assert not smtp_sink.received


class Broken(Counting):
    def deliver(self, _: Mail) -> Delivery:
        raise KeyError("hanako@example.jp")


def test_a_courier_that_breaks_may_have_sent(world: World) -> None:
    receipt, link = queue(world.store, mail(1, ONCE), mail(2, AGAIN))
    world.courier = Broken()
    world.sender().run_once()
    assert (world.state(receipt), world.state(link)) == (UNKNOWN, QUEUED)
    assert "hanako" not in world.item(receipt).error


class Sick:
    """A store that is away for some of its calls."""

    def __init__(self, world: World, *, away: set[int], error: type[Exception] = StoreUnavailable) -> None:
        self.world, self.away, self.error, self.calls = world, away, error, 0

    def read(self) -> object:
        return self.world.store.read()

    def write(self) -> object:
        self.calls += 1
        if self.calls in self.away:
            raise self.error
        return self.world.store.write()


def test_the_loop_survives_whatever_is_raised_and_ends_when_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("intake.outbox.sender.PAUSE_SECONDS", 0.01)
    stop = threading.Event()
    [item] = queue(world.store, mail(1))
    sender = world.sender(store=Sick(world, away={1}, error=RuntimeError))
    thread = threading.Thread(target=sender.loop, args=(stop,))
    thread.start()
    for _ in range(1000):
        if world.state(item) is SENT:
            break
        stop.wait(0.01)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    assert world.told == [(item, SENT)]


def test_a_look_that_fails_sends_nothing_and_holds_nobody_up(world: World, smtp_sink: SmtpSink) -> None:
    def check(_tx: Tx, item: OutboxItem) -> str | None:
        if item.id == first and world.now == NOW:
            raise RuntimeError("a bot's name")
        return None

    first, second = queue(world.store, mail(1), mail(2))
    world.check = check
    world.sender().run_once()
    assert (world.state(first), world.state(second)) == (QUEUED, SENT)
    assert world.item(first).error == "check: RuntimeError"
    world.later(hours=1)
    world.sender().run_once()
    assert world.state(first) is SENT


def test_a_store_that_is_away_at_the_last_look_costs_a_moment_and_no_try(world: World, smtp_sink: SmtpSink) -> None:
    """It is our own house that was away: the relay's half hour would keep a receipt back for nothing."""

    def check(_tx: Tx, _item: OutboxItem) -> str | None:
        if world.now == NOW:
            raise StoreUnavailable("gone")
        return None

    [item] = queue(world.store, mail(1))
    world.check = check
    world.sender().run_once()
    assert (world.state(item), world.item(item).attempts, smtp_sink.received) == (QUEUED, 0, [])
    world.later(seconds=5)
    world.sender().run_once()
    assert (world.state(item), len(smtp_sink.received)) == (SENT, 1)


def test_a_result_that_the_store_could_not_take_is_written_later(world: World, smtp_sink: SmtpSink) -> None:
    first, second = queue(world.store, mail(1), mail(2))
    sender = world.sender(store=Sick(world, away={2, 3, 4}))
    sender.run_once()
    assert (world.state(first), world.state(second)) == (MailState.CLAIMED, MailState.CLAIMED)
    with pytest.raises(StoreUnavailable):
        sender.run_once()
    world.later(seconds=LEASE_SECONDS + 1)
    sender.run_once()
    assert (world.state(first), world.state(second)) == (SENT, SENT)
    assert world.told == [(first, SENT), (second, SENT)]
    assert len(smtp_sink.received) == 2


def test_an_idle_house_takes_no_write_lock(world: World) -> None:
    queue(world.store, mail(1), at=NOW + timedelta(hours=1))

    class ReadOnly:
        def read(self) -> object:
            return world.store.read()

    assert Sender(ReadOnly(), world.courier, lambda _tx, _i: None, lambda: NOW).run_once() == 0  # type: ignore[arg-type]


def test_two_senders_never_carry_the_same_mail(world: World, smtp_sink: SmtpSink) -> None:
    items = queue(world.store, *(mail(n, AGAIN if n % 2 else ONCE) for n in range(1, 61)))

    def work() -> None:
        courier = open_courier(smtp_sink.url, Path())
        sender = Sender(world.store, courier, lambda _tx, _i: None, lambda: NOW, batch=3)
        while sender.run_once():
            pass
        courier.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert {world.state(i) for i in items} == {SENT}
    assert sorted(m.data for m in smtp_sink.received) == sorted(mail(n).data for n in range(1, 61))
    assert smtp_sink.connections == 3


def test_unknown_is_told_once(world: World) -> None:
    class Late(Counting):
        def deliver(self, _: Mail) -> Delivery:
            raise RelayTemporary("later")

    [item] = queue(world.store, mail(1))
    with world.store.write() as tx:
        tx.outbox.claim(NOW, 10, 60, "dead")
    world.courier = Late()
    world.later(seconds=61)
    for _ in range(3):
        world.sender().run_once()
    assert world.told == [(item, UNKNOWN)]
