"""A backup or a restore that is broken off leaves what was there, whole, and nothing that looks like more."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from intake.errors import StorageFull
from intake.store import SqlStore, open_store, restore
from tests.unit.store.given import KEYRING, arrival
from tests.unit.test_disk import fill, small_disk  # noqa: F401 a fixture


@pytest.mark.parametrize("leave", [4096, 200_000, 700_000])
def test_half_a_backup_is_none(leave: int, sqlite_store: SqlStore, small_disk: Path) -> None:  # noqa: F811
    with sqlite_store.write() as tx:
        tx.inbox.add([arrival(raw=os.urandom(1_000_000))])
    ballast = fill(small_disk, leave=leave)
    with pytest.raises(StorageFull):
        sqlite_store.backup(small_disk / "b")
    assert list(small_disk.iterdir()) == [ballast]
    ballast.unlink()
    sqlite_store.backup(small_disk / "b")
    assert sorted(p.name for p in small_disk.iterdir()) == ["b", "b.keys"]


def test_a_restore_broken_off_keeps_the_last_writes(
    sqlite_store: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are in the log, which is taken away before the backup takes the place of the file."""
    sqlite_store.backup(tmp_path / "b")
    with sqlite_store.write() as tx:
        tx.inbox.add([arrival(raw=b"accepted")])
    killed = tmp_path / "killed"
    killed.mkdir()
    here = Path(str(sqlite_store.url.database))
    for name in (here.name, f"{here.name}-wal", "keys.db", "keys.db-wal"):  # as kill -9 leaves it: nothing is closed
        if (here.parent / name).exists():
            shutil.copy(here.parent / name, killed / name)

    def stops(*_: object) -> Path:
        raise KeyboardInterrupt

    url = f"sqlite:///{killed / here.name}"
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", stops)
        with pytest.raises(KeyboardInterrupt):
            restore(tmp_path / "b", url, KEYRING)
    store = open_store(url, KEYRING)
    with store.read() as tx:
        assert tx.inbox.envelope(1).raw == b"accepted"
    store.close()


def test_a_restore_without_room_changes_nothing(sqlite_store: SqlStore, small_disk: Path) -> None:  # noqa: F811
    here = Path(str(sqlite_store.url.database))
    sqlite_store.backup(here.parent / "b")
    sqlite_store.close()
    for path in here.parent.iterdir():
        if path.is_file() and path.name != "b":
            shutil.copy(path, small_disk / path.name)
    before = (small_disk / here.name).read_bytes()
    fill(small_disk, leave=4096)
    with pytest.raises(OSError, match="No space"):
        restore(here.parent / "b", f"sqlite:///{small_disk / here.name}", KEYRING)
    assert (small_disk / here.name).read_bytes() == before
    assert not (small_disk / f"{here.name}.part").exists()
