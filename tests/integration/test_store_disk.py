"""A full disk answers "later", keeps what it answered for, and goes on by itself when there is room."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.errors import StorageFull, StoreUnavailable
from intake.store import SqlStore, migrate, open_store
from tests import rigs
from tests.integration.test_store_processes import said, start
from tests.unit.store.given import KEYRING, arrival


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 3 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)]
    if os.getuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        rigs.missing("a small tmpfs (mount needs root)", "mount")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def _is_whole(store: SqlStore, accepted: int) -> None:
    with store.read() as tx:
        assert tx.inbox._c.conn.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert tx.inbox.counts()["waiting"] == accepted
        for message_id in tx.inbox.without_end(10_000):
            assert len(tx.inbox.envelope(message_id).raw) == 20_000


def test_a_full_disk_is_said_and_survived(small_disk: Path) -> None:
    url = f"sqlite:///{small_disk}/intake.db"
    migrate(url)
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(500_000))
    *accepted, (end,) = said(start("fill", url, 0))
    assert end == "StorageFull"
    assert len(accepted) > 10
    store = open_store(url, KEYRING)
    _is_whole(store, len(accepted))
    with pytest.raises(StorageFull), store.write() as tx:
        tx.inbox.add([arrival(raw=os.urandom(200_000))])
    ballast.unlink()
    with store.write() as tx:
        tx.inbox.add([arrival(raw=bytes(20_000))])
    _is_whole(store, len(accepted) + 1)
    store.close()


def test_a_file_that_may_not_grow_is_said_and_survived(sqlite: rigs.Sqlite) -> None:
    url = sqlite.fresh()
    migrate(url)
    *accepted, (end,) = said(start("fill", url, 1_500_000))
    assert end in {StorageFull.__name__, StoreUnavailable.__name__}
    assert len(accepted) > 10
    store = open_store(url, KEYRING)
    _is_whole(store, len(accepted))
    with store.write() as tx:
        tx.inbox.add([arrival(raw=bytes(20_000))])
    _is_whole(store, len(accepted) + 1)
    store.close()
    sqlite.discard(url)
