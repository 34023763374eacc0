"""Copies of the data and, apart from them, of the keys: either alone says nothing about anybody.

A restore keeps the key store that is there. Keys destroyed since the backup stay destroyed, and the tombstones
beside them name the people to be taken out of the data again.
"""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.engine import URL

from intake.errors import BadInput, SettingError, StoreUnavailable
from intake.store.engine import KEYS_SCHEMA
from intake.store.lock import WriterLock

MADE_AT = "backup.at"
RESTORED = "backup.restored"  # put back and not yet gone through again: nothing serves before that
SLACK = timedelta(hours=1)  # an erasure may be under way while the copy is made
BEFORE_ALL = datetime(2000, 1, 1, tzinfo=UTC)


def keys_file(path: Path) -> Path:
    """Where the keys of a backup go; to be kept somewhere else."""
    return path.with_name(path.name + ".keys")


def backup(data: URL, keys: URL, path: Path) -> None:
    """Write ``path`` and ``path.keys`` while everything runs. Raises BadInput if one of them exists."""
    for target in (path, keys_file(path)):
        if target.exists():
            raise BadInput(f"{target}: exists already")
    for url, target, schema in ((data, path, None), (keys, keys_file(path), KEYS_SCHEMA)):
        target.touch(mode=0o600)
        if url.get_backend_name() == "sqlite":
            copy_sqlite(Path(str(url.database)), target)
            if schema is None:
                _stamp(target)
        else:
            _dump_postgresql(url, target, schema)


def copy_sqlite(source: Path, target: Path) -> None:
    """SQLite's own online copy: one moment of the database, whatever is written meanwhile."""
    uri = f"{source.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
        new.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it


def _stamp(path: Path) -> None:
    """Write into the copy when it was made: only later tombstones speak of its people."""
    with closing(sqlite3.connect(path)) as copy, copy:
        for key, value in ((MADE_AT, datetime.now(UTC).isoformat()), (RESTORED, "1")):
            copy.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (key, value))


def restore_sqlite(path: Path, data: URL, keys: URL, busy_seconds: float) -> None:
    """Put a backup in the place of the data; its keys only where no key store is left. Nothing may be running.

    Raises BadInput where the file is no backup. The caller migrates and applies the tombstones next.
    """
    if not _is_sound(path):
        raise BadInput(f"{path}: is no whole database")
    here, there = Path(str(data.database)), Path(str(keys.database))
    if not there.exists() and not _is_sound(keys_file(path)):
        raise BadInput(f"{keys_file(path)}: the keys of this backup are missing or damaged")
    with WriterLock(here, busy_seconds).held():
        part = here.with_name(f"{here.name}.part")
        shutil.copyfile(path, part)
        part.chmod(0o600)
        for name in (f"{here.name}-wal", f"{here.name}-shm"):
            here.with_name(name).unlink(missing_ok=True)
        part.replace(here)  # a crash before leaves the old one, without its log's last writes
    if not there.exists():
        shutil.copyfile(keys_file(path), there)
        there.chmod(0o600)


def _is_sound(path: Path) -> bool:
    if not path.is_file():
        return False
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as c:
            return bool(c.execute("PRAGMA quick_check").fetchone() == ("ok",))
    except sqlite3.Error:
        return False


def _dump_postgresql(url: URL, target: Path, schema: str | None) -> None:
    """pg_dump's own format; ``pg_restore`` brings it back."""
    program = shutil.which("pg_dump") or next(map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_dump"))), None)
    if program is None:
        raise SettingError("pg_dump is missing; install postgresql-client")
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    which = f"--exclude-schema={KEYS_SCHEMA}" if schema is None else f"--schema={schema}"
    command = [program, "--format=custom", "--no-owner", which, f"--file={target}", f"--dbname={address}"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603
    if done.returncode != 0:
        target.unlink(missing_ok=True)
        last = done.stderr.strip().splitlines()[-1:] or ["pg_dump failed"]
        raise StoreUnavailable(last[0])
