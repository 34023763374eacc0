"""Bringing a database to the newest schema, and telling whether it is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import URL

from intake.errors import SettingError
from intake.keyring import Keyring
from intake.store.backup import restore_postgresql, restore_sqlite, revision_in
from intake.store.engine import BUSY_SECONDS, KEYS_SCHEMA, default_keys_url, parse_url
from intake.store.tables import blob, data_key, keys_metadata, metadata, seeker
from intake.store.unit_of_work import engines, open_store
from intake.store.wrapping import FileWrapping, Wrapping

T = TypeVar("T")
_ADDED_LATER = ("retention_part",)  # by a step that databases had gone through already
_MIGRATE_LOCK = 0x6D696772
WRAPPING = data_key.c.wrapping.name


def migrate(url: str, keys_url: str | None = None) -> None:
    """Make or bring up to date the data store and the key store. Harmless twice; each in one transaction.

    Raises SettingError where the keys to stored data are missing: new ones beside them would open nothing.
    """
    data, keys = _urls(url, keys_url)
    _refuse_newer(data)
    refuse_lost_keys(url, keys_url)
    for store in (data, keys):
        if store.get_backend_name() == "sqlite":
            Path(str(store.database)).parent.mkdir(parents=True, exist_ok=True)
    with _writing(keys, KEYS_SCHEMA) as conn:
        if conn.dialect.name == "postgresql":
            conn.execute(sa.schema.CreateSchema(KEYS_SCHEMA, if_not_exists=True))
        keys_metadata.create_all(conn)
        _mend_keys(conn)
    from intake.store import migrating  # slow to load, and seldom asked for

    with _writing(data, None) as conn:
        migrating.upgrade(conn)
        for name in _missing(conn):  # what a step lacked when this database went through it
            metadata.tables[name].create(conn)


def is_current(url: str, keys_url: str | None = None) -> bool:
    """True if both stores have the newest schema. Makes no file. Raises StoreUnavailable if they do not answer, and
    SettingError where a newer version has made them."""
    data, keys = _urls(url, keys_url)
    _refuse_newer(data)
    return _look(data, None, _revision) == _newest() and _look(keys, KEYS_SCHEMA, _keys_are_current) is True


def holds_data(url: str) -> bool:
    """True where anything is stored under a data key. Makes no file."""
    return _look(parse_url(url), None, _holds_data) is True


def refuse_lost_keys(url: str, keys_url: str | None = None) -> None:
    """Raises SettingError where data are stored and no key is there at all. Makes no file."""
    data, keys = _urls(url, keys_url)
    if _look(keys, KEYS_SCHEMA, _holds_keys) is True or _look(data, None, _holds_data) is not True:
        return
    raise SettingError(
        f"{keys.render_as_string()}: the keys to the stored data are not there, and without them nothing can be read; "
        "put them back from the newest copy (FILE.keys beside a backup FILE), or run `intake restore FILE`"
    )


def _holds_data(conn: sa.Connection) -> bool:
    look = sa.inspect(conn)
    if look.has_table(blob.name) and conn.execute(sa.select(blob.c.id).limit(1)).first() is not None:
        return True
    if not look.has_table(seeker.name) or "key_id" not in {c["name"] for c in look.get_columns(seeker.name)}:
        return False
    return conn.execute(sa.select(seeker.c.id).where(seeker.c.key_id.is_not(None)).limit(1)).first() is not None


def _holds_keys(conn: sa.Connection) -> bool:
    there = sa.inspect(conn).has_table(data_key.name)
    return there and conn.execute(sa.select(data_key.c.id).limit(1)).first() is not None


def _mend_keys(conn: sa.Connection) -> None:
    """A key store made before there were wrapping keys gets their column."""
    if WRAPPING not in {c["name"] for c in sa.inspect(conn).get_columns(data_key.name)}:
        conn.exec_driver_sql(f"ALTER TABLE {data_key.name} ADD COLUMN {WRAPPING} INTEGER NOT NULL DEFAULT 0")


def _keys_are_current(conn: sa.Connection) -> bool:
    look = sa.inspect(conn)
    tables = all(look.has_table(t) for t in keys_metadata.tables)
    return tables and WRAPPING in {c["name"] for c in look.get_columns(data_key.name)}


def restore(
    path: Path, url: str, keyring: Keyring, keys_url: str | None = None, wrapping: Wrapping | None = None
) -> int:
    """Put a backup in the place of the data, at the newest schema, without those erased since; how many.

    The key store stays as it is; only a missing one is taken from ``path.keys``. Nothing of ours may be running.
    Until it has ended nothing can be opened that still holds the erased: every start goes through them first.
    Raises BadInput for a file that is no backup of this kind, SettingError where PostgreSQL's programs are missing.
    """
    data, keys = _urls(url, keys_url)
    if data.get_backend_name() == "sqlite":
        _refuse_unknown(str(path), revision_in(path))
        restore_sqlite(path, data, keys, BUSY_SECONDS, wrapping or FileWrapping(keyring, None))
    else:
        restore_postgresql(path, data, keys, [t.name for t in metadata.sorted_tables])
    migrate(url, keys_url)
    store = open_store(url, keyring, keys_url, wrapping=wrapping)
    try:
        store.seal_register()
        return store.bury_again()
    finally:
        store.close()


def missing_tables(url: str) -> list[str]:
    """Tables that the schema's number promises and the database has not; `migrate` makes them. Makes no file.

    The step to 0006 was made longer after it had been used: a database of that day lacks a table.
    """
    return _look(parse_url(url), None, _missing) or []


def _missing(conn: sa.Connection) -> list[str]:
    look = sa.inspect(conn)
    return [name for name in _ADDED_LATER if not look.has_table(name)]


def check_drift(url: str) -> None:
    """Raise alembic's error where the tables of the code and of the database differ (used by tests)."""
    from intake.store import migrating

    with _writing(parse_url(url), None) as conn:
        migrating.check(conn)


def _revisions() -> set[str]:
    """All that this version knows, by the names of the files."""
    return {path.name.partition("_")[0] for path in (Path(__file__).parent / "migrations/versions").glob("*_*.py")}


def _newest() -> str:
    return max(_revisions())


def _refuse_newer(data: URL) -> None:
    _refuse_unknown(data.render_as_string(), _look(data, None, _revision))


def _refuse_unknown(where: str, found: str | None) -> None:
    if found is not None and found not in _revisions():
        raise SettingError(
            f"{where}: made by a newer version of intake (schema {found}); "
            "run that version again, or restore a backup from before the change"
        )


def _revision(conn: sa.Connection) -> str | None:
    """That of the database, as alembic keeps it."""
    if not sa.inspect(conn).has_table("alembic_version"):
        return None
    return conn.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one_or_none()


def _urls(url: str, keys_url: str | None) -> tuple[URL, URL]:
    data = parse_url(url)
    return data, default_keys_url(data) if keys_url is None else parse_url(keys_url)


@contextmanager
def _writing(url: URL, schema: str | None) -> Iterator[sa.Connection]:
    """One write transaction for a whole migration: killed midway it leaves the old schema, on SQLite too."""
    writer, reader, lock = engines(url, schema, BUSY_SECONDS)
    with ExitStack() as stack:
        stack.callback(reader.dispose)
        if lock is not None:
            stack.enter_context(lock.held())
        stack.callback(writer.dispose)
        with writer.begin() as conn:
            if lock is None:
                conn.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATE_LOCK)))
            yield conn


def _look(url: URL, schema: str | None, what: Callable[[sa.Connection], T]) -> T | None:
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists():
        return None
    writer, reader, _ = engines(url, schema, BUSY_SECONDS)
    try:
        with reader.connect() as conn:
            return what(conn)
    finally:
        reader.dispose()
        writer.dispose()
