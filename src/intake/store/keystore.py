"""Data keys: one a message or mail, wrapped by the master key, in a database of their own.

A key must be on disk before anything is encrypted with it. To spare every message a second sync, keys are made by
the hundred in one commit and handed out from memory; what a process leaves unused is never used again.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import datetime

import psycopg
import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.dialects import postgresql, sqlite

from intake.errors import StoreBusy, StoreUnavailable
from intake.keyring import Keyring
from intake.store.failures import translate
from intake.store.lock import WriterLock
from intake.store.tables import data_key, erased_mail, tombstone

POOL = 512
_NONCE = 12
_WRAP = b"intake data key"
_CHUNK = 500


class KeyStore:
    """Makes, finds and destroys data keys. Safe to use from several threads."""

    def __init__(self, writer: sa.Engine, reader: sa.Engine, lock: WriterLock | None, keyring: Keyring) -> None:
        self._writer, self._reader, self._lock = writer, reader, lock
        self._master = AESGCM(keyring.key("data keys"))
        self._pool: deque[tuple[int, bytes]] = deque()
        self._guard = threading.Lock()
        self._pid = os.getpid()

    def take(self, count: int) -> list[tuple[int, bytes]]:
        """``count`` pairs of id and key that are durable already and were given to nobody else."""
        with self._guard:
            if self._pid != os.getpid():  # a forked child must not hand out its parent's keys
                self._pool.clear()
                self._pid = os.getpid()
            while len(self._pool) < count:
                self._pool.extend(self._make(max(POOL, count)))
            return [self._pool.popleft() for _ in range(count)]

    def find(self, key_ids: Sequence[int]) -> dict[int, bytes]:
        """Keys by id; destroyed ones are missing. Nothing is remembered, so that destroyed means destroyed."""
        return {key_id: self._unwrap(wrapped) for key_id, wrapped in self._rows(list(set(key_ids)))}

    def _rows(self, ids: list[int]) -> list[tuple[int, bytes]]:
        """By the driver itself: this runs with every claim, and Core would cost twice the rest of it."""
        found: list[tuple[int, bytes]] = []
        mark = "?" if self._reader.dialect.name == "sqlite" else "%s"
        try:
            with closing(self._reader.raw_connection()) as c:
                for start in range(0, len(ids), _CHUNK):
                    chunk = ids[start : start + _CHUNK]
                    cursor = c.cursor()
                    marks = ", ".join([mark] * len(chunk))
                    cursor.execute(f"SELECT id, wrapped FROM data_key WHERE id IN ({marks})", chunk)  # noqa: S608
                    found += cursor.fetchall()
        except sa.exc.TimeoutError as e:
            raise StoreBusy() from e
        except (sqlite3.Error, psycopg.Error) as e:
            raise translate(e) or e from e
        return found

    def destroy(self, key_ids: Sequence[int]) -> None:
        """Remove keys for ever: overwritten in the file, and gone from its log, when this returns."""
        ids = list(set(key_ids))
        with self._guard:
            self._pool = deque(pair for pair in self._pool if pair[0] not in set(ids))
        with self._write() as c:
            for start in range(0, len(ids), 500):
                c.execute(sa.delete(data_key).where(data_key.c.id.in_(ids[start : start + 500])))
        self.forget()

    def bury(self, kind: str, ref: int, at: datetime) -> None:
        """Write a tombstone; the last time counts."""
        with self._write() as c:
            insert = sqlite.insert if c.dialect.name == "sqlite" else postgresql.insert
            new = insert(tombstone).values(kind=kind, ref=ref, at=at)
            c.execute(new.on_conflict_do_update(index_elements=["kind", "ref"], set_={"at": at}))

    def bury_mails(self, hashes: Sequence[bytes], at: datetime) -> None:
        """Remember mails of somebody erased."""
        rows = [{"hash": h, "at": at} for h in dict.fromkeys(hashes)]
        if not rows:
            return
        with self._write() as c:
            insert = sqlite.insert if c.dialect.name == "sqlite" else postgresql.insert
            c.execute(insert(erased_mail).on_conflict_do_nothing(index_elements=["hash"]), rows)

    def knows_mail(self, hashes: Sequence[bytes]) -> bool:
        """True where one of them was remembered."""
        query = sa.select(erased_mail.c.at).where(erased_mail.c.hash.in_(list(hashes))).limit(1)
        with self._reader.connect() as c:
            return c.execute(query).first() is not None

    def buried(self, kind: str, since: datetime) -> list[int]:
        """Ids of what was erased since then. Older ones may be somebody else's by now."""
        query = sa.select(tombstone.c.ref).where(tombstone.c.kind == kind, tombstone.c.at >= since)
        with self._reader.connect() as c:
            return sorted(c.execute(query).scalars())

    def forget(self) -> None:
        """Take destroyed keys out of the log (SQLite) or free their pages (PostgreSQL)."""
        with self._locked(), self._writer.connect() as c:
            if self._writer.dialect.name == "sqlite":
                c.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            else:
                c.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM data_key")

    def _make(self, count: int) -> list[tuple[int, bytes]]:
        keys = [os.urandom(32) for _ in range(count)]
        rows = [{"wrapped": self._wrap(key)} for key in keys]
        statement = sa.insert(data_key).returning(data_key.c.id, sort_by_parameter_order=True)
        with self._write() as c:
            ids = c.execute(statement, rows).scalars().all()
        return list(zip(ids, keys, strict=True))

    def _wrap(self, key: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._master.encrypt(nonce, key, _WRAP)

    def _unwrap(self, wrapped: bytes) -> bytes:
        try:
            return self._master.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], _WRAP)
        except InvalidTag as e:
            raise StoreUnavailable("the data keys were not made with this secret (INTAKE_SECRET_FILE)") from e

    @contextmanager
    def _write(self) -> Iterator[sa.Connection]:
        with self._locked(), self._writer.begin() as c:
            yield c

    def _locked(self) -> AbstractContextManager[None]:
        return self._lock.held() if self._lock is not None else _nothing()


@contextmanager
def _nothing() -> Iterator[None]:
    yield
