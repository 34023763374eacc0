"""Who holds claims, and letting go of those of a process that is known to be dead."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from intake.model import MailState
from intake.store.context import Context
from intake.store.tables import LIVE, WAITING, erasure, inbox, outbox

_held = sa.and_(sa.text(WAITING), inbox.c.worker.is_not(None))
_leaving = sa.and_(sa.text(LIVE), outbox.c.state == MailState.CLAIMED.value)
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
