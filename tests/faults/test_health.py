"""Somebody is told: /healthz within a minute, in words; staff by mail when a mailbox stands still."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from pathlib import Path

import httpx2

from intake.bootstrap.health import FAILING_SECONDS, SILENT_SECONDS, Health, failing
from intake.bootstrap.house import House
from intake.bootstrap.mailboxes import alarm_to_staff
from intake.bootstrap.services import Supervised
from intake.channels.imap import parse_accounts
from intake.errors import StoreUnavailable
from tests.faults.test_kills import product
from tests.house import open_test_house
from tests.sink import SmtpSink


def test_a_silent_part_and_one_that_only_fails_are_told_within_a_minute(tmp_path: Path) -> None:
    house = open_test_house(tmp_path / "home")
    health = Health(house.store, lambda: house.now)
    worker = house.worker
    health.watch("the worker", lambda: worker.beat_at)
    health.check("the worker", lambda: failing(worker.failing, house.now))
    assert health.issues() == []
    house.now += timedelta(seconds=SILENT_SECONDS + 1)
    assert "no sign of life for 46 seconds" in health.issues()[0]
    worker.beat_at = house.now

    class Gone:
        def write(self) -> object:
            raise StoreUnavailable

        read = write

    stop = threading.Event()
    worker._store = Gone()  # type: ignore[assignment]
    thread = threading.Thread(target=worker.loop, args=(stop,))
    thread.start()
    while worker.failing is None:
        time.sleep(0.01)
    assert health.issues() == []  # a moment's trouble
    house.now += timedelta(seconds=FAILING_SECONDS + 1)
    worker.beat_at = house.now
    assert "the worker: fails again and again, for 31 seconds (StoreUnavailable)" in health.issues()
    worker._store = house.store
    while worker.failing is not None:
        time.sleep(0.05)
    stop.set()
    thread.join()
    assert SILENT_SECONDS < 60 and FAILING_SECONDS < 60
    house.store.close()


def test_a_thread_that_dies_begins_again_and_is_spoken_of() -> None:
    """django-mailer#181: one name killed the sender, and for weeks no mail left and nobody knew."""
    stop, lives = threading.Event(), []

    def dies_once(stopped: threading.Event) -> None:
        lives.append(1)
        if len(lives) == 1:
            raise RuntimeError("山田 太郎")
        stopped.wait()

    thread = Supervised("sender", dies_once, stop)
    end = time.monotonic() + 10
    while len(lives) < 2:
        assert time.monotonic() < end
        time.sleep(0.05)
    assert thread.trouble() == "ended by itself (RuntimeError) and was started again, 1 times until now"
    stop.set()
    thread.join(5)


def test_the_running_product_says_that_its_sender_is_dead(tmp_path: Path, smtp_sink: SmtpSink) -> None:
    with product(tmp_path, smtp_sink) as lives:
        assert lives.begin(broken="mute")
        began, text = time.monotonic(), ""
        while "the thread sender" not in text:
            assert time.monotonic() - began < 60, text
            answer = httpx2.get(f"http://127.0.0.1:{lives.http}/healthz", timeout=10)
            text = answer.text
            time.sleep(0.2)
        assert answer.status_code == 503
        assert lives.term() == "0"


def test_staff_are_written_to_when_a_mailbox_stands_still_and_when_it_goes_on(tmp_path: Path) -> None:
    house = open_test_house(tmp_path / "home", staff_addresses="lead@agency.example.jp")
    (tmp_path / "password").write_text("x")
    [account] = parse_accounts("imaps://box@mail.agency.example.jp/INBOX", tmp_path / "password")
    tell = alarm_to_staff(House(house.settings, house.store, lambda: house.tools), account)  # type: ignore[arg-type]
    tell("the mailbox INBOX on mail.agency.example.jp: the server is silent, for 12 minutes")
    tell("")
    stall, recovery = (item.mail for item in house.outbox())
    assert stall.to == recovery.to == "lead@agency.example.jp"
    said = " ".join(stall.text.split())  # lines are folded
    assert "受信できない状態が続いています" in said and "the server is silent, for 12 minutes" in said
    assert "再開しました" in recovery.text and "できない" not in recovery.text
    assert "box@" not in stall.text
    house.store.close()
