"""SMTP into a real database: what was answered 250 is there, whatever happens; what is not there was not."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from intake.store import SqlStore, migrate, open_store
from tests import rigs
from tests.unit.channels.fakes import Client, Port
from tests.unit.channels.stores import KEYRING, real_store


def mail(n: int) -> bytes:
    return b"From: taro%d@example.jp\r\nSubject: %d\r\n\r\n" % (n, n) + b"body \x1b$B%5%3%s\x1b(B \xff\r\n" * (
        n % 50 + 1
    )


def kept(store: SqlStore) -> list[bytes]:
    with store.read() as tx:
        waiting = tx.inbox.backlog(datetime.now(UTC) + timedelta(days=1)).waiting
        return [tx.inbox.envelope(n).raw for n in range(1, waiting + 1)]


def deliver(client: Client, raw: bytes) -> str:
    client.mail()
    client.send(raw + b".\r\n")
    return client.reply()


def test_many_at_once_are_all_there_with_their_bytes(databases: Any) -> None:
    url = databases.fresh()
    migrate(url)
    store = open_store(url, KEYRING)
    replies: list[str] = []

    def send(port: Port, first: int) -> None:
        client = port.client().hello()
        replies.extend(deliver(client, mail(n)) for n in range(first, 60, 12))

    with Port(store, use_uvloop=True) as port:
        senders = [threading.Thread(target=send, args=(port, n)) for n in range(12)]
        for one in senders:
            one.start()
        for one in senders:
            one.join(30)
        again = deliver(port.client().hello(), mail(7))
    assert len(replies) == 60
    assert all(r.startswith("250 ") for r in replies)
    assert sorted(kept(store)) == sorted(mail(n) for n in range(60))
    assert again in replies  # the same envelope and bytes: the same row
    store.close()
    databases.discard(url)


def test_a_database_that_is_written_by_another_process(tmp_path: Path) -> None:
    with real_store(tmp_path) as store, Port(open_store(str(store.url), KEYRING, busy_seconds=0.5)) as port:
        client = port.client().hello()
        database = Path(str(store.url.database))
        lock = os.open(database.with_name(database.name + ".lock"), os.O_RDWR | os.O_CREAT)
        fcntl.flock(lock, fcntl.LOCK_EX)
        began = time.monotonic()
        assert deliver(client, mail(1)).startswith("451 4.3.0")
        assert time.monotonic() - began < 3
        os.close(lock)
        assert deliver(client, mail(1)).startswith("250")
        assert kept(store) == [mail(1)]


def test_a_database_that_is_not_there() -> None:
    store = open_store(f"postgresql://intake@127.0.0.1:{rigs.free_port()}/none", KEYRING)
    with Port(store) as port:
        assert deliver(port.client().hello(), mail(1)).startswith("451 4.3.0")


# --- a process of its own --------------------------------------------------------------------------------------------


@contextmanager
def server(url: str, *arguments: str, prefix: tuple[str, ...] = (), **environment: str) -> Iterator[Any]:
    """(process, port)."""
    command = [*prefix, sys.executable, "-m", "tests.integration.smtp_server", url, *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ | environment, start_new_session=True)
    assert process.stdout is not None
    try:
        yield process, int(process.stdout.readline())
    finally:
        with suppress(ProcessLookupError):  # it may have ended itself
            os.killpg(process.pid, signal.SIGKILL)  # the server too where strace stands before it
        process.wait(10)
        process.stdout.close()


@pytest.mark.parametrize("where", ["inbox.before_commit", "inbox.committed"])
def test_killed_around_the_commit(tmp_path: Path, where: str) -> None:
    url = f"sqlite:///{tmp_path}/intake.db"
    answered = []
    with server(url, INTAKE_FAIL_AT=f"{where}:4") as (process, port):
        client = Client(port).hello()
        for n in range(6):
            try:
                reply = deliver(client, mail(n))
            except (AssertionError, OSError):
                break
            if not reply:
                break
            answered.append(n)
        assert process.wait(10) == -9
    assert answered == [0, 1, 2]
    with server(url) as (_, port):
        client = Client(port).hello()
        assert deliver(client, mail(3)).startswith("250")  # the sender comes again
        store = open_store(url, KEYRING)
        assert kept(store) == [mail(n) for n in range(4)]  # once, whether the first try was committed or not
        store.close()


def test_a_disk_that_is_full(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/intake.db"
    answered: list[bytes] = []
    with server(url, "1200000") as (process, port):
        client = Client(port).hello()
        refused = ""
        for n in range(60):
            raw = mail(n) + os.urandom(30_000).hex().encode() + b"\r\n"
            reply = deliver(client, raw)
            if reply.startswith("250"):
                answered.append(raw)
            else:
                refused = reply
                break
        assert refused[:3] in ("451", "452")
        assert process.poll() is None
    with server(url) as (_, port):
        assert deliver(Client(port).hello(), mail(99)).startswith("250")
        store = open_store(url, KEYRING)
        assert kept(store) == [*answered, mail(99)]
        store.close()


SYNCED = re.compile(r"(fdatasync|fsync)\(\d+.*= 0|<\.\.\. f(data)?sync resumed>.*= 0")


def synced_before_250(folder: Path, **environment: str) -> list[bool]:
    """For each of three mails: was anything synced between its arrival and its 250?"""
    if shutil.which("strace") is None:
        rigs.missing("strace", "strace")
    trace = folder / "trace"
    prefix = ("strace", "-f", "-s", "60", "-o", str(trace), "-e", "trace=fdatasync,fsync,sendto,write,recvfrom,read")
    with server(f"sqlite:///{folder}/intake.db", prefix=prefix, **environment) as (_, port):
        client = Client(port).hello()
        for n in range(3):
            assert deliver(client, mail(n)).startswith("250 2.0.0 OK")
    calls = trace.read_text(errors="replace").splitlines()
    dots = [i for i, call in enumerate(calls) if re.search(r"(recvfrom|read)\(.*Subject: \d", call)]
    oks = [i for i, call in enumerate(calls) if re.search(r'(sendto|write)\(\d+, "250 2\.0\.0 OK', call)]
    assert len(dots) == len(oks) == 3
    return [any(SYNCED.search(call) for call in calls[dot:ok]) for dot, ok in zip(dots, oks, strict=True)]


def test_no_250_before_the_sync_in_the_trace(tmp_path: Path) -> None:
    assert synced_before_250(tmp_path) == [True] * 3


def test_the_trace_tells_when_nothing_is_synced(tmp_path: Path) -> None:
    assert synced_before_250(tmp_path, INTAKE_TEST_SQLITE_SYNCHRONOUS="OFF")[1:] == [False] * 2
