"""Files of keys and secrets on a full disk, on a disk that takes half, in two processes at once."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from intake import durable
from intake.errors import StorageFull, StoreUnavailable
from intake.keyring import load_keyring, make_secret
from intake.store import FileWrapping
from tests.unit.store.given import KEYRING
from tests.unit.test_disk import fill, small_disk  # noqa: F401 a fixture


def test_a_disk_that_takes_a_byte_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda file, data: real(file, bytes(data[:1])))
    durable.put(tmp_path / "keys", b"0123456789")
    assert (tmp_path / "keys").read_bytes() == b"0123456789"
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [tmp_path / "keys"]


def test_a_crash_while_a_secret_is_made_leaves_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty file would be taken for the secret at the next start, and nothing would ever open again."""

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    path = tmp_path / "home" / "secret"
    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="No space"):
        make_secret(path)
    assert list(path.parent.iterdir()) == []
    monkeypatch.undo()
    make_secret(path)
    first = load_keyring(path).key("x")
    make_secret(path)
    assert load_keyring(path).key("x") == first


def test_of_two_that_make_the_same_file_one_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret"
    real = os.fsync

    def meanwhile(file: int) -> None:
        real(file)
        if not path.exists():
            path.write_bytes(b"theirs")

    monkeypatch.setattr(os, "fsync", meanwhile)
    assert not durable.make(path, b"ours")
    assert path.read_bytes() == b"theirs"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_while_wrapping_keys_are_written_loses_none(small_disk: Path) -> None:  # noqa: F811
    """These few lines open everything that was ever kept: torn, nobody's message could be read any more."""
    path = small_disk / "wrapping.keys"
    keys = FileWrapping(KEYRING, path)
    while not path.exists() or path.stat().st_size < 4090:
        keys.rotate()
    before = path.read_bytes()
    ballast = fill(small_disk, leave=4096)  # one block: the file needs two
    for _ in range(3):
        with pytest.raises(StorageFull):
            keys.rotate()
    assert path.read_bytes() == before
    assert FileWrapping(KEYRING, path).current() == keys.current()
    ballast.unlink()
    assert keys.rotate() == FileWrapping(KEYRING, path).current()


def test_a_damaged_line_is_said_in_words(tmp_path: Path) -> None:
    path = tmp_path / "wrapping.keys"
    FileWrapping(KEYRING, path).rotate()
    path.write_bytes(path.read_bytes() + b"2 00")
    with pytest.raises(StoreUnavailable, match="line 2 is damaged"):
        FileWrapping(KEYRING, path).current()
