"""Arrivals into inbox and blobs: three statements, however many there are, by the driver's own hand.

Every mail comes through here. SQLAlchemy's Core would cost more than all the rest of it, encryption included. Each
step of a statement lets another thread in, who may keep this one waiting: many rows go in at one step.
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
from intake.store.sealing import seal_all

ARRIVAL = "arrival"
_COLUMNS = "digest, key_id, channel, via, received_at, size"
_ONCE = " ON CONFLICT (digest) DO NOTHING"
_PG_TYPES = "%b::bytea[], %b::bigint[], %b::text[], %b::text[], %b::timestamptz[], %b::bigint[]"
_PG_ROWS = f"INSERT INTO inbox ({_COLUMNS}) SELECT * FROM unnest({_PG_TYPES}){_ONCE} RETURNING id, digest"  # noqa: S608
_PG_BLOBS = (
    "INSERT INTO blob (key_id, kind, data) SELECT k, 'arrival', d FROM unnest(%b::bigint[], %b::bytea[]) v (k, d)"
)
_PG_KNOWN = "SELECT digest, id FROM inbox WHERE digest = ANY (%b::bytea[])"
# All ids ever given, also to rows that are gone (AUTOINCREMENT); nobody else writes within our transaction.
_LITE_LAST = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'inbox'"
_LITE_ROWS = f"INSERT INTO inbox (id, {_COLUMNS}) VALUES "  # noqa: S608 no value is in it
_LITE_BLOBS = "INSERT INTO blob (key_id, kind, data) VALUES "
_LITE_KNOWN = "SELECT digest, id FROM inbox WHERE digest IN "


class Driver(Protocol):
    """Runs SQL as the database's driver understands it, within a transaction of the caller's."""

    is_sqlite: bool

    def rows(self, statement: str, values: Sequence[Any]) -> Sequence[Any]:
        """What it returns."""
        ...

    def run(self, statement: str, values: Sequence[Any]) -> int:
        """How many rows it changed."""
        ...


class ByCore:
    """A transaction of SQLAlchemy's."""

    def __init__(self, conn: sa.Connection) -> None:
        self._conn = conn
        self.is_sqlite = conn.dialect.name == "sqlite"

    def rows(self, statement: str, values: Sequence[Any]) -> Sequence[Any]:
        """What it returns."""
        return self._conn.exec_driver_sql(statement, tuple(values)).all()

    def run(self, statement: str, values: Sequence[Any]) -> int:
        """How many rows it changed."""
        return self._conn.exec_driver_sql(statement, tuple(values)).rowcount


class ByCursor:
    """A transaction of the driver's."""

    def __init__(self, cursor: Any, *, is_sqlite: bool) -> None:
        self._cursor, self.is_sqlite = cursor, is_sqlite

    def rows(self, statement: str, values: Sequence[Any]) -> Sequence[Any]:
        """What it returns."""
        self._cursor.execute(statement, values)
        found: Sequence[Any] = self._cursor.fetchall()
        return found

    def run(self, statement: str, values: Sequence[Any]) -> int:
        """How many rows it changed."""
        return int(self._cursor.execute(statement, values).rowcount)


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
    """Rows and blobs of what is not there yet; ids by digest."""
    if not new:
        return {}
    taken = dict(zip(new, keys.take(len(new)), strict=True))
    times = {d: in_utc(a.envelope.received_at) for d, a in new.items()}
    stamps = {d: at.isoformat(" ", "microseconds") for d, at in times.items()}
    rows = [_row(d, taken[d][0], a, stamps[d][:26] if driver.is_sqlite else times[d]) for d, a in new.items()]
    ids = _lite_rows(driver, rows) if driver.is_sqlite else _ids(driver.rows(_PG_ROWS, _turned(rows)))
    blobs = seal_all(ARRIVAL, [(*taken[d], arrivals.pack(new[d].envelope, stamps[d])) for d in ids])
    if blobs and driver.is_sqlite:
        driver.run(_LITE_BLOBS + ", ".join(["(?, 'arrival', ?)"] * len(blobs)), [v for pair in blobs for v in pair])
    elif blobs:
        driver.run(_PG_BLOBS, _turned(blobs))
    return ids


def _row(of: bytes, key_id: int, arrival: Arrival, received_at: datetime | str) -> tuple[Any, ...]:
    e = arrival.envelope
    return (of, key_id, e.channel.value, e.via, received_at, len(e.raw))


def _lite_rows(driver: Driver, rows: Sequence[tuple[Any, ...]]) -> dict[bytes, int]:
    """We give the ids: RETURNING would take a step a row."""
    ((last,),) = driver.rows(_LITE_LAST, ())
    flat: list[Any] = []
    for n, row in enumerate(rows, start=last + 1):
        flat += (n, *row)
    values = ", ".join(["(?, ?, ?, ?, ?, ?, ?)"] * len(rows))
    if driver.run(f"{_LITE_ROWS}{values}{_ONCE}", flat) == len(rows):
        return {row[0]: n for n, row in enumerate(rows, start=last + 1)}
    return {d: i for d, i in _known(driver, [row[0] for row in rows]).items() if i > last}


def _known(driver: Driver, digests: list[bytes]) -> dict[bytes, int]:
    if driver.is_sqlite:
        found = driver.rows(f"{_LITE_KNOWN}({', '.join('?' * len(digests))})", digests)
    else:
        found = driver.rows(_PG_KNOWN, [digests])
    return {bytes(d): int(i) for d, i in found}


def _ids(rows: Sequence[Any]) -> dict[bytes, int]:
    return {bytes(d): int(i) for i, d in rows}


def _turned(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Rows as the arrays of their columns."""
    return [list(column) for column in zip(*rows, strict=True)]


def in_utc(at: datetime) -> datetime:
    """As types.Instant does it: a naive value is a mistake of the caller."""
    if at.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    return at if at.tzinfo is UTC else at.astimezone(UTC)


def as_sqlite_keeps_it(at: datetime) -> str:
    """As SQLAlchemy's DateTime writes and reads it: without a zone."""
    return at.isoformat(" ", "microseconds")[:26]
