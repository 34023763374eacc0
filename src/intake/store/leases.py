"""Who holds claims, and letting go of those of a process that is known to be dead."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from intake.model import MailClass, MailState
from intake.store.context import Context
from intake.store.tables import LIVE, WAITING, erasure, inbox, outbox, webhook_out

SKEW = timedelta(minutes=2)  # between the clocks of several machines
LONGEST_CLAIM = timedelta(hours=2)  # the longest lease, an erasure's hour of waiting, and a little
LONGEST_WAIT = timedelta(days=40)  # nothing is put off so long: the longest holidays, the tries of a relay
_held = sa.and_(sa.text(WAITING), inbox.c.worker.is_not(None))
_leaving = sa.and_(sa.text(LIVE), outbox.c.state == MailState.CLAIMED.value)
_queued = sa.and_(sa.text(LIVE), outbox.c.state == MailState.QUEUED.value)
_erasing = sa.and_(erasure.c.step != "done", erasure.c.worker.is_not(None))


class Leases:
    """LeaseRepo."""

    def __init__(self, context: Context) -> None:
        self._c = context

    def holders(self) -> list[str]:
        """Names under which anything is claimed now."""
        names = sa.union(
            sa.select(inbox.c.worker).where(_held),
            sa.select(outbox.c.worker).where(_leaving),
            sa.select(erasure.c.worker).where(_erasing),
        )
        return sorted(name for (name,) in self._c.conn.execute(names) if name)

    def end(self, holder: str, now: datetime) -> int:
        """What this holder claimed is as if its lease had just run out; how many rows."""
        ended = 0
        for table, condition in ((inbox, _held), (outbox, _leaving), (erasure, _erasing)):
            mine = sa.update(table).where(condition, table.c.worker == holder, table.c.ready_at > now)
            ended += self._c.conn.execute(mine.values(ready_at=now)).rowcount
        return ended

    def doubt_receipts(self) -> int:
        """After a restore: a receipt that waited in the backup may have left since, and is as if its sender had died
        with it. The next claim ends it as ``unknown`` and staff are told (reliability.md §0.2); how many."""
        mine = sa.update(outbox).where(_queued, outbox.c.mail_class == MailClass.ONCE.value)
        at = outbox.c.created_at  # always in the past: due at once, whatever it was put off to
        values = {"state": MailState.CLAIMED.value, "worker": "restore", "not_before": at, "ready_at": at}
        return self._c.conn.execute(mine.values(**values, fence=outbox.c.fence + 1)).rowcount

    def put_right(self, now: datetime) -> int:
        """See the port. One statement for each queue; cheap where nothing lies ahead. What has left on a day to come
        counts as of now: it would spend the budgets until that day."""
        ahead, claimed, late = now + SKEW, now + LONGEST_CLAIM, now + LONGEST_WAIT
        is_ahead = sa.or_(outbox.c.created_at > ahead, outbox.c.ready_at > late)
        news = sa.and_(
            sa.text("state = 'queued'"), sa.or_(webhook_out.c.queued_at > ahead, webhook_out.c.ready_at > late)
        )
        made = sa.case((outbox.c.created_at > now, now), else_=outbox.c.created_at)
        work = (
            sa.update(inbox).where(sa.text(WAITING), inbox.c.ready_at > claimed).values(ready_at=now),
            sa.update(outbox).where(_leaving, outbox.c.ready_at > claimed).values(ready_at=now),
            sa.update(outbox).where(_queued, is_ahead).values(created_at=made, not_before=now, ready_at=now),
            sa.update(erasure).where(erasure.c.step != "done", erasure.c.ready_at > claimed).values(ready_at=now),
            sa.update(webhook_out).where(news).values(queued_at=now, ready_at=now),
        )
        moved = sum(self._c.conn.execute(statement).rowcount for statement in work)
        sent = sa.case((outbox.c.sent_at > now, now), else_=outbox.c.sent_at)
        self._c.conn.execute(sa.update(outbox).where(outbox.c.created_at > ahead).values(created_at=now, sent_at=sent))
        return moved
