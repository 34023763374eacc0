"""Power cuts and failing disks under the real store: what was answered 250 is there, and the database is whole.

The store's SQLite runs on a VFS that notes each write and each sync (disk.py). Each cut is a copy of the disk with what
was not synced lost, in part or wholly; the real store is opened on it, with the platform's own SQLite.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw
import pytest
import sqlalchemy as sa

from intake.channels.inbox import InboxWriter
from intake.errors import IntakeError, StorageFull, StoreUnavailable, Temporary
from intake.model import Accepted, Arrival, Channel, Envelope, Mail, MailClass, Seeker
from intake.outbox.sender import Sender
from intake.pipeline import presend
from intake.ports import Delivery
from intake.store import SqlStore, adding, open_store
from intake.worker import Worker
from tests.faults import apsw_driver
from tests.faults.disk import Disk, Image, images
from tests.faults.sizes import SIZE
from tests.faults.traffic import address, address_of, mail
from tests.faults.world import Told, audit_world, raws_of
from tests.house import DESK, NOON, InProcess, TestHouse, open_test_house
from tests.process import DESK as DESK_

SENDERS = 6
MESSAGES = 100
assert DESK == DESK_


@dataclass
class Recorded:
    """One run: the files before it, and all that happened."""

    start: dict[str, bytes]
    disk: Disk
    house: TestHouse

    def images(self, count: int, seed: int = 0) -> Iterator[Image]:
        """The disk at so many moments, half of them just after somebody was answered."""
        dice = random.Random(seed)
        told = [n + 1 for n, op in enumerate(self.disk.ops) if op.kind == "mark"]
        moments = [dice.choice(told) for _ in range(count // 2)]
        moments += [dice.randrange(len(self.disk.ops)) for _ in range(count - len(moments))]
        return images(self.start, self.disk.ops, moments, seed)


@contextmanager
def on(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Stores opened inside live on ``disk``."""
    real = sa.create_engine

    def create(url: Any, **more: Any) -> sa.Engine:
        return real(url, module=apsw_driver, **more)

    with monkeypatch.context() as patch:
        patch.setattr("intake.store.engine.sa.create_engine", create)
        apsw_driver.use_vfs(disk.name)
        yield
    apsw_driver.use_vfs("")


@contextmanager
def house_on(disk: Disk, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestHouse]:
    """A home with a register, its store opened anew on ``disk``."""
    house = open_test_house(folder / "home")
    with house.store.write() as tx:
        for n in range(150):
            tx.seekers.upsert(Seeker(0, f"M-{n}", f"求職 {n}郎", addresses=(address_of(n),)))
    settings, ring, maker = house.settings, house.tools.keyring, house.tools.keymaker
    house.store.close()
    with on(disk, monkeypatch):
        house.store = open_store(settings.store_url, ring, keymaker=maker, busy_seconds=2)
        yield house
        house.store.close()


def files_of(folder: Path) -> dict[str, bytes]:
    """Both databases and what lies beside them."""
    return {
        p.name: p.read_bytes() for p in folder.iterdir() if p.is_file() and ".db" in p.name and p.suffix[:3] == ".db"
    }


def arrival(n: int) -> Arrival:
    return Arrival(Envelope(Channel.EMAIL, "smtp", mail(n), NOON, address(n), (DESK,), "192.0.2.1"))


class Relay:
    """Marks what has left: nobody can take that back."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk

    def deliver(self, letter: Mail) -> Delivery:
        self._disk.mark(("left", letter))
        return Delivery("250 kept")

    def close(self) -> None:
        return None


def record(
    folder: Path, monkeypatch: pytest.MonkeyPatch, messages: int, *, work: bool, early: bool = False
) -> Recorded:
    """Many senders at once, a worker, a relay; every answer is marked where the outside got it."""
    disk = Disk(f"cut-{id(folder)}")
    with house_on(disk, folder, monkeypatch) as house:
        start = files_of(house.settings.home)
        disk.ops.clear()
        writer = InboxWriter(house.store)
        writer.start()
        stop = threading.Event()
        worker = threading.Thread(target=_work, args=(house, disk, stop))
        if work:
            worker.start()
        with ThreadPoolExecutor(SENDERS) as senders:
            list(senders.map(lambda n: _deliver(writer, disk, n, early=early), range(1, messages + 1)))
        stop.set()
        if work:
            worker.join()
        writer.stop()
    disk.unregister()
    return Recorded(start, disk, house)


def _deliver(writer: InboxWriter, disk: Disk, n: int, *, early: bool) -> None:
    disk.mark(("offered", n))
    if early:
        disk.mark(("accepted", n))
        writer.accept(arrival(n))
    else:
        writer.accept(arrival(n))
        disk.mark(("accepted", n))


def _work(house: TestHouse, disk: Disk, stop: threading.Event) -> None:
    worker = Worker(house.store, lambda: house.tools, InProcess(), clock=lambda: NOON)
    relay = Relay(disk)
    look = lambda tx, item: presend.stale(tx, item, house.tools, NOON)  # noqa: E731
    sender = Sender(house.store, relay, check=look, clock=lambda: NOON, batch=1)
    while True:
        busy = worker.run_once() + sender.run_once(NOON)
        if not busy and stop.is_set():
            return


def check(image: Image, recorded: Recorded, folder: Path, *, settle: bool = False) -> None:
    """After the cut: the program starts again, senders without an answer come again, and the world is looked at."""
    image.lay_down(folder, [recorded.house.settings.secret_path])
    url = f"sqlite:///{folder}/{recorded.house.settings.store_url.rpartition('/')[2]}"
    store = open_store(url, recorded.house.tools.keyring, keymaker=recorded.house.tools.keymaker)
    try:
        accepted = {n for kind, n in image.marks if kind == "accepted"}
        offered = {n for kind, n in image.marks if kind == "offered"}
        left = [letter for kind, letter in image.marks if kind == "left"]
        told = Told(accepted={mail(n) for n in accepted})
        with store.write() as tx:
            tx.inbox.add([arrival(n) for n in sorted(offered - accepted)])
        told.accepted |= {mail(n) for n in offered}
        if settle:
            _settle(store, recorded.house, told, left)
            audit_world(store, told)
            return
        kept = Counter(raws_of(store))
        assert not [raw for raw in told.accepted if not kept[raw]], "accepted messages are lost"
        assert max(kept.values(), default=1) == 1, "messages are there twice"
        with store.read() as tx:
            assert tx.inbox._c.conn.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            for letter in left:
                (item,) = tx.outbox.by_message_id([letter.message_id])
                assert item.state.value != "queued", "a mail that has left would leave again"
            assert tx.audit.verify()[0]
    finally:
        store.close()


def _settle(store: SqlStore, house: TestHouse, told: Told, left: list[Mail]) -> None:
    """The work goes on after the cut, when the leases of the dead have run out."""
    later = NOON.replace(hour=23)
    sent = list(left)

    class Onward:
        def deliver(self, letter: Mail) -> Delivery:
            sent.append(letter)
            return Delivery("250 kept")

        def close(self) -> None:
            return None

    from intake.bootstrap.sending import tell

    worker = Worker(store, lambda: house.tools, InProcess(), clock=lambda: later)
    sender = Sender(store, Onward(), check=lambda *_: None, on_end=tell, clock=lambda: later, batch=1)
    while worker.run_once() + sender.run_once(later):
        pass
    told.mails = [letter.data for letter in sent]


def test_power_cuts_lose_nothing_that_was_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = record(tmp_path, monkeypatch, MESSAGES, work=True)
    left = [op.mark[1] for op in recorded.disk.ops if op.kind == "mark" and op.mark[0] == "left"]
    assert len([m for m in left if m.mail_class is MailClass.ONCE]) > 10
    for n, image in enumerate(recorded.images(SIZE.cuts)):
        check(image, recorded, tmp_path / f"cut{n}", settle=n % 30 == 0)
    print(f"\n{SIZE.cuts} cuts among {len(recorded.disk.ops)} writes and syncs, {MESSAGES} messages, {len(left)} mails")


def _red(recorded: Recorded, folder: Path) -> int:
    """How many of the cuts the harness objects to."""
    red = 0
    for n, image in enumerate(recorded.images(SIZE.red_cuts)):
        try:
            check(image, recorded, folder / f"cut{n}")
        except (AssertionError, IntakeError):
            red += 1
    return red


def test_the_harness_is_red_without_syncs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """synchronous=NORMAL: a commit is synced at the next checkpoint only."""
    monkeypatch.setenv("INTAKE_TEST_SQLITE_SYNCHRONOUS", "NORMAL")
    recorded = record(tmp_path, monkeypatch, 60, work=False)
    monkeypatch.delenv("INTAKE_TEST_SQLITE_SYNCHRONOUS")
    assert _red(recorded, tmp_path) > SIZE.red_cuts // 3


def test_the_harness_is_red_with_250_before_the_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = record(tmp_path, monkeypatch, 60, work=False, early=True)
    assert _red(recorded, tmp_path)


def test_the_harness_is_red_without_dedupe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A commit whose 250 was cut off comes again; without recognising it, it is there twice."""
    recorded = record(tmp_path, monkeypatch, 60, work=False)
    monkeypatch.setattr(adding, "digest", lambda *_: random.randbytes(16))
    assert _red(recorded, tmp_path)


@pytest.mark.parametrize("fails_with", [apsw.IOError, apsw.FullError])
def test_the_disk_fails_at_every_call(
    fails_with: type[Exception], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No 250 for what is not there; nothing half; and when the disk works again, so do we."""
    disk = Disk(f"bad-{fails_with.__name__}", fails_with=fails_with)
    answers: Counter[str] = Counter()
    with house_on(disk, tmp_path, monkeypatch) as house:
        writer = InboxWriter(house.store)
        writer.start()
        accepted: set[bytes] = set()
        number, step = 1, max(1, 200 // SIZE.io_errors)
        for n in range(1, 60, step):
            disk.calls, disk.fail_at = 0, n
            for _ in range(3):
                number += 1
                answers[_try(writer, number, accepted)] += 1
            disk.fail_at = 0
            number += 1
            assert _try(writer, number, accepted) == "accepted", f"after call {n} nothing works any more"
        assert accepted <= set(raws_of(house.store))
        with house.store.read() as tx:
            assert tx.inbox._c.conn.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        writer.stop()
    disk.unregister()
    assert answers["accepted"] > 10
    assert answers["full" if fails_with is apsw.FullError else "away"] > 10
    assert set(answers) <= {"accepted", "full", "away"}


def _try(writer: InboxWriter, number: int, accepted: set[bytes]) -> str:
    try:
        done: Accepted = writer.accept(arrival(number))
    except StorageFull:
        return "full"
    except (StoreUnavailable, Temporary):
        return "away"
    assert done.new
    accepted.add(mail(number))
    return "accepted"
