"""Arrivals into inbox and blobs: two statements, however many there are, by the driver's own hand.

Every mail comes through here. SQLAlchemy's Core would cost more than all the rest of it, encryption included. Each
step of a statement lets another thread in, who may keep this one waiting: many rows go in at one step.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Protocol

import sqlalchemy as sa

from intake.keyring import Keyring
from intake.model import Accepted, Arrival, Channel
from intake.store import arrivals
from intake.store.identity import digest
from intake.store.keystore import KeyStore
from intake.store.sealing import seal_all

ARRIVAL = "arrival"
_COLUMNS = "digest, key_id, channel, via, received_at, size"
_ONCE = " ON CONFLICT (digest) DO NOTHING"
_PG_TYPES = "%b::bytea[], %b::bigint[], %b::text[], %b::text[], %b::timestamptz[], %b::bigint[], %b::bytea[]"
_PG_KEEP = (  # one statement: where nobody has begun a transaction, one round trip with its commit
    f"WITH v AS (SELECT * FROM unnest({_PG_TYPES}) v ({_COLUMNS}, data)), "  # noqa: S608
    f"new AS (INSERT INTO inbox ({_COLUMNS}) SELECT {_COLUMNS} FROM v{_ONCE} RETURNING id, digest, key_id), "
    "kept AS (INSERT INTO blob (key_id, kind, data) SELECT key_id, 'arrival', v.data FROM new JOIN v USING (key_id)) "
    "SELECT id, digest FROM new"
)
_PG_KNOWN = "SELECT digest, id FROM inbox WHERE digest = ANY (%b::bytea[])"
_LITE_ROWS = f"INSERT INTO inbox ({_COLUMNS}) VALUES "  # noqa: S608 no value is in it
_LITE_BLOBS = "INSERT INTO blob (key_id, kind, data) VALUES "
_LITE_BLOB = "(?, 'arrival', ?)"
_LITE_KNOWN = "SELECT digest, id, key_id FROM inbox WHERE digest IN "
_NAMES = {channel: channel.value for channel in Channel}  # an enum's ``value`` is looked for each time
_NOTHING, _SECOND = timedelta(), timedelta(seconds=1)
_second = (datetime.min.replace(tzinfo=UTC), "")  # the last one, and its letters


class Driver(Protocol):
    """Runs SQL as the database's driver understands it, within a transaction of the caller's."""

    is_sqlite: bool

    def rows(self, statement: str, values: Sequence[Any]) -> Sequence[Any]:
        """What it returns."""
        ...

    def run(self, statement: str, values: Sequence[Any]) -> int:
        """How many rows it changed."""
        ...

    def insert(self, statement: str, values: Sequence[Any]) -> tuple[int, int]:
        """How many rows are new, and the last one's id (SQLite)."""
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

    def insert(self, statement: str, values: Sequence[Any]) -> tuple[int, int]:
        """How many rows are new, and the last one's id (SQLite)."""
        done = self._conn.exec_driver_sql(statement, tuple(values))
        return done.rowcount, done.lastrowid or 0


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

    def insert(self, statement: str, values: Sequence[Any]) -> tuple[int, int]:
        """How many rows are new, and the last one's id (SQLite)."""
        self._cursor.execute(statement, values)
        return self._cursor.rowcount, self._cursor.lastrowid or 0


def add(driver: Driver, arriving: Sequence[Arrival], keyring: Keyring, keys: KeyStore) -> list[Accepted]:
    """Store arrivals in order; see InboxRepo.add."""
    digests = [digest(a, keyring) for a in arriving]
    new = dict(zip(reversed(digests), reversed(arriving), strict=True))  # the first of the same bytes
    fresh = _insert(driver, {d: new[d] for d in dict.fromkeys(digests)}, keys)
    known = dict(fresh)
    if len(fresh) < len(new):
        known |= _known(driver, [d for d in new if d not in fresh])
    return [Accepted(known[d], new=fresh.pop(d, None) is not None) for d in digests]


def _insert(driver: Driver, new: dict[bytes, Arrival], keys: KeyStore) -> dict[bytes, int]:
    """Rows and blobs of what is not there yet; ids by digest."""
    if not new:
        return {}
    taken = keys.take(len(new))
    if driver.is_sqlite:
        return _into_sqlite(driver, new, taken)
    rows, plain = list[tuple[Any, ...]](), list[tuple[int, bytes, bytes]]()
    for (d, a), (key_id, key) in zip(new.items(), taken, strict=True):
        e, at = a.envelope, in_utc(a.envelope.received_at)
        rows.append((d, key_id, _NAMES[e.channel], e.via, at, len(e.raw)))
        plain.append((key_id, key, arrivals.pack(e, in_letters(at))))
    sealed = [data for _, data in seal_all(ARRIVAL, plain)]
    return {bytes(d): int(i) for i, d in driver.rows(_PG_KEEP, [*_turned(rows), sealed])}


def _into_sqlite(driver: Driver, new: dict[bytes, Arrival], taken: Sequence[tuple[int, bytes]]) -> dict[bytes, int]:
    """Ids from the last one's, for they follow each other: RETURNING would take a step a row."""
    flat, plain = list[Any](), list[tuple[int, bytes, bytes]]()
    for (d, a), (key_id, key) in zip(new.items(), taken, strict=True):
        e = a.envelope
        at = in_letters(in_utc(e.received_at))
        flat += (d, key_id, _NAMES[e.channel], e.via, at[:26], len(e.raw))
        plain.append((key_id, key, arrivals.pack(e, at)))
    count, last = driver.insert(_lite_rows(len(new)), flat)
    if count == len(new):
        ids = dict(zip(new, range(last - count + 1, last + 1), strict=True))
    else:  # those are ours that have our keys
        found = {key_id: (bytes(d), int(i)) for d, i, key_id in driver.rows(_lite_known(len(new)), list(new))}
        plain = [sealed for sealed in plain if sealed[0] in found]
        ids = dict(found[key_id] for key_id, *_ in plain)
    if plain:
        sealed = seal_all(ARRIVAL, plain)
        driver.run(_lite_blobs(len(sealed)), [v for pair in sealed for v in pair])
    return ids


@lru_cache(maxsize=256)
def _lite_rows(count: int) -> str:
    return f"{_LITE_ROWS}{', '.join(['(?, ?, ?, ?, ?, ?)'] * count)}{_ONCE}"


@lru_cache(maxsize=256)
def _lite_blobs(count: int) -> str:
    return f"{_LITE_BLOBS}{', '.join([_LITE_BLOB] * count)}"


def _known(driver: Driver, digests: list[bytes]) -> dict[bytes, int]:
    statement, values = (_lite_known(len(digests)), digests) if driver.is_sqlite else (_PG_KNOWN, [digests])
    found = driver.rows(statement, values)
    return {bytes(d): int(i) for d, i, *_ in found}


@lru_cache(maxsize=256)
def _lite_known(count: int) -> str:
    return f"{_LITE_KNOWN}({', '.join('?' * count)})"


def _turned(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Rows as the arrays of their columns."""
    return [list(column) for column in zip(*rows, strict=True)]


def in_utc(at: datetime) -> datetime:
    """As types.Instant does it: a naive value is a mistake of the caller."""
    if at.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    return at if at.tzinfo is UTC else at.astimezone(UTC)


def in_letters(at: datetime) -> str:
    """ISO format of an instant in UTC, microseconds and zone too. Mails of one second share the greater part."""
    global _second
    begins, letters = _second
    past = at - begins
    if past >= _SECOND or past < _NOTHING:
        begins = at.replace(microsecond=0)
        letters = begins.isoformat(" ")[:19]
        _second = (begins, letters)
    return "%s.%06d+00:00" % (letters, at.microsecond)  # noqa: UP031 a third of what formatting a number costs else


def as_sqlite_keeps_it(at: datetime) -> str:
    """As SQLAlchemy's DateTime writes and reads it: without a zone."""
    return at.isoformat(" ", "microseconds")[:26]
