"""Claims on PostgreSQL: one trip to the server for what SQLite does in four calls on the spot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg
import sqlalchemy as sa

from intake.store.adding import ARRIVAL, in_utc
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


def claim(conn: sa.Connection, values: Mapping[str, Any]) -> list[tuple[int, int, int, int, bytes | None]]:
    """(id, fence, attempts, key id, sealed bytes or None) of what was taken, oldest first.

    PostgreSQL, whose figures of a queue are always old, would rather sort the whole backlog than walk the index.
    """
    in_utc(values["now_"])
    raw: Any = conn.connection.driver_connection
    try:
        with raw.pipeline():
            raw.execute("SET LOCAL enable_bitmapscan = off")
            cursor = raw.execute(_CLAIM, values, binary=True)
        return sorted(cursor.fetchall(), key=lambda row: int(row[0]))
    except psycopg.Error as e:
        raise translate(e) or e from e
