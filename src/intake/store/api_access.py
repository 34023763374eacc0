"""Programs that may use the API, and what they were answered under an idempotency key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from intake.errors import BadInput
from intake.ports.outside import ApiAnswer, ApiToken
from intake.store.context import Context
from intake.store.tables import api_answer, api_token


class ApiTokens:
    """ApiTokenRepo."""

    def __init__(self, context: Context) -> None:
        self._c = context

    def add(self, name: str, token_hash: bytes, scopes: Sequence[str], now: datetime) -> ApiToken:
        """Raises BadInput where a valid token of this name exists."""
        valid = sa.select(api_token.c.id).where(api_token.c.name == name, api_token.c.revoked_at.is_(None))
        if self._c.conn.execute(valid).first() is not None:
            raise BadInput(f"{name}: a token of this name exists; `intake token revoke {name}` ends it")
        values = {"name": name, "token_hash": token_hash, "scopes": tuple(scopes), "created_at": now}
        new_id = self._c.conn.execute(sa.insert(api_token).returning(api_token.c.id), values).scalar_one()
        return ApiToken(new_id, name, tuple(scopes), now)

    def find(self, token_hash: bytes) -> ApiToken | None:
        """None for unknown and revoked ones."""
        found = self._all(
            sa.select(api_token).where(api_token.c.token_hash == token_hash, api_token.c.revoked_at.is_(None))
        )
        return found[0] if found else None

    def all(self) -> list[ApiToken]:
        """Oldest first, revoked ones too."""
        return self._all(sa.select(api_token).order_by(api_token.c.id))

    def revoke(self, name: str, at: datetime) -> int:
        """End all tokens of this name; how many."""
        valid = sa.and_(api_token.c.name == name, api_token.c.revoked_at.is_(None))
        return self._c.conn.execute(sa.update(api_token).where(valid).values(revoked_at=at)).rowcount

    def note_use(self, token: ApiToken, day: date) -> None:
        """The day on which it was last used."""
        self._c.conn.execute(sa.update(api_token).where(api_token.c.id == token.id).values(used_on=day))

    def answer(self, token_id: int, key_hash: bytes) -> ApiAnswer | None:
        """What was answered under this idempotency key."""
        mine = sa.and_(api_answer.c.token_id == token_id, api_answer.c.key_hash == key_hash)
        r = self._c.conn.execute(sa.select(api_answer).where(mine)).first()
        return None if r is None else ApiAnswer(bytes(r.request_hash), r.status, r.ref)

    def keep_answer(self, token_id: int, key_hash: bytes, answer: ApiAnswer, at: datetime) -> bool:
        """Keep an answer; False where the key is taken."""
        values = {
            "token_id": token_id,
            "key_hash": key_hash,
            "request_hash": answer.request_hash,
            "status": answer.status,
            "ref": answer.ref,
            "created_at": at,
        }
        statement = self._c.insert(api_answer).values(values).on_conflict_do_nothing()
        return self._c.conn.execute(statement.returning(api_answer.c.token_id)).first() is not None

    def forget_answers_before(self, at: datetime) -> int:
        """Delete answers kept before then; how many."""
        return self._c.conn.execute(sa.delete(api_answer).where(api_answer.c.created_at < at)).rowcount

    def _all(self, query: sa.Select[Any]) -> list[ApiToken]:
        return [
            ApiToken(r.id, r.name, r.scopes, r.created_at, r.revoked_at, r.used_on) for r in self._c.conn.execute(query)
        ]
