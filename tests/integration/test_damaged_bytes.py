"""Bytes that rot on the disk: one message or one mail of them is named, and stops nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from intake.model import MailState
from intake.store.tables import blob, seeker
from tests.house import TestHouse, open_test_house

HANAKO = "鈴木 花子 <hanako@example.jp>"


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Iterator[TestHouse]:
    made = open_test_house(tmp_path / "home", url=database_url)
    made.seeker()
    made.seeker("M-10002", "鈴木 花子", "hanako@example.jp")
    yield made
    made.store.close()


def rot(house: TestHouse, kind: str) -> None:
    """One bit of the oldest blob of this kind."""
    store: Any = house.store
    with store.write() as tx:
        conn = tx.inbox._c.conn
        row = conn.execute(sa.select(blob).where(blob.c.kind == kind).order_by(blob.c.id).limit(1)).one()
        data = bytearray(row.data)
        data[30] ^= 1
        conn.execute(sa.update(blob).where(blob.c.id == row.id).values(data=bytes(data)))


def test_a_damaged_message_becomes_a_case_and_the_next_is_answered(house: TestHouse) -> None:
    broken = house.mail("退会したいです。手続きをお願いします。")
    sound = house.mail("退会したいです。手続きをお願いします。", from_=HANAKO)
    rot(house, "arrival")
    house.work()
    (case,) = house.cases(broken.message_id)
    assert (case.state.value, case.hold_reason) == ("review", "unreadable")
    assert [c.request for c in house.cases(sound.message_id)] == ["withdrawal"]
    assert [m.to for m in house.relay.mails] == ["hanako@example.jp"]
    with house.store.read() as tx:
        assert tx.inbox.without_end() == []
        reading = tx.inbox.reading(broken.message_id)
    assert reading is not None and "damaged" in (reading[0].error or "")


def test_two_damaged_messages_are_no_twins(house: TestHouse) -> None:
    first, second = house.mail("退会したいです。"), house.mail("担当者を変更してほしいです。")
    rot(house, "arrival")
    store: Any = house.store
    with store.write() as tx:
        tx.inbox._c.conn.execute(sa.update(blob).where(blob.c.kind == "arrival").values(data=b"\0" * 60))
    house.work()
    assert [len(house.cases(m.message_id)) for m in (first, second)] == [1, 1]


def test_a_damaged_mail_is_told_to_staff_and_the_next_leaves(house: TestHouse) -> None:
    broken = house.mail("退会したいです。手続きをお願いします。")
    house.worker.run_once()
    rot(house, "mail")
    house.mail("退会したいです。手続きをお願いします。", from_=HANAKO)
    house.work()
    assert [m.to for m in house.relay.mails] == ["hanako@example.jp"]
    failed, sent = house.outbox()
    assert (failed.state, failed.error, failed.mail.to) == (MailState.FAILED, "damaged", "")
    assert sent.state is MailState.SENT
    (case,) = house.cases(broken.message_id)
    assert (case.state.value, case.hold_reason) == ("review", "mail_failed")


def test_a_damaged_row_of_the_register_is_nobody_until_an_import_mends_it(house: TestHouse) -> None:
    taro, store = house.get_seeker(), house.store
    with store.write() as tx:
        conn = tx.inbox._c.conn  # type: ignore[attr-defined]
        row = conn.execute(sa.select(seeker).where(seeker.c.id == taro.id)).one()
        conn.execute(sa.update(seeker).where(seeker.c.id == taro.id).values(sealed=row.sealed[:-1] + b"?"))
    his = house.mail("退会したいです。手続きをお願いします。")
    hers = house.mail("退会したいです。手続きをお願いします。", from_=HANAKO)
    house.work()
    (case,) = house.cases(his.message_id)
    assert (case.state.value, case.seeker_id) == ("review", None)
    assert [(c.request, c.state.value) for c in house.cases(hers.message_id)] == [("withdrawal", "awaiting_proof")]
    house.seeker()
    assert house.get_seeker().name == taro.name


def test_pages_that_list_read_on_over_damaged_text(house: TestHouse) -> None:
    broken = house.mail("退会したいです。手続きをお願いします。")
    sound = house.mail("退会したいです。手続きをお願いします。", from_=HANAKO)
    house.work()
    rot(house, "message")
    ids = (broken.message_id, sound.message_id)
    with house.store.read() as tx:
        assert set(tx.glance.messages(ids)) == set(tx.glance.readings(ids)) == {sound.message_id}
        assert tx.inbox.reading(broken.message_id) is None
