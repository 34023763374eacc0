"""Looks that ``doctor`` takes: is the database whole, and do all parts fit together?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from intake.store.live_files import blocks
from intake.store.tables import blob, cases, inbox, outbox, seeker


def problems_of(conn: sa.Connection) -> list[str]:
    """Sentences about what is wrong with the tables; empty when all is well. Reads everything: slow when large."""
    found: list[str] = []
    if conn.dialect.name == "sqlite":
        found += [f"integrity: {r[0]}" for r in conn.exec_driver_sql("PRAGMA integrity_check(20)") if r[0] != "ok"]
        found += [f"{r[0]}: row {r[1]} points to nothing" for r in conn.exec_driver_sql("PRAGMA foreign_key_check")]
    return found + [text.format(n) for text, query in _LOOKS if (n := conn.execute(query).scalar_one())]


def _lost(query: sa.Select[Any]) -> sa.Select[Any]:
    return sa.select(sa.func.count()).select_from(query.subquery())


_ENDED_AS_CASE = sa.and_(inbox.c.ended_as == "case", inbox.c.ended_of.is_not(None))
_LOOKS = (
    (
        "{} waiting messages have no bytes",
        _lost(
            sa.select(inbox.c.id).where(inbox.c.ended_as.is_(None), ~sa.exists().where(blob.c.key_id == inbox.c.key_id))
        ),
    ),
    (
        "{} messages ended as a case that is not there",
        _lost(sa.select(inbox.c.id).where(_ENDED_AS_CASE, ~sa.exists().where(cases.c.id == inbox.c.ended_of))),
    ),
    (
        "{} cases belong to a seeker that is not there",
        _lost(
            sa.select(cases.c.id).where(
                cases.c.seeker_id.is_not(None), ~sa.exists().where(seeker.c.id == cases.c.seeker_id)
            )
        ),
    ),
    (
        "{} mails wait to leave without their bytes",
        _lost(
            sa.select(outbox.c.id).where(
                outbox.c.state.in_(["queued", "claimed"]), ~sa.exists().where(blob.c.key_id == outbox.c.key_id)
            )
        ),
    ),
)


def files_with(database: Path, keys: Path, traces: Sequence[bytes]) -> list[str]:
    """Names of the SQLite files that hold one of these byte strings; what a certificate of erasure rests on."""
    files = sorted({p for d in (database, keys) for p in d.parent.glob(f"{d.name}*") if p.is_file()})
    return [f.name for f in files if _holds(f, traces)]


def _holds(file: Path, traces: Sequence[bytes]) -> bool:
    longest = max((len(t) for t in traces), default=0)
    tail = b""
    for block in blocks(file):
        window = tail + block
        if any(t in window for t in traces):
            return True
        tail = window[-longest:] if longest else b""
    return False
