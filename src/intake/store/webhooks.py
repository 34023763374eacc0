"""Deliveries to the agency's own system: claimed, sent, marked; the audit chain holds what is delivered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from intake.errors import LeaseLost
from intake.ports.outside import WebhookJob
from intake.store.context import Context
from intake.store.tables import webhook_out

QUEUED = "queued"
_QUEUED = sa.text("state = 'queued'")  # written out: SQLite's partial index wants its condition word for word


class Webhooks:
    """WebhookRepo."""

    def __init__(self, context: Context) -> None:
        self._c = context

    def enqueue(self, seqs: Sequence[int], now: datetime) -> int:
        """Deliveries of these audit rows, each once; how many are new."""
        rows = [{"seq": s, "state": QUEUED, "ready_at": now, "queued_at": now} for s in seqs]
        if not rows:
            return 0
        statement = self._c.insert(webhook_out).values(rows).on_conflict_do_nothing()
        return len(self._c.conn.execute(statement.returning(webhook_out.c.seq)).all())

    def claim(self, now: datetime, limit: int, lease_seconds: int) -> list[WebhookJob]:
        """Take deliveries that are due, oldest first; a lease that ran out is due again."""
        due = sa.select(webhook_out.c.seq).where(_QUEUED, webhook_out.c.ready_at <= now)
        due = due.order_by(webhook_out.c.seq).limit(limit).with_for_update(skip_locked=True)
        values = {
            "ready_at": now + timedelta(seconds=lease_seconds),
            "fence": webhook_out.c.fence + 1,
            "attempts": webhook_out.c.attempts + 1,
        }
        statement = sa.update(webhook_out).where(webhook_out.c.seq.in_(due)).values(values).returning(*webhook_out.c)
        return sorted((_job(r) for r in self._c.conn.execute(statement)), key=lambda j: j.seq)

    def is_due(self, now: datetime) -> bool:
        """True where ``claim`` would find something."""
        due = sa.select(webhook_out.c.seq).where(_QUEUED, webhook_out.c.ready_at <= now).limit(1)
        return self._c.conn.execute(due).first() is not None

    def finish(self, job: WebhookJob, state: str, at: datetime, error: str = "") -> None:
        """``sent`` or ``failed``. Raises LeaseLost."""
        self._end(job, state=state, ended_at=at, error=error[:200])

    def retry(self, job: WebhookJob, at: datetime, error: str) -> None:
        """Again, not before ``at``. Raises LeaseLost."""
        self._end(job, ready_at=at, error=error[:200])

    def replay(self, now: datetime, *, seqs: Sequence[int] = (), failed: bool = False) -> int:
        """Queue anew: these, or all that failed; how many."""
        which = webhook_out.c.state == "failed" if failed else webhook_out.c.seq.in_(list(seqs))
        anew = {"state": QUEUED, "attempts": 0, "ready_at": now, "ended_at": None, "error": ""}
        statement = sa.update(webhook_out).where(which).values(fence=webhook_out.c.fence + 1, **anew)
        return self._c.conn.execute(statement).rowcount

    def find(self, state: str | None = None, before: int | None = None, limit: int = 100) -> list[WebhookJob]:
        """Newest first."""
        query = sa.select(webhook_out).order_by(webhook_out.c.seq.desc()).limit(limit)
        if state is not None:
            query = query.where(webhook_out.c.state == state)
        if before is not None:
            query = query.where(webhook_out.c.seq < before)
        return [_job(r) for r in self._c.conn.execute(query)]

    def counts(self) -> dict[str, int]:
        """Deliveries per state."""
        query = sa.select(webhook_out.c.state, sa.func.count().label("rows")).group_by(webhook_out.c.state)
        return {r.state: r.rows for r in self._c.conn.execute(query)}

    def _end(self, job: WebhookJob, **values: Any) -> None:
        mine = sa.and_(webhook_out.c.seq == job.seq, webhook_out.c.fence == job.fence, _QUEUED)
        if self._c.conn.execute(sa.update(webhook_out).where(mine).values(values)).rowcount != 1:
            raise LeaseLost()


def _job(r: sa.Row[Any]) -> WebhookJob:
    return WebhookJob(r.seq, r.state, r.attempts, r.fence, r.queued_at, r.ready_at, r.ended_at, r.error)
