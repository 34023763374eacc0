"""Claims by the driver's own hand, bytes included: one statement, for Core would cost as much as all the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from intake.store.adding import ARRIVAL, as_sqlite_keeps_it, in_utc
from intake.store.failures import translate

# LATERAL … LIMIT 1: the blobs by their index, whatever the planner believes about figures that are always old.
_CLAIM = f"""
WITH oldest AS (
    SELECT id FROM inbox
    WHERE ended_as IS NULL
      AND (ready_at IS NULL OR ready_at <= %(now_)s OR (worker IS NOT NULL AND ready_at > %(latest)s))
    ORDER BY id LIMIT %(limit_)s FOR UPDATE SKIP LOCKED
), mine AS (
    UPDATE inbox SET ready_at = %(until)s, worker = %(who)s, fence = fence + 1, attempts = attempts + 1
    WHERE id IN (SELECT id FROM oldest)
    RETURNING id, fence, attempts, key_id
)
SELECT mine.id, mine.fence, mine.attempts, mine.key_id, b.data FROM mine LEFT JOIN LATERAL (
    SELECT data FROM blob WHERE blob.key_id = mine.key_id AND blob.kind = '{ARRIVAL}' LIMIT 1
) b ON true
"""  # noqa: S608 a constant


_LITE_CLAIM = f"""
UPDATE inbox SET ready_at = ?, worker = ?, fence = fence + 1, attempts = attempts + 1
WHERE id IN (
    SELECT id FROM inbox
    WHERE ended_as IS NULL AND (ready_at IS NULL OR ready_at <= ? OR (worker IS NOT NULL AND ready_at > ?))
    ORDER BY id LIMIT ?
)
RETURNING id, fence, attempts, key_id,
    (SELECT data FROM blob WHERE blob.key_id = inbox.key_id AND blob.kind = '{ARRIVAL}' LIMIT 1)
"""  # noqa: S608 a constant
Claimed = tuple[int, int, int, int, bytes | None]


def claim(conn: sa.Connection, values: Mapping[str, Any]) -> list[Claimed]:
    """(id, fence, attempts, key id, sealed bytes or None) of what was taken, oldest first."""
    in_utc(values["now_"])
    found = _on_sqlite(conn, values) if conn.dialect.name == "sqlite" else _on_postgresql(conn, values)
    return sorted(found, key=lambda row: int(row[0]))


def _on_sqlite(conn: sa.Connection, values: Mapping[str, Any]) -> list[Any]:
    until, now, latest = (as_sqlite_keeps_it(in_utc(values[name])) for name in ("until", "now_", "latest"))
    given = (until, values["who"], now, latest, values["limit_"])
    return list(conn.exec_driver_sql(_LITE_CLAIM, given).all())


def _on_postgresql(conn: sa.Connection, values: Mapping[str, Any]) -> list[Any]:
    """PostgreSQL, whose figures of a queue are always old, would rather sort the backlog than walk the index."""
    raw: Any = conn.connection.driver_connection
    try:
        with raw.pipeline():
            raw.execute("SET LOCAL enable_bitmapscan = off")
            cursor = raw.execute(_CLAIM, values, binary=True)
        return list(cursor.fetchall())
    except Exception as e:
        ours = translate(e)
        if ours is None:
            raise
        raise ours from e
