"""A restore proves the keys before it replaces anything: what nobody could open afterwards is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake.errors import BadInput
from intake.keyring import Keyring
from intake.store import FileWrapping, SqlStore, migrate, open_store, restore
from tests.unit.store.given import KEYRING, arrival

STRANGER = Keyring(bytes(range(100, 164)))


def filled(store: SqlStore, path: Path) -> SqlStore:
    opened = open_store(str(store.url), KEYRING, wrapping=FileWrapping(KEYRING, path))
    with opened.write() as tx:
        tx.inbox.add([arrival(raw=b"words")])
    return opened


def fresh(folder: Path) -> str:
    folder.mkdir()
    url = f"sqlite:///{folder / 'intake.db'}"
    migrate(url)
    return url


def test_a_new_machine_needs_the_old_secret(sqlite_store: SqlStore, tmp_path: Path) -> None:
    store = filled(sqlite_store, tmp_path / "wrapping.keys")
    store.backup(tmp_path / "b")
    store.close()
    url = fresh(tmp_path / "new")
    before = (tmp_path / "new" / "intake.db").read_bytes()
    with pytest.raises(BadInput, match=r"b\.keys: .*another secret.*secret\.key"):
        restore(tmp_path / "b", url, STRANGER)
    assert (tmp_path / "new" / "intake.db").read_bytes() == before
    restore(tmp_path / "b", url, KEYRING)
    store = open_store(url, KEYRING)
    with store.read() as tx:
        assert tx.inbox.envelope(1).raw == b"words"
    store.close()


def test_and_the_wrapping_keys_once_they_were_changed(sqlite_store: SqlStore, tmp_path: Path) -> None:
    path = tmp_path / "wrapping.keys"
    store = filled(sqlite_store, path)
    store.keys.rotate()
    store.backup(tmp_path / "b")
    store.close()
    url = fresh(tmp_path / "new")
    with pytest.raises(BadInput, match=r"wrapping key 1 is not in .*wrapping\.keys"):
        restore(tmp_path / "b", url, KEYRING, wrapping=FileWrapping(KEYRING, tmp_path / "new" / "wrapping.keys"))
    restore(tmp_path / "b", url, KEYRING, wrapping=FileWrapping(KEYRING, path))


def test_keys_wrapped_by_a_destroyed_one_are_refused_before_the_data_are_touched(
    sqlite_store: SqlStore, tmp_path: Path
) -> None:
    path, here = tmp_path / "wrapping.keys", Path(str(sqlite_store.url.database))
    store = filled(sqlite_store, path)
    store.keys.rotate()
    store.backup(tmp_path / "b")
    store.keys.rotate()
    store.close()
    for name in ("keys.db", "keys.db-wal", "keys.db-shm"):
        here.with_name(name).unlink(missing_ok=True)
    before = here.read_bytes()
    with pytest.raises(BadInput, match="wrapping key 1"):
        restore(tmp_path / "b", str(sqlite_store.url), KEYRING, wrapping=FileWrapping(KEYRING, path))
    assert here.read_bytes() == before
