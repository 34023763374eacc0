"""The same mailbox on another make of server: pymap, in its own process."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from imapclient import IMAPClient

from intake.channels.imap import Mailbox, parse_accounts
from intake.store import SqlStore
from tests import rigs
from tests.unit.channels.stores import real_store

MAIL = b"From: a@example.jp\r\nSubject: %d\r\n\r\nhello\r\n"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with real_store(tmp_path) as opened:
        yield opened


@pytest.fixture
def pymap() -> Iterator[int]:
    """The port of a pymap with its demo mailbox."""
    pytest.importorskip("pymap")
    port = rigs.free_port()
    command = [Path(sys.executable).with_name("pymap"), "--no-service", "admin", "--host", "127.0.0.1", "--no-tls"]
    process = subprocess.Popen([*command, "--port", str(port), "dict", "--demo-data"], stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 20
        while True:
            try:
                IMAPClient("127.0.0.1", port, ssl=False, timeout=5).shutdown()
                break
            except OSError:
                assert process.poll() is None
                assert time.monotonic() < end
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def test_pymap(pymap: int, store: SqlStore, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("demopass")
    [account] = parse_accounts(f"imap://demouser@127.0.0.1:{pymap}/INBOX?after=move", tmp_path / "password")
    box = Mailbox(account, store)
    old = box.sweep()
    assert old > 0
    with IMAPClient("127.0.0.1", pymap, ssl=False, timeout=5) as person:
        person.login("demouser", "demopass")
        for n in range(3):
            person.append("INBOX", MAIL % n)
    assert box.sweep() == 3
    with store.read() as tx:
        kept = [tx.inbox.envelope(n) for n in range(1, old + 4)]
    assert [e.archive for e in kept] == [True] * old + [False] * 3
    assert [e.raw for e in kept[old:]] == [MAIL % n for n in range(3)]
    with IMAPClient("127.0.0.1", pymap, ssl=False, timeout=5) as person:
        person.login("demouser", "demopass")
        assert person.select_folder("intake-done")[b"EXISTS"] == 3
        assert person.select_folder("INBOX")[b"EXISTS"] == old
    assert box.sweep() == 0
