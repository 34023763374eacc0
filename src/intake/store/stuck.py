"""Messages that came and could not be handled yet: what staff see of them, and the two things they can do."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from intake.model import Channel, InboxItem
from intake.ports.desk import StuckMessage
from intake.store import arrivals
from intake.store.adding import ARRIVAL
from intake.store.blobs import Blobs
from intake.store.context import Context
from intake.store.tables import WAITING, inbox

_waiting = sa.text(WAITING)


class Stuck:
    """StuckRepo."""

    def __init__(self, context: Context, blobs: Blobs) -> None:
        self._c, self._blobs = context, blobs

    def page(self, before: int | None = None, limit: int = 50) -> list[StuckMessage]:
        """Waiting messages whose last try failed, newest first."""
        c = inbox.c
        query = sa.select(c.id, c.channel, c.received_at, c.size, c.attempts, c.error, c.ready_at, c.worker)
        query = query.where(_waiting, c.error != "")
        if before is not None:
            query = query.where(c.id < before)
        rows = self._c.conn.execute(query.order_by(c.id.desc()).limit(limit)).all()
        return [_message(r) for r in rows]

    def get(self, message_id: int) -> StuckMessage | None:
        """One of them; None where it has ended, or nothing went wrong with it."""
        return next(iter(self.page(message_id + 1, 1)), None) if self._is_stuck(message_id) else None

    def again(self, message_id: int, now: datetime) -> bool:
        """Let it be tried at once, with all its tries before it. False where it has ended or is being tried."""
        free = self._free(message_id, now)
        done = self._c.conn.execute(sa.update(inbox).where(*free).values(ready_at=now, worker=None, attempts=0))
        return done.rowcount == 1

    def take(self, message_id: int, now: datetime, lease_seconds: int, worker: str) -> InboxItem | None:
        """Claim this very message. None where it has ended, is being tried, or its bytes cannot be opened."""
        claimed = (
            sa.update(inbox)
            .where(*self._free(message_id, now))
            .values(ready_at=now + timedelta(seconds=lease_seconds), worker=worker, fence=inbox.c.fence + 1)
            .returning(inbox.c.fence, inbox.c.attempts, inbox.c.key_id)
        )
        row = self._c.conn.execute(claimed).first()
        packed = self._blobs.of_keys([row.key_id], ARRIVAL) if row else {}
        if row is None or row.key_id not in packed:
            return None
        return InboxItem(message_id, row.fence, row.attempts, row.key_id, arrivals.unpack(packed[row.key_id]))

    def received(self, message_ids: Collection[int]) -> dict[int, datetime]:
        """When each of these messages came, whatever became of it."""
        rows = self._c.conn.execute(sa.select(inbox.c.id, inbox.c.received_at).where(inbox.c.id.in_(list(message_ids))))
        return {r.id: r.received_at for r in rows} if message_ids else {}

    def _is_stuck(self, message_id: int) -> bool:
        query = sa.select(sa.literal(1)).where(inbox.c.id == message_id, _waiting, inbox.c.error != "")
        return self._c.conn.execute(query).first() is not None

    def _free(self, message_id: int, now: datetime) -> list[Any]:
        """Waiting, failed before, and nobody works on it now."""
        idle = sa.or_(inbox.c.worker.is_(None), inbox.c.ready_at.is_(None), inbox.c.ready_at <= now)
        lost = inbox.c.error == "KeyMissing"  # claimed for ever anew, without anybody working on it
        return [inbox.c.id == message_id, _waiting, inbox.c.error != "", sa.or_(idle, lost)]


def _message(row: Any) -> StuckMessage:
    retry_at = None if row.worker else row.ready_at
    return StuckMessage(row.id, Channel(row.channel), row.received_at, row.size, row.attempts, row.error, retry_at)
