"""What thousands of tests would do again and again to the same end, done once in a process, or at less cost.

An empty database gets the very statements that its migration gave, and templates the very code that Jinja made of
them; what is not empty, or not the same, goes the whole way. Passwords are hashed with a thousandth of the memory, and
what nobody needs any more is looked for less often (that was an eighth of the time).
"""

from __future__ import annotations

import gc
from typing import Any

import jinja2
import sqlalchemy as sa
from alembic.config import Config
from argon2 import PasswordHasher
from jinja2.bccache import Bucket, BytecodeCache

from intake.store import migrating
from intake.web import passwords

SHIPPED_HASHER = passwords._HASHER
whole_upgrade = migrating.command.upgrade
_environment = jinja2.Environment.__init__
_statements: dict[str, list[tuple[str, Any]]] = {}


class _Templates(BytecodeCache):
    """What Jinja made of the templates, by their path and text."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what is known."""
        bucket.code = self._made.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was made."""
        self._made[bucket.key, bucket.checksum] = bucket.code


def install() -> None:
    """From now on in this process."""
    migrating.command.upgrade = upgrade
    gc.set_threshold(20_000, 20, 50)
    passwords._HASHER = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    passwords._NOBODY = passwords._HASHER.hash("nobody has this password")
    templates = _Templates()

    def environment(self: jinja2.Environment, *given: Any, **named: Any) -> None:
        named.setdefault("bytecode_cache", templates)
        _environment(self, *given, **named)

    jinja2.Environment.__init__ = environment  # type: ignore[method-assign]


def upgrade(config: Config, revision: str) -> None:
    """alembic's upgrade; of an empty database, the statements that the first such upgrade gave."""
    conn: sa.Connection = config.attributes["connection"]
    if revision != "head" or sa.inspect(conn).get_table_names():
        whole_upgrade(config, revision)
        return
    known = _statements.get(conn.dialect.name)
    if known is None:
        _statements[conn.dialect.name] = _written_down(conn, config)
        return
    for statement, values in known:
        conn.exec_driver_sql(statement, values)


def _written_down(conn: sa.Connection, config: Config) -> list[tuple[str, Any]]:
    made: list[tuple[str, Any]] = []

    def keep(_conn: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool) -> None:
        made.append((statement, values or None))

    sa.event.listen(conn, "before_cursor_execute", keep)
    try:
        whole_upgrade(config, "head")
    finally:
        sa.event.remove(conn, "before_cursor_execute", keep)
    return [one for one in made if not one[0].lstrip().upper().startswith(("SELECT", "PRAGMA"))]
