"""The reserve for the last hour of a disk: made, given up, made anew; nothing new is kept while only it is left."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.bootstrap.disk import NAME, RESERVE, Disk, Doors, Room
from intake.channels.inbox import InboxWriter
from intake.errors import StorageFull
from tests import rigs
from tests.unit.channels.stores import real_store
from tests.unit.store.given import arrival

SIZE = 8_000_000


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of eight megabytes, a tenth of which is the reserve."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    if os.getuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        rigs.missing("a small tmpfs (mount needs root)", "mount")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path, leave: int) -> Path:
    ballast = folder / "ballast"
    disk = os.statvfs(folder)
    ballast.write_bytes(bytes(disk.f_bavail * disk.f_frsize - leave))
    return ballast


def test_the_reserve_is_real_given_up_and_made_anew(small_disk: Path) -> None:
    disk = Disk(small_disk)
    disk.look()
    reserve = small_disk / NAME
    assert reserve.stat().st_blocks * 512 >= SIZE // 10 - 4096  # blocks, not a hole
    assert (disk.room, disk.trouble()) == (Room.ENOUGH, None)
    ballast = fill(small_disk, leave=20_000)
    assert "MB are free" in (disk.trouble() or "")  # told before it is full
    disk.look()
    assert (disk.room, disk.refuses, reserve.exists()) == (Room.FULL, True, False)
    assert "452" in (disk.trouble() or "")
    left = os.statvfs(small_disk).f_bavail * 4096
    assert left > SIZE // 10 - 8192, "what was begun has the reserve now"
    disk.look()
    assert disk.room is Room.FULL  # the reserve is not made of itself, to and fro
    ballast.unlink()
    disk.look()
    assert (disk.room, disk.refuses, reserve.exists()) == (Room.ENOUGH, False, True)


def test_while_it_is_given_up_nothing_new_is_kept_and_the_rest_goes_on(tmp_path: Path) -> None:
    with real_store(tmp_path) as store:
        disk = Disk(tmp_path)
        doors = Doors(store, disk)
        writer = InboxWriter(doors)  # type: ignore[arg-type]
        writer.start()
        assert writer.accept(arrival(raw=b"a")).new
        disk.room = Room.FULL
        with pytest.raises(StorageFull):
            writer.accept(arrival(raw=b"b"))
        with pytest.raises(StorageFull), doors.write("imap"):
            pass
        with doors.write() as tx:  # a decision, an erasure, a mail's end
            tx.meta.put("x", "y")
        disk.room = Room.ENOUGH
        assert writer.accept(arrival(raw=b"b")).new
        writer.stop()


def test_a_home_that_is_mounted_read_only_is_said(small_disk: Path) -> None:
    disk = Disk(small_disk)
    disk.look()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    disk.look()
    assert (disk.room, disk.refuses) == (Room.READ_ONLY, False)  # the database itself says so, and 451 follows
    assert "read-only" in (disk.trouble() or "")
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    disk.look()
    assert disk.trouble() is None


def test_a_home_without_the_database_needs_none(tmp_path: Path) -> None:
    Disk(tmp_path, keeps_data=False).look()
    assert not (tmp_path / NAME).exists()
    assert RESERVE < 100_000_000
