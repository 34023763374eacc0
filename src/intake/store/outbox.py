"""Mails that wait to leave or have left. Address, subject, text and bytes lie encrypted under a key of their own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from intake.errors import LeaseLost, NotFound
from intake.model import MailClass, MailState, OutboxItem
from intake.ports.rows import Backlog, NewMail
from intake.store import letters
from intake.store.blobs import Blobs
from intake.store.context import Context
from intake.store.tables import LIVE, outbox, outbox_case, task

LETTER = "mail"
_live = sa.text(LIVE)
_now: sa.BindParameter[datetime] = sa.bindparam("now_")
_claimed, _queued = outbox.c.state == MailState.CLAIMED.value, outbox.c.state == MailState.QUEUED.value
_once = outbox.c.mail_class == MailClass.ONCE.value

# At most once: whether a mail left before its sender died is not known, so nobody sends it again (RFC 1047).
_GIVE_UP = (
    sa.update(outbox)
    .where(_live, outbox.c.ready_at <= _now, _claimed, _once)
    .values(state=MailState.UNKNOWN.value, fence=outbox.c.fence + 1, worker=None, error="LeaseExpired")
)
_due = (
    sa.select(outbox.c.id)
    .where(_live, outbox.c.ready_at <= _now, sa.or_(_queued, ~_once))
    .order_by(outbox.c.ready_at, outbox.c.id)
    .limit(sa.bindparam("limit_"))
    .with_for_update(skip_locked=True)
    .cte("due")
)
_CLAIM = (
    sa.update(outbox)
    .where(outbox.c.id.in_(sa.select(_due.c.id)))
    .values(
        state=MailState.CLAIMED.value,
        ready_at=sa.bindparam("until"),
        worker=sa.bindparam("who"),
        fence=outbox.c.fence + 1,
        attempts=outbox.c.attempts + 1,
    )
    .returning(*outbox.c)
)
_OF_ROWS = (
    sa.select(outbox_case.c.outbox_id, outbox_case.c.case_id)
    .where(outbox_case.c.outbox_id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(outbox_case.c.case_id)
)
NOT_SENT = (MailState.CANCELLED.value, MailState.STALE.value)


class Outbox:
    """OutboxRepo."""

    def __init__(self, context: Context, blobs: Blobs) -> None:
        self._c, self._blobs = context, blobs

    def address_hash(self, address: str) -> bytes:
        """What ``automatic_since`` compares: a keyed hash of the canonical address."""
        return self._c.keyring.hash("address", self._c.maker.addresses(address))

    def domain_hash(self, domain: str) -> bytes | None:
        """What the budget of a domain counts by; None where there is none to count."""
        return self._c.keyring.hash("domain", domain.casefold()) if domain else None

    def add(self, new: NewMail, now: datetime) -> OutboxItem:
        """Queue a mail."""
        mail = new.mail
        key_id = self._blobs.new_key()
        values = {
            "key_id": key_id,
            "blob_id": self._blobs.put(key_id, LETTER, letters.pack(mail)),
            "message_id": mail.message_id,
            "unique_part": _unique_part(mail.message_id),
            "template": mail.template,
            "template_version": mail.template_version,
            "mail_class": mail.mail_class.value,
            "address_hash": self.address_hash(mail.to),
            "state": MailState.QUEUED.value,
            "created_at": now,
            "not_before": new.not_before,
            "ready_at": new.not_before,
            "in_message": new.in_message,
            "needs_state": new.needs_state,
            "automatic": new.automatic,
            "domain_hash": self.domain_hash(new.domain),
            "thread_hash": new.thread or None,
            "origin": new.origin.value,
            "newest_message": new.newest_message,
            "seeker_status": new.seeker_status,
        }
        new_id = self._c.conn.execute(sa.insert(outbox).returning(outbox.c.id), values).scalar_one()
        case_ids = tuple(sorted(set(new.case_ids)))
        if case_ids:
            self._c.conn.execute(sa.insert(outbox_case), [{"outbox_id": new_id, "case_id": c} for c in case_ids])
        return OutboxItem(
            id=new_id,
            mail=mail,
            state=MailState.QUEUED,
            case_ids=case_ids,
            created_at=now,
            not_before=new.not_before,
            in_message=new.in_message,
            needs_state=new.needs_state,
            automatic=new.automatic,
            origin=new.origin,
            newest_message=new.newest_message,
            seeker_status=new.seeker_status,
        )

    def claim(self, now: datetime, limit: int, lease_seconds: int, worker: str) -> list[OutboxItem]:
        """Take what is due; see the port. A mail whose key is destroyed is never sent: it becomes ``cancelled``. One
        whose bytes are damaged is given without them, so that staff are told."""
        self._c.walk_the_index()
        self._c.conn.execute(_GIVE_UP, {"now_": now})
        until = now + timedelta(seconds=lease_seconds)
        rows = self._c.conn.execute(_CLAIM, {"now_": now, "limit_": limit, "until": until, "who": worker}).all()
        items = self._items(sorted(rows, key=lambda r: (r.not_before, r.id)))
        damaged = {r.id for r in rows if r.key_id in self._blobs.damaged or r.key_id in self._c.keys.damaged}
        erased = [i for i in items if not i.mail.data and i.id not in damaged]
        for item in erased:
            self._set(item, state=MailState.CANCELLED.value, worker=None, error="Erased")
        return [i for i in items if i.mail.data or i.id in damaged]

    def finish(self, item: OutboxItem, state: MailState, at: datetime, error: str = "") -> None:
        """End a claim. Raises LeaseLost where the fence has moved on."""
        sent = at if state is MailState.SENT else None
        self._set(item, state=state.value, sent_at=sent, worker=None, error=error[:500])

    def retry(self, item: OutboxItem, at: datetime, error: str, *, counted: bool = True) -> None:
        """Back to queued, not before ``at``. Raises LeaseLost as ``finish`` does."""
        back = {"not_before": at, "ready_at": at, "worker": None, "error": error[:500]}
        tries = item.attempts if counted else max(item.attempts - 1, 0)
        self._set(item, state=MailState.QUEUED.value, attempts=tries, **back)

    def cancel(self, item_id: int, at: datetime, reason: str) -> bool:
        """Queued only: never leaves. False if it has left or is just leaving."""
        values = {"state": MailState.CANCELLED.value, "error": reason[:500], "fence": outbox.c.fence + 1}
        return (
            self._c.conn.execute(sa.update(outbox).where(outbox.c.id == item_id, _queued).values(values)).rowcount == 1
        )

    def postpone(self, item_id: int, until: datetime) -> bool:
        """Queued only: does not leave before ``until``. False if it has left or is just leaving."""
        values = {"not_before": until, "ready_at": until}
        mine = sa.and_(outbox.c.id == item_id, _queued, outbox.c.not_before < until)
        return self._c.conn.execute(sa.update(outbox).where(mine).values(values)).rowcount == 1

    def get(self, item_id: int) -> OutboxItem:
        """Raises NotFound. After erasure address, subject, text and bytes are empty."""
        found = self._all(sa.select(outbox).where(outbox.c.id == item_id))
        if not found:
            raise NotFound()
        return found[0]

    def key_of(self, item_id: int) -> int:
        """The data key of one mail. Raises NotFound."""
        key_id = self._c.conn.execute(sa.select(outbox.c.key_id).where(outbox.c.id == item_id)).scalar()
        if key_id is None:
            raise NotFound()
        return int(key_id)

    def of_case(self, case_id: int) -> list[OutboxItem]:
        """Oldest first."""
        linked = sa.select(outbox_case.c.outbox_id).where(outbox_case.c.case_id == case_id)
        return self._all(sa.select(outbox).where(outbox.c.id.in_(linked)).order_by(outbox.c.id))

    def find(
        self,
        states: tuple[MailState, ...] = (),
        after: int | None = None,
        limit: int = 100,
        *,
        newest_first: bool = False,
    ) -> list[OutboxItem]:
        """Oldest (or newest) first, from the one after ``after``."""
        query = sa.select(outbox)
        if after is not None:
            query = query.where(outbox.c.id < after if newest_first else outbox.c.id > after)
        if states:
            query = query.where(outbox.c.state.in_([s.value for s in states]))
        return self._all(query.order_by(outbox.c.id.desc() if newest_first else outbox.c.id).limit(limit))

    def automatic_since(self, address_hash: bytes, since: datetime) -> int:
        """How many automatic mails this address was written since then (any state but cancelled and stale)."""
        query = sa.select(sa.func.count()).where(
            outbox.c.address_hash == address_hash,
            outbox.c.created_at >= since,
            outbox.c.automatic,
            outbox.c.state.not_in(NOT_SENT),
        )
        return self._c.conn.execute(query).scalar_one()

    def automatic_count(
        self, since: datetime, cap: int, *, domain: str | None = None, thread: bytes | None = None
    ) -> int:
        """Automatic mails of all since then, counted up to ``cap``; to strangers of one domain; in one thread."""
        query = sa.select(outbox.c.id).where(
            outbox.c.created_at >= since, outbox.c.automatic, outbox.c.state.not_in(NOT_SENT)
        )
        if domain is not None:
            query = query.where(outbox.c.domain_hash == self.domain_hash(domain))
        if thread is not None:
            query = query.where(outbox.c.thread_hash == thread)
        counted = sa.select(sa.func.count()).select_from(query.limit(cap).subquery())
        return self._c.conn.execute(counted).scalar_one()

    def thread_of(self, message_ids: Iterable[str]) -> bytes:
        """The thread of the first of our mails among these Message-IDs; b"" if none is ours."""
        wanted = sorted(set(message_ids))[:1000]
        ours = sa.and_(outbox.c.message_id.in_(wanted), outbox.c.thread_hash.is_not(None))
        query = sa.select(outbox.c.thread_hash).where(ours)
        found = self._c.conn.execute(query.order_by(outbox.c.id).limit(1)).scalar() if wanted else None
        return bytes(found) if found else b""

    def by_message_id(self, message_ids: Iterable[str]) -> list[OutboxItem]:
        """Our mails with these Message-IDs, oldest first."""
        wanted = sorted(set(message_ids))[:1000]  # a References line of thousands is nobody's thread
        return (
            self._all(sa.select(outbox).where(outbox.c.message_id.in_(wanted)).order_by(outbox.c.id)) if wanted else []
        )

    def by_unique(self, unique: str) -> list[OutboxItem]:
        """Our mails whose Message-ID begins with this, up to its first dot (signed return paths name it)."""
        return self._all(sa.select(outbox).where(outbox.c.unique_part == unique).order_by(outbox.c.id))

    def of_message(self, message_id: int) -> list[OutboxItem]:
        """The mails that answer this inbox message, oldest first."""
        return self._all(sa.select(outbox).where(outbox.c.in_message == message_id).order_by(outbox.c.id))

    def backlog(self, now: datetime) -> Backlog:
        """Mails not gone yet, and since when the oldest has been due."""
        query = sa.select(sa.func.count(), sa.func.min(outbox.c.not_before)).where(_live)
        waiting, oldest = self._c.conn.execute(query).one()
        return Backlog(waiting, oldest)

    def counts(self) -> dict[str, int]:
        """Rows per state."""
        query = sa.select(outbox.c.state, sa.func.count()).group_by(outbox.c.state)
        found: dict[str, int] = {r[0]: r[1] for r in self._c.conn.execute(query)}
        return {s.value: found.get(s.value, 0) for s in MailState}

    def in_doubt(self, since: datetime) -> int:
        """Mails that may or may not have left: those written since then, and those that staff have still to look at."""
        looked_at = sa.select(sa.literal(1)).where(
            outbox_case.c.outbox_id == outbox.c.id,
            task.c.case_id == outbox_case.c.case_id,
            task.c.kind == "check_mail",
            task.c.done_at.is_(None),
        )
        mine = sa.or_(outbox.c.created_at >= since, looked_at.exists())
        query = sa.select(sa.func.count()).where(outbox.c.state == MailState.UNKNOWN.value, mine)
        return self._c.conn.execute(query).scalar_one()

    def _set(self, item: OutboxItem, **values: Any) -> None:
        mine = sa.and_(outbox.c.id == item.id, outbox.c.fence == item.fence, _claimed)
        if self._c.conn.execute(sa.update(outbox).where(mine).values(**values)).rowcount != 1:
            raise LeaseLost()

    def _all(self, query: sa.Select[Any]) -> list[OutboxItem]:
        return self._items(self._c.conn.execute(query).all())

    def _items(self, rows: Sequence[sa.Row[Any]]) -> list[OutboxItem]:
        if not rows:
            return []
        answered: dict[int, tuple[int, ...]] = {}
        for outbox_id, case_id in self._c.conn.execute(_OF_ROWS, {"ids": [r.id for r in rows]}):
            answered[outbox_id] = (*answered.get(outbox_id, ()), case_id)
        # By its own key, never by the blob's number: SQLite gives the number of an erased mail again.
        sealed = self._blobs.of_keys([r.key_id for r in rows], LETTER)
        return [letters.item(r, sealed.get(r.key_id), answered.get(r.id, ())) for r in rows]


def _unique_part(message_id: str) -> str:
    return message_id.removeprefix("<").partition("@")[0].partition(".")[0]
