"""Arrivals into inbox and blobs: three statements, however many there are, by the driver's own hand.

Every mail comes through here. SQLAlchemy's Core would cost more than all the rest of it, encryption included.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

import sqlalchemy as sa

from intake.keyring import Keyring
from intake.model import Accepted, Arrival
from intake.store import arrivals
from intake.store.identity import digest
from intake.store.keystore import KeyStore
from intake.store.sealing import seal

ARRIVAL = "arrival"
_INTO = "INSERT INTO inbox (digest, key_id, channel, via, received_at, size) "
_ONCE = " ON CONFLICT (digest) DO NOTHING RETURNING id, digest"
_PG_COLUMNS = "%b::bytea[], %b::bigint[], %b::text[], %b::text[], %b::timestamptz[], %b::bigint[]"
_PG_ROWS = f"{_INTO}SELECT * FROM unnest({_PG_COLUMNS}){_ONCE}"  # noqa: S608 no value is in it
_PG_BLOBS = (
    "INSERT INTO blob (key_id, kind, data) SELECT k, 'arrival', d FROM unnest(%b::bigint[], %b::bytea[]) v (k, d)"
)
_PG_KNOWN = "SELECT digest, id FROM inbox WHERE digest = ANY (%b::bytea[])"
_LITE_BLOBS = "INSERT INTO blob (key_id, kind, data) VALUES (?, 'arrival', ?)"
_HOOKS = "INSERT INTO webhook_id (source, external_id, message_id) VALUES (?, ?, ?)"


class Driver(Protocol):
    """Runs SQL as the database's driver understands it, within a transaction of the caller's."""

    is_sqlite: bool

    def rows(self, statement: str, values: Sequence[Any]) -> Sequence[Any]:
        """What it returns."""
        ...

    def many(self, statement: str, values: Sequence[Sequence[Any]]) -> None:
        """Once for each row."""
        ...


class ByCore:
    """A transaction of SQLAlchemy's."""

    def __init__(self, conn: sa.Connection) -> None:
        self._conn = conn
        self.is_sqlite = conn.dialect.name == "sqlite"

    def rows(self, statement: str, values: Sequence[Any]) -> Sequence[Any]:
        """What it returns."""
        return self._conn.exec_driver_sql(statement, tuple(values)).all()

    def many(self, statement: str, values: Sequence[Sequence[Any]]) -> None:
        """Once for each row."""
        self._conn.exec_driver_sql(statement, [tuple(v) for v in values])


class ByCursor:
    """A transaction of the driver's."""

    def __init__(self, cursor: Any, *, is_sqlite: bool) -> None:
        self._cursor, self.is_sqlite = cursor, is_sqlite

    def rows(self, statement: str, values: Sequence[Any]) -> Sequence[Any]:
        """What it returns."""
        self._cursor.execute(statement, values)
        found: Sequence[Any] = self._cursor.fetchall()
        return found

    def many(self, statement: str, values: Sequence[Sequence[Any]]) -> None:
        """Once for each row."""
        self._cursor.executemany(statement, values)


def add(driver: Driver, arriving: Sequence[Arrival], keyring: Keyring, keys: KeyStore) -> list[Accepted]:
    """Store arrivals in order; see InboxRepo.add."""
    digests = [digest(a, keyring) for a in arriving]
    new = dict(zip(reversed(digests), reversed(arriving), strict=True))  # the first of the same bytes
    fresh = _insert(driver, {d: new[d] for d in dict.fromkeys(digests)}, keys)
    known = dict(fresh)
    if len(fresh) < len(new):
        known |= _known(driver, [d for d in new if d not in fresh])
    accepted = []
    for d in digests:
        accepted.append(Accepted(known[d], new=d in fresh))
        fresh.pop(d, None)
    return accepted


def _insert(driver: Driver, new: dict[bytes, Arrival], keys: KeyStore) -> dict[bytes, int]:
    """Rows, blobs and webhook ids of what is not there yet; ids by digest."""
    if not new:
        return {}
    taken = dict(zip(new, keys.take(len(new)), strict=True))
    rows = [_row(d, taken[d][0], a) for d, a in new.items()]
    ids = {bytes(d): int(i) for i, d in _insert_rows(driver, rows)}
    blobs = [(taken[d][0], seal(taken[d][1], taken[d][0], ARRIVAL, arrivals.pack(new[d].envelope))) for d in ids]
    if blobs and driver.is_sqlite:
        driver.many(_LITE_BLOBS, blobs)
    elif blobs:
        driver.many(_PG_BLOBS, [tuple(list(column) for column in zip(*blobs, strict=True))])
    hooks = [(*new[d].idempotency, i) for d, i in ids.items() if new[d].idempotency]  # type: ignore[misc]
    if hooks:
        driver.many(_HOOKS if driver.is_sqlite else _HOOKS.replace("?", "%s"), hooks)
    return ids


def _row(of: bytes, key_id: int, arrival: Arrival) -> tuple[Any, ...]:
    e = arrival.envelope
    return (of, key_id, e.channel.value, e.via, in_utc(e.received_at), len(e.raw))


def _insert_rows(driver: Driver, rows: Sequence[tuple[Any, ...]]) -> Sequence[Any]:
    if not driver.is_sqlite:
        return driver.rows(_PG_ROWS, [list(column) for column in zip(*rows, strict=True)])
    values = ", ".join(["(?, ?, ?, ?, ?, ?)"] * len(rows))
    flat = [as_sqlite_keeps_it(v) if isinstance(v, datetime) else v for row in rows for v in row]
    return driver.rows(f"{_INTO}VALUES {values}{_ONCE}", flat)


def _known(driver: Driver, digests: list[bytes]) -> dict[bytes, int]:
    if driver.is_sqlite:
        marks = ", ".join("?" * len(digests))
        found = driver.rows(f"SELECT digest, id FROM inbox WHERE digest IN ({marks})", digests)  # noqa: S608
    else:
        found = driver.rows(_PG_KNOWN, [digests])
    return {bytes(d): int(i) for d, i in found}


def in_utc(at: datetime) -> datetime:
    """As types.Instant does it: a naive value is a mistake of the caller."""
    if at.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    return at.astimezone(UTC)


def as_sqlite_keeps_it(at: datetime) -> str:
    """As SQLAlchemy's DateTime writes and reads it."""
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")
