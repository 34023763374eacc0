"""Two people at one mail address: who is erased takes nothing of the other along, and leaves nothing of their own."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from intake.errors import NotFound
from intake.model import CaseState, MailState
from intake.pipeline.erasing import begin_operator
from intake.pipeline.erasing.begin import KEEPER
from intake.ports.erasing import ErasureRow
from tests.house import TestHouse
from tests.integration.test_erasure_steps import eraser, quick_house
from tests.unit.store.given import new_mail

FAMILY, TARO, HANAKO = "family@example.jp", "百目鬼 藤一郎", "百目鬼 華世"


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Any:
    """Husband and wife."""
    made = quick_house(tmp_path / "home", database_url)
    made.seeker("M-10001", TARO, FAMILY)
    made.seeker("M-10002", HANAKO, FAMILY)
    yield made
    made.store.close()


def erase(house: TestHouse, *member_ids: str) -> list[ErasureRow]:
    for member_id in member_ids:
        with house.store.write() as tx:
            begin_operator(tx, house.get_seeker(member_id), KEEPER, house.tools, house.now)
    return eraser(house).run()


def hers(house: TestHouse, body: str) -> int:
    house.now += timedelta(hours=1)
    return house.mail(body, from_=f"{HANAKO} <{FAMILY}>").message_id


def is_readable(house: TestHouse, message_id: int) -> bool:
    with house.store.read() as tx:
        try:
            return bool(tx.inbox.envelope(message_id).raw)
        except NotFound:
            return False


def read_only(house: TestHouse) -> None:
    worker = house.worker
    while worker.run_once():
        pass


def test_the_others_mail_still_leaves(house: TestHouse) -> None:
    hers(house, "百目鬼華世です。会員番号はM-10002です。退会の手続きをお願いします。")
    read_only(house)
    erase(house, "M-10001")
    house.relay.mails.clear()
    house.work()
    assert [(m.template, m.to) for m in house.relay.mails] == [("receipt_withdrawal", FAMILY)]
    assert [c.state for c in house.cases()] == [CaseState.AWAITING_PROOF]
    assert house.link()


def test_what_may_be_either_ones_is_left_to_staff_who_are_told(house: TestHouse) -> None:
    house.now += timedelta(hours=1)
    message_id = house.mail("担当者を変更してください。", from_=f"百目鬼 <{FAMILY}>").message_id
    house.work()
    (case,) = house.cases()
    assert (case.seeker_id, case.hold_reason) == (None, "several_seekers")
    (row,) = erase(house, "M-10001")
    assert (house.cases()[0].state, house.cases()[0].hold_reason) == (CaseState.REVIEW, "several_seekers")
    assert is_readable(house, message_id)
    assert row.certificate is not None
    assert row.certificate["unclear"] == [case.number]
    with house.store.read() as tx:
        assert [c.seeker.member_id for c in tx.cases.candidates(case.id)] == ["M-10002"]


def test_what_nobody_has_read_yet_is_left(house: TestHouse) -> None:
    message_id = hers(house, "百目鬼華世です。会員番号はM-10002です。退会はやめます。")
    erase(house, "M-10001")
    assert is_readable(house, message_id)
    house.work()
    assert [c.seeker_id for c in house.cases(message_id)] == [house.get_seeker("M-10002").id]


def test_their_own_goes_all_the_same(house: TestHouse) -> None:
    """By their case, and a mail of no case (a notice) by the name in it."""
    mine = house.mail(f"{TARO}です。会員番号はM-10001です。退会します。", from_=f"{TARO} <{FAMILY}>").message_id
    house.work()
    with house.store.write() as tx:
        notices = [tx.outbox.add(new_mail(to=FAMILY, text=f"{name} 様"), house.now).id for name in (TARO, HANAKO)]
    (row,) = erase(house, "M-10001")
    assert row.certificate is not None
    assert not is_readable(house, mine)
    with house.store.read() as tx:
        assert [bool(tx.outbox.get(n).mail.text) for n in notices] == [False, True]
        assert [tx.outbox.get(n).state for n in notices] == [MailState.CANCELLED, MailState.QUEUED]
        assert tx.seekers.by_member_id("M-10001") is None
    assert house.get_seeker("M-10002").address == FAMILY


def test_who_both_go_leave_nothing_behind(house: TestHouse) -> None:
    message_id = house.mail("担当者を変更してください。", from_=f"百目鬼 <{FAMILY}>").message_id
    house.work()
    rows = erase(house, "M-10001", "M-10002")
    assert [r.step for r in rows] == ["done", "done"]
    assert not is_readable(house, message_id)
    assert [c.state for c in house.cases()] == [CaseState.DONE]


@pytest.mark.parametrize("first", [True, False])
def test_one_after_the_other_leave_nothing_behind(house: TestHouse, first: bool) -> None:
    message_id = house.mail("担当者を変更してください。", from_=f"百目鬼 <{FAMILY}>").message_id
    house.work()
    order = ("M-10001", "M-10002") if first else ("M-10002", "M-10001")
    erase(house, order[0])
    assert is_readable(house, message_id)
    erase(house, order[1])
    assert not is_readable(house, message_id)
