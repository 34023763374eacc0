"""Which mails of the IMAP servers have been taken in, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from intake.ports.rows import ImapPlace, LedgerRow
from intake.store.adding import as_sqlite_keeps_it, in_utc
from intake.store.context import Context
from intake.store.tables import imap_ledger

_CHUNK = 500
_PLACE = sa.and_(
    imap_ledger.c.account == sa.bindparam("account_"),
    imap_ledger.c.folder == sa.bindparam("folder_"),
    imap_ledger.c.uidvalidity == sa.bindparam("uidvalidity_"),
)
_KNOWN = sa.select(imap_ledger.c.uid).where(_PLACE, imap_ledger.c.uid > sa.bindparam("above_"))
_HIGHEST = sa.select(sa.func.max(imap_ledger.c.uid)).where(_PLACE)
_IN_STATE = (
    sa.select(imap_ledger.c.uid)
    .where(_PLACE, imap_ledger.c.state == sa.bindparam("state_"))
    .order_by(imap_ledger.c.uid)
)
_MARK = (
    sa.update(imap_ledger)
    .where(_PLACE, imap_ledger.c.uid.in_(sa.bindparam("uids", expanding=True)))
    .values(state=sa.bindparam("state_"))
)
_ADD = (
    "INSERT INTO imap_ledger (account, folder, uidvalidity, uid, hash, message_id, state, at) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (account, folder, uidvalidity, uid) DO UPDATE "
    "SET hash = excluded.hash, message_id = excluded.message_id, state = excluded.state, at = excluded.at"
)
_BY_BYTES = sa.select(imap_ledger.c.hash, imap_ledger.c.message_id).where(
    imap_ledger.c.account == sa.bindparam("account_"), imap_ledger.c.hash.in_(sa.bindparam("hashes", expanding=True))
)


class Ledger:
    """LedgerRepo."""

    def __init__(self, context: Context) -> None:
        self._c = context

    def add(self, place: ImapPlace, rows: Sequence[LedgerRow], at: datetime) -> None:
        """Write down rows; a UID that is there already is replaced."""
        if not rows:
            return
        noted = in_utc(at)
        when = as_sqlite_keeps_it(noted) if self._c.is_sqlite else noted
        head = (place.account, place.folder, place.uidvalidity)
        values = [(*head, r.uid, self._hash(r.sha256), r.message_id, r.state, when) for r in rows]
        self._c.conn.exec_driver_sql(_ADD if self._c.is_sqlite else _ADD.replace("?", "%s"), values)

    def known(self, place: ImapPlace, above: int = 0) -> set[int]:
        """The UIDs of the place above ``above`` that have a row."""
        return set(self._c.conn.execute(_KNOWN, _at(place) | {"above_": above}).scalars())

    def highest(self, place: ImapPlace) -> int:
        """The highest UID that has a row; 0 if none."""
        return self._c.conn.execute(_HIGHEST, _at(place)).scalar() or 0

    def in_state(self, place: ImapPlace, state: str) -> list[int]:
        """UIDs in this state, lowest first."""
        return list(self._c.conn.execute(_IN_STATE, _at(place) | {"state_": state}).scalars())

    def mark(self, place: ImapPlace, uids: Sequence[int], state: str) -> None:
        """Set the state of rows."""
        for at in range(0, len(uids), _CHUNK):
            self._c.conn.execute(_MARK, _at(place) | {"uids": list(uids[at : at + _CHUNK]), "state_": state})

    def by_bytes(self, account: str, hashes: Sequence[bytes]) -> dict[bytes, int | None]:
        """SHA-256 of mails that this account has brought before, with their message's id."""
        keyed = {self._hash(h): h for h in hashes if h}
        if not keyed:
            return {}
        found = self._c.conn.execute(_BY_BYTES, {"account_": account, "hashes": list(keyed)})
        return {keyed[bytes(r.hash)]: r.message_id for r in found}

    def _hash(self, sha256: bytes) -> bytes:
        return self._c.keyring.hash("imap.bytes", sha256) if sha256 else b""


def _at(place: ImapPlace) -> dict[str, Any]:
    return {"account_": place.account, "folder_": place.folder, "uidvalidity_": place.uidvalidity}
