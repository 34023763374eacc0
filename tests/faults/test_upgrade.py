"""An upgrade killed at any statement leaves the old schema or the new one, with every message, and goes on."""

from __future__ import annotations

import os
import signal
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.runtime.migration import MigrationContext
from sqlalchemy import event

from intake.store import is_current, migrate, migrating, open_store, schema
from intake.store.engine import parse_url
from tests.unit.store.given import KEYRING


def test_the_oldest_schema_survives_every_kill(databases: Any) -> None:
    url: str = databases.fresh()
    _at_the_beginning(url)
    old = _revision(url)
    killed = 0
    for statement in range(1, 1000):
        if not _migrate_and_die(url, statement):
            break
        killed += 1
        found = _revision(url)
        assert found in (old, _newest()), f"killed at statement {statement}: between the versions, at {found}"
        assert _rows(url) == 3
    assert killed > 20, "the upgrade has too few statements for this to show anything"
    migrate(url)
    assert is_current(url)
    assert _rows(url) == 3
    schema.check_drift(url)
    store = open_store(url, KEYRING)
    assert store.problems() == ["3 waiting messages have no bytes"]  # made by hand, above
    store.close()
    databases.discard(url)


def _at_the_beginning(url: str) -> None:
    """A database as the first version made it, with three messages waiting."""
    with schema._writing(parse_url(url), None) as conn:
        command.upgrade(migrating._config(conn), "0001")
        for n in range(3):
            conn.exec_driver_sql(
                "INSERT INTO inbox (digest, key_id, channel, via, received_at, size) VALUES "
                f"({_bytes(url, n)}, {n}, 'email', 'smtp', '2026-04-01 00:00:00', 10)"
            )


def _bytes(url: str, n: int) -> str:
    return f"x'0{n}'" if url.startswith("sqlite") else f"'\\x0{n}'"


def _migrate_and_die(url: str, statement: int) -> bool:
    """In a child: SIGKILL before the n-th statement; False if the upgrade has fewer."""
    pid = os.fork()
    if pid == 0:
        left = [statement]

        @event.listens_for(sa.Engine, "before_cursor_execute")
        def _(*_: Any) -> None:
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)

        try:
            with schema._writing(parse_url(url), None) as conn:
                migrating.upgrade(conn)
            os._exit(0)
        except BaseException:
            os._exit(1)
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, -signal.SIGKILL), f"the upgrade failed at statement {statement}"
    return code != 0


def _look(url: str, what: Any) -> Any:
    engine = sa.create_engine(parse_url(url))
    try:
        with engine.connect() as conn:
            return what(conn)
    finally:
        engine.dispose()


def _revision(url: str) -> str:
    return str(_look(url, lambda c: MigrationContext.configure(c).get_current_revision()))


def _rows(url: str) -> int:
    return int(_look(url, lambda c: c.exec_driver_sql("SELECT count(*) FROM inbox").scalar()))


def _newest() -> str:
    return schema._newest()
