"""The loop that lets mails leave: a receipt at most once, a link at least once, through any crash.

The claim is committed before anything is sent, the result after it. A process that dies in between leaves a claimed
row; when its lease is over a mail of class ONCE becomes ``unknown`` and is shown to staff, one of class AGAIN goes
again with the same Message-ID (reliability.md §0.2).
"""

from __future__ import annotations

import os
import random
import socket
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from intake.errors import LeaseLost, RelayPermanent, RelayTemporary, RelayUnknown, Temporary
from intake.failpoints import reach
from intake.journal import journal
from intake.model import MailClass, MailState, OutboxItem
from intake.outbox.last_look import LooksLast
from intake.outbox.pace import Pace
from intake.outbox.retry import next_try
from intake.ports import NOT_YET, Courier, Delivery, Store, Tx

BATCH = 10
LEASE_SECONDS = 1800
PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
LOOK_AGAIN_SECONDS = 3
log = journal("sender")

Check = Callable[[Tx, OutboxItem], str | None]
OnEnd = Callable[[Tx, OutboxItem, MailState], None]
Change = Callable[[Tx], None]


class _Moved(Exception):
    """The world has changed since the mail was written."""


class _NotYet(Exception):
    """Somebody has written and nobody has read it, or the store is away: the mail waits, and this was no try."""


class _NoLook(Exception):
    """Whether it has changed is not known; nothing has left."""


def _tell_nobody(_: Tx, __: OutboxItem, ___: MailState) -> None:
    return None


class Sender:
    """One thread's worth of sending; several may run, also on other machines over PostgreSQL.

    ``check`` is asked in a read transaction before a mail leaves, and again just before DATA; a reason makes it STALE,
    NOT_YET keeps it back for a moment.
    ``on_end`` runs in the transaction that ends a mail (sent, failed, unknown, stale), so that staff learn of it in
    the same commit. ``per_domain_minute`` holds back bursts to one domain; 0 holds back nothing.
    """

    def __init__(
        self,
        store: Store,
        courier: Courier,
        check: Check,
        clock: Callable[[], datetime],
        on_end: OnEnd = _tell_nobody,
        *,
        name: str = "",
        batch: int = BATCH,
        lease_seconds: int = LEASE_SECONDS,
        per_domain_minute: int = 0,
        chance: Callable[[], float] = random.random,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store, self._courier, self._check = store, courier, check
        self._clock, self._on_end = clock, on_end
        self._name = name or f"{socket.gethostname()}:{os.getpid()}"
        self._batch, self._lease_seconds = batch, lease_seconds
        self._chance, self._monotonic = chance, monotonic
        self._pace = Pace(per_domain_minute)
        self._owed: list[tuple[OutboxItem, Change]] = []  # results that the store could not take yet
        self.failing: tuple[datetime, str] | None = None  # since when each round fails, and how it began
        self.beat_at = clock()  # for /healthz: a loop that has died stops beating

    def run_once(self, now: datetime | None = None, stop: threading.Event | None = None) -> int:
        """Claim and deliver one batch; how many mails were taken up. Raises only what the store raises.

        With ``stop`` set no further mail is begun; what was claimed and not begun goes back.
        """
        self.beat_at = self._clock()
        self._pay_debts()
        claimed_at = self._monotonic()
        items = self._claim(now or self._clock())
        if items:
            reach("outbox.claimed")
        for item in items:
            self.beat_at = self._clock()
            paced = self._pace.wait_until(item.mail.to, self.beat_at)
            late = self._monotonic() - claimed_at > self._lease_seconds / 2
            if late or (stop is not None and stop.is_set()):
                self._give_back(item)  # too little of the lease is left to be sure of ending within it
            elif paced is not None:
                self._give_back(item, paced)
            else:
                self._send(item)
        return len(items)

    def loop(self, stop: threading.Event) -> None:
        """Send until ``stop``. Nothing that goes wrong ends the thread (a dead sender means no mail for weeks)."""
        pause = PAUSE_SECONDS
        while not stop.is_set():
            busy = 0
            try:
                busy = self.run_once(stop=stop)
                pause = PAUSE_SECONDS
                self.failing = None
            except Exception as e:  # noqa: BLE001 - supervised: whatever it was, the next round may go well
                log.warning("sending failed", error=e)
                self.failing = self.failing or (self._clock(), type(e).__name__)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
            if not busy:
                stop.wait(pause)
        self.close()

    def close(self) -> None:
        """Let go of the relay."""
        self._courier.close()

    def _claim(self, now: datetime) -> list[OutboxItem]:
        with self._store.read() as tx:  # an idle house takes no write lock
            backlog = tx.outbox.backlog(now)
        if not backlog.waiting or (backlog.oldest_at is not None and backlog.oldest_at > now):
            return []
        items: list[OutboxItem] = []
        try:
            with self._store.write() as tx:
                before = _all_claimed(tx)
                items = tx.outbox.claim(now, self._batch, self._lease_seconds, self._name)
                self._tell_unknown(tx, before, {item.id for item in items})
        except Temporary:  # broken off within the commit, the claim may stand; nothing of it was begun
            self._owed += [(item, lambda tx, item=item: tx.outbox.retry(item, now, "not begun")) for item in items]  # type: ignore[misc]
            raise
        return items

    def _tell_unknown(self, tx: Tx, before: list[OutboxItem], again: set[int]) -> None:
        """Those whose lease ran out in the hands of somebody who died."""
        for old in before:
            if old.id not in again and tx.outbox.get(old.id).state is MailState.UNKNOWN:
                self._on_end(tx, old, MailState.UNKNOWN)
                log.warning("nobody knows whether this mail left", outbox=old.id, template=old.mail.template)

    def _send(self, item: OutboxItem) -> None:
        if not item.mail.data:  # its bytes are damaged: whom it was to is not known any more
            self._end(item, MailState.FAILED, "damaged")
            return
        try:
            delivery = self._deliver(item)
        except _Moved as e:
            self._end(item, MailState.STALE, str(e))
        except _NotYet:
            self._give_back(item, self._clock() + timedelta(seconds=LOOK_AGAIN_SECONDS))
        except _NoLook as e:
            self._retry(item, str(e))
        except RelayTemporary as e:
            self._retry(item, str(e))
        except RelayPermanent as e:
            self._end(item, MailState.FAILED, str(e))
        except RelayUnknown as e:
            self._unknown(item, str(e))
        else:
            reach("outbox.sent_unmarked")
            self._end(item, MailState.SENT, "", delivery)

    def _deliver(self, item: OutboxItem) -> Delivery:
        """Look, hand over, and look again at the last moment where the courier knows it (just before DATA).

        A failure that no courier should have leaves it open whether the mail left.
        """
        self._look(item)
        try:
            if isinstance(self._courier, LooksLast):
                return self._courier.deliver_after(item.mail, lambda: self._look(item))
            return self._courier.deliver(item.mail)
        except (_Moved, _NotYet, _NoLook, RelayTemporary, RelayPermanent, RelayUnknown):
            raise
        except Exception as e:
            log.error("the courier broke", outbox=item.id, error=e)
            raise RelayUnknown(f"courier: {type(e).__name__}") from e

    def _look(self, item: OutboxItem) -> None:
        """Ask whether the mail may still leave. Raises _Moved with the reason, _NoLook where nobody could answer."""
        try:
            with self._store.read() as tx:
                reason = self._check(tx, item)
        except Temporary as e:  # our own house is away, not the relay: a moment's wait, not the relay's half hour
            log.warning("the last look failed", outbox=item.id, error=e)
            raise _NotYet from e
        except Exception as e:
            log.warning("the last look failed", outbox=item.id, error=e)
            raise _NoLook(f"check: {type(e).__name__}") from e
        if reason == NOT_YET:
            raise _NotYet
        if reason is not None:
            raise _Moved(reason)

    def _unknown(self, item: OutboxItem, error: str) -> None:
        if item.mail.mail_class is MailClass.AGAIN:
            self._retry(item, error)
        else:
            self._end(item, MailState.UNKNOWN, error)

    def _retry(self, item: OutboxItem, error: str) -> None:
        now = self._clock()
        at = next_try(item.attempts, item.created_at, now, self._chance())
        if at is None:
            self._end(item, MailState.FAILED, f"given up after five days: {error}")
            return
        self._mark(item, lambda tx: tx.outbox.retry(item, at, error))
        log.info(
            "mail will be tried again", outbox=item.id, attempts=item.attempts, retry_at=at.isoformat(), code=error
        )

    def _give_back(self, item: OutboxItem, at: datetime | None = None) -> None:
        self._mark(item, lambda tx: tx.outbox.retry(item, at or self._clock(), "not begun", counted=False))

    def _end(self, item: OutboxItem, state: MailState, error: str, delivery: Delivery | None = None) -> None:
        def mark(tx: Tx) -> None:
            tx.outbox.finish(item, state, self._clock(), error)
            self._on_end(tx, item, state)

        if self._mark(item, mark):
            code = delivery.detail if delivery else error
            log.info("mail ended", outbox=item.id, state=state.value, template=item.mail.template, code=code)

    def _mark(self, item: OutboxItem, change: Change) -> bool:
        """Write a result down; what the store cannot take now is owed: a sent mail must not end as ``unknown``."""
        try:
            with self._store.write() as tx:
                change(tx)
        except LeaseLost:
            log.warning("another sender has this mail", outbox=item.id)
            return False
        except Temporary as e:
            log.warning("result not yet written", outbox=item.id, error=e)
            self._owed.append((item, change))
            return False
        return True

    def _pay_debts(self) -> None:
        """Write the results that are owed, before anything new is begun. Raises while the store is still away."""
        while self._owed:
            item, change = self._owed[0]
            try:
                with self._store.write() as tx:
                    change(tx)
            except LeaseLost:
                log.warning("another sender has this mail", outbox=item.id)
            self._owed.pop(0)


def _all_claimed(tx: Tx) -> list[OutboxItem]:
    """Every row that somebody holds: few, as a claim is."""
    found: list[OutboxItem] = []
    while page := tx.outbox.find((MailState.CLAIMED,), after=found[-1].id if found else None, limit=100):
        found += page
    return found
