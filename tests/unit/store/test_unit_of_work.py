"""All or nothing; failures in our words; a store that comes back by itself."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time
from datetime import datetime
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from intake import failpoints
from intake.errors import (
    BadInput,
    IntakeError,
    SettingError,
    StorageFull,
    StoreBusy,
    StoreUnavailable,
)
from intake.model import Actor
from intake.store import SqlStore, migrate, open_store
from intake.store.engine import default_keys_url, parse_url
from intake.store.failures import translate
from intake.store.lock import WriterLock
from tests.unit.store.given import KEYRING, NOW, add_message, arrival


def test_nothing_is_left_of_a_block_that_raises(store: SqlStore) -> None:
    with pytest.raises(ValueError, match="no"), store.write() as tx:  # noqa: PT012
        add_message(tx)
        tx.meta.put("a", "1")
        raise ValueError("no")
    with store.read() as tx:
        assert tx.meta.get("a") is None
        assert tx.inbox.counts()["waiting"] == 0


def test_a_savepoint_undoes_only_what_is_inside(store: SqlStore) -> None:
    with store.write() as tx:
        tx.meta.put("before", "1")
        with pytest.raises(ValueError, match="no"), tx.savepoint():  # noqa: PT012
            tx.meta.put("inside", "1")
            raise ValueError("no")
        with tx.savepoint():
            tx.meta.put("kept", "1")
    with store.read() as tx:
        assert [tx.meta.get(k) for k in ("before", "inside", "kept")] == ["1", None, "1"]


def test_a_reader_cannot_write_and_sees_one_moment(store: SqlStore) -> None:
    with pytest.raises((IntakeError, sa.exc.DBAPIError)), store.read() as tx:
        tx.meta.put("a", "1")
    with store.write() as tx:
        tx.meta.put("a", "2")
        with store.read() as reader:
            assert reader.meta.get("a") is None


def test_a_write_within_a_write_is_a_mistake_that_is_named(sqlite_store: SqlStore) -> None:
    with pytest.raises(RuntimeError, match="within"), sqlite_store.write(), sqlite_store.write():
        pass


def test_threads_wait_for_each_other_and_lose_nothing(store: SqlStore) -> None:
    def add(first: int) -> None:
        for n in range(first, first + 20):
            with store.write() as tx:
                tx.inbox.add([arrival(n)])
                tx.audit.append(NOW, Actor("system", "t"), "x")

    threads = [threading.Thread(target=add, args=(k * 20,)) for k in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    with store.read() as tx:
        assert tx.inbox.counts()["waiting"] == 80
        assert tx.audit.verify() == (True, "80 rows")


def test_a_naive_instant_is_refused(store: SqlStore) -> None:
    with pytest.raises((sa.exc.StatementError, ValueError), match="time zone"), store.write() as tx:
        tx.inbox.claim(datetime(2026, 4, 1), 1, 60, "w")  # noqa: DTZ001


def test_busy_after_the_limit_and_free_again(url: str) -> None:
    if not url.startswith("sqlite"):
        return  # PostgreSQL: tests/integration/test_store_postgresql.py
    patient = open_store(url, KEYRING, busy_seconds=0.2)
    other = open_store(url, KEYRING)
    with other.write(), pytest.raises(StoreBusy):  # noqa: PT012
        started = time.monotonic()
        with patient.write():
            pass
    assert 0.2 <= time.monotonic() - started < 2
    with patient.write() as tx:
        tx.meta.put("a", "1")
    patient.close()
    other.close()


def test_busy_when_a_stranger_holds_the_database(sqlite_store: SqlStore) -> None:
    patient = open_store(str(sqlite_store.url), KEYRING, busy_seconds=0.2)
    stranger = sqlite3.connect(str(sqlite_store.file()), isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusy), patient.write():
        pass
    with patient.read() as tx:
        assert tx.meta.get("a") is None
    stranger.close()
    with patient.write() as tx:
        tx.meta.put("a", "1")
    patient.close()


def test_the_file_is_the_lock_between_processes(tmp_path: Path) -> None:
    mine, theirs = WriterLock(tmp_path / "db", 0.1), WriterLock(tmp_path / "db", 0.1)
    with mine.held(), pytest.raises(StoreBusy), theirs.held():
        pass
    with theirs.held():
        pass


@pytest.mark.parametrize("dies", [False, True])
def test_a_child_forked_meanwhile_keeps_nothing(tmp_path: Path, dies: bool) -> None:
    """``dies``: the parent is killed while it holds the lock and its child lives on."""
    code = (
        "import os, sys, time\nfrom pathlib import Path\nfrom intake.store.lock import WriterLock\n"
        "with WriterLock(Path(sys.argv[1]), 1).held():\n"
        "    if os.fork() == 0:\n        time.sleep(20)\n        os._exit(0)\n"
        "    time.sleep(0.1)\n"
        "    if sys.argv[2] == 'True': os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "db"), str(dies)], check=not dies)
    with WriterLock(tmp_path / "db", 0.5).held():
        pass


HOG = """
import sys, time
from pathlib import Path
from intake.store.lock import WriterLock
lock, until = WriterLock(Path(sys.argv[1]), 10), time.monotonic() + 10
while time.monotonic() < until:
    with lock.held():
        print(flush=True)
        time.sleep(0.25)
"""


def test_who_waits_long_gets_a_turn(tmp_path: Path) -> None:
    """A writer that takes the lock again at once must not starve another process."""
    hog = subprocess.Popen([sys.executable, "-c", HOG, str(tmp_path / "db")], stdout=subprocess.PIPE)
    assert hog.stdout is not None
    hog.stdout.readline()
    try:
        with WriterLock(tmp_path / "db", 1.5).held():
            pass
    finally:
        hog.kill()
        hog.communicate()


def test_a_damaged_database_is_unavailable(sqlite_store: SqlStore) -> None:
    file = sqlite_store.file()
    assert file is not None
    sqlite_store.close()
    file.write_bytes(b"this is no database" * 1000)
    with pytest.raises(StoreUnavailable), sqlite_store.write() as tx:
        tx.meta.get("a")
    with pytest.raises(StoreUnavailable):
        sqlite_store.ping()


def test_a_database_without_tables_says_what_to_do(tmp_path: Path) -> None:
    opened = open_store(f"sqlite:///{tmp_path}/intake.db", KEYRING)
    with pytest.raises(StoreUnavailable, match="intake migrate"), opened.write() as tx:
        add_message(tx)
    opened.close()


def test_a_folder_that_is_gone_is_unavailable(tmp_path: Path) -> None:
    opened = open_store(f"sqlite:///{tmp_path}/gone/intake.db", KEYRING)
    with pytest.raises(StoreUnavailable), opened.write():
        pass
    with pytest.raises(StoreUnavailable):
        opened.ping()
    opened.close()


def test_each_failure_of_a_driver_has_its_word() -> None:
    def sqlite_error(code: int) -> sqlite3.OperationalError:
        error = sqlite3.OperationalError("x")
        error.sqlite_errorcode = code
        return error

    class Full(psycopg.errors.DiskFull):
        pass

    assert isinstance(translate(sqlite_error(sqlite3.SQLITE_FULL)), StorageFull)
    assert isinstance(translate(sqlite_error(sqlite3.SQLITE_BUSY | 2 << 8)), StoreBusy)
    assert isinstance(translate(sqlite_error(sqlite3.SQLITE_IOERR | 3 << 8)), StoreUnavailable)
    assert translate(sqlite_error(sqlite3.SQLITE_CONSTRAINT)) is None
    assert isinstance(translate(Full()), StorageFull)
    assert isinstance(translate(psycopg.errors.LockNotAvailable()), StoreBusy)
    assert isinstance(translate(psycopg.errors.AdminShutdown()), StoreUnavailable)
    assert isinstance(translate(psycopg.OperationalError("connection refused")), StoreUnavailable)
    assert isinstance(translate(psycopg.errors.ReadOnlySqlTransaction()), StoreUnavailable), "a failover, not a mistake"
    assert isinstance(translate(psycopg.errors.UntranslatableCharacter()), BadInput)
    assert translate(psycopg.errors.UniqueViolation()) is None
    assert translate(ValueError()) is None


@pytest.mark.parametrize("url", ["", "x", "mysql://x/y", "sqlite://", "sqlite:///:memory:"])
def test_an_address_that_cannot_be_used_is_named(url: str) -> None:
    with pytest.raises(SettingError, match="INTAKE_DATABASE_URL"):
        open_store(url, KEYRING)


def test_addresses() -> None:
    assert parse_url("postgresql://u@h/db").drivername == "postgresql+psycopg"
    assert default_keys_url(parse_url("sqlite:////var/lib/intake/intake.db")).database == "/var/lib/intake/keys.db"
    assert default_keys_url(parse_url("postgresql://u@h/db")).database == "db"


def test_keys_can_live_elsewhere(tmp_path: Path) -> None:
    url, keys = f"sqlite:///{tmp_path}/data/intake.db", f"sqlite:///{tmp_path}/safe/k.db"
    migrate(url, keys)
    opened = open_store(url, KEYRING, keys)
    with opened.write() as tx:
        add_message(tx)
    opened.close()
    assert sorted(p.name for p in tmp_path.rglob("*.db")) == ["intake.db", "k.db"]


def test_settings_of_every_connection(sqlite_store: SqlStore) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "foreign_keys": 1, "busy_timeout": 10000}
    with sqlite_store.write() as tx, sqlite_store.read() as reader:
        for conn in (tx.inbox._c.conn, reader.inbox._c.conn):
            for name, value in wanted.items():
                assert conn.exec_driver_sql(f"PRAGMA {name}").scalar() == value, name
    with sqlite_store.keys._writer.connect() as conn:
        assert conn.exec_driver_sql("PRAGMA synchronous").scalar() == 2


def test_only_the_test_setting_weakens_the_sync(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("INTAKE_TEST_SQLITE_SYNCHRONOUS", "NORMAL")
    url = f"sqlite:///{tmp_path}/intake.db"
    migrate(url)
    opened = open_store(url, KEYRING)
    with opened.write() as tx:
        assert tx.inbox._c.conn.exec_driver_sql("PRAGMA synchronous").scalar() == 1
    opened.close()
    monkeypatch.setenv("INTAKE_TEST_SQLITE_SYNCHRONOUS", "MAYBE")
    with pytest.raises(SettingError):
        open_store(url, KEYRING)


def test_failpoints_are_reached_around_the_commit(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    reached: list[str] = []

    def reach(name: str) -> None:
        with store.read() as tx:
            reached.append(f"{name} {tx.meta.get('a')}")

    monkeypatch.setattr("intake.store.unit_of_work.reach", reach)
    with store.write("inbox") as tx:
        tx.meta.put("a", "1")
    with store.write() as tx:
        tx.audit.append(NOW, Actor("system", "t"), "x")
    with pytest.raises(ValueError, match="no"), store.write("case"):
        raise ValueError("no")
    assert reached == ["inbox.before_commit None", "inbox.committed 1", "audit.before_commit 1"]
    assert failpoints.ARMED is False


def test_the_log_is_emptied_by_a_checkpoint(sqlite_store: SqlStore) -> None:
    with sqlite_store.write() as tx:
        tx.meta.put("a", "1")
    log = Path(f"{sqlite_store.file()}-wal")
    assert log.stat().st_size > 0
    sqlite_store.checkpoint()
    assert log.stat().st_size == 0
    with sqlite_store.read() as tx:
        assert tx.meta.get("a") == "1"


def test_ping_and_close(store: SqlStore) -> None:
    store.ping()
    store.close()
    store.ping()
