"""apsw in the shape that SQLAlchemy and the store expect of ``sqlite3``, so that the store runs on our own VFS.

Only what the store uses: ``connect``, cursors, ``create_function``, and the errors of ``sqlite3`` with their codes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import apsw

apilevel, paramstyle, threadsafety = "2.0", "qmark", 1
sqlite_version_info = tuple(int(n) for n in apsw.sqlite_lib_version().split("."))
sqlite_version = apsw.sqlite_lib_version()
Binary = memoryview
Error, Warning = sqlite3.Error, sqlite3.Warning  # noqa: A001 names of the DB-API
InterfaceError, DatabaseError = sqlite3.InterfaceError, sqlite3.DatabaseError
DataError, OperationalError, IntegrityError = sqlite3.DataError, sqlite3.OperationalError, sqlite3.IntegrityError
InternalError, ProgrammingError = sqlite3.InternalError, sqlite3.ProgrammingError
NotSupportedError = sqlite3.NotSupportedError
PARSE_DECLTYPES, PARSE_COLNAMES = sqlite3.PARSE_DECLTYPES, sqlite3.PARSE_COLNAMES
RAISED = {apsw.IOError: sqlite3.SQLITE_IOERR_WRITE, apsw.FullError: sqlite3.SQLITE_FULL}
_vfs = ""


def use_vfs(name: str) -> None:
    """Which VFS connections are opened on from here on."""
    global _vfs
    _vfs = name


def connect(database: str, *, timeout: float = 5.0, check_same_thread: bool = True, **_: Any) -> Connection:
    """As ``sqlite3.connect``."""
    return Connection(database, timeout)


@contextmanager
def _as_sqlite3() -> Iterator[None]:
    try:
        yield
    except apsw.Error as e:
        code = getattr(e, "extendedresult", None) or RAISED.get(type(e))  # a VFS's own exception carries no code
        kind = IntegrityError if isinstance(e, apsw.ConstraintError) else OperationalError
        ours = kind(str(e))
        ours.sqlite_errorcode = code
        ours.sqlite_errorname = type(e).__name__
        raise ours from e


class Connection:
    """One apsw connection."""

    isolation_level: str | None = None

    def __init__(self, database: str, timeout: float) -> None:
        with _as_sqlite3():
            self._c = apsw.Connection(database, vfs=_vfs or None)
            self._c.set_busy_timeout(int(timeout * 1000))

    @property
    def in_transaction(self) -> bool:
        return self._c.in_transaction

    def cursor(self, *_: Any) -> Cursor:
        return Cursor(self._c)

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Cursor:
        return self.cursor().execute(statement, parameters)

    def commit(self) -> None:
        if self._c.in_transaction:
            with _as_sqlite3():
                self._c.execute("COMMIT")

    def rollback(self) -> None:
        if self._c.in_transaction:
            with _as_sqlite3():
                self._c.execute("ROLLBACK")

    def close(self) -> None:
        with _as_sqlite3():
            self._c.close()

    def create_function(self, name: str, arguments: int, function: Any, *, deterministic: bool = False) -> None:
        self._c.create_scalar_function(name, function, arguments, deterministic=deterministic)


class Cursor:
    """Rows are fetched at once: the store reads few at a time."""

    arraysize = 1

    def __init__(self, connection: apsw.Connection) -> None:
        self._c = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Cursor:
        self.description = None

        def remember(cursor: Any, _: str, __: Any) -> bool:
            found = cursor.get_description()
            self.description = tuple((c[0], c[1], None, None, None, None, None) for c in found) or None
            return True

        before = self._c.total_changes()
        with _as_sqlite3():
            cursor = self._c.cursor()
            cursor.exec_trace = remember
            self._rows = list(cursor.execute(statement, tuple(parameters)))
        verb = statement.lstrip()[:6].upper()
        writes = verb in ("INSERT", "UPDATE", "DELETE", "REPLAC")
        self.rowcount = self._c.changes() if writes and self._c.total_changes() != before else 0 if writes else -1
        self.lastrowid = self._c.last_insert_rowid()
        return self

    def executemany(self, statement: str, rows: Sequence[Sequence[Any]]) -> Cursor:
        total = 0
        for row in rows:
            self.execute(statement, row)
            total += max(self.rowcount, 0)
        self.rowcount = total
        return self

    def fetchone(self) -> Any:
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int | None = None) -> list[Any]:
        taken = self._rows[: size or self.arraysize]
        self._rows = self._rows[len(taken) :]
        return taken

    def fetchall(self) -> list[Any]:
        taken, self._rows = self._rows, []
        return taken

    def close(self) -> None:
        self._rows = []

    def __iter__(self) -> Iterator[Any]:
        while self._rows:
            yield self._rows.pop(0)
