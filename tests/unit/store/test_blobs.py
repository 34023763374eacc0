"""Encrypted from the first day: nothing readable in any file, nothing at all once the key is gone."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from intake.errors import NotFound, StoreUnavailable
from intake.keyring import Keyring
from intake.model import Channel, End, Meaning, Message
from intake.store import SqlStore, open_store
from intake.store.keystore import POOL
from intake.store.tables import blob, data_key
from tests.unit.store.given import KEYRING, NOW, add_message, arrival, new_case, new_mail

WORDS = ["カナリア山田", "canary-subject", "canary@example.jp", "退会カナリア理由"]


def test_what_goes_in_comes_out(store: SqlStore) -> None:
    with store.write() as tx:
        key = tx.blobs.new_key()
        first, second = tx.blobs.put(key, "a", b""), tx.blobs.put(key, "b", b"\x00" * 100_000)
        assert tx.blobs.get(first) == b""
    with store.read() as tx:
        assert tx.blobs.get(second) == b"\x00" * 100_000
        with pytest.raises(NotFound):
            tx.blobs.get(10_000)


def test_keys_are_not_given_twice_and_outlive_a_rollback(store: SqlStore) -> None:
    keys: list[int] = []
    with pytest.raises(RuntimeError), store.write() as tx:  # noqa: PT012
        keys += [tx.blobs.new_key() for _ in range(3)]
        raise RuntimeError
    with store.write() as tx:
        keys += [tx.blobs.new_key() for _ in range(POOL + 3)]
    assert len(set(keys)) == POOL + 6
    assert len(store.keys.find(keys)) == POOL + 6


def test_two_stores_never_share_a_key(store: SqlStore) -> None:
    other = open_store(str(store.url.render_as_string(hide_password=False)), KEYRING)
    mine, theirs = store.keys.take(5), other.keys.take(5)
    other.close()
    assert not {i for i, _ in mine} & {i for i, _ in theirs}


def test_a_destroyed_key_makes_everything_under_it_unreadable(store: SqlStore) -> None:
    with store.write() as tx:
        gone, kept = tx.blobs.new_key(), tx.blobs.new_key()
        lost, there = tx.blobs.put(gone, "a", b"x"), tx.blobs.put(kept, "a", b"y")
        tx.blobs.destroy_keys([gone])
        with pytest.raises(NotFound):
            tx.blobs.put(gone, "a", b"z")
    with store.read() as tx:
        assert tx.blobs.get(there) == b"y"
        with pytest.raises(NotFound):
            tx.blobs.get(lost)


@pytest.mark.parametrize("change", ["kind", "data", "key_id"])
def test_a_blob_that_was_changed_or_moved_is_not_read(store: SqlStore, change: str) -> None:
    with store.write() as tx:
        key, other = tx.blobs.new_key(), tx.blobs.new_key()
        blob_id = tx.blobs.put(key, "a", b"secret")
        row = tx.inbox._c.conn.execute(sa.select(blob).where(blob.c.id == blob_id)).one()
        flipped = bytes([row.data[0] ^ 1]) + row.data[1:]
        value = {"kind": "b", "data": flipped, "key_id": other}[change]
        tx.inbox._c.conn.execute(sa.update(blob).where(blob.c.id == blob_id).values({change: value}))
    with store.read() as tx, pytest.raises(StoreUnavailable, match="damaged"):
        tx.blobs.get(blob_id)


def test_another_secret_cannot_read_and_says_so(store: SqlStore) -> None:
    with store.write() as tx:
        message_id = add_message(tx)
    other = open_store(
        str(store.url.render_as_string(hide_password=False)), Keyring(b"another secret of 32 bytes or more")
    )
    with pytest.raises(StoreUnavailable, match="INTAKE_SECRET_FILE"), other.read() as tx:
        tx.inbox.envelope(message_id)
    other.close()


def _say_it_all(store: SqlStore) -> tuple[int, int]:
    """The words go in by every door; ids of the message and of the case."""
    text = " ".join(WORDS)
    with store.write() as tx:
        (accepted,) = tx.inbox.add([arrival(raw=text.encode(), mail_from=WORDS[2], rcpt_to=(WORDS[2],), peer=WORDS[1])])
        (item,) = tx.inbox.claim(NOW, 1, 60, "w")
        message = Message(Channel.EMAIL, subject=text, text=text, new_text=text)
        tx.inbox.save_reading(item.id, message, Meaning(("withdrawal",), answer=text))
        case = tx.cases.add(new_case(item.id))
        tx.search.index(case.id, [text])
        tx.notes.add(case.id, "佐藤", text, NOW)
        tx.outbox.add(new_mail((case.id,), to=WORDS[2], subject=text, text=text, data=text.encode()), NOW)
        tx.inbox.finish(item.id, item.fence, End.CASE, case.id, NOW)
        return accepted.message_id, case.id


def test_no_file_holds_a_word_of_a_message(sqlite_store: SqlStore) -> None:
    _say_it_all(sqlite_store)
    file = sqlite_store.file()
    assert file is not None
    for look in (lambda: None, sqlite_store.checkpoint):
        look()
        for path in file.parent.iterdir():
            content = path.read_bytes()
            for word in WORDS:
                for charset in ("utf-8", "iso2022_jp", "utf-16-le"):
                    assert word.encode(charset) not in content, (path.name, word)


def test_after_destroying_the_keys_nothing_is_left_of_them(sqlite_store: SqlStore) -> None:
    with sqlite_store.write() as tx:
        message_id = add_message(tx)
        key_id = tx.inbox.key_of(message_id)
    with sqlite_store.keys._reader.connect() as c:
        wrapped: bytes = c.execute(sa.select(data_key.c.wrapped).where(data_key.c.id == key_id)).scalar_one()
    assert _files_with(sqlite_store, wrapped)
    sqlite_store.keys.destroy([key_id])
    assert _files_with(sqlite_store, wrapped) == []


def _files_with(store: SqlStore, content: bytes) -> list[Path]:
    file = store.file()
    assert file is not None
    return [p for p in file.parent.iterdir() if content in p.read_bytes()]


def test_everything_said_is_gone_with_its_keys(store: SqlStore) -> None:
    message_id, case_id = _say_it_all(store)
    with store.write() as tx:
        (mail,) = tx.outbox.of_case(case_id)
        assert tx.notes.of_case(case_id) != []
        keys = [tx.inbox.key_of(message_id), tx.outbox.key_of(mail.id)]
        tx.blobs.destroy_keys(keys)
    with store.read() as tx:
        assert tx.inbox.reading(message_id) is None
        assert tx.notes.of_case(case_id) == []
        (left,) = tx.outbox.of_case(case_id)
        assert (left.mail.to, left.mail.subject, left.mail.text, left.mail.data) == ("", "", "", b"")
        assert left.mail.message_id == mail.mail.message_id
        with pytest.raises(NotFound):
            tx.inbox.envelope(message_id)
    with store.write() as tx:
        assert tx.outbox.claim(NOW, 10, 60, "s") == []
        assert tx.outbox.counts()["cancelled"] == 1


def test_thousands_of_keys_asked_for_at_once_are_all_different_and_found_again(store: SqlStore) -> None:
    taken = store.keys.take(9000)
    assert len({key_id for key_id, _ in taken}) == len({key for _, key in taken}) == 9000
    assert store.keys.find([key_id for key_id, _ in taken[::97]]) == dict(taken[::97])
