"""Arrivals: raw bytes first, meaning later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from intake.errors import LeaseLost, NotFound
from intake.model import Accepted, Arrival, Channel, End, Envelope, InboxItem, Meaning, Message
from intake.ports.rows import Backlog, Said
from intake.store import arrivals
from intake.store.adding import ARRIVAL as ARRIVAL
from intake.store.adding import ByCore, add, as_sqlite_keeps_it, in_utc
from intake.store.blobs import Blobs
from intake.store.claiming import claim as claim_at_once
from intake.store.codec import dumps, loads
from intake.store.context import Context
from intake.store.tables import ENDED, WAITING, inbox

MESSAGE, MEANING = "message", "meaning"
CLOCK_SLACK = timedelta(hours=1)  # a lease that ends later than any lease can was given before the clock went back
MISSING_KEY = "KeyMissing"

_waiting = sa.text(WAITING)
_OPEN = "coalesce(ended_as, '') = ''"  # by the row's id: not worded as the partial index, which is not to be used
_mine = sa.and_(inbox.c.id == sa.bindparam("id_"), inbox.c.fence == sa.bindparam("fence_"), sa.text(_OPEN))
_FINISH = (  # by the driver: every message ends so
    "UPDATE inbox SET ended_as = ?, ended_of = ?, ended_at = ?, ready_at = NULL, worker = NULL, error = '' "  # noqa: S608
    f"WHERE id = ? AND fence = ? AND {_OPEN}"
)
_FINISH_ALL = (  # one statement where psycopg would send each row by itself
    "UPDATE inbox SET ended_as = v.name, ended_of = v.of, ended_at = %s, ready_at = NULL, worker = NULL, error = '' "  # noqa: S608
    "FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::bigint[]) AS v (id, fence, name, of) "
    f"WHERE inbox.id = v.id AND inbox.fence = v.fence AND {_OPEN}"
)
_GIVE_BACK = (
    sa.update(inbox)
    .where(_mine)
    .values(
        ready_at=sa.bindparam("at_"),
        worker=None,
        error=sa.bindparam("error_"),
        attempts=inbox.c.attempts - sa.bindparam("uncounted", type_=sa.Integer),
    )
)
_KEY = sa.select(inbox.c.key_id).where(inbox.c.id == sa.bindparam("id_"))


class Inbox:
    """InboxRepo."""

    def __init__(self, context: Context, blobs: Blobs) -> None:
        self._c, self._blobs = context, blobs

    def add(self, arriving: Sequence[Arrival]) -> list[Accepted]:
        """Store arrivals in order; see the port. Two statements, however many there are."""
        return add(ByCore(self._c.conn), arriving, self._c.keyring, self._c.keys)

    def claim(self, now: datetime, limit: int, lease_seconds: int, worker: str) -> list[InboxItem]:
        """Take waiting rows and rows whose lease ran out, oldest first. One whose key is lost stays waiting, named; one
        whose bytes are damaged is given without them."""
        until = now + timedelta(seconds=lease_seconds)
        values = {"now_": now, "latest": until + CLOCK_SLACK, "limit_": limit, "until": until, "who": worker}
        rows = claim_at_once(self._c.conn, values)
        packed = self._blobs.opened(ARRIVAL, [(key_id, data) for *_, key_id, data in rows if data is not None])
        damaged = self._damaged([i for i, _, _, key_id, _ in rows if key_id in self._blobs.damaged])
        lost = [i for i, _, _, key_id, _ in rows if key_id not in packed and i not in damaged]
        if lost:
            self._c.conn.execute(sa.update(inbox).where(inbox.c.id.in_(lost)).values(error=MISSING_KEY))
        return [
            InboxItem(i, fence, attempts, key_id, damaged.get(i) or arrivals.unpack(packed[key_id]), i in damaged)
            for i, fence, attempts, key_id, _ in rows
            if key_id in packed or i in damaged
        ]

    def _damaged(self, ids: Sequence[int]) -> dict[int, Envelope]:
        """What the rows themselves still say of arrivals whose bytes are damaged."""
        if not ids:
            return {}
        query = sa.select(inbox.c.id, inbox.c.channel, inbox.c.via, inbox.c.received_at).where(inbox.c.id.in_(ids))
        return {r.id: Envelope(Channel(r.channel), r.via, b"", r.received_at) for r in self._c.conn.execute(query)}

    def finish(self, message_id: int, fence: int, end: End, of: int | None, at: datetime) -> None:
        """Give a message its one end. Raises LeaseLost where ``fence`` is not the row's any more."""
        values = (end.value, of, self._instant(at), message_id, fence)
        statement = _FINISH if self._c.is_sqlite else _FINISH.replace("?", "%s")
        if self._c.conn.exec_driver_sql(statement, values).rowcount != 1:
            raise LeaseLost()

    def finish_all(self, ends: Sequence[tuple[int, int, End, int | None]], at: datetime) -> None:
        """``finish`` for many (message, fence, end, of) in one go. Raises LeaseLost if any of them is lost."""
        if not ends:
            return
        if self._c.is_sqlite:
            ended_at = self._instant(at)
            done = self._c.conn.exec_driver_sql(_FINISH, [(end.value, of, ended_at, i, f) for i, f, end, of in ends])
        else:
            ids, fences, names, ofs = zip(*((i, f, end.value, of) for i, f, end, of in ends), strict=True)
            done = self._c.conn.exec_driver_sql(_FINISH_ALL, (at, list(ids), list(fences), list(names), list(ofs)))
        if done.rowcount != len(ends):
            raise LeaseLost()

    def _instant(self, at: datetime) -> datetime | str:
        return as_sqlite_keeps_it(in_utc(at)) if self._c.is_sqlite else in_utc(at)

    def give_back(self, message_id: int, fence: int, retry_at: datetime, error: str, *, counts: bool = True) -> None:
        """End a claim without result. Raises LeaseLost as ``finish`` does."""
        values = {"id_": message_id, "fence_": fence, "at_": retry_at, "error_": error[:200], "uncounted": not counts}
        if self._c.conn.execute(_GIVE_BACK, values).rowcount != 1:
            raise LeaseLost()

    def envelope(self, message_id: int) -> Envelope:
        """The arrival as it came. Raises NotFound (also after erasure)."""
        key_id = self.key_of(message_id)
        packed = self._blobs.of_keys([key_id], ARRIVAL)
        if key_id not in packed:
            raise NotFound()
        return arrivals.unpack(packed[key_id])

    def key_of(self, message_id: int) -> int:
        """The data key of everything this message says. Raises NotFound."""
        key_id = self._c.conn.execute(_KEY, {"id_": message_id}).scalar()
        if key_id is None:
            raise NotFound()
        return int(key_id)

    def end_of(self, message_id: int) -> tuple[End | None, int | None]:
        """How it ended and to which case or message; (None, None) while it waits. Raises NotFound."""
        row = self._c.conn.execute(
            sa.select(inbox.c.ended_as, inbox.c.ended_of).where(inbox.c.id == message_id)
        ).first()
        if row is None:
            raise NotFound()
        return (End(row.ended_as) if row.ended_as else None, row.ended_of)

    def attempts_of(self, message_id: int) -> tuple[int, str]:
        """How often it was tried, and the class name of the last error. Raises NotFound."""
        row = self._c.conn.execute(sa.select(inbox.c.attempts, inbox.c.error).where(inbox.c.id == message_id)).first()
        if row is None:
            raise NotFound()
        return row.attempts, row.error

    def save_reading(self, message_id: int, message: Message, meaning: Meaning | None) -> None:
        """Keep the parsed text and the reading, encrypted under the message's key; replaces an earlier one."""
        key_id = self.key_of(message_id)
        self._blobs.replace(key_id, MESSAGE, dumps(message))
        self._blobs.replace(key_id, MEANING, dumps(meaning))

    def reading(self, message_id: int) -> tuple[Message, Meaning | None] | None:
        """What was kept by save_reading; None if nothing was, or after erasure."""
        try:
            key_id = self.key_of(message_id)
        except NotFound:
            return None
        message = self._blobs.of_keys([key_id], MESSAGE).get(key_id)
        if message is None:
            return None
        meaning = self._blobs.of_keys([key_id], MEANING).get(key_id, b"null")
        return loads(Message, message), None if meaning == b"null" else loads(Meaning, meaning)

    def set_identity(self, message_id: int, content: bytes, rfc_id: bytes, sender: bytes) -> None:
        """Keyed hashes for finding twins and threads."""
        values = {"content_hash": content, "rfc_hash": rfc_id, "sender_hash": sender}
        self._c.conn.execute(sa.update(inbox).where(inbox.c.id == message_id).values(values))

    def find_twin(self, message_id: int, content: bytes, rfc_id: bytes, sender: bytes) -> int | None:
        """The first earlier message with all three hashes equal."""
        same = [inbox.c.content_hash == content, inbox.c.rfc_hash == rfc_id, inbox.c.sender_hash == sender]
        found = sa.select(sa.func.min(inbox.c.id)).where(inbox.c.id < message_id, *same)
        return self._c.conn.execute(found).scalar()

    def last_said(self, message_id: int, content: bytes, sender: bytes, since: datetime) -> Said | None:
        """The last earlier message with these hashes and no Message-ID; one that is itself a duplicate does not
        count."""
        same = [inbox.c.content_hash == content, inbox.c.rfc_hash == b"", inbox.c.sender_hash == sender]
        first = sa.func.coalesce(inbox.c.ended_as, "") != End.DUPLICATE.value
        query = sa.select(inbox.c.id, inbox.c.received_at, inbox.c.ended_at).where(
            inbox.c.id < message_id, inbox.c.received_at >= since, first, *same
        )
        row = self._c.conn.execute(query.order_by(inbox.c.id.desc()).limit(1)).first()
        return None if row is None else Said(row.id, row.received_at, row.ended_at)

    def backlog(self, now: datetime) -> Backlog:
        """What still waits, leased and postponed rows too."""
        query = sa.select(sa.func.count(), sa.func.min(inbox.c.received_at)).where(_waiting)
        waiting, oldest = self._c.conn.execute(query).one()
        return Backlog(waiting, oldest)

    def counts(self) -> dict[str, int]:
        """Rows per end, and ``waiting``. Each from its own index."""
        ended = sa.select(inbox.c.ended_as, sa.func.count()).where(sa.text(ENDED)).group_by(inbox.c.ended_as)
        found = {str(end): int(n) for end, n in self._c.conn.execute(ended).all()}
        waiting = self._c.conn.execute(sa.select(sa.func.count()).select_from(inbox).where(_waiting)).scalar_one()
        return {e.value: found.get(e.value, 0) for e in End} | {"waiting": waiting}

    def ended(self, end: End, before: int | None = None, limit: int = 50) -> list[int]:
        """Ids of messages with this end, newest first, older than ``before``."""
        query = sa.select(inbox.c.id).where(inbox.c.ended_as == end.value)
        if before is not None:
            query = query.where(inbox.c.id < before)
        return list(self._c.conn.execute(query.order_by(inbox.c.id.desc()).limit(limit)).scalars())

    def without_end(self, limit: int = 100) -> list[int]:
        """Ids of messages that have none of the four ends."""
        query = sa.select(inbox.c.id).where(_waiting).order_by(inbox.c.id).limit(limit)
        return list(self._c.conn.execute(query).scalars())
