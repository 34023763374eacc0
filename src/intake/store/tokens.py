"""Confirm links and return keys: only hashes of their secrets."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from intake.ports.rows import REVOKED, Token
from intake.store.context import Context
from intake.store.tables import token


class Tokens:
    """TokenRepo."""

    def __init__(self, context: Context) -> None:
        self._c = context

    def add(self, case_id: int, token_hash: bytes, address_hash: bytes, now: datetime, expires_at: datetime) -> Token:
        """Keep a new link."""
        values = {
            "case_id": case_id,
            "token_hash": token_hash,
            "address_hash": address_hash,
            "created_at": now,
            "expires_at": expires_at,
        }
        new_id = self._c.conn.execute(sa.insert(token).returning(token.c.id), values).scalar_one()
        return Token(new_id, case_id, address_hash, now, expires_at)

    def find(self, token_hash: bytes) -> Token | None:
        """By the hash of its secret; used and expired ones too."""
        return self._one(sa.select(token).where(token.c.token_hash == token_hash))

    def burn(self, token_id: int, choice: str, at: datetime) -> bool:
        """Mark used if unused; False if it was used already. One conditional UPDATE: two clicks never both win."""
        unused = sa.and_(token.c.id == token_id, token.c.used_at.is_(None))
        return self._c.conn.execute(sa.update(token).where(unused).values(used_at=at, choice=choice)).rowcount == 1

    def revoke(self, case_id: int, at: datetime) -> int:
        """Burn all unused tokens of a case; how many."""
        unused = sa.and_(token.c.case_id == case_id, token.c.used_at.is_(None))
        return self._c.conn.execute(sa.update(token).where(unused).values(used_at=at, choice=REVOKED)).rowcount

    def last_for_case(self, case_id: int) -> Token | None:
        """The youngest."""
        return self._one(sa.select(token).where(token.c.case_id == case_id).order_by(token.c.id.desc()).limit(1))

    def _one(self, query: sa.Select[Any]) -> Token | None:
        r = self._c.conn.execute(query).first()
        if r is None:
            return None
        return Token(r.id, r.case_id, bytes(r.address_hash), r.created_at, r.expires_at, r.used_at, r.choice)
