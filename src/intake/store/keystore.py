"""Data keys: one a message, mail or person, wrapped (wrapping.py), in a database of their own.

A key must be on disk before anything is encrypted with it. To spare every message a second sync, keys are made by
the hundred in one commit and handed out from memory; what a process leaves unused is never used again.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import datetime

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.dialects import postgresql, sqlite

from intake.errors import StoreBusy, StoreUnavailable
from intake.journal import journal
from intake.store.failures import translate
from intake.store.lock import WriterLock
from intake.store.tables import data_key, erased_mail, tombstone
from intake.store.wrapping import Wrapping

log = journal("keys")
POOL = 512
_MOST = 4096  # in one statement; SQLite takes 32,766 values
_KEY, NONCE = 32, 12
WRAP = b"intake data key"
_CHUNK = 500
_REWRAP = 5000
PROOFS = 3  # one may be damaged by itself
_LITE_LAST = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'data_key'"
_LITE_SKIP = "UPDATE sqlite_sequence SET seq = ? WHERE name = 'data_key'"
_PG_LAST = "SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence('data_key', 'id')::regclass), 0)"
_PG_SKIP = "SELECT setval(pg_get_serial_sequence('data_key', 'id')::regclass, %s)"
_LITE_INTO = "INSERT INTO data_key (id, wrapped, wrapping) VALUES "
_PG_INTO = "INSERT INTO data_key (wrapping, wrapped) SELECT %s, unnest(%s::bytea[]) RETURNING id, wrapped"


class KeyStore:
    """Makes, finds and destroys data keys. Safe to use from several threads."""

    def __init__(self, writer: sa.Engine, reader: sa.Engine, lock: WriterLock | None, wrapping: Wrapping) -> None:
        self._writer, self._reader, self._lock = writer, reader, lock
        self._wrapping = wrapping
        self._ciphers: dict[int, AESGCM] = {}
        self._fits: set[int] = set()  # wrapping keys that have opened something: what they do not open is damaged
        self.damaged: set[int] = set()  # met so far: there, but not to be opened; whose they are is not erased
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
                self._pool.extend(self._make(min(max(POOL, count), _MOST)))
            return [self._pool.popleft() for _ in range(count)]

    def find(self, key_ids: Sequence[int]) -> dict[int, bytes]:
        """Keys by id; destroyed ones are missing, and damaged ones. Nothing is remembered, so that destroyed means
        destroyed. Raises StoreUnavailable where no key at all was made with this secret."""
        found: dict[int, bytes] = {}
        for key_id, wrapped, by in self._rows(list(set(key_ids))):
            try:
                found[key_id] = self._unwrap(wrapped, by)
            except StoreUnavailable:
                if by not in self._fits:
                    raise
                log.error("a data key is damaged", id=key_id)
                self.damaged.add(key_id)
        return found

    def begin_after(self, number: int) -> None:
        """No new key gets a number up to this one. Where an older copy of the key store came back, what was stored
        since lies under numbers that it would give again: the new would be taken for the old, and erased with it."""
        sqlite = self._reader.dialect.name == "sqlite"
        with self._reader.connect() as c:
            if c.exec_driver_sql(_LITE_LAST if sqlite else _PG_LAST).scalar_one() >= number:
                return
        with self._write() as c:
            if not sqlite:
                c.exec_driver_sql(_PG_SKIP, (number,))
            elif not c.exec_driver_sql(_LITE_SKIP, (number,)).rowcount:
                c.exec_driver_sql("INSERT INTO sqlite_sequence (name, seq) VALUES ('data_key', ?)", (number,))

    def prove(self) -> None:
        """Open one of the oldest keys. Raises StoreUnavailable where none of them was made with this secret: nothing
        may be stored under another one beside them."""
        with self._reader.connect() as c:
            rows = c.execute(sa.select(data_key).order_by(data_key.c.id).limit(PROOFS)).all()
        wrong: StoreUnavailable | None = None
        for r in rows:
            try:
                self._unwrap(r.wrapped, r.wrapping)
            except StoreUnavailable as e:
                wrong = e
            else:
                return
        if wrong is not None:
            raise wrong

    def _rows(self, ids: list[int]) -> list[tuple[int, bytes, int]]:
        """By the driver itself: this runs with every claim, and Core would cost twice the rest of it."""
        found: list[tuple[int, bytes, int]] = []
        mark = "?" if self._reader.dialect.name == "sqlite" else "%s"
        try:
            with closing(self._reader.raw_connection()) as c:
                for start in range(0, len(ids), _CHUNK):
                    chunk = ids[start : start + _CHUNK]
                    cursor = c.cursor()
                    marks = ", ".join([mark] * len(chunk))
                    cursor.execute(f"SELECT id, wrapped, wrapping FROM data_key WHERE id IN ({marks})", chunk)  # noqa: S608
                    found += cursor.fetchall()
        except sa.exc.TimeoutError as e:
            raise StoreBusy() from e
        except Exception as e:
            ours = translate(e)
            if ours is None:
                raise
            raise ours from e
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

    def bury(self, refs: Iterable[tuple[str, int]], at: datetime) -> None:
        """Write a tombstone for each (kind, id), all in one commit; the last time counts."""
        rows = [{"kind": kind, "ref": ref, "at": at} for kind, ref in dict.fromkeys(refs)]
        if not rows:
            return
        with self._write() as c:
            insert = sqlite.insert if c.dialect.name == "sqlite" else postgresql.insert
            new = insert(tombstone)
            c.execute(new.on_conflict_do_update(index_elements=["kind", "ref"], set_={"at": new.excluded.at}), rows)

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
        """By the driver: a part of this is paid by every message. On SQLite we give the ids, as adding.py does."""
        with self._write() as c:
            _hold_off_retiring(c)
            by = self._wrapping.current()
            keys, wrapped = self._fresh(count, by)
            if c.dialect.name == "sqlite":
                first = c.exec_driver_sql(_LITE_LAST).scalar_one() + 1
                rows = [v for n, w in enumerate(wrapped, start=first) for v in (n, w, by)]
                c.exec_driver_sql(_LITE_INTO + ", ".join(["(?, ?, ?)"] * count), tuple(rows))
                return list(enumerate(keys, start=first))
            key_of = dict(zip(wrapped, keys, strict=True))
            made = c.exec_driver_sql(_PG_INTO, (by, wrapped)).all()
        return sorted((int(key_id), key_of[bytes(found)]) for key_id, found in made)

    def _fresh(self, count: int, by: int) -> tuple[list[bytes], list[bytes]]:
        """New keys, bare and wrapped; randomness is asked for once."""
        random, encrypt = os.urandom((_KEY + NONCE) * count), self._cipher(by).encrypt
        keys, wrapped = [], []
        for at in range(0, len(random), _KEY + NONCE):
            key, nonce = random[at : at + _KEY], random[at + _KEY : at + _KEY + NONCE]
            keys.append(key)
            wrapped.append(nonce + encrypt(nonce, key, WRAP))
        return keys, wrapped

    def rotate(self, progress: Callable[[int], None] = lambda _: None) -> tuple[int, int]:
        """Wrap every data key anew under a new wrapping key, then destroy the old ones; (its number, how many keys).

        Others may work meanwhile. A crash leaves keys under both; the next rotation goes on with all of them.
        """
        number = self._wrapping.rotate()
        done = 0
        while True:
            count = self._rewrap(number)
            done += count
            progress(done)
            if not count:
                break
        with self._write() as c:
            _hold_off_making(c)
            old = sa.select(sa.func.count()).select_from(data_key).where(data_key.c.wrapping != number)
            if c.execute(old).scalar_one():
                raise StoreBusy("keys were made while others were wrapped; rotate again")
            self._wrapping.retire(number)
        self.forget()
        return number, done

    def _rewrap(self, number: int) -> int:
        with self._write() as c:
            query = sa.select(data_key).where(data_key.c.wrapping != number).order_by(data_key.c.id).limit(_REWRAP)
            rows = c.execute(query).all()
            values = [
                {"row": r.id, "new": self._wrap(self._unwrap(r.wrapped, r.wrapping), number, os.urandom(NONCE))}
                for r in rows
            ]
            this = sa.update(data_key).where(data_key.c.id == sa.bindparam("row"))
            if values:
                c.execute(this.values(wrapped=sa.bindparam("new"), wrapping=number), values)
        return len(rows)

    def _wrap(self, key: bytes, by: int, nonce: bytes) -> bytes:
        return nonce + self._cipher(by).encrypt(nonce, key, WRAP)

    def _cipher(self, by: int) -> AESGCM:
        """Made once: a claim unwraps twenty keys."""
        if by not in self._ciphers:
            self._ciphers[by] = AESGCM(self._wrapping.key(by))
        return self._ciphers[by]

    def _unwrap(self, wrapped: bytes, by: int) -> bytes:
        try:
            key = self._cipher(by).decrypt(wrapped[:NONCE], wrapped[NONCE:], WRAP)
        except InvalidTag as e:
            raise StoreUnavailable("the data keys were not made with this secret (INTAKE_SECRET_FILE)") from e
        self._fits.add(by)
        return key

    @contextmanager
    def _write(self) -> Iterator[sa.Connection]:
        with self._locked(), self._writer.begin() as c:
            yield c

    def _locked(self) -> AbstractContextManager[None]:
        return self._lock.held() if self._lock is not None else _nothing()


def _hold_off_retiring(c: sa.Connection) -> None:
    """No wrapping key is retired between asking which is current and using it (SQLite has one writer anyway)."""
    if c.dialect.name == "postgresql":
        c.exec_driver_sql("LOCK TABLE data_key IN ROW EXCLUSIVE MODE")


def _hold_off_making(c: sa.Connection) -> None:
    if c.dialect.name == "postgresql":
        c.exec_driver_sql("LOCK TABLE data_key IN SHARE ROW EXCLUSIVE MODE")


@contextmanager
def _nothing() -> Iterator[None]:
    yield
