"""A question is answered first: the big key opens the reply, and closing without one is a choice that says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from intake.model import CaseState
from tests.browser.test_desk import arrives
from tests.browser.test_staff_pages import get, sign_in, violations
from tests.house import TestHouse, open_test_house
from tests.integration.web_parts import served, staffed

STRANGER = "誰か <nobody@example.com>"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[TestHouse]:
    found = staffed(open_test_house(tmp_path))
    yield found
    found.store.close()


@pytest.fixture
def site(house: TestHouse, free_port: int) -> Iterator[str]:
    with served(house, free_port) as url:
        yield url


def test_the_big_key_of_a_question_opens_the_reply_with_the_answer_that_fits(
    house: TestHouse, site: str, page: Any
) -> None:
    house.seeker()
    case = arrives(house, "アプリを消したら退会したことになるのでしょうか。", "山田 太郎 <taro@example.jp>",
                   request="question")  # fmt: skip
    other = arrives(house, "面談の場所はどこですか。", STRANGER, request="question")
    sign_in(page, site)
    page.goto(f"{site}/staff/cases/{case.number}?tab=all")
    main = page.locator(".next .main")
    assert main.count() == 1
    assert "返信する" in main.inner_text()
    with page.expect_navigation():
        page.keyboard.press("y")
    assert get(house, case).state is CaseState.REVIEW
    assert "アプリを削除(アンインストール)されただけでは" in page.input_value("#reply")
    # what is answered is in sight
    assert "アプリを消したら退会した" in page.locator(".letter details .text").inner_text()
    assert violations(page) == []
    with page.expect_navigation():
        page.keyboard.press("v")
    with page.expect_navigation():
        page.keyboard.press("y")
    assert other.number in page.url  # the next case opens by itself
    assert get(house, case).state is CaseState.DONE
    sent = house.outbox()[-1].mail
    assert (sent.template, sent.to) == ("staff_answer", "taro@example.jp")


def test_closing_a_question_without_an_answer_says_so(house: TestHouse, site: str, page: Any) -> None:
    case = arrives(house, "面談の場所はどこですか。", STRANGER, request="question", sure=False)
    sign_in(page, site)
    page.goto(f"{site}/staff/cases/{case.number}")
    before = len(house.outbox())
    page.keyboard.press("?")
    listed = dict(zip(page.locator("#keys tbody td:first-child").all_inner_texts(),
                      page.locator("#keys tbody td:last-child").all_inner_texts(), strict=True))  # fmt: skip
    assert {k.strip(): v for k, v in listed.items() if k.strip() in "ye"} == {"y": "返信する", "e": "返信せずに終える"}
    page.keyboard.press("Escape")
    with page.expect_navigation():
        page.keyboard.press("e")
    assert get(house, case).state is CaseState.DONE
    assert len(house.outbox()) == before
    with house.store.read() as tx:  # the reading was right: an example for the classifier
        assert [c.now for c in tx.corrections.all()] == [("question",)]
