"""A question is answered first: the big key opens the reply, and closing without one is a choice that says so."""

from __future__ import annotations

from typing import Any

from intake.model import CaseState
from tests.browser.screen import QUICK, STRANGER, WIDE, arrives, get, sign_in, violations
from tests.house import TestHouse
from tests.integration.web_parts import LEAD, SATO


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


def test_two_who_answer_at_once_see_each_other_and_lose_no_words(house: TestHouse, site: str, browser: Any) -> None:
    case = arrives(house, "面談の場所はどこですか。", STRANGER, request="question")
    pages = []
    for name in (LEAD, SATO):
        context = browser.new_context(locale="ja-JP", viewport=WIDE)
        context.add_init_script(QUICK)
        pages.append(context.new_page())
        sign_in(pages[-1], site, name)
        pages[-1].goto(f"{site}/staff/cases/{case.number}/reply")
    lead, sato = pages
    sato.fill("#reply", "本社の3階です。")
    lead.wait_for_selector(f"#present:has-text('{SATO} が入力しています')")
    lead.fill("#reply", "一階の受付へお越しください。")
    with lead.expect_navigation():
        lead.click("button:has-text('返信して終える')")
    assert get(house, case).state is CaseState.DONE
    sato.wait_for_selector("#present strong:has-text('画面を開いたあとで変わりました')")
    assert sato.input_value("#reply") == "本社の3階です。"
    with sato.expect_navigation():
        sato.click("button:has-text('返信して終える')")
    assert "何も実行していません" in sato.locator("#trouble").inner_text()
    assert sato.input_value("#written") == "本社の3階です。"
    sent = [m for m in house.outbox() if m.mail.template == "staff_answer"]
    assert len(sent) == 1
    assert "一階の受付" in sent[0].mail.text
    for one in pages:
        one.context.close()
