"""Who somebody is, sealed under a key of their own: with the key go backups, write-ahead logs and old pages too.

Status, days and stages stay plain, for they are asked for by the thousand and say nothing of whom they speak. What
the rows are found by are keyed hashes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from intake.errors import StoreUnavailable
from intake.journal import journal
from intake.store.context import Context
from intake.store.sealing import seal, unseal
from intake.store.tables import seeker, seeker_key

log = journal("store")
KIND = "seeker"
PERSONAL = ("member_id", "name", "kana", "addresses", "phones", "password_hash")
_BLANK: Mapping[str, Any] = {"name": "", "kana": "", "addresses": (), "phones": (), "password_hash": None}
_TUPLES = frozenset({"addresses", "phones"})
_CHUNK = 500
_NUMBERS = sa.select(seeker.c.id, seeker.c.key_id, seeker.c.sealed, seeker.c.member_id).where(
    seeker.c.id.in_(sa.bindparam("ids", expanding=True))
)


def member_hash(context: Context, member_id: str) -> str:
    """What stands in the column ``member_id``: a keyed hash of the number as it is written."""
    return context.keyring.hash("seeker.member", member_id).hex()


def key_hash(context: Context, kind: str, key: str) -> str:
    """What stands in ``seeker_key``. An address is hashed as for threads and budgets, so that both can be joined."""
    purpose = "address" if kind == "a" else f"seeker.key.{kind}"
    return f"{kind}:{context.keyring.hash(purpose, key).hex()}"


def sealed(context: Context, key_id: int, key: bytes, values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a row from plain ``values``, which hold all that is personal."""
    plain = {name: values[name] for name in PERSONAL}
    data = json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    columns = {k: v for k, v in values.items() if k not in PERSONAL}
    columns |= {**_BLANK, "member_id": member_hash(context, values["member_id"])}
    return columns | {"key_id": key_id, "sealed": seal(key, key_id, KIND, data)}


def opened(context: Context, rows: Sequence[sa.Row[Any]]) -> dict[int, dict[str, Any]]:
    """What is personal in each row, by its place; rows whose key is destroyed, and damaged ones, are missing."""
    wanted = [r.key_id for r in rows if r.key_id is not None]
    keys = context.keys.find(wanted) if wanted else {}
    found: dict[int, dict[str, Any]] = {}
    for place, r in enumerate(rows):
        if r.key_id is None:
            found[place] = {name: getattr(r, name) for name in PERSONAL}
        elif (plain := _unsealed(keys, r)) is not None:
            found[place] = plain
    return found


def members(context: Context, seeker_ids: Iterable[int]) -> dict[int, str]:
    """Member numbers by the seeker's id; remembered for the transaction, for a number never changes."""
    known = context.member_ids
    ids = sorted(set(seeker_ids) - known.keys())
    for start in range(0, len(ids), _CHUNK):
        rows = context.conn.execute(_NUMBERS, {"ids": ids[start : start + _CHUNK]}).all()
        keys = context.keys.find([r.key_id for r in rows if r.key_id is not None])
        for r in rows:
            if r.key_id is None:
                known[r.id] = r.member_id
            elif (plain := _unsealed(keys, r)) is not None:
                known[r.id] = plain["member_id"]
    return known


def hollow() -> dict[str, Any]:
    """What is left of somebody whose key is destroyed and whose row is about to go: nobody, reached by nothing."""
    return {**_BLANK, "member_id": ""}


def seal_plain_rows(context: Context, limit: int = _CHUNK) -> int:
    """Seal rows that an older version left plain, with their keys; how many. Called until there are none."""
    rows = context.conn.execute(sa.select(seeker).where(seeker.c.key_id.is_(None)).limit(limit)).all()
    for r, (key_id, key) in zip(rows, context.keys.take(len(rows)) if rows else [], strict=True):
        columns = sealed(context, key_id, key, {name: getattr(r, name) for name in PERSONAL})
        context.conn.execute(sa.update(seeker).where(seeker.c.id == r.id).values(columns))
        for k in context.conn.execute(sa.select(seeker_key).where(seeker_key.c.seeker_id == r.id)).all():
            kind, _, plain = k.key.partition(":")
            this = sa.and_(seeker_key.c.seeker_id == r.id, seeker_key.c.key == k.key)
            context.conn.execute(sa.update(seeker_key).where(this).values(key=key_hash(context, kind, plain)))
    return len(rows)


def _unsealed(keys: Mapping[int, bytes], r: Any) -> dict[str, Any] | None:
    """None without its key, and where the bytes are damaged: then they are nobody's until the next import mends them,
    and what they write waits for people. One bad row must not stop every message that may be theirs."""
    if r.key_id not in keys:
        return None
    try:
        return _read(unseal(keys[r.key_id], r.key_id, KIND, r.sealed))
    except StoreUnavailable:
        log.error("a row of the register is damaged", seeker=r.id)
        return None


def _read(data: bytes) -> dict[str, Any]:
    values = json.loads(data.decode("utf-8", "surrogatepass"))
    return {name: tuple(v) if name in _TUPLES else v for name, v in values.items()}
