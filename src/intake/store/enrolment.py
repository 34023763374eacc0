"""Many people into the register at once: a file of a hundred thousand rows in minutes, and again without a change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from intake.model import Seeker
from intake.store.context import Context
from intake.store.register import sealed
from intake.store.tables import seeker as register
from intake.store.tables import seeker_key, seeker_status


def insert_all(context: Context, people: Sequence[dict[str, Any]]) -> list[int]:
    """New people, each under a key of their own; their ids in order."""
    if not people:
        return []
    keys = context.keys.take(len(people))
    rows = [sealed(context, key_id, key, values) for (key_id, key), values in zip(keys, people, strict=True)]
    statement = sa.insert(register).returning(register.c.id, sort_by_parameter_order=True)
    return list(context.conn.execute(statement, rows).scalars())


def update_all(context: Context, people: Sequence[tuple[int, dict[str, Any]]]) -> None:
    """Replace the columns of these ids; each version grows by one. A destroyed key is followed by a new one."""
    if not people:
        return
    ids = [i for i, _ in people]
    query = sa.select(register.c.id, register.c.key_id).where(register.c.id.in_(ids))
    held = {r.id: r.key_id for r in context.conn.execute(query)}
    keys = context.keys.find([k for k in held.values() if k is not None])
    spare = iter(context.keys.take(sum(held[i] not in keys for i in ids)))
    rows = []
    for i, values in people:
        key_id, key = (held[i], keys[held[i]]) if held[i] in keys else next(spare)
        rows.append({"id_": i} | {f"v_{k}": v for k, v in sealed(context, key_id, key, values).items()})
    names = [k.removeprefix("v_") for k in rows[0] if k != "id_"]
    columns: dict[str, Any] = {name: sa.bindparam(f"v_{name}") for name in names}
    this = register.c.id == sa.bindparam("id_")
    context.conn.execute(sa.update(register).where(this).values(**columns, version=register.c.version + 1), rows)


def write_keys(context: Context, keys: Sequence[tuple[int, dict[str, int]]], *, anew: Sequence[int] = ()) -> None:
    """Keys by seeker; those of ``anew`` are dropped first."""
    if anew:
        context.conn.execute(sa.delete(seeker_key).where(seeker_key.c.seeker_id.in_(list(anew))))
    rows = [{"key": k, "seeker_id": i, "rank": rank} for i, ranked in keys for k, rank in ranked.items()]
    if rows:
        context.conn.execute(sa.insert(seeker_key), rows)


def note_statuses(context: Context, people: Sequence[tuple[int, Seeker]], today: date) -> None:
    """A line in the history of each."""
    rows = [{"seeker_id": i, "since": s.status_since or today, "status": s.status.value} for i, s in people]
    if rows:
        context.conn.execute(sa.insert(seeker_status), rows)
