"""Batches of the inbox on both engines: each who waits gets the id of its own bytes, whatever stands beside it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from intake.channels import inbox
from intake.channels.inbox import InboxWriter
from intake.errors import StoreBusy, StoreUnavailable
from intake.model import Accepted, Arrival
from intake.store import SqlStore, migrate, open_store
from tests import rigs
from tests.unit.store.given import KEYRING, arrival, hook


@pytest.fixture
def url(databases: Any) -> Iterator[str]:
    """A database at the newest schema."""
    if isinstance(databases, rigs.Postgres):
        url = databases.fresh(migrate)
    else:
        url = databases.fresh()
        migrate(url)
    yield url
    databases.discard(url)


@pytest.fixture
def store(url: str) -> Iterator[SqlStore]:
    """An open store."""
    opened = open_store(url, KEYRING)
    yield opened
    opened.close()


class Gate:
    """The store, whose commits can be held up."""

    def __init__(self, store: SqlStore) -> None:
        self.keep_really = store.keep
        self.batches: list[int] = []
        self.entered, self.go = threading.Event(), threading.Event()
        self.go.set()

    def keep(self, arriving: Sequence[Arrival], *more: Any) -> list[Accepted]:
        self.batches.append(len(arriving))
        self.entered.set()
        assert self.go.wait(20)
        return self.keep_really(arriving, *more)


@pytest.fixture
def gate(store: SqlStore) -> Gate:
    return Gate(store)


@pytest.fixture
def writer(gate: Gate) -> Iterator[InboxWriter]:
    made = InboxWriter(gate)  # type: ignore[arg-type]
    made.start()
    yield made
    gate.go.set()
    made.stop()


def together(writer: InboxWriter, gate: Gate, given: Sequence[Arrival]) -> list[Future[Accepted]]:
    """All of them in one batch, behind one of another kind."""
    gate.entered.clear()
    gate.go.clear()
    writer.submit(hook(f"before {given[0].envelope.raw!r}"))
    assert gate.entered.wait(10)
    futures = [writer.submit(a) for a in given]
    gate.go.set()
    return futures


def bytes_of(store: SqlStore, accepted: Accepted) -> bytes:
    with store.read() as tx:
        return tx.inbox.envelope(accepted.message_id).raw


def rows(store: SqlStore) -> int:
    with store.read() as tx:
        return int(tx.inbox.counts()["waiting"])


def blobs(store: SqlStore) -> int:
    with store._engines[0].connect() as c:
        return int(c.execute(sa.text("SELECT count(*) FROM blob")).scalar_one())


def test_known_new_and_twice_in_one_batch(store: SqlStore, gate: Gate, writer: InboxWriter) -> None:
    known = {n: writer.accept(arrival(n)).message_id for n in (3, 7, 0)}
    order = [5, 3, 5, 1, 0, 9, 7, 1, 2, 9, 3, 8]
    got = [f.result(10) for f in together(writer, gate, [arrival(n) for n in order])]
    assert gate.batches[-1] == len(order)
    assert [bytes_of(store, a) for a in got] == [arrival(n).envelope.raw for n in order]
    assert [a.new for a in got] == [n not in known and n not in order[:at] for at, n in enumerate(order)]
    assert {n: a.message_id for n, a in zip(order, got, strict=True) if n in known} == known
    assert rows(store) == blobs(store) == 9
    again = [f.result(10) for f in together(writer, gate, [arrival(n) for n in (8, 9, 8)])]  # nothing of it is new
    assert [a.message_id for a in again] == [got[11].message_id, got[5].message_id, got[11].message_id]
    assert rows(store) == blobs(store) == 10


@pytest.mark.parametrize("at", [0, 2, 5])
def test_one_that_cannot_be_kept_fails_alone(store: SqlStore, gate: Gate, writer: InboxWriter, at: int) -> None:
    naive = replace(arrival(99).envelope, received_at=datetime(2026, 4, 1))  # noqa: DTZ001 a mistake of the caller's
    given = [arrival(n) for n in (0, 1, 2, 1, 4)]
    given.insert(at, Arrival(naive))
    futures = together(writer, gate, given)
    assert isinstance(futures.pop(at).exception(10), ValueError)
    given.pop(at)
    got = [f.result(10) for f in futures]
    assert [bytes_of(store, a) for a in got] == [a.envelope.raw for a in given]
    assert [a.new for a in got] == [True, True, True, False, True]
    assert rows(store) == blobs(store) == 5
    assert writer.accept(arrival(7)).new


def test_one_that_the_database_refuses_fails_alone(
    databases: Any, store: SqlStore, gate: Gate, writer: InboxWriter
) -> None:
    with store._engines[0].begin() as c:
        if isinstance(databases, rigs.Postgres):
            c.exec_driver_sql("ALTER TABLE inbox ADD CHECK (via <> 'bad')")
        else:
            c.exec_driver_sql(
                "CREATE TRIGGER t BEFORE INSERT ON inbox WHEN NEW.via = 'bad' BEGIN SELECT RAISE(ABORT, 'no'); END"
            )
    given = [arrival(0), arrival(1, via="bad"), arrival(2)]
    first, bad, last = together(writer, gate, given)
    assert bad.exception(10) is not None
    assert [bytes_of(store, f.result(10)) for f in (first, last)] == [given[0].envelope.raw, given[2].envelope.raw]
    assert rows(store) == blobs(store) == 3


def test_a_trigger_that_writes_or_skips_does_not_shift_the_ids(sqlite: rigs.Sqlite) -> None:
    url = sqlite.fresh()
    migrate(url)
    store = open_store(url, KEYRING)
    try:
        with store._engines[0].begin() as c:
            c.exec_driver_sql("CREATE TABLE noise (id INTEGER PRIMARY KEY, x)")
            c.exec_driver_sql("INSERT INTO noise VALUES (900, 0)")
            c.exec_driver_sql("CREATE TRIGGER n AFTER INSERT ON inbox BEGIN INSERT INTO noise (x) VALUES (1); END")
        got = store.keep([arrival(n) for n in range(5)])
        assert [bytes_of(store, a) for a in got] == [arrival(n).envelope.raw for n in range(5)]
        with store._engines[0].begin() as c:
            c.exec_driver_sql(
                "CREATE TRIGGER s BEFORE INSERT ON inbox WHEN NEW.via = 'bad' BEGIN SELECT RAISE(IGNORE); END"
            )
        with pytest.raises(KeyError):  # never another's id
            store.keep([arrival(6), arrival(7, via="bad"), arrival(8)])
        assert rows(store) == blobs(store) == 5
    finally:
        store.close()
        sqlite.discard(url)


def test_a_busy_database_is_everybodys_and_keeps_nothing(
    store: SqlStore, gate: Gate, writer: InboxWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = gate.keep_really

    def busy_after(arriving: Sequence[Arrival], *more: Any) -> list[Accepted]:
        if len(arriving) == 1:
            return really(arriving, *more)
        raise StoreBusy

    gate.keep_really = busy_after  # type: ignore[method-assign]
    futures = together(writer, gate, [arrival(n) for n in range(3)])
    assert [type(f.exception(10)) for f in futures] == [StoreBusy] * 3
    assert rows(store) == 1


def test_two_writers_with_the_same_mails_at_once(url: str, store: SqlStore) -> None:
    """Two processes of a house, or a relay that gave one mail to both; the sender of a 4xx tries again."""
    other = open_store(url, KEYRING)
    writers = [InboxWriter(store), InboxWriter(other)]
    found: list[dict[int, Accepted]] = [{}, {}]
    began = threading.Barrier(2)

    def bring(which: int) -> None:
        began.wait(10)
        todo = list(range(120))[:: -1 if which else 1]
        while todo:
            futures = {n: writers[which].submit(arrival(n)) for n in todo}
            for n, future in futures.items():
                if future.exception(30) is None:
                    found[which][n] = future.result()
            todo = [n for n in todo if n not in found[which]]

    threads = [threading.Thread(target=bring, args=(which,)) for which in (0, 1)]
    try:
        for writer in writers:
            writer.start()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
            assert not thread.is_alive()
        assert {n: a.message_id for n, a in found[0].items()} == {n: a.message_id for n, a in found[1].items()}
        assert [found[0][n].new != found[1][n].new for n in range(120)] == [True] * 120
        assert [bytes_of(store, found[0][n]) for n in range(120)] == [arrival(n).envelope.raw for n in range(120)]
        assert rows(store) == blobs(store) == 120
    finally:
        for writer in writers:
            writer.stop()
        other.close()


def test_threads_and_loops_with_much_in_common(store: SqlStore, writer: InboxWriter) -> None:
    answers: list[tuple[int, Accepted]] = []

    def thread(start: int) -> None:
        answers.extend([(n, writer.accept(arrival(n))) for n in range(start, start + 40)])

    async def turn(start: int) -> None:
        for n in range(start, start + 60, 6):
            some = range(n, n + 6)
            got = await asyncio.gather(*(writer.accept_async(arrival(m)) for m in some))
            answers.extend(zip(some, got, strict=True))

    threads = [threading.Thread(target=thread, args=(n,)) for n in (0, 20, 40)]
    threads += [threading.Thread(target=lambda n=n: asyncio.run(turn(n))) for n in (0, 30)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
        assert not one.is_alive()
    assert len(answers) == 3 * 40 + 2 * 60
    assert [bytes_of(store, a) for _, a in answers] == [arrival(n).envelope.raw for n, _ in answers]
    assert sum(a.new for _, a in answers) == rows(store) == blobs(store) == len({n for n, _ in answers})


class Quick:
    """A store that takes no time and keeps nothing."""

    def __init__(self) -> None:
        self.batches: list[int] = []

    def keep(self, arriving: Sequence[Arrival]) -> list[Accepted]:
        self.batches.append(len(arriving))
        return [Accepted(n, new=True) for n in range(len(arriving))]


def test_who_sends_alone_waits_for_nobody_and_the_end_does_not_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "LINGER_SECONDS", 3.0)
    store = Quick()
    writer = InboxWriter(store)  # type: ignore[arg-type]
    writer.start()
    began = time.monotonic()
    for n in range(5):
        writer.accept(arrival(n))
    assert time.monotonic() - began < 2

    async def turn() -> list[Accepted]:
        return list(await asyncio.gather(*(writer.accept_async(arrival(n)) for n in range(4))))

    assert len(asyncio.run(turn())) == 4
    assert store.batches == [1] * 5 + [4]
    began = time.monotonic()
    late = writer.submit(arrival(9))  # it waits for three more …
    time.sleep(0.1)
    assert not late.done()
    writer.stop()  # … but the end does not
    assert late.result(0).new and time.monotonic() - began < 2
    writer.start()
    began = time.monotonic()
    assert writer.accept(arrival(10)).new and time.monotonic() - began < 2  # the last batch was one


def test_as_many_as_the_last_batch_had_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "LINGER_SECONDS", 10.0)
    store = Quick()
    writer = InboxWriter(store)  # type: ignore[arg-type]
    writer.start()

    async def rounds() -> None:
        for _ in range(20):
            await asyncio.gather(*(writer.accept_async(arrival(n)) for n in range(4)))

    began = time.monotonic()
    asyncio.run(rounds())
    assert time.monotonic() - began < 5
    assert set(store.batches) == {4}
    writer.stop()


def test_a_turn_of_fewer_than_expected_takes_one_more_look_and_no_third(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "LINGER_SECONDS", 0.0)
    store = Quick()
    writer = InboxWriter(store)  # type: ignore[arg-type]
    writer.start()

    async def rounds() -> None:
        await asyncio.gather(*(writer.accept_async(arrival(n)) for n in range(4)))
        pairs = [asyncio.ensure_future(writer.accept_async(arrival(n))) for n in range(2)]
        await asyncio.sleep(0)
        pairs += [asyncio.ensure_future(writer.accept_async(arrival(n))) for n in range(2)]
        await asyncio.gather(*pairs)
        await writer.accept_async(arrival(9))  # three more are expected, and do not come

    asyncio.run(asyncio.wait_for(rounds(), 10))
    assert store.batches == [4, 4, 1]
    writer.stop()


def test_a_turn_that_cannot_be_handed_over_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    writer = InboxWriter(Quick())  # type: ignore[arg-type]

    async def turn(expected: type[Exception]) -> None:
        for waits in [writer.accept_async(arrival(n)) for n in range(2)]:
            with pytest.raises(expected):
                await asyncio.wait_for(waits, 5)

    asyncio.run(turn(StoreUnavailable))  # not open
    writer.start()
    writer._queue.put(None)  # its thread ends
    assert writer._thread is not None
    writer._thread.join(5)

    def no_thread(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", no_thread)
        asyncio.run(turn(RuntimeError))
    assert writer.accept(arrival(1)).new  # begun again
    writer.stop()
