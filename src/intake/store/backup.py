"""Copies of the data and, apart from them, of the keys: either alone says nothing about anybody.

A restore keeps the key store that is there. Keys destroyed since the backup stay destroyed, and the tombstones
beside them name the people to be taken out of the data again.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.engine import URL

from intake.errors import BadInput, SettingError, StoreUnavailable
from intake.store.engine import KEYS_SCHEMA
from intake.store.failures import translate
from intake.store.lock import WriterLock
from intake.store.proving import prove_file
from intake.store.wrapping import Wrapping

MADE_AT = "backup.at"
OF = "backup.of"  # of which moment the backup was that was put back: mailboxes are looked through since then
RESTORED = "backup.restored"  # put back and not yet gone through again: nothing serves before that
SLACK = timedelta(hours=1)  # an erasure may be under way while the copy is made
BEFORE_ALL = datetime(2000, 1, 1, tzinfo=UTC)


def keys_file(path: Path) -> Path:
    """Where the keys of a backup go; to be kept somewhere else."""
    return path.with_name(path.name + ".keys")


def backup(data: URL, keys: URL, path: Path) -> None:
    """Write ``path`` and ``path.keys`` while everything runs. Raises BadInput if one of them exists, StorageFull or
    StoreUnavailable where one cannot be written: then neither is left, for half a backup is none."""
    for target in (path, keys_file(path)):
        if target.exists():
            raise BadInput(f"{target}: exists already and is not overwritten; give another name, or move it away first")
    try:
        for url, target, schema in ((data, path, None), (keys, keys_file(path), KEYS_SCHEMA)):
            target.touch(mode=0o600)
            if url.get_backend_name() == "sqlite":
                copy_sqlite(Path(str(url.database)), target)
                if schema is None:
                    _stamp(target)
            else:
                _dump_postgresql(url, target, schema)
    except BaseException as e:
        for target in (path, keys_file(path)):
            for name in (target.name, f"{target.name}-journal", f"{target.name}-wal", f"{target.name}-shm"):
                target.with_name(name).unlink(missing_ok=True)
        if isinstance(e, sqlite3.Error):
            raise translate(e) or StoreUnavailable(f"{path}: {e}") from e
        raise


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


def restore_sqlite(path: Path, data: URL, keys: URL, busy_seconds: float, wrapping: Wrapping) -> None:
    """Put a backup in the place of the data; its keys only where no key store is left. Nothing may be running.

    Raises BadInput where the file is no backup, or where its keys do not open here; nothing is touched then. The
    caller migrates and applies the tombstones next.
    """
    if not _is_sound(path):
        raise BadInput(f"{path}: is no whole database")
    here, there = Path(str(data.database)), Path(str(keys.database))
    if _is_without_keys(there):
        if not _is_sound(keys_file(path)):
            raise BadInput(f"{keys_file(path)}: the keys of this backup are missing or damaged")
    elif not _fits(path, there):
        raise BadInput(f"{there}: does not hold the keys of this backup; move it away, and {keys_file(path)} takes "
                       "its place")  # fmt: skip
    prove_file(keys_file(path) if _is_without_keys(there) else there, wrapping)
    with WriterLock(here, busy_seconds).held():
        part = here.with_name(f"{here.name}.part")
        _copy(path, part)
        _bring_in_the_log(here)
        for name in (f"{here.name}-wal", f"{here.name}-shm"):
            here.with_name(name).unlink(missing_ok=True)
        part.replace(here)  # a crash before leaves the old one, whole
    _keys_back(path, there)


def _keys_back(path: Path, there: Path) -> None:
    """The backup's keys, only where no key store is left."""
    if not _is_without_keys(there):
        return
    if not _is_sound(keys_file(path)):
        raise BadInput(f"{keys_file(path)}: the keys of this backup are missing or damaged")
    part = there.with_name(f"{there.name}.part")
    _copy(keys_file(path), part)
    for name in (f"{there.name}-wal", f"{there.name}-shm"):
        there.with_name(name).unlink(missing_ok=True)
    part.replace(there)  # never half of it under its name: it would be taken for the key store


def _is_without_keys(there: Path) -> bool:
    """True where no key store is left, or an empty one: no key was ever made in it. Raises BadInput if it is damaged.

    A damaged one is not replaced by itself: it knows who was erased.
    """
    if not there.exists():
        return True
    if not _is_sound(there):
        raise BadInput(f"{there}: is damaged; move it away, and the backup's keys take its place")
    return not _numbers(there, "SELECT id FROM data_key LIMIT 1")


def _fits(path: Path, there: Path) -> bool:
    """False where the key store made none of the keys of this backup: it came later, or from an older copy.

    Keys that it made and does not hold are those of the erased, who have tombstones.
    """
    used = _numbers(path, "SELECT DISTINCT key_id FROM blob ORDER BY key_id DESC LIMIT 200")
    made = _numbers(there, "SELECT seq FROM sqlite_sequence WHERE name = 'data_key'")
    if not used:
        return True
    if max(used) > max(made, default=0):
        return False
    known = _numbers(there, f"SELECT id FROM data_key WHERE id IN ({', '.join(map(str, used))})")  # noqa: S608
    return bool(known or _numbers(there, "SELECT ref FROM tombstone LIMIT 1"))


def _numbers(file: Path, query: str) -> list[int]:
    """The first column; empty where there is no such table."""
    with suppress(sqlite3.OperationalError), closing(sqlite3.connect(file)) as c:
        return [int(row[0]) for row in c.execute(query)]
    return []


def revision_in(path: Path) -> str | None:
    """The schema of a backup file; None where it is none, or no database."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as c:
        row = c.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(row[0]) if row else None
    return None


def _copy(source: Path, part: Path) -> None:
    """On the disk when this returns. Raises OSError; then nothing is left of it."""
    try:
        shutil.copyfile(source, part)
        part.chmod(0o600)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
    except OSError:
        part.unlink(missing_ok=True)
        raise


def _bring_in_the_log(here: Path) -> None:
    """The last writes of the database that is to be replaced: until it is, it must stay whole."""
    if here.is_file():
        with suppress(sqlite3.Error), closing(sqlite3.connect(here)) as old:  # damaged: that is why it is replaced
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _is_sound(path: Path) -> bool:
    if not path.is_file():
        return False
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as c:
            return bool(c.execute("PRAGMA quick_check").fetchone() == ("ok",))
    except sqlite3.Error:
        return False


def restore_postgresql(path: Path, data: URL, keys: URL, tables: Sequence[str]) -> None:
    """Put a dump in the place of the data, in one transaction: all of it, or the database is as it was.

    Its keys only where no key is left. Raises BadInput where the file is no dump, StoreUnavailable with psql's words.
    """
    if not _is_dump(path):
        raise BadInput(f"{path}: is no backup of PostgreSQL")
    if keys.get_backend_name() == "sqlite":
        _keys_back(path, Path(str(keys.database)))
    elif not _has_keys(keys):
        if not keys_file(path).is_file():
            raise BadInput(f"{keys_file(path)}: the keys of this backup are missing")
        _replay(keys_file(path), keys, [f"DROP SCHEMA IF EXISTS {KEYS_SCHEMA} CASCADE"], [])
    drops = [f'DROP TABLE IF EXISTS "{name}" CASCADE' for name in (*tables, "alembic_version")]
    drops.append("DROP FUNCTION IF EXISTS audit_refuse() CASCADE")
    mark = "INSERT INTO meta (key, value) VALUES ('" + RESTORED + "', '1') ON CONFLICT (key) DO NOTHING"  # noqa: S608
    _replay(path, data, drops, [mark])


def _is_dump(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(5) == b"PGDMP"


def _has_keys(keys: URL) -> bool:
    look = "SELECT count(*) FROM " + KEYS_SCHEMA + ".data_key"  # noqa: S608
    done = _run([_program("psql"), "-tAqc", look, _address(keys)], check=False)
    return done.returncode == 0 and done.stdout.strip() not in ("", "0")


def _replay(dump: Path, url: URL, before: Sequence[str], after: Sequence[str]) -> None:
    """The dump as statements through one psql, between two lists of our own."""
    script = [_program("pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(dump)]
    psql = [_program("psql"), "--quiet", "--no-psqlrc", "--single-transaction", "-v", "ON_ERROR_STOP=1", "-d",
            _address(url)]  # fmt: skip
    with (
        subprocess.Popen(script, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as read,  # noqa: S603
        subprocess.Popen(psql, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as write,  # noqa: S603
    ):
        assert read.stdout is not None
        assert write.stdin is not None
        with suppress(BrokenPipeError):
            write.stdin.write("".join(f"{s};\n" for s in before).encode())
            shutil.copyfileobj(read.stdout, write.stdin)
            if read.wait() != 0:
                write.stdin.write(b"SELECT 1/0;\n")  # half a dump: nothing of it may stay
            # a dump empties the search path for its own session; what follows is ours again
            write.stdin.write("".join(["SET search_path = public;\n", *(f"{s};\n" for s in after)]).encode())
            write.stdin.close()
        said = (write.stderr.read() if write.stderr else b"").decode("utf-8", "replace").strip()
        if write.wait() != 0 or read.wait() != 0:
            last = said.splitlines()[-1:] or ["pg_restore failed"]
            raise StoreUnavailable(f"{dump}: {last[0]}")


def _dump_postgresql(url: URL, target: Path, schema: str | None) -> None:
    """pg_dump's own format; ``intake restore`` brings it back."""
    which = f"--exclude-schema={KEYS_SCHEMA}" if schema is None else f"--schema={schema}"
    command = [_program("pg_dump"), "--format=custom", "--no-owner", which, f"--file={target}",
               f"--dbname={_address(url)}"]  # fmt: skip
    done = _run(command, check=False)
    if done.returncode != 0:
        target.unlink(missing_ok=True)
        last = done.stderr.strip().splitlines()[-1:] or ["pg_dump failed"]
        raise StoreUnavailable(last[0])


def _run(command: list[str], *, check: bool) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, check=check, capture_output=True, text=True)  # noqa: S603


def _address(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _program(name: str) -> str:
    found = shutil.which(name) or next(map(str, sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))), None)
    if found is None:
        raise SettingError(f"{name} is missing; install postgresql-client")
    return found
