"""Wrapping keys: changed while everything runs, the old ones destroyed; a file, or a program that speaks to a KMS."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pytest

from intake.errors import SettingError, StoreUnavailable
from intake.keyring import Keyring
from intake.store import CommandWrapping, FileWrapping, SqlStore, migrate, open_store
from tests.unit.store.given import KEYRING, arrival, seeker


def opened(url: str, path: Path) -> SqlStore:
    return open_store(url, KEYRING, wrapping=FileWrapping(KEYRING, path))


def filled(store: SqlStore) -> None:
    with store.write() as tx:
        tx.inbox.add([arrival(raw=b"Subject: x\r\n\r\nwords\r\n")])
        tx.seekers.upsert(seeker())


def read(store: SqlStore) -> tuple[bytes, str]:
    with store.read() as tx:
        found = tx.seekers.by_member_id("M-001")
        return tx.inbox.envelope(1).raw[-7:], found.name if found else ""


def test_rotation_wraps_everything_anew_and_loses_nothing(url: str, tmp_path: Path) -> None:
    path = tmp_path / "wrapping.keys"
    store, other = opened(url, path), opened(url, path)
    filled(store)
    assert store.keys.rotate()[0] == 1
    first = path.read_bytes()
    assert read(store) == (b"words\r\n", "山田 花子")
    assert read(other) == (b"words\r\n", "山田 花子"), "a process that was running reads the new file by itself"
    with other.write() as tx:
        tx.seekers.upsert(seeker("M-002", name="鈴木 一", addresses=(), phones=()))
    assert store.keys.rotate()[0] == 2
    assert read(other) == (b"words\r\n", "山田 花子")
    assert len(path.read_text().splitlines()) == 1
    assert not set(first.split()) & set(path.read_bytes().split()) - {b"1", b"2"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    store.close()
    other.close()


def test_old_copies_of_the_key_store_are_dead_after_it(sqlite_store: SqlStore, tmp_path: Path) -> None:
    url, path = str(sqlite_store.url), tmp_path / "wrapping.keys"
    store = opened(url, path)
    store.keys.rotate()
    filled(store)
    store.backup(tmp_path / "b")
    store.keys.rotate()
    home = tmp_path / "thief"
    home.mkdir()
    shutil.copy(tmp_path / "b", home / "intake.db")
    shutil.copy(tmp_path / "b.keys", home / "keys.db")
    shutil.copy(path, home / "wrapping.keys")
    stolen = opened(f"sqlite:///{home / 'intake.db'}", home / "wrapping.keys")
    with pytest.raises(StoreUnavailable, match="wrapping key 1"):
        read(stolen)
    stolen.close()
    assert read(store) == (b"words\r\n", "山田 花子")
    store.close()


def test_without_secret_or_file_nothing_is_read(sqlite_store: SqlStore, tmp_path: Path) -> None:
    url, path = str(sqlite_store.url), tmp_path / "wrapping.keys"
    store = opened(url, path)
    store.keys.rotate()
    filled(store)
    store.close()
    for keyring, file in ((Keyring(bytes(range(100, 164))), path), (KEYRING, tmp_path / "nowhere")):
        thief = open_store(url, keyring, wrapping=FileWrapping(keyring, file))
        with pytest.raises(StoreUnavailable), thief.read() as tx:
            tx.inbox.envelope(1)
        thief.close()


def test_a_crash_midway_leaves_both_keys(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "wrapping.keys"
    store = opened(url, path)
    filled(store)
    store.keys.rotate()
    with monkeypatch.context() as patch:
        patch.setattr(store.keys, "_rewrap", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            store.keys.rotate()
    assert len(path.read_text().splitlines()) == 2
    assert read(store) == (b"words\r\n", "山田 花子")
    store.keys.rotate()
    assert len(path.read_text().splitlines()) == 1
    assert read(store) == (b"words\r\n", "山田 花子")
    store.close()


KMS = """#!/bin/sh
cd "$(dirname "$0")" || exit 1
case "$1" in
current) ls keys | sort -n | tail -1 ;;
key) cat "keys/$2" ;;
rotate) n=$(( $(ls keys | sort -n | tail -1) + 1 ))
        head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \\n' > "keys/$n"; echo $n ;;
retire) for k in $(ls keys); do [ "$k" -ge "$2" ] || rm "keys/$k"; done ;;
*) exit 2 ;;
esac
"""


def kms(tmp_path: Path) -> Path:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "7").write_text("ab" * 32)
    program = tmp_path / "kms"
    program.write_text(KMS)
    program.chmod(0o755)
    return program


def test_a_program_gives_the_keys(url: str, tmp_path: Path) -> None:
    program = kms(tmp_path)
    store = open_store(url, KEYRING, wrapping=CommandWrapping(str(program)))
    filled(store)
    assert read(store)[0] == b"words\r\n"
    assert store.keys.rotate()[0] == 8
    assert [p.name for p in (tmp_path / "keys").iterdir()] == ["8"]
    assert read(store)[0] == b"words\r\n"
    store.close()


@pytest.mark.parametrize("answer", ["exit 3", "echo no number", "sleep 0; echo", "echo 1; exit 1"])
def test_a_program_that_fails_is_said_and_its_answer_is_not(answer: str, url: str, tmp_path: Path) -> None:
    program = tmp_path / "kms"
    program.write_text(f"#!/bin/sh\n{answer}\n")
    program.chmod(0o755)
    store = open_store(url, KEYRING, wrapping=CommandWrapping(str(program)))
    with pytest.raises(StoreUnavailable, match="INTAKE_KEYS_COMMAND") as e:
        filled(store)
    assert "no number" not in str(e.value)
    store.close()


def test_keys_may_lie_in_a_file_though_the_data_are_on_a_server(postgres_url: str, tmp_path: Path) -> None:
    keys = f"sqlite:///{tmp_path / 'keys.db'}"
    migrate(postgres_url, keys)
    store = open_store(postgres_url, KEYRING, keys)
    filled(store)
    assert read(store)[0] == b"words\r\n"
    store.close()
    (tmp_path / "keys.db").unlink()
    with pytest.raises(SettingError, match=r"keys\.db"):
        migrate(postgres_url, keys)
    migrate(f"sqlite:///{tmp_path}/other/intake.db", keys)
    store = open_store(postgres_url, KEYRING, keys)
    with store.read() as tx:
        assert tx.seekers.by_member_id("M-001") is None
    store.close()
