"""Group commit: whatever waits goes into one transaction, and is answered after its commit.

A session that brings a message waits for its own future; the writer's thread takes all that has gathered while
the last commit was under way. One fsync thus serves many sessions, and none is answered before it. What one turn of
an event loop brings is handed over at its end, together: the writer, woken by the first already, would take it alone.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial

from intake.channels import repeats
from intake.errors import IntakeError, StoreUnavailable, Temporary
from intake.journal import journal
from intake.model import Accepted, Arrival
from intake.ports import Store

BATCH_BYTES = 16_000_000  # a transaction stays small in memory, however large the mails
LINGER_SECONDS = 0.0002  # less than most disks need for a sync
Outcome = Accepted | BaseException
Then = Callable[[Outcome], None]
log = journal("inbox")


class _Waiting:
    """An arrival, and what to do with its outcome: in ``loop``, else in the writer's thread."""

    __slots__ = ("arrival", "loop", "then")

    def __init__(self, arrival: Arrival, then: Then, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self.arrival, self.then, self.loop = arrival, then, loop


class InboxWriter:
    """Takes arrivals from any thread or loop into ``store.keep``; one thread does the writing.

    A Temporary failure of the database is everybody's answer, and nothing of the batch was kept. Where one
    arrival cannot be stored at all, the batch is repeated one by one, so that only this one fails.
    """

    def __init__(self, store: Store, *, max_batch: int = 64) -> None:
        self._store = store
        self._max_batch = max_batch
        self._queue: queue.SimpleQueue[Sequence[_Waiting] | None] = queue.SimpleQueue()
        self._turns: dict[asyncio.AbstractEventLoop, list[_Waiting]] = {}
        self._gate = threading.Lock()
        self._open = False
        self._expected = 1  # as many as the last batch had
        self._thread: threading.Thread | None = None

    @property
    def is_alive(self) -> bool:
        """True while the writer's thread runs (for /healthz)."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Begin to take arrivals; harmless twice."""
        with self._gate:
            if self._open:
                return
            self._open = True
            self._begin()

    def _begin(self) -> None:
        self._thread = threading.Thread(target=self._run, name="inbox-writer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Store and answer what is held, then end. Later arrivals get StoreUnavailable."""
        with self._gate:
            if not self._open:
                return
            self._open = False
            self._queue.put(None)
        if self._thread is not None:
            self._thread.join()

    def accept(self, arrival: Arrival) -> Accepted:
        """Store and wait for the commit. Raises what the store raised; then nothing of this arrival is kept."""
        return self.submit(arrival).result()

    def submit(self, arrival: Arrival) -> Future[Accepted]:
        """Like accept, without waiting: the future is done after the commit."""
        future: Future[Accepted] = Future()
        future.set_running_or_notify_cancel()  # it is on its way: nobody can cancel it any more
        self._put([_Waiting(arrival, partial(_settle, future))])
        return future

    async def accept_async(self, arrival: Arrival) -> Accepted:
        """Like accept, for coroutines. Cancelling the caller does not undo the commit."""
        future: asyncio.Future[Accepted] = asyncio.get_running_loop().create_future()
        self.accept_soon(arrival, partial(_settle, future))
        return await future

    def accept_soon(self, arrival: Arrival, then: Then) -> None:
        """Like accept, for code of the running loop: ``then`` gets what came of it, after the commit, in this loop."""
        loop = asyncio.get_running_loop()
        waiting = _Waiting(arrival, then, loop)
        turn = self._turns.get(loop)
        if turn is None:
            self._turns[loop] = [waiting]
            loop.call_soon(self._hand_over, loop, len(self._turns[loop]) < self._expected)
        else:
            turn.append(waiting)

    def _hand_over(self, loop: asyncio.AbstractEventLoop, may_wait: bool) -> None:
        """One more look at the sockets where more are expected: the writer, once woken, would disturb this thread."""
        if may_wait and len(self._turns[loop]) < self._expected:
            loop.call_soon(self._hand_over, loop, False)
            return
        turn = self._turns.pop(loop)
        try:
            self._put(turn)
        except Exception as e:  # noqa: BLE001 closed, or no thread to be had: nobody of the turn waits for ever
            _settle_all([(waiting.then, e) for waiting in turn])

    def _put(self, many: Sequence[_Waiting]) -> None:
        with self._gate:
            if not self._open:
                raise StoreUnavailable("The inbox is not open; try again later.")
            if not self.is_alive:  # whatever ended it, nobody waits for ever
                log.error("the writer of the inbox ended and is started again")
                self._begin()
            self._queue.put(many)

    def _run(self) -> None:
        held: deque[_Waiting] = deque()
        while held or self._take(held, None):
            if len(held) < self._expected:
                self._linger(held)
            while len(held) < self._max_batch and self._take(held, 0.0):
                pass
            batch = self._next(held)
            self._expected = len(batch)
            outcomes = self._commit([w.arrival for w in batch])
            _answer(batch, outcomes)
            repeats.warn(self._store, zip((w.arrival for w in batch), outcomes, strict=True))

    def _linger(self, held: deque[_Waiting]) -> None:
        """Whom the last batch answered will be here again in a moment: a sync for each half of them costs more than
        waiting for as many. Who sends alone never waits."""
        until = time.monotonic() + LINGER_SECONDS
        while len(held) < self._expected and self._take(held, until - time.monotonic()):
            pass

    def _take(self, held: deque[_Waiting], seconds: float | None) -> bool:
        """Add what was handed over next, waiting so long for it; False if it does not come, or nothing ever will."""
        try:
            many = self._queue.get(seconds is None or seconds > 0, seconds and max(seconds, 0.0))
        except queue.Empty:
            return False
        if many is None:
            if held:
                self._queue.put(None)  # the end comes when these are kept
            return False
        held.extend(many)
        return True

    def _next(self, held: deque[_Waiting]) -> list[_Waiting]:
        """The first of them, up to the bounds; one that would burst them is held for the next batch."""
        batch, size = [held.popleft()], 0
        for _ in range(min(len(held), self._max_batch - 1)):
            size += len(batch[-1].arrival.envelope.raw)
            if size + len(held[0].arrival.envelope.raw) > BATCH_BYTES:
                break
            batch.append(held.popleft())
        return batch

    def _commit(self, arrivals: Sequence[Arrival]) -> Sequence[Outcome]:
        try:
            return self._store_all(arrivals)
        except Temporary as e:
            return [e] * len(arrivals)
        except Exception as e:  # noqa: BLE001 one arrival may have spoilt it for all
            if len(arrivals) == 1:
                return [e]
        return [self._commit([a])[0] for a in arrivals]

    def _store_all(self, arrivals: Sequence[Arrival]) -> Sequence[Accepted]:
        accepted = self._store.keep(arrivals)
        if len(accepted) != len(arrivals):
            raise IntakeError("The store answered for another number of arrivals.")
        return accepted


def _answer(batch: Sequence[_Waiting], outcomes: Sequence[Outcome]) -> None:
    """Wake threads at once and each loop once a batch."""
    loops: dict[asyncio.AbstractEventLoop, list[tuple[Then, Outcome]]] = {}
    for waiting, outcome in zip(batch, outcomes, strict=True):
        if waiting.loop is None:
            waiting.then(outcome)
        else:
            loops.setdefault(waiting.loop, []).append((waiting.then, outcome))
    for loop, settled in loops.items():
        try:
            loop.call_soon_threadsafe(_settle_all, settled)
        except RuntimeError:  # the loop has ended: nobody waits any more, the bytes are kept
            continue


def _settle_all(settled: Sequence[tuple[Then, Outcome]]) -> None:
    for then, outcome in settled:
        try:
            then(outcome)
        except Exception as e:  # noqa: BLE001 the others wait too
            log.error("an answer broke", error=e)


def _settle(future: Future[Accepted] | asyncio.Future[Accepted], outcome: Outcome) -> None:
    if future.done():  # who hung up has cancelled it
        return
    if isinstance(outcome, BaseException):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
