"""The audit trail: append-only by triggers, each row bound to the one before by a keyed hash (reliability.md A27).

The last row's number and hash stand, signed, in ``meta``: without it a cut tail would leave a chain that fits.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from intake.model import Actor
from intake.ports.rows import AuditRow
from intake.store.codec import to_plain
from intake.store.context import Context
from intake.store.tables import audit, meta

HEAD = "audit.head"
_START = bytes(32)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PAGE = 500
_ADVISORY_LOCK = 0x696E74616B65  # "intake": one appender at a time on PostgreSQL
_GET_HEAD = sa.select(meta.c.value).where(meta.c.key == HEAD)


class Audit:
    """AuditRepo."""

    def __init__(self, context: Context) -> None:
        self._c = context
        self._head: tuple[int, bytes] | None = None

    def append(
        self,
        at: datetime,
        actor: Actor,
        action: str,
        *,
        case_id: int | None = None,
        seeker_id: int | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> AuditRow:
        """Add a row; the caller puts codes, ids and figures into ``detail``, never what a person wrote."""
        seq, previous = self._head or self._read_head()
        plain = to_plain(dict(detail or {}))
        row: dict[str, Any] = {
            "seq": seq + 1,
            "at_us": (at - _EPOCH) // timedelta(microseconds=1),
            "actor_kind": actor.kind,
            "actor_name": actor.name,
            "action": action,
            "case_id": case_id,
            "seeker_id": seeker_id,
            "detail": json.dumps(plain, ensure_ascii=False, sort_keys=True),
        }
        row["hash"] = self._link(previous, row)
        self._c.conn.execute(sa.insert(audit), row)
        self._head = (seq + 1, row["hash"])
        self._c.audited = True
        return AuditRow(seq + 1, at.astimezone(UTC), actor, action, case_id, seeker_id, plain, row["hash"])

    def flush(self) -> None:
        """Write the signed head; the unit of work calls this before it commits."""
        if self._head is None or not self._c.audited:
            return
        value = self._signed(*self._head)
        statement = self._c.insert(meta).values(key=HEAD, value=value)
        self._c.conn.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"value": value}))

    def position(self) -> tuple[int, bytes] | None:
        """Where the chain stands within this transaction, for a savepoint to come back to."""
        return self._head

    def rewind(self, position: tuple[int, bytes] | None) -> None:
        """Back to where the chain stood: the rows since then were undone."""
        self._head = position

    def of_case(self, case_id: int) -> list[AuditRow]:
        """Oldest first."""
        return self._all(sa.select(audit).where(audit.c.case_id == case_id).order_by(audit.c.seq))

    def tail_of_case(self, case_id: int, limit: int, before: int | None = None) -> list[AuditRow]:
        """The newest rows of a case, oldest first; those below ``before`` if given."""
        query = sa.select(audit).where(audit.c.case_id == case_id).order_by(audit.c.seq.desc()).limit(limit)
        return self._all(query if before is None else query.where(audit.c.seq < before))[::-1]

    def of_seeker(self, seeker_id: int) -> list[AuditRow]:
        """Oldest first."""
        return self._all(sa.select(audit).where(audit.c.seeker_id == seeker_id).order_by(audit.c.seq))

    def after(self, seq: int, limit: int = 100) -> list[AuditRow]:
        """Rows above ``seq``, oldest first."""
        return self._all(sa.select(audit).where(audit.c.seq > seq).order_by(audit.c.seq).limit(limit))

    def rows(self, seqs: Collection[int]) -> dict[int, AuditRow]:
        """These rows by their number; those that there are none of are missing."""
        query = sa.select(audit).where(audit.c.seq.in_(list(seqs)))
        return {row.seq: row for row in self._all(query)} if seqs else {}

    def tail(self, limit: int = 100, before: int | None = None) -> list[AuditRow]:
        """Newest first."""
        query = sa.select(audit).order_by(audit.c.seq.desc()).limit(limit)
        return self._all(query if before is None else query.where(audit.c.seq < before))

    def head(self) -> str:
        """Number and hash of the last row, to be kept elsewhere ("sent out daily")."""
        seq, last = self._head or self._read_head()
        return f"{seq}:{last.hex()}"

    def verify(self, looked: Callable[[int], None] | None = None) -> tuple[bool, str]:
        """(True, "… rows") or (False, the place that does not fit). ``looked`` hears now and then how far it is."""
        seq, previous = 0, _START
        for row in self._rows():
            if looked is not None and seq % _PAGE == 0:
                looked(seq)
            if row is None:
                return False, f"row {seq + 1}: unreadable"
            if row["seq"] != seq + 1:
                return False, f"row {seq + 1}: missing (the next one is {row['seq']})"
            seq, expected = row["seq"], self._link(previous, row)
            if not hmac.compare_digest(expected, bytes(row["hash"])):
                return False, f"row {seq}: does not fit"
            previous = expected
        return self._verify_head(seq, previous)

    def _verify_head(self, seq: int, last: bytes) -> tuple[bool, str]:
        value = self._c.conn.execute(_GET_HEAD).scalar()
        if value is None:
            return (True, "0 rows") if seq == 0 else (False, f"after row {seq}: the signed head is missing")
        if not hmac.compare_digest(value.encode("utf-8", "replace"), self._signed(seq, last).encode()):
            return False, f"after row {seq}: the end is cut or the head was changed (head: {value.split(':')[0][:20]})"
        return True, f"{seq} rows"

    def _rows(self) -> Iterator[dict[str, Any] | None]:
        """All rows in order; None for one that the driver cannot even read."""
        after = 0
        while True:
            rows = self._page(after, _PAGE)
            for row in rows:
                yield row
                after = row["seq"] if row is not None else after + 1
            if not rows or rows[-1] is None:
                return

    def _page(self, after: int, limit: int) -> list[dict[str, Any] | None]:
        query = sa.select(audit).where(audit.c.seq > after).order_by(audit.c.seq).limit(limit)
        try:
            return [dict(r._mapping) for r in self._c.conn.execute(query)]
        except (sa.exc.DBAPIError, UnicodeDecodeError, ValueError):
            if limit == 1:
                return [None]
            return self._one_by_one(after, limit)

    def _one_by_one(self, after: int, limit: int) -> list[dict[str, Any] | None]:
        rows: list[dict[str, Any] | None] = []
        while len(rows) < limit:
            page = self._page(after, 1)
            rows += page
            if not page or page[0] is None:
                break
            after = page[0]["seq"]
        return rows

    def _read_head(self) -> tuple[int, bytes]:
        """Where to go on. Where head and rows disagree the break stays for ever visible to ``verify``."""
        if not self._c.is_sqlite:
            self._c.conn.execute(sa.select(sa.func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
        value = self._c.conn.execute(_GET_HEAD).scalar()
        last = self._c.conn.execute(sa.select(sa.func.max(audit.c.seq))).scalar() or 0
        try:
            seq, digest, _ = str(value).split(":")
            return max(int(seq), last), bytes.fromhex(digest)
        except ValueError:
            return last, _START

    def _link(self, previous: bytes, row: Mapping[str, Any]) -> bytes:
        names = ("seq", "at_us", "actor_kind", "actor_name", "action", "case_id", "seeker_id", "detail")
        canonical = json.dumps([row[n] for n in names], ensure_ascii=False, separators=(",", ":"))
        return hmac.digest(
            self._c.keyring.key("audit"), previous + canonical.encode("utf-8", "surrogatepass"), "sha256"
        )

    def _signed(self, seq: int, last: bytes) -> str:
        return f"{seq}:{last.hex()}:{self._c.keyring.sign('audit.head', f'{seq}:{last.hex()}')}"

    def _all(self, query: sa.Select[Any]) -> list[AuditRow]:
        return [_row(r) for r in self._c.conn.execute(query)]


def _row(r: sa.Row[Any]) -> AuditRow:
    at = _EPOCH + timedelta(microseconds=r.at_us)
    actor = Actor(r.actor_kind, r.actor_name)
    return AuditRow(r.seq, at, actor, r.action, r.case_id, r.seeker_id, json.loads(r.detail), bytes(r.hash))
