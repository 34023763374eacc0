"""The way of every mail into the inbox: one connection that stays open, used by one thread at a time."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import sqlalchemy as sa

from intake.errors import StoreBusy
from intake.failpoints import reach
from intake.keyring import Keyring
from intake.model import Accepted, Arrival
from intake.store.adding import ByCursor, add
from intake.store.engine import has_something_to_read
from intake.store.failures import translate
from intake.store.keystore import KeyStore
from intake.store.lock import WriterLock


class Lane:
    """Takes arrivals in, one commit a call. Raises what ``SqlStore.write`` raises; then nothing was kept.

    After any trouble the connection is given up, and the next call opens another.
    """

    def __init__(self, engine: sa.Engine, lock: WriterLock | None, keyring: Keyring, keys: KeyStore) -> None:
        self._engine, self._lock = engine, lock
        self._keyring, self._keys = keyring, keys
        self._is_sqlite = engine.dialect.name == "sqlite"
        self._mine = threading.Lock()
        self._raw: Any = None
        self._pid = os.getpid()

    def keep(self, arriving: Sequence[Arrival], failpoint: str) -> list[Accepted]:
        """Store and commit; see InboxRepo.add for what comes back."""
        with self._mine:
            if self._lock is None:
                accepted = self._commit(arriving, failpoint)
            else:
                with self._lock.held():
                    accepted = self._commit(arriving, failpoint)
        reach(f"{failpoint}.committed")
        return accepted

    def close(self) -> None:
        """Give the connection back; the caller holds the lock between processes."""
        with self._mine:
            self._give_up()

    def _commit(self, arriving: Sequence[Arrival], failpoint: str) -> list[Accepted]:
        try:
            raw = self._connection()
            cursor = raw.cursor()
            if self._is_sqlite:
                cursor.execute("BEGIN IMMEDIATE")
            else:  # it is one statement there, which commits itself
                reach(f"{failpoint}.before_commit")
            accepted = add(ByCursor(cursor, is_sqlite=self._is_sqlite), arriving, self._keyring, self._keys)
            if self._is_sqlite:
                reach(f"{failpoint}.before_commit")
                raw.commit()
            cursor.close()
        except BaseException as e:
            self._give_up()
            ours = translate(e)
            if ours is not None:
                raise ours from e
            raise
        return accepted

    def _connection(self) -> Any:
        """Ours, out of the engine's pool for good; a forked child makes its own."""
        if self._raw is not None and (self._pid != os.getpid() or self._hung_up()):
            self._give_up()
        if self._raw is None:
            try:
                pooled = self._engine.raw_connection()
            except sa.exc.TimeoutError as e:
                raise StoreBusy() from e
            self._raw, self._pid = pooled.dbapi_connection, os.getpid()
            pooled.detach()
            if not self._is_sqlite:
                self._raw.autocommit = True
        return self._raw

    def _hung_up(self) -> bool:
        """A server that ended the connection left something to read."""
        return not self._is_sqlite and (bool(self._raw.closed) or has_something_to_read(self._raw.fileno()))

    def _give_up(self) -> None:
        raw, self._raw = self._raw, None
        if raw is None or self._pid != os.getpid():
            return
        for let_go in (raw.rollback, raw.close):
            with suppress(Exception):
                let_go()
