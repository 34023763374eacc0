"""Deliveries to the agency's own system: at least once, signed, in order of what happened, tried for three days.

The claim is committed before the call and the end after it; a process that dies in between calls again with the same
webhook-id, which the receiver knows already (Standard Webhooks 1.0.0).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from intake.errors import LeaseLost, RelayPermanent, RelayTemporary
from intake.failpoints import reach
from intake.journal import journal
from intake.ports import Store, Tx, WebhookJob

BATCH = 20
LEASE_SECONDS = 600  # longer than a batch of calls that all run into their time limit
PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
# Standard Webhooks' own proposal; with the last one three days and a half are over
WAITS = tuple(timedelta(seconds=s) for s in (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400))
GONE = 410
log = journal("webhooks")

Sign = Callable[[bytes, str, int, bytes], str]


class Post(Protocol):
    """The way to the other system."""

    def post(self, body: bytes, headers: Mapping[str, str]) -> int:
        """The status of its answer. Raises RelayTemporary or RelayPermanent."""
        ...


class WebhookSender:
    """``collect`` queues what happened, ``payload`` gives the body of one row of the chain."""

    def __init__(
        self,
        store: Store,
        way: Post,
        *,
        is_news: Callable[[Tx], bool],
        collect: Callable[[Tx, datetime], int],
        payload: Callable[[Tx, int], bytes | None],
        sign: Sign,
        secrets: Callable[[], Sequence[bytes]],
        clock: Callable[[], datetime],
    ) -> None:
        self._store, self._way = store, way
        self._is_news, self._collect, self._payload = is_news, collect, payload
        self._sign, self._secrets, self._clock = sign, secrets, clock
        self.beat_at = clock()
        self.failing: tuple[datetime, str] | None = None  # since when each round fails, and how it began

    def run_once(self) -> int:
        """Queue what is new, deliver what is due; how many were taken up. Raises only what the store raises."""
        self.beat_at = self._clock()
        with self._store.read() as tx:
            news, due = self._is_news(tx), tx.webhooks.is_due(self._clock())
        if not news and not due:
            return 0
        with self._store.write() as tx:
            if news:
                self._collect(tx, self._clock())
            jobs = tx.webhooks.claim(self._clock(), BATCH, LEASE_SECONDS)
        for job in jobs:
            self.beat_at = self._clock()
            self._deliver(job)
        return len(jobs)

    def loop(self, stop: threading.Event) -> None:
        """Deliver until ``stop``; nothing that goes wrong ends the thread."""
        pause = PAUSE_SECONDS
        while not stop.is_set():
            busy = 0
            try:
                busy = self.run_once()
                pause = PAUSE_SECONDS
                self.failing = None
            except Exception as e:  # noqa: BLE001 - supervised: the next round may go well
                log.warning("delivering failed", error=e)
                self.failing = self.failing or (self._clock(), type(e).__name__)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
            if not busy:
                stop.wait(pause)

    def _deliver(self, job: WebhookJob) -> None:
        with self._store.read() as tx:
            body = self._payload(tx, job.seq)
        if body is None:
            self._end(job, "failed", "no event")
            return
        try:
            status = self._way.post(body, self._headers(job, body))
        except (RelayTemporary, RelayPermanent) as e:
            self._again(job, str(e))
            return
        reach("crm.called_unmarked")
        if 200 <= status < 300:
            self._end(job, "sent")
        elif status == GONE:
            self._end(job, "failed", str(status))
        else:
            self._again(job, str(status))  # a redirect too: it is never followed

    def _headers(self, job: WebhookJob, body: bytes) -> dict[str, str]:
        name, at = f"evt_{job.seq}", int(self._clock().timestamp())
        signatures = " ".join(self._sign(secret, name, at, body) for secret in self._secrets())
        return {
            "Content-Type": "application/json",
            "User-Agent": "intake",
            "webhook-id": name,
            "webhook-timestamp": str(at),
            "webhook-signature": signatures,
        }

    def _again(self, job: WebhookJob, error: str) -> None:
        if job.attempts > len(WAITS):
            self._end(job, "failed", error)
            return
        now = self._clock()
        log.info("will be delivered again", id=job.seq, attempts=job.attempts, code=error)
        try:
            with self._store.write() as tx:
                tx.webhooks.retry(job, now + WAITS[job.attempts - 1], error)
        except LeaseLost:
            log.info("another process has this delivery", id=job.seq)

    def _end(self, job: WebhookJob, state: str, error: str = "") -> None:
        log.info("delivery ended", id=job.seq, state=state, code=error)
        try:
            with self._store.write() as tx:
                tx.webhooks.finish(job, state, self._clock(), error)
        except LeaseLost:
            log.info("another process has this delivery", id=job.seq)
