"""Small facts about the installation."""

from __future__ import annotations

import sqlalchemy as sa

from intake.store.context import Context
from intake.store.tables import meta


class Meta:
    """MetaRepo."""

    def __init__(self, context: Context) -> None:
        self._c = context

    def get(self, key: str) -> str | None:
        """None if it was never put."""
        return self._c.conn.execute(sa.select(meta.c.value).where(meta.c.key == key)).scalar()

    def put(self, key: str, value: str) -> None:
        """Insert or replace."""
        statement = self._c.insert(meta).values(key=key, value=value)
        self._c.conn.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"value": value}))

    def drop(self, key: str) -> None:
        """Forget it."""
        self._c.conn.execute(sa.delete(meta).where(meta.c.key == key))
