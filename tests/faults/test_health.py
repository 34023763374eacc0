"""Somebody is told: /healthz within a minute, in words; staff by mail when a mailbox stands still."""

from __future__ import annotations

import contextlib
import os
import signal
import smtplib
import threading
import time
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from intake.bootstrap.health import FAILING_SECONDS, SILENT_SECONDS, Health, failing
from intake.bootstrap.house import House
from intake.bootstrap.keeping import Keeper
from intake.bootstrap.mailboxes import alarm_to_staff
from intake.bootstrap.services import Supervised
from intake.channels.imap import parse_accounts
from intake.errors import StoreUnavailable
from intake.outbox.webhooks import WebhookSender
from tests import rigs
from tests.faults.test_kills import product
from tests.faults.traffic import mail
from tests.house import open_test_house
from tests.process import DESK
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


def test_a_database_that_hangs_does_not_keep_us_from_saying_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that is frozen answers nothing and breaks no connection; nobody asks it twice at a time."""
    house = open_test_house(tmp_path / "home")
    asked, thaw = [], threading.Event()

    class Frozen:
        def read(self) -> object:
            asked.append(1)
            thaw.wait(30)
            return house.store.read()

    monkeypatch.setattr("intake.bootstrap.health.LOOK_SECONDS", 0.2)
    health = Health(Frozen(), lambda: house.now)  # type: ignore[arg-type]
    for _ in range(3):
        began = time.monotonic()
        (said,) = health.issues()
        assert "the database does not answer, for" in said
        assert time.monotonic() - began < 2
    assert len(asked) == 1
    thaw.set()
    monkeypatch.undo()
    assert health.issues() == []  # what was under way has ended: its word counts
    assert health.issues() == []
    house.store.close()


def test_what_cannot_be_asked_is_named_and_hides_nothing_else(tmp_path: Path) -> None:
    """The number of webhooks that failed is asked of the database: when it is gone this must not be the only word."""
    house = open_test_house(tmp_path / "home")
    health = Health(house.store, lambda: house.now)

    def gone() -> str:
        raise StoreUnavailable

    def breaks() -> str:
        raise KeyError("山田 太郎")

    health.check("webhooks", gone)
    health.check("the disk", breaks)
    health.check("rules", lambda: "a rule is wrong")
    said = health.issues()
    assert said == ["webhooks: cannot be asked (The database does not answer.)", "the disk: cannot be asked (KeyError)",
                    "rules: a rule is wrong"]  # fmt: skip
    house.store.close()


def test_a_clock_set_back_hides_no_dead_part(tmp_path: Path) -> None:
    """By the clock its last sign of life lies in the future, for a whole day."""
    house = open_test_house(tmp_path / "home")
    seconds = [1000.0]
    health = Health(house.store, lambda: house.now, lambda: seconds[0])
    last = house.now
    health.watch("the worker", lambda: last)
    assert health.issues() == []
    house.now -= timedelta(days=1)
    seconds[0] += SILENT_SECONDS + 1
    assert "the worker has shown no sign of life for 46 seconds" in health.issues()
    assert failing((house.now + timedelta(hours=1), "StoreBusy"), house.now) is not None
    last = house.now
    assert health.issues() == []
    house.store.close()


def test_a_keeper_and_a_sender_of_webhooks_that_only_fail_are_told(tmp_path: Path) -> None:
    house = open_test_house(tmp_path / "home")
    keeper = Keeper(House(house.settings, house.store, lambda: house.tools), lambda: house.now)  # type: ignore[arg-type]
    telling = WebhookSender(house.store, None, is_news=None, collect=None, payload=None, sign=None, secrets=None,
                            clock=lambda: house.now)  # type: ignore[arg-type] # fmt: skip
    for part in (keeper, telling):
        stop = threading.Event()

        def breaks() -> int:
            raise PermissionError

        part.run_once = breaks  # type: ignore[method-assign, assignment]
        thread = threading.Thread(target=part.loop, args=(stop,))
        thread.start()
        while part.failing is None:
            time.sleep(0.01)
        stop.set()
        thread.join(5)
        assert failing(part.failing, house.now) is None
        said = failing(part.failing, house.now + timedelta(seconds=FAILING_SECONDS + 1))
        assert said == "fails again and again, for 31 seconds (PermissionError)"
    house.store.close()


def test_a_dead_writer_of_the_inbox_is_told_and_begins_again(tmp_path: Path, smtp_sink: SmtpSink) -> None:
    """Its thread is gone, the port still listens: nothing would be taken in and nobody would know."""
    with product(tmp_path, smtp_sink) as lives:
        assert lives.begin(broken="full_stop")
        with contextlib.suppress(OSError), smtplib.SMTP("127.0.0.1", lives.smtp, timeout=2) as client:
            client.sendmail("a@example.com", [DESK], mail(2))
        answer = httpx2.get(f"http://127.0.0.1:{lives.http}/healthz", timeout=10)
        assert answer.status_code == 503
        assert "the way into the inbox: has ended" in answer.text
        with smtplib.SMTP("127.0.0.1", lives.smtp, timeout=5) as client:
            assert client.sendmail("a@example.com", [DESK], mail(2)) == {}
        assert "the way into" not in httpx2.get(f"http://127.0.0.1:{lives.http}/healthz", timeout=10).text
        lives.kill()


def test_a_frozen_postgresql_is_told_and_thaws(tmp_path: Path, smtp_sink: SmtpSink, postgres: rigs.Postgres) -> None:
    """Its connections stay open and nothing ever answers: the hardest way to be gone."""
    url = postgres.fresh()
    with product(tmp_path, smtp_sink, url) as lives:
        assert lives.begin()
        frozen = _processes_of(postgres.process.pid)
        for pid in frozen:
            os.kill(pid, signal.SIGSTOP)
        try:
            began = time.monotonic()
            answer = httpx2.get(f"http://127.0.0.1:{lives.http}/healthz", timeout=55)
            assert (answer.status_code, "the database does not answer" in answer.text) == (503, True), answer.text
            assert time.monotonic() - began < 50
        finally:
            for pid in frozen:
                os.kill(pid, signal.SIGCONT)
        with smtplib.SMTP("127.0.0.1", lives.smtp, timeout=60) as client:
            assert client.sendmail("a@example.com", [DESK], mail(1)) == {}
        end = time.monotonic() + 60
        while httpx2.get(f"http://127.0.0.1:{lives.http}/healthz", timeout=55).status_code != 200:
            assert time.monotonic() < end
            time.sleep(0.5)
        assert lives.term() == "0"
    postgres.discard(url)


def _processes_of(pid: int) -> list[int]:
    """A server and everything that it has started, children first."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [p for child in children for p in _processes_of(int(child))] + [pid]


def test_a_mail_of_unknown_end_is_spoken_of_for_a_day_and_until_staff_have_looked(tmp_path: Path) -> None:
    """A red light that nobody can put out hides the next trouble."""
    house = open_test_house(tmp_path / "home")
    house.seeker()
    house.mail("担当者を変更してほしいです。")  # its case is in review: no piece of work beside it
    house.mail("転職活動を3月まで休みたいので、ご紹介を止めてください。", subject="休止")
    while house.worker.run_once():
        pass
    with house.store.write() as tx:
        tx.leases.doubt_receipts()  # type: ignore[attr-defined]
    house.sender.run_once(house.now)
    health = Health(house.store, lambda: house.now)
    told = "mails may or may not have left; see the outbox page"
    assert health.issues() == [f"2 {told}"]
    house.now += timedelta(days=2)
    assert health.issues() == [f"1 {told}"]
    with house.store.write() as tx:
        for task in tx.tasks.open():
            tx.tasks.done(task.id, "lead", house.now)
    assert health.issues() == []
    house.store.close()
