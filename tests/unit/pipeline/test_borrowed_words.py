"""An empty answer in an old thread, a friend's mail or a file without a word: staff read it, nothing happens to
anybody."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake.model import CaseState, SeekerStatus
from tests.house import DESK, TestHouse, open_test_house

WISH = "しばらく休止してください。求人の紹介を止めてください。\r\n"
HEAD = (
    f"From: taro@example.jp\r\nTo: {DESK}\r\nSubject: Re: ご連絡\r\nMessage-ID: <1@example.jp>\r\nMIME-Version: 1.0\r\n"
)
PLAIN = "Content-Type: text/plain; charset=utf-8\r\n"
MIXED = "Content-Type: multipart/mixed; boundary=b\r\n\r\n"


def thread() -> str:
    older = "\r\n>> ".join(["> 2026年3月1日(日) 9:00 山田 太郎 <taro@example.jp>:", WISH])
    return f"{PLAIN}\r\n\r\n2026年11月10日(火) 10:00 佐藤 <{DESK}>:\r\n> 承知いたしました。\r\n>\r\n{older}"


def offered() -> str:
    offer = "> 休止をご希望の場合は「休止してください」とご返信ください。\r\n> 求人の紹介を停止いたします。\r\n"
    return f"{PLAIN}\r\n2026年11月10日(火) 10:00 サポート <{DESK}>:\r\n{offer}"


def friend() -> str:
    inner = f"Content-Type: message/rfc822\r\n\r\nFrom: friend@example.com\r\n{PLAIN}\r\n{WISH}"
    return f"{MIXED}--b\r\n{PLAIN}\r\n\r\n--b\r\n{inner}\r\n--b--\r\n"


@pytest.mark.parametrize("rest", [thread(), offered(), friend()], ids=["thread", "offered", "friend"])
def test_nothing_is_done_on_words_that_are_not_the_senders(tmp_path: Path, rest: str) -> None:
    house: TestHouse = open_test_house(tmp_path)
    house.seeker()
    house.raw((HEAD + rest).encode(), mail_from="taro@example.jp")
    house.work()
    assert {case.state for case in house.cases()} == {CaseState.REVIEW}
    assert house.get_seeker().status is SeekerStatus.ACTIVE
    assert house.get_seeker().outreach_held_at is None
    with house.store.read() as tx:
        found = tx.inbox.reading(1)
    assert found is not None
    assert found[1] is not None
    assert {"quoted_only", "attached_only"} & set(found[1].doubts)
