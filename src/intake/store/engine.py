"""How we speak to SQLite and to PostgreSQL."""

from __future__ import annotations

import os
import select
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, make_url

from intake.errors import SettingError
from intake.store.failures import speak_our_words

BUSY_SECONDS = 10.0
KEYS_SCHEMA = "intake_keys"
_READERS = 20
_LOG_PAGES = 4000  # 16 MB; a page that changes often is copied home once instead of four times (SQLite's own: 1000)
_PG_OPTIONS = (
    "-c synchronous_commit=on -c statement_timeout=60000 -c lock_timeout={lock_ms} "
    "-c idle_in_transaction_session_timeout=120000 -c timezone=UTC "
    "-c jit=off"  # compiling a count takes three times as long as counting a hundred thousand rows
)


def parse_url(url: str) -> URL:
    """The address of a database; ``postgresql://`` means psycopg 3. Raises SettingError for anything else."""
    try:
        parsed = make_url(url)
    except sa.exc.ArgumentError as e:
        raise SettingError("INTAKE_DATABASE_URL: not an address of a database") from e
    if parsed.get_backend_name() == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise SettingError("INTAKE_DATABASE_URL: SQLite needs a file")
        return parsed
    if parsed.drivername in {"postgresql", "postgres", "postgresql+psycopg"}:
        return parsed.set(drivername="postgresql+psycopg")
    raise SettingError(f"INTAKE_DATABASE_URL: {parsed.drivername} is not supported; use sqlite or postgresql")


def default_keys_url(url: URL) -> URL:
    """Where data keys live: ``keys.db`` beside a SQLite file; the same server, in a schema of its own, otherwise."""
    if url.get_backend_name() == "sqlite":
        return url.set(database=str(Path(str(url.database)).with_name("keys.db")))
    return url


def sqlite_engine(url: URL, *, readonly: bool, busy_seconds: float = BUSY_SECONDS) -> sa.Engine:
    """Writers begin IMMEDIATE and sync each commit to the disk; readers get a snapshot and cannot write."""
    pool: dict[str, Any] = {"pool_size": _READERS, "max_overflow": _READERS} if readonly else {"pool_size": 1}
    engine = sa.create_engine(
        url, pool_timeout=busy_seconds, connect_args={"timeout": busy_seconds, "check_same_thread": False}, **pool
    )
    # Reserved for the tests that must see a power cut lose mail when nothing is synced.
    synchronous = os.environ.get("INTAKE_TEST_SQLITE_SYNCHRONOUS", "FULL")
    if synchronous not in {"FULL", "EXTRA", "NORMAL", "OFF"}:
        raise SettingError("INTAKE_TEST_SQLITE_SYNCHRONOUS: FULL, EXTRA, NORMAL or OFF")

    @event.listens_for(engine, "connect")
    def _(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={int(busy_seconds * 1000)}")
        if not readonly:
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute(f"PRAGMA wal_autocheckpoint={_LOG_PAGES}")
        cursor.execute(f"PRAGMA synchronous={synchronous}")
        cursor.execute("PRAGMA secure_delete=ON")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA temp_store=MEMORY")  # nothing of a message in a temporary file
        if readonly:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    begin = "BEGIN" if readonly else "BEGIN IMMEDIATE"

    @event.listens_for(engine, "begin")
    def _(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)

    speak_our_words(engine)
    return engine


def postgresql_engine(
    url: URL, *, schema: str | None, busy_seconds: float = BUSY_SECONDS, size: int = 10, autocommit: bool = False
) -> sa.Engine:
    """A pool that notices dead connections; every commit is flushed before it is answered."""
    options = _PG_OPTIONS.format(lock_ms=int(busy_seconds * 1000))
    if schema is not None:
        options += f" -c search_path={schema}"
    engine = sa.create_engine(
        url,
        pool_size=size,
        max_overflow=30,
        pool_timeout=busy_seconds,
        connect_args={
            "options": options,
            "connect_timeout": 5,
            "application_name": "intake",
            "keepalives_idle": 15,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 30000,
        },
        **({"isolation_level": "AUTOCOMMIT"} if autocommit else {}),
    )

    @event.listens_for(engine, "checkout")
    def _(connection: Any, record: Any, proxy: Any) -> None:
        """A server that hung up left something to read; asking each time would cost every use a round trip."""
        if connection.closed or has_something_to_read(connection.fileno()):
            raise sa.exc.DisconnectionError

    speak_our_words(engine)
    return engine


def has_something_to_read(file: int) -> bool:
    """Whether a server has said something unasked: an idle connection gets nothing but a farewell."""
    poll = select.poll()
    poll.register(file, select.POLLIN)
    return bool(poll.poll(0))
