"""Several processes on one database: nothing is lost, nothing is done twice, whoever dies when."""

from __future__ import annotations

import os
import random
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from intake.store import SqlStore, migrate, open_store
from tests import rigs
from tests.unit.store.given import KEYRING, arrival

ROOT = Path(__file__).parents[2]


def start(what: str, url: str, *arguments: object, **environment: str) -> subprocess.Popen[str]:
    """A process of store_process.py."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.integration.store_process", what, url, *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        text=True,
    )


def said(process: subprocess.Popen[str], seconds: float = 60) -> list[list[str]]:
    """The words of each whole line it wrote."""
    output, _ = process.communicate(timeout=seconds)
    return [line.split() for line in output.splitlines(keepends=True) if line.endswith("\n")]


@pytest.fixture
def url(databases: Any) -> Iterator[str]:
    """A database at the newest schema."""
    url = databases.fresh()
    migrate(url)
    yield url
    databases.discard(url)


@pytest.fixture
def store(url: str) -> Iterator[SqlStore]:
    """An open store."""
    opened = open_store(url, KEYRING)
    yield opened
    opened.close()


def test_two_processes_write_at_once_and_nothing_is_lost(url: str, store: SqlStore) -> None:
    writers = [start("add", url, first, 150) for first in (0, 100, 1000)]  # 50 mails come to two of them
    lines = [line for w in writers for line in said(w)]
    assert [w.returncode for w in writers] == [0, 0, 0]
    rows = {number: message_id for number, message_id, _ in lines}
    assert len(lines) == 450
    assert len(rows) == len(set(rows.values())) == sum(int(new) for *_, new in lines) == 400
    with store.read() as tx:
        assert tx.inbox.counts()["waiting"] == 400
        for number, message_id in list(rows.items())[::40]:
            assert tx.inbox.envelope(int(message_id)) == arrival(int(number)).envelope


def test_four_workers_never_take_the_same(url: str, store: SqlStore) -> None:
    with store.write() as tx:
        ids = [a.message_id for a in tx.inbox.add([arrival(n) for n in range(300)])]
    workers = [start("work", url, f"w{n}", 60) for n in range(4)]
    done = [int(i) for w in workers for (i,) in said(w)]
    assert [w.returncode for w in workers] == [0, 0, 0, 0]
    assert sorted(done) == ids
    with store.read() as tx:
        assert tx.inbox.counts()["case"] == 300
        assert tx.audit.verify() == (True, "300 rows")


def test_what_was_answered_outlives_kill_9(url: str, store: SqlStore) -> None:
    """A number that was said is a row; killing may leave one row more that nobody heard of."""
    dice = random.Random(5)
    heard: dict[int, int] = {}
    kills = 12
    for kill in range(kills):
        writer = start("add", url, kill * 100_000, 100_000)
        assert writer.stdout is not None
        select.select([writer.stdout], [], [], 60)  # its first line; to read it would swallow those that came with it
        time.sleep(dice.uniform(0.01, 0.15))
        writer.send_signal(signal.SIGKILL)
        heard |= {int(n): int(i) for n, i, _ in (x for x in said(writer) if len(x) == 3)}
    with store.read() as tx:
        assert len(heard) <= tx.inbox.counts()["waiting"] <= len(heard) + 2 * kills
        for number, message_id in heard.items():
            assert tx.inbox.envelope(message_id) == arrival(number).envelope
    with store.write() as tx:
        again = tx.inbox.add([arrival(n) for n in heard])
    assert not any(a.new for a in again)
    if store.is_sqlite:
        with store.read() as tx:
            assert tx.inbox._c.conn.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


@pytest.mark.parametrize(("failpoint", "kept"), [("inbox.before_commit", 0), ("inbox.committed", 1)])
def test_the_commit_is_the_line(url: str, store: SqlStore, failpoint: str, kept: int) -> None:
    writer = start("add", url, 1, 3, INTAKE_FAIL_AT=failpoint)
    assert said(writer) == []
    assert writer.returncode == -signal.SIGKILL
    with store.write() as tx:
        assert tx.inbox.counts()["waiting"] == kept
        (accepted,) = tx.inbox.add([arrival(1)])
        assert accepted.new is not bool(kept)


def test_a_killed_worker_leaves_its_claim_to_the_next(url: str, store: SqlStore) -> None:
    with store.write() as tx:
        tx.inbox.add([arrival(n) for n in range(5)])
    worker = start("work", url, "w", 60, INTAKE_FAIL_AT="audit.before_commit:3")
    done = [int(i) for (i,) in said(worker)]
    assert worker.returncode == -signal.SIGKILL
    now = datetime.now(UTC)
    with store.write() as tx:
        assert tx.inbox.counts()["case"] == len(done) == 2
        assert tx.audit.verify() == (True, "2 rows")
        assert tx.inbox.claim(now, 10, 60, "too early") == []
        assert [i.attempts for i in tx.inbox.claim(now + timedelta(seconds=90), 10, 60, "next")] == [2, 2, 2]


def test_busy_after_ten_seconds_then_free(sqlite: rigs.Sqlite) -> None:
    url = sqlite.fresh()
    migrate(url)
    holder = start("hold", url, 25)  # a busy machine takes seconds to start a process
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    opened = open_store(url, KEYRING)
    with opened.read() as tx:  # readers are not touched
        assert tx.meta.get("held") is None
    assert said(start("try_write", url)) in ([["busy", "10"]], [["busy", "11"]])
    holder.wait(20)
    assert said(start("try_write", url)) == [["written"]]
    opened.close()
    sqlite.discard(url)


def test_a_dead_holder_holds_nothing(sqlite: rigs.Sqlite) -> None:
    url = sqlite.fresh()
    migrate(url)
    holder = start("hold", url, 60)
    assert holder.stdout is not None
    holder.stdout.readline()
    holder.kill()
    holder.wait(10)
    assert said(start("try_write", url)) == [["written"]]
    opened = open_store(url, KEYRING)
    with opened.read() as tx:
        assert tx.meta.get("held") is None
    opened.close()
    sqlite.discard(url)
