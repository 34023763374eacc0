"""The one place where the database's words become ours: busy, full, gone. Everything else is a mistake of the code."""

from __future__ import annotations

import sqlite3
import sys
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext

from intake.errors import BadInput, IntakeError, StorageFull, StoreBusy, StoreUnavailable

if TYPE_CHECKING:
    import psycopg

_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_GONE = {
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_PROTOCOL,
}
_NEEDS_MIGRATION = "the database has no tables of this version; run `intake migrate`"


def translate(error: BaseException | None) -> IntakeError | None:
    """Our failure for a driver's error; None where it is a mistake of ours that must stay visible."""
    if isinstance(error, sqlite3.Error):
        return _sqlite(error)
    driver = sys.modules.get("psycopg")  # slow to load; where nobody did, it raised nothing
    return _postgresql(error) if driver and isinstance(error, driver.Error) else None


def _sqlite(error: sqlite3.Error) -> IntakeError | None:
    code = getattr(error, "sqlite_errorcode", None)
    base = None if code is None else code & 0xFF  # extended codes carry the base code in the low byte
    if base == sqlite3.SQLITE_FULL:
        return StorageFull()
    if base in _BUSY:
        return StoreBusy()
    if base in _GONE:
        return StoreUnavailable(f"the database does not answer ({getattr(error, 'sqlite_errorname', base)})")
    if base == sqlite3.SQLITE_ERROR and "no such table" in str(error):
        return StoreUnavailable(_NEEDS_MIGRATION)
    return None


def _postgresql(error: psycopg.Error) -> IntakeError | None:
    import psycopg

    state = error.sqlstate or ""
    if state in {"53100", "53200"} or state == "58030":  # disk full, out of memory, I/O error
        return StorageFull() if state == "53100" else StoreUnavailable()
    if state == "25006":  # read-only: the server we spoke to is the standby now, and the next one will take it
        return StoreUnavailable(f"the database does not answer ({state})")
    if state in {"55P03", "57014", "40001", "40P01"}:  # lock or statement timeout, serialisation, deadlock
        return StoreBusy()
    if state == "42P01":
        return StoreUnavailable(_NEEDS_MIGRATION)
    if isinstance(error, psycopg.DataError):
        return BadInput(f"the database cannot keep this value ({state or type(error).__name__})")
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return StoreUnavailable(f"the database does not answer ({state or type(error).__name__})")
    return None


def speak_our_words(engine: sa.Engine) -> None:
    """Make every statement, begin, commit and connect of this engine raise our failures."""

    @event.listens_for(engine, "handle_error")
    def _(context: ExceptionContext) -> Any:
        if context.is_pre_ping:
            return None  # the pool looks whether a connection still lives, and opens another
        ours = translate(context.original_exception)
        if ours is not None:
            ours.__cause__ = context.original_exception
        return ours
