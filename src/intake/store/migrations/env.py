"""Alembic's way in. The connection, and with it the transaction and the lock, comes from store.schema."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import context

from intake.store.tables import SEARCH_INDEX, metadata


def _ours(dialect: str, item: Any, name: str | None, kind: str, reflected: bool) -> bool:
    """Leave out the tables of the other engine, and those that FTS5 keeps for itself."""
    if kind != "table":
        return True
    if reflected:
        return not str(name).startswith(SEARCH_INDEX)
    return bool(item.info.get("only", dialect) == dialect)


def _run(connection: sa.Connection) -> None:
    dialect = connection.dialect.name
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=dialect == "sqlite",
        include_object=lambda item, name, kind, reflected, _: _ours(dialect, item, name, kind, reflected),
    )
    with context.begin_transaction():
        context.run_migrations()


_run(context.config.attributes["connection"])
