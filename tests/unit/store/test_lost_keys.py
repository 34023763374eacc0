"""Data whose keys or secret are lost: nothing new is made beside them, and a restore brings the keys back."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa

from intake.bootstrap.home import connect, init_home
from intake.config import Settings
from intake.errors import BadInput, NotFound, SettingError, StoreUnavailable
from intake.store import SqlStore, migrate, open_store, restore
from intake.store.tables import data_key
from tests.unit.store.given import KEYRING, NOW, arrival


def files_of(store: SqlStore) -> tuple[str, Path]:
    """Its URL and its keys; it is closed."""
    url, file = str(store.url), store.file()
    assert file is not None
    store.close()
    return url, file.with_name("keys.db")


def lose(keys: Path) -> None:
    for path in keys.parent.glob(f"{keys.name}*"):
        path.unlink()


def accept(store: SqlStore, number: int = 1) -> None:
    with store.write() as tx:
        tx.inbox.add([arrival(number)])


def waiting(url: str) -> list[bytes]:
    store = open_store(url, KEYRING)
    with store.read() as tx:
        found = [tx.inbox.envelope(i).raw for i in tx.inbox.without_end()]
    store.close()
    return found


def test_no_keys_are_made_beside_data_that_others_open(store: SqlStore) -> None:
    accept(store)
    url = store.url.render_as_string(hide_password=False)
    with store._engines[2].begin() as conn:
        conn.execute(sa.text("DELETE FROM data_key"))
    with pytest.raises(SettingError, match="intake restore"):
        migrate(url)


def test_a_lost_key_store_is_not_made_anew(sqlite_store: SqlStore) -> None:
    accept(sqlite_store)
    url, keys = files_of(sqlite_store)
    lose(keys)
    with pytest.raises(SettingError, match=r"keys\.db"):
        migrate(url)
    assert not keys.exists()


@pytest.mark.parametrize("left", ["nothing", "no bytes", "no keys"])
def test_a_restore_brings_the_keys_back_where_none_are_left(left: str, sqlite_store: SqlStore, tmp_path: Path) -> None:
    """A message that was answered 250 and waited in the backup is there again."""
    accept(sqlite_store)
    sqlite_store.backup(tmp_path / "b")
    url, keys = files_of(sqlite_store)
    lose(keys)
    if left == "no bytes":
        keys.touch()
    elif left == "no keys":
        migrate(f"sqlite:///{tmp_path}/new/intake.db")
        shutil.copy(tmp_path / "new" / "keys.db", keys)
    restore(tmp_path / "b", url, KEYRING)
    assert waiting(url) == [arrival(1).envelope.raw]


def test_keys_of_another_store_are_named_and_nothing_is_touched(sqlite_store: SqlStore, tmp_path: Path) -> None:
    accept(sqlite_store)
    sqlite_store.backup(tmp_path / "b")
    accept(sqlite_store, 2)
    url, keys = files_of(sqlite_store)
    new = f"sqlite:///{tmp_path}/new/intake.db"
    migrate(new)
    other = open_store(new, KEYRING)
    with other.write() as tx:
        for _ in range(5):
            tx.blobs.destroy_keys([tx.blobs.new_key()])
    other.close()
    lose(keys)
    shutil.copy(tmp_path / "new" / "keys.db", keys)
    with pytest.raises(BadInput, match="move it away"):
        restore(tmp_path / "b", url, KEYRING)
    lose(keys)
    restore(tmp_path / "b", url, KEYRING)
    assert waiting(url) == [arrival(1).envelope.raw]


def test_an_older_copy_of_the_keys_gives_no_number_again(url: str) -> None:
    """What came after that copy cannot be read; what comes now can, and is not taken for it."""
    store = open_store(url, KEYRING)
    accept(store)
    with store._engines[3].connect() as conn:
        old = conn.execute(sa.text("SELECT max(id) FROM data_key")).scalar_one()
    store.close()
    store = open_store(url, KEYRING)  # another process, with keys of its own
    accept(store, 2)
    with store._engines[2].begin() as conn:
        conn.execute(sa.text("DELETE FROM data_key WHERE id > :old"), {"old": old})
        if store.is_sqlite:
            conn.execute(sa.text("UPDATE sqlite_sequence SET seq = :old WHERE name = 'data_key'"), {"old": old})
        else:
            conn.execute(sa.text("SELECT setval('data_key_id_seq', :old)"), {"old": old})
    store.close()
    store = open_store(url, KEYRING)
    store.bury_again()
    accept(store, 3)
    with store.read() as tx:
        assert tx.inbox.key_of(3) > tx.inbox.key_of(2) > tx.inbox.key_of(1)
        assert tx.inbox.envelope(3).raw == arrival(3).envelope.raw
        with pytest.raises(NotFound):
            tx.inbox.envelope(2)
    store.close()


def test_one_damaged_key_is_a_lost_key_and_stops_nobody_else(store: SqlStore) -> None:
    """Its message stays waiting, named, and can be read once the key is put back from a copy."""
    for number in (1, 2):
        accept(store, number)
    with store.read() as tx:
        key_id = tx.inbox.key_of(1)
    with store._engines[2].begin() as conn:
        damaged = sa.update(data_key).where(data_key.c.id == key_id)
        conn.execute(damaged.values(wrapped=b"\0" * 60))
    store.keys.prove()
    with store.write() as tx:
        assert [item.id for item in tx.inbox.claim(NOW, 10, 60, "w")] == [2]
        assert tx.inbox.attempts_of(1) == (1, "KeyMissing")
        assert tx.inbox.without_end() == [1, 2]
        assert tx.erasure.end_keyless() == 0, "whose key cannot be opened is not erased"
        assert tx.inbox.without_end() == [1, 2]


def test_a_damaged_key_store_is_not_replaced_by_itself(sqlite_store: SqlStore, tmp_path: Path) -> None:
    """It knows who was erased: whoever moves it away has seen that."""
    accept(sqlite_store)
    sqlite_store.backup(tmp_path / "b")
    url, keys = files_of(sqlite_store)
    lose(keys)
    keys.write_bytes(b"torn" * 100)
    with pytest.raises(BadInput, match="damaged"):
        restore(tmp_path / "b", url, KEYRING)
    assert keys.read_bytes() == b"torn" * 100


def test_where_everybody_of_the_backup_is_erased_the_keys_stay(sqlite_store: SqlStore, tmp_path: Path) -> None:
    accept(sqlite_store)
    sqlite_store.backup(tmp_path / "b")
    with sqlite_store.write() as tx:
        tx.blobs.destroy_keys([tx.inbox.key_of(1)])
    sqlite_store.keys.bury([("key", 9999)], NOW)
    url, _ = files_of(sqlite_store)
    restore(tmp_path / "b", url, KEYRING)
    assert waiting(url) == []


def test_a_lost_secret_is_not_made_anew_beside_data(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    init_home(settings)
    made = settings.secret_path.read_bytes()
    settings.secret_path.unlink()
    init_home(settings)
    assert settings.secret_path.read_bytes() != made, "nothing is stored yet"
    store = connect(settings)
    accept(store)
    store.close()
    kept = settings.secret_path.read_bytes()
    settings.secret_path.unlink()
    with pytest.raises(SettingError, match="put it back"):
        init_home(settings)
    settings.secret_path.write_bytes(made)
    with pytest.raises(StoreUnavailable, match="INTAKE_SECRET_FILE"):
        connect(settings)
    settings.secret_path.write_bytes(kept)
    connect(settings).close()
