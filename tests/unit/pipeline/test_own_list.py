"""Who writes through a group in front of the desk is heard: a case for staff, and no automatic mail into a list."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from intake.model import CaseState, End, SeekerStatus
from intake.parsing import ParseOptions
from tests.house import DESK, open_test_house

LIST = f"List-ID: <{DESK.replace('@', '.')}>\r\nList-Post: <mailto:{DESK}>\r\nPrecedence: list\r\n"
MAIL = f"From: taro@example.jp\r\nTo: {DESK}\r\nSubject: x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"


@pytest.mark.parametrize("headers", [LIST, "Precedence: bulk\r\n"])
def test_leaving_through_our_own_list_waits_for_staff(tmp_path: Path, headers: str) -> None:
    house = open_test_house(tmp_path)
    house.tools = replace(house.tools, parse_options=ParseOptions(own_addresses=(DESK,)))
    house.seeker()
    body = "お世話になっております。山田太郎です。\r\n退会の手続きをお願いいたします。\r\n"
    house.raw(f"{headers}{MAIL}{body}".encode(), mail_from="taro@example.jp")
    house.work()
    with house.store.read() as tx:
        assert tx.inbox.end_of(1) == (End.CASE, 1)
    assert [(c.request, c.state, c.hold_reason) for c in house.cases()] == [
        ("withdrawal", CaseState.REVIEW, "no_reply")
    ]
    assert house.relay.mails == []
    assert house.get_seeker().status is SeekerStatus.ACTIVE
