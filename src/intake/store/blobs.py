"""Encrypted bytes: the only way in and out for what people wrote."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from intake.errors import NotFound, StoreUnavailable
from intake.journal import journal
from intake.store.context import Context
from intake.store.sealing import seal, unseal
from intake.store.tables import blob, inbox, outbox, seeker

_GET = sa.select(blob.c.key_id, blob.c.kind, blob.c.data).where(blob.c.id == sa.bindparam("blob_id"))
_CHUNK = 500
_NEWEST = 2000
_BY_ID = sa.select(blob.c.id, blob.c.key_id, blob.c.kind, blob.c.data).where(
    blob.c.id.in_(sa.bindparam("ids", expanding=True))
)
log = journal("store")
_DROP = sa.delete(blob).where(blob.c.key_id == sa.bindparam("of_key"), blob.c.kind == sa.bindparam("of_kind"))


class Blobs:
    """BlobRepo. Keys are made and destroyed outside the transaction: both last, whatever becomes of it."""

    def __init__(self, context: Context) -> None:
        self._c = context
        self._new: dict[int, bytes] = {}  # keys of this transaction, to spare a look-up
        self.damaged: set[int] = set()  # keys of what was asked for and cannot be opened, though its key is there

    def new_key(self) -> int:
        """The id of a data key that is durable already and used by nobody else."""
        ((key_id, key),) = self._c.keys.take(1)
        self._new[key_id] = key
        return key_id

    def unreadable(self, newest: int) -> int:
        """How many of the newest blobs cannot be opened: their key is lost, or they are damaged."""
        ids = list(self._c.conn.execute(sa.select(blob.c.id).order_by(blob.c.id.desc()).limit(newest)).scalars())
        return len(ids) - len(self.get_many(ids))

    def highest_key(self) -> int:
        """The highest number of a key that anything here is, or was, stored under. Of rows whose bytes are gone the
        newest are asked: keys are given in order, a few hundred at a time."""
        newest = [sa.select(t.c.key_id).order_by(t.c.id.desc()).limit(_NEWEST).subquery() for t in (inbox, outbox)]
        queries = [sa.select(sa.func.max(t.c.key_id)) for t in (blob, seeker, *newest)]
        return max(self._c.conn.execute(query).scalar() or 0 for query in queries)

    def put(self, key_id: int, kind: str, data: bytes) -> int:
        """Encrypt and store; returns the blob's id. Raises NotFound where the key is destroyed."""
        sealed = seal(self._key(key_id), key_id, kind, data)
        row = {"key_id": key_id, "kind": kind, "data": sealed}
        return int(self._c.conn.execute(sa.insert(blob).returning(blob.c.id), row).scalar_one())

    def put_new(self, kind: str, items: Iterable[tuple[int, bytes, bytes]]) -> None:
        """Store many (key id, key, bytes) at once, under keys that were just taken."""
        rows = [{"key_id": i, "kind": kind, "data": seal(key, i, kind, data)} for i, key, data in items]
        if rows:
            self._c.conn.execute(sa.insert(blob), rows)

    def replace(self, key_id: int, kind: str, data: bytes) -> None:
        """Store the one blob of this kind under this key."""
        self._c.conn.execute(_DROP, {"of_key": key_id, "of_kind": kind})
        self.put(key_id, kind, data)

    def get(self, blob_id: int) -> bytes:
        """Decrypt. Raises NotFound where the blob or its key is gone."""
        row = self._c.conn.execute(_GET, {"blob_id": blob_id}).first()
        if row is None:
            raise NotFound()
        return unseal(self._key(row.key_id), row.key_id, row.kind, row.data)

    def get_many(self, blob_ids: Sequence[int]) -> dict[int, bytes]:
        """Decrypted blobs by id; those whose key is destroyed, and damaged ones, are missing."""
        if not blob_ids:
            return {}
        rows = self._c.conn.execute(_BY_ID, {"ids": list(blob_ids)}).all()
        keys = self._c.keys.find([r.key_id for r in rows])
        plain = {r.id: self._opened(keys[r.key_id], r.key_id, r.kind, r.data) for r in rows if r.key_id in keys}
        return {blob_id: data for blob_id, data in plain.items() if data is not None}

    def of_keys(self, key_ids: Sequence[int], kind: str) -> dict[int, bytes]:
        """The blob of one kind under each key, decrypted; destroyed keys and damaged blobs are missing."""
        if not key_ids:
            return {}
        rows = [row for start in range(0, len(key_ids), _CHUNK) for row in self._sealed(key_ids[start:][:_CHUNK], kind)]
        return self.opened(kind, [(r.key_id, r.data) for r in rows])

    def opened(self, kind: str, sealed: Sequence[tuple[int, bytes]]) -> dict[int, bytes]:
        """Decrypted bytes of (key id, sealed bytes) by key id; destroyed keys are missing. So are damaged bytes, named
        in ``damaged``: one bad sector must not stop all that is asked for beside it."""
        missing = [key_id for key_id, _ in sealed if key_id not in self._new]
        keys = self._new | (self._c.keys.find(missing) if missing else {})
        plain = {key_id: self._opened(keys[key_id], key_id, kind, data) for key_id, data in sealed if key_id in keys}
        return {key_id: data for key_id, data in plain.items() if data is not None}

    def _opened(self, key: bytes, key_id: int, kind: str, data: bytes) -> bytes | None:
        try:
            return unseal(key, key_id, kind, data)
        except StoreUnavailable:
            log.error("stored bytes are damaged", kind=kind, id=key_id)
            self.damaged.add(key_id)
            return None

    def _sealed(self, key_ids: Sequence[int], kind: str) -> Sequence[sa.Row[Any]]:
        """Without Core's expanding IN, which would cost as much as the claim it follows."""
        mark = self._c.mark
        marks = ", ".join([mark] * len(key_ids))
        query = f"SELECT key_id, data FROM blob WHERE kind = {mark} AND key_id IN ({marks})"  # noqa: S608
        return self._c.conn.exec_driver_sql(query, (kind, *key_ids)).all()

    def destroy_keys(self, key_ids: Sequence[int]) -> None:
        """Make everything under these keys unreadable for ever, even if this transaction is rolled back."""
        for key_id in key_ids:
            self._new.pop(key_id, None)
        self._c.keys.destroy(key_ids)

    def _key(self, key_id: int) -> bytes:
        if key_id in self._new:
            return self._new[key_id]
        try:
            return self._c.keys.find([key_id])[key_id]
        except KeyError:
            raise NotFound() from None
