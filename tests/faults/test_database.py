"""The database busy, gone, cut off in the midst of a COMMIT: later is said, nothing is lost or there twice."""

from __future__ import annotations

import random
import smtplib
import sqlite3
import threading
import time
from collections import Counter
from pathlib import Path

import psycopg
import pytest

from intake.channels.inbox import InboxWriter
from intake.channels.standard_webhooks import load_secrets
from intake.errors import StoreBusy, Temporary
from intake.model import Seeker
from intake.outbox.sender import Sender
from intake.ports import Delivery
from intake.store import open_store
from intake.worker import Worker
from tests import rigs
from tests.faults.proxy import CutInCommit
from tests.faults.test_kills import product
from tests.faults.test_power import arrival
from tests.faults.traffic import World, address_of, mail
from tests.faults.world import Told, audit_world
from tests.house import NOON, InProcess, TestHouse, open_test_house
from tests.process import DESK
from tests.sink import SmtpSink


def test_a_database_that_somebody_else_writes_to_is_busy_then_free(tmp_path: Path) -> None:
    """A stranger's transaction, which knows nothing of our lock: a backup program, sqlite3 on a shell."""
    house = open_test_house(tmp_path / "home")
    ring, url = house.tools.keyring, house.settings.store_url
    house.store.close()
    house.store = open_store(url, ring, busy_seconds=0.5)
    writer = InboxWriter(house.store)
    writer.start()
    told = Told(accepted={mail(1), mail(2)})
    writer.accept(arrival(1))
    stranger = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    with pytest.raises(StoreBusy):
        writer.accept(arrival(2))
    assert 0.4 < time.monotonic() - began < 5
    stranger.execute("ROLLBACK")
    stranger.close()
    assert writer.accept(arrival(2)).new
    writer.stop()
    house.work()
    audit_world(house.store, told)
    house.store.close()


@pytest.mark.parametrize("before", [True, False], ids=["never-heard", "answer-lost"])
def test_a_line_cut_within_the_commit(before: bool, postgres: rigs.Postgres, tmp_path: Path) -> None:
    """The outcome is open: who is told "later" comes again, and the bytes are there once; claims are taken up again."""
    url = postgres.fresh()
    house = open_test_house(tmp_path / "home", url=url)
    with house.store.write() as tx:
        for n in range(40):
            tx.seekers.upsert(Seeker(0, f"M-{n}", f"求職 {n}郎", addresses=(address_of(n),)))
    proxy = CutInCommit(postgres.port, every=7, before=before)
    ring, maker = house.tools.keyring, house.tools.keymaker
    cut = open_store(url.replace(f":{postgres.port}/", f":{proxy.port}/"), ring, keymaker=maker)
    told, answers = Told(), Counter[bool]()
    writer = InboxWriter(cut)
    writer.start()
    for n in range(1, 61):
        while not _accepted(writer, n):
            answers[False] += 1
        answers[True] += 1
        told.accepted.add(mail(n))
    writer.stop()
    assert answers[False] > 5
    told.mails = _work_through(house, cut)
    audit_world(house.store, told)
    assert proxy.cuts > 15
    cut.close()
    proxy.stop()
    house.store.close()
    postgres.discard(url)


def _accepted(writer: InboxWriter, n: int) -> bool:
    try:
        writer.accept(arrival(n))
    except Temporary:
        return False
    return True


def _work_through(house: TestHouse, cut: object) -> list[bytes]:
    """Everything over the line that is cut; each trouble costs a lease, which the clock of the test lets run out."""
    sent: list[bytes] = []

    class Relay:
        def deliver(self, letter: object) -> Delivery:
            sent.append(letter.data)  # type: ignore[attr-defined]
            return Delivery("250 kept")

        def close(self) -> None:
            return None

    from intake.bootstrap.sending import tell

    house.store, plain = cut, house.store  # type: ignore[assignment]
    sender = Sender(
        house.store, Relay(), check=lambda *_: None, on_end=tell, clock=lambda: house.now, batch=1, lease_seconds=60
    )
    for _ in range(2000):
        try:
            if not house.worker.run_once() + sender.run_once(house.now) and _is_idle(plain, house):
                house.store = plain
                return sent
        except Temporary:
            house.now = house.now.replace(
                minute=(house.now.minute + 3) % 60, hour=house.now.hour + (house.now.minute > 56)
            )
    raise AssertionError("never idle")


def _is_idle(store: object, house: TestHouse) -> bool:
    with store.read() as tx:  # type: ignore[attr-defined]
        mails = tx.outbox.counts()
        idle = not tx.inbox.counts()["waiting"] and not mails["queued"] and not mails["claimed"]
    if not idle:
        house.now = NOON.replace(day=house.now.day + 1) if house.now.day < 28 else house.now
    return idle


def test_a_server_that_ends_connections_and_goes_away(
    tmp_path: Path, smtp_sink: SmtpSink, postgres: rigs.Postgres
) -> None:
    """``pg_terminate_backend`` every 200 ms, then no connection at all for a while: 451 and 503, and it heals."""
    url = postgres.fresh()
    name = url.rpartition("/")[2]
    with product(tmp_path, smtp_sink, url) as lives:
        assert lives.begin()
        (secret,) = load_secrets(lives.folder / "home" / "webhook.secret")
        world = World(lives.smtp, lives.http, secret, smtp_sink)
        world.quota = 60
        with psycopg.connect(postgres.url("postgres"), autocommit=True) as admin:
            for _ in range(20):
                admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
                time.sleep(0.2)
            admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')  # type: ignore[arg-type]
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
            world.quota = 120
            with smtplib.SMTP("127.0.0.1", lives.smtp, timeout=30) as client, pytest.raises(smtplib.SMTPDataError) as e:
                client.sendmail("a@example.com", [DESK], mail(77_000_000))
            assert e.value.smtp_code == 451
            admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')  # type: ignore[arg-type]
        end = time.monotonic() + 90
        while world.accepted() < 120:
            assert time.monotonic() < end, f"{world.accepted()}: {lives.log()}"
            time.sleep(0.1)
        world.stop()
        store = lives.store()
        lives.wait_idle(store, 200)
        assert lives.term() == "0"
        told = world.stop()
        assert not world.bad
        audit_world(store, told)
        store.close()
    postgres.discard(url)


def test_two_writers_and_a_busy_database_never_make_half_a_case(tmp_path: Path) -> None:
    """Worker, sender and intake at once on SQLite, while a stranger takes the database again and again."""
    house = open_test_house(tmp_path / "home")
    with house.store.write() as tx:
        for n in range(40):
            tx.seekers.upsert(Seeker(0, f"M-{n}", f"求職 {n}郎", addresses=(address_of(n),)))
    store = open_store(house.settings.store_url, house.tools.keyring, keymaker=house.tools.keymaker, busy_seconds=0.05)
    stop = threading.Event()
    threads = [
        threading.Thread(target=_nag, args=(house.settings.store_url.removeprefix("sqlite:///"), stop)),
        threading.Thread(target=_patiently, args=(store, house, stop)),
    ]
    writer = InboxWriter(store)
    writer.start()
    for thread in threads:
        thread.start()
    told = Told()
    for n in range(1, 61):
        while not _accepted(writer, n):
            time.sleep(0.01)
        told.accepted.add(mail(n))
    time.sleep(1)
    stop.set()
    for thread in threads:
        thread.join()
    writer.stop()
    store.close()
    house.now = NOON.replace(hour=9)
    house.work()
    audit_world(house.store, told, settled=True)
    house.store.close()


def _nag(path: str, stop: threading.Event) -> None:
    with sqlite3.connect(path, isolation_level=None, timeout=5) as stranger:
        while not stop.wait(random.uniform(0, 0.05)):
            stranger.execute("BEGIN IMMEDIATE")
            time.sleep(random.uniform(0, 0.15))
            stranger.execute("ROLLBACK")


def _patiently(store: object, house: TestHouse, stop: threading.Event) -> None:
    worker = Worker(store, lambda: house.tools, InProcess(), clock=lambda: NOON)  # type: ignore[arg-type]
    while not stop.is_set():
        try:
            worker.run_once()
        except Temporary:
            continue
