"""Group commit: who waits is answered after the commit, by its own outcome."""

from __future__ import annotations

import asyncio
import threading

import pytest

from intake.channels.inbox import InboxWriter
from intake.errors import StorageFull, StoreBusy, StoreUnavailable
from intake.model import Arrival, Channel, Envelope
from tests.unit.channels.fakes import NOW, MemoryStore


def arrival(raw: bytes) -> Arrival:
    return Arrival(Envelope(Channel.EMAIL, "smtp", raw, NOW, "a@example.jp", ("b@example.jp",)))


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def writer(store: MemoryStore):
    writer = InboxWriter(store, max_batch=4)
    writer.start()
    yield writer
    store.gate.set()
    writer.stop()


def test_nobody_is_answered_before_the_commit(store: MemoryStore, writer: InboxWriter) -> None:
    store.gate.clear()
    future = writer.submit(arrival(b"one"))
    assert store.entered.wait(5)
    assert not future.done()
    store.gate.set()
    assert future.result(5).message_id == 1
    assert store.failpoints == ["inbox"]


def test_what_gathers_during_a_commit_shares_the_next(store: MemoryStore, writer: InboxWriter) -> None:
    store.gate.clear()
    first = writer.submit(arrival(b"first"))
    assert store.entered.wait(5)
    rest = [writer.submit(arrival(b"%d" % n)) for n in range(6)]
    store.gate.set()
    ids = [f.result(5).message_id for f in [first, *rest]]
    assert ids == [1, 2, 3, 4, 5, 6, 7]
    assert store.transactions == [1, 4, 2]


def test_a_batch_is_bounded_in_bytes(store: MemoryStore, writer: InboxWriter) -> None:
    store.gate.clear()
    first = writer.submit(arrival(b"first"))
    assert store.entered.wait(5)
    rest = [writer.submit(arrival(bytes([n]) * 9_000_000)) for n in range(3)]
    store.gate.set()
    assert [f.result(5).message_id for f in [first, *rest]] == [1, 2, 3, 4]
    assert store.transactions == [1, 1, 1, 1]


@pytest.mark.parametrize("error", [StoreBusy(), StorageFull(), StoreUnavailable()])
def test_a_temporary_failure_is_everybodys(store: MemoryStore, writer: InboxWriter, error: Exception) -> None:
    store.gate.clear()
    store.fail = [StoreBusy(), error]
    futures = [writer.submit(arrival(b"first"))]
    assert store.entered.wait(5)
    futures += [writer.submit(arrival(b"%d" % n)) for n in range(3)]
    store.gate.set()
    assert [type(f.exception(5)) for f in futures[1:]] == [type(error)] * 3
    assert store.rows == []


def test_one_poisonous_arrival_fails_alone(store: MemoryStore, writer: InboxWriter) -> None:
    store.gate.clear()
    writer.submit(arrival(b"first"))
    assert store.entered.wait(5)
    futures = [writer.submit(arrival(raw)) for raw in (b"a", store.poison, b"b")]
    store.gate.set()
    assert futures[0].result(5).new
    assert isinstance(futures[1].exception(5), ValueError)
    assert futures[2].result(5).new
    assert store.raws == [b"first", b"a", b"b"]


def test_stop_finishes_what_is_held_and_then_refuses(store: MemoryStore, writer: InboxWriter) -> None:
    store.gate.clear()
    futures = [writer.submit(arrival(b"%d" % n)) for n in range(9)]
    stopper = threading.Thread(target=writer.stop)
    stopper.start()
    store.gate.set()
    stopper.join(5)
    assert all(f.done() and f.result().new for f in futures)
    with pytest.raises(StoreUnavailable):
        writer.accept(arrival(b"late"))
    assert not writer.is_alive


def test_coroutines_of_several_loops(store: MemoryStore, writer: InboxWriter) -> None:
    async def many(tag: bytes) -> list[int]:
        done = await asyncio.gather(*(writer.accept_async(arrival(tag + b"%d" % n)) for n in range(10)))
        return [a.message_id for a in done]

    found: list[int] = []
    threads = [threading.Thread(target=lambda t=t: found.extend(asyncio.run(many(t)))) for t in (b"x", b"y")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert sorted(found) == list(range(1, 21))


def test_a_caller_who_leaves_undoes_nothing(store: MemoryStore, writer: InboxWriter) -> None:
    async def leave() -> None:
        store.gate.clear()
        task = asyncio.create_task(writer.accept_async(arrival(b"left")))
        await asyncio.to_thread(store.entered.wait, 5)
        task.cancel()
        store.gate.set()
        await asyncio.gather(task, return_exceptions=True)
        await writer.accept_async(arrival(b"next"))

    asyncio.run(leave())
    assert store.raws == [b"left", b"next"]


def test_what_is_on_its_way_cannot_be_cancelled(store: MemoryStore, writer: InboxWriter) -> None:
    store.gate.clear()
    future = writer.submit(arrival(b"one"))
    assert not future.cancel()
    store.gate.set()
    assert future.result(5).new
    assert writer.is_alive
