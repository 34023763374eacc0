"""Keys for coming back. Counting tries is one conditional UPDATE: many tries at once never make one too many."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from intake.ports.outside import ReturnKey
from intake.store.context import Context
from intake.store.tables import return_key


class ReturnKeys:
    """ReturnKeyRepo."""

    def __init__(self, context: Context) -> None:
        self._c = context

    def open(self, handle_hash: bytes, address_hash: bytes, now: datetime, expires_at: datetime, tries: int) -> None:
        """A row for whoever asks, known or not."""
        values = {
            "handle_hash": handle_hash,
            "address_hash": address_hash,
            "created_at": now,
            "expires_at": expires_at,
            "tries_left": tries,
        }
        self._c.conn.execute(sa.insert(return_key), values)

    def issue(self, handle_hash: bytes, seeker_id: int, digest: bytes) -> bool:
        """A key was sent for this row; keys of the same person from before fit nothing any more. False if it is gone.

        Their pages count tries on as a stranger's page does: who asks twice must not learn whether anybody is there.
        """
        older = sa.and_(return_key.c.seeker_id == seeker_id, return_key.c.handle_hash != handle_hash)
        self._c.conn.execute(sa.update(return_key).where(older).values(digest=b""))
        mine = sa.and_(return_key.c.handle_hash == handle_hash, return_key.c.digest.is_(None))
        statement = sa.update(return_key).where(mine).values(seeker_id=seeker_id, digest=digest)
        return self._c.conn.execute(statement).rowcount == 1

    def take_try(self, handle_hash: bytes) -> ReturnKey | None:
        """Take one try away and give the row; None where none is left, or there is no such row (race-free)."""
        left = sa.and_(
            return_key.c.handle_hash == handle_hash, return_key.c.tries_left > 0, return_key.c.used_at.is_(None)
        )
        statement = sa.update(return_key).where(left).values(tries_left=return_key.c.tries_left - 1)
        r = self._c.conn.execute(statement.returning(*return_key.c)).first()
        if r is None:
            return None
        digest = None if r.digest is None else bytes(r.digest)
        return ReturnKey(r.id, r.seeker_id, bytes(r.address_hash), digest, r.expires_at, r.tries_left, r.used_at)

    def use(self, key_id: int, at: datetime) -> bool:
        """Mark used if unused; False if it was used already."""
        unused = sa.and_(return_key.c.id == key_id, return_key.c.used_at.is_(None))
        return self._c.conn.execute(sa.update(return_key).where(unused).values(used_at=at)).rowcount == 1

    def issued_since(self, seeker_id: int, since: datetime) -> int:
        """How many keys this person was sent since then."""
        mine = sa.and_(return_key.c.seeker_id == seeker_id, return_key.c.created_at >= since)
        query = sa.select(sa.func.count()).select_from(return_key)
        return self._c.conn.execute(query.where(mine, return_key.c.digest.is_not(None))).scalar_one()

    def forget_before(self, at: datetime) -> int:
        """Delete rows opened before then; how many."""
        return self._c.conn.execute(sa.delete(return_key).where(return_key.c.created_at < at)).rowcount
