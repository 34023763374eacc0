"""Clocks that jump, workers that freeze and wake late, SIGTERM in the midst of it."""

from __future__ import annotations

import os
import random
import signal
import smtplib
import time
from datetime import timedelta
from pathlib import Path

from intake.channels.standard_webhooks import load_secrets
from intake.model import Seeker
from intake.worker import TRIES
from tests.faults.lives import Lives
from tests.faults.sizes import SIZE
from tests.faults.test_kills import product
from tests.faults.traffic import World, address, address_of, mail
from tests.faults.world import Told, audit_world
from tests.house import NOON, open_test_house
from tests.process import DESK
from tests.sink import SmtpSink


def test_a_clock_that_jumps_a_day_to_and_fro(tmp_path: Path) -> None:
    """Nothing is claimed for ever, nothing spins, no receipt goes twice, and everything has its end."""
    dice = random.Random(8)
    house = open_test_house(tmp_path / "home")
    with house.store.write() as tx:
        for n in range(100):
            tx.seekers.upsert(Seeker(0, f"M-{n}", f"求職 {n}郎", addresses=(address_of(n),)))
    told = Told()
    rounds = 0
    for n in range(1, 61):
        house.raw(mail(n), mail_from=address(n))
        told.accepted.add(mail(n))
        house.now += timedelta(days=dice.choice((-1, 0, 0, 1)), seconds=dice.randint(0, 4000))
        rounds += house.worker.run_once() + house.sender.run_once(house.now)
    house.now = NOON
    for _ in range(400):  # a day in steps, from the first instant on: leases and retries of the jumps run out
        rounds += house.worker.run_once() + house.sender.run_once(house.now)
        house.now += timedelta(minutes=15)
    told.mails = [m.data for m in house.relay.mails]
    figures = audit_world(house.store, told)
    assert figures.once > 10
    assert rounds < 6 * (figures.messages + sum(figures.mails.values())), "something was taken up again and again"
    house.store.close()


def test_a_link_outlives_a_backward_jump_and_ends_in_time(tmp_path: Path) -> None:
    house = open_test_house(tmp_path / "home")
    house.seeker()
    house.mail("退会の手続きをお願いいたします。", subject="退会のお願い")
    house.work()
    from intake.pipeline import links

    token, issued = house.link(), house.now
    for hours, status in ((-24, "open"), (71, "open"), (73, "expired"), (24 * 400, "expired")):
        with house.store.read() as tx:
            assert links.look(tx, token, house.tools, issued + timedelta(hours=hours)).status == status
    house.store.close()


def test_a_frozen_worker_wakes_after_its_lease(tmp_path: Path, smtp_sink: SmtpSink) -> None:
    """Stopped with a batch in its hands; another takes it over; what the first then says is not used."""
    with product(tmp_path, smtp_sink) as first:
        told = Told()
        assert first.begin(parts=("smtp",))
        with smtplib.SMTP("127.0.0.1", first.smtp, timeout=10) as client:
            for n in range(1, 13):
                client.sendmail(address(n), [DESK], mail(n), mail_options=["body=8bitmime"])
                told.accepted.add(mail(n))
        assert first.term() == "0"
        assert first.begin(broken="frozen", parts=("worker",))
        _wait_stopped(first.pid)
        time.sleep(2.5)  # its lease of two seconds is over
        second = Lives(tmp_path, relay=smtp_sink.url)
        try:
            store = second.store()
            assert second.begin(parts=("worker", "sender"))
            second.wait_idle(store, 60)
            for _ in range(40):  # at each message it stops again
                os.kill(first.pid, signal.SIGCONT)
                time.sleep(0.1)
            assert _still_lives(first.pid)
            with smtp_sink._lock:
                told.mails = [m.data for m in smtp_sink.received]
            figures = audit_world(store, told)
            assert figures.once + figures.again >= 8
            assert second.term() == "0"
            store.close()
        finally:
            second.end()


def _wait_stopped(pid: int) -> None:
    end = time.monotonic() + 20
    while Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "T":
        assert time.monotonic() < end, "it was never stopped with a claim"
        time.sleep(0.05)


def _still_lives(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_sigterm_under_load(tmp_path: Path, smtp_sink: SmtpSink) -> None:
    """Ends in peace within twenty seconds, and nobody has to ask whether a mail left."""
    with product(tmp_path, smtp_sink) as lives:
        (secret,) = load_secrets(lives.folder / "home" / "webhook.secret")
        world = World(lives.smtp, lives.http, secret, smtp_sink)
        slowest = 0.0
        for n in range(SIZE.terms):
            world.quota = 25 * (n + 1)
            assert lives.begin()
            time.sleep(random.uniform(0.1, 1.0))
            began = time.monotonic()
            assert lives.term() == "0", lives.log()
            slowest = max(slowest, time.monotonic() - began)
        assert slowest < 20
        assert lives.begin()
        end = time.monotonic() + 60
        while world.accepted() < world.quota:
            assert time.monotonic() < end
            time.sleep(0.1)
        world.stop()
        store = lives.store()
        lives.wait_idle(store, 300)
        assert lives.term() == "0"
        told = world.stop()
        assert not world.bad, world.bad[:3]
        figures = audit_world(store, told)
        assert figures.mails["unknown"] == 0
        assert figures.once > SIZE.terms
        store.close()


assert TRIES == 3
