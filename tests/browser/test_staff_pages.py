"""The staff pages in a real Chromium: no violation of WCAG, keyboard alone, hostile mail, narrow screens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from intake.model import CaseState, Proof, SeekerStatus
from tests.browser.screen import NARROW, WIDE, arrives, get, is_too_wide, sign_in, violations
from tests.house import TestHouse, open_test_house
from tests.integration.web_parts import SATO, staffed


@pytest.fixture
def house(tmp_path: Path) -> Iterator[TestHouse]:
    found = staffed(open_test_house(tmp_path))
    found.seeker(kana="ヤマダ タロウ", applications=(("みなと物流", "applied"),), concierge=SATO)
    yield found
    found.store.close()


def test_a_case_is_approved_by_keyboard_alone(house: TestHouse, site: str, page: Any) -> None:
    other = arrives(house, "面談の場所はどこですか。", from_="誰か <nobody@example.com>")
    case = arrives(house, proof=Proof.E2)
    sign_in(page, site)
    keys = page.keyboard
    keys.press("j")
    keys.press("j")
    assert page.evaluate("document.activeElement.textContent") == case.number
    keys.press("o")
    page.wait_for_url(f"**/{case.number}*")
    keys.press("w")  # no key of this page
    keys.press("y")  # the word comes first
    assert page.evaluate("document.activeElement.name") == "word"
    assert get(house, case).state is CaseState.REVIEW
    keys.insert_text("退会")
    keys.press("Enter")
    page.wait_for_url(f"**/{other.number}*")  # the next case opens
    assert "承認しました" in page.locator("#said").inner_text()
    assert get(house, case).state is CaseState.DONE
    assert house.get_seeker().status is SeekerStatus.WITHDRAWN


def test_the_mail_is_read_before_it_is_sent(house: TestHouse, site: str, page: Any) -> None:
    case = arrives(house, proof=Proof.E2)
    sign_in(page, site)
    page.goto(f"{site}/staff/cases/{case.number}")
    with page.expect_navigation():
        page.keyboard.press("v")
    assert "山田 太郎" in page.locator("article .text").inner_text()
    assert violations(page) == []
    assert get(house, case) == case
    page.keyboard.press("u")
    page.wait_for_url(f"**/{case.number}*")


def keys_of_the_sheet(page: Any) -> list[str]:
    """Single keys; those of two, g and a letter, are left out."""
    rows = [text.split() for text in page.locator("#keys tbody td:first-child").all_inner_texts()]
    return [key for row in rows if row[0] != "g" for key in row]


def test_the_sheet_lists_what_works_here_and_keys_can_be_switched_off(house: TestHouse, site: str, page: Any) -> None:
    case = arrives(house)
    sign_in(page, site)
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    listed = keys_of_the_sheet(page)
    assert {"j", "k", "o", "/", "?"} <= set(listed)
    assert not {"y", "r", "1"} & set(listed)
    page.keyboard.press("Escape")
    page.goto(f"{site}/staff/cases/{case.number}")
    page.keyboard.press("?")
    listed = keys_of_the_sheet(page)
    assert {*"234567890-", "a", "n", "r", "h", "l", "/"} <= set(listed)
    assert "1" not in listed  # it is a withdrawal already
    assert "j" not in listed
    page.uncheck("#keys-on")
    page.keyboard.press("Escape")
    page.keyboard.press("3")
    page.wait_for_timeout(200)
    assert get(house, case).request == "withdrawal"


def test_number_keys_correct_but_not_while_typing_or_composing(house: TestHouse, site: str, page: Any) -> None:
    case = arrives(house)
    sign_in(page, site)
    page.goto(f"{site}/staff/cases/{case.number}")
    page.evaluate("""() => {
        for (const init of [{isComposing: true}, {keyCode: 229}, {ctrlKey: true}, {metaKey: true}, {altKey: true}])
            document.body.dispatchEvent(new KeyboardEvent("keydown", {key: "3", bubbles: true, ...init}));
    }""")
    page.keyboard.press("/")
    page.keyboard.type("3")
    page.wait_for_timeout(200)
    assert page.input_value("#q") == "3"
    assert get(house, case).request == "withdrawal"
    page.keyboard.press("Escape")
    with page.expect_navigation():
        page.keyboard.press("3")
    assert get(house, case).request == "pause"


def test_the_queue_shows_new_cases_without_reloading(house: TestHouse, site: str, page: Any) -> None:
    page.add_init_script("const set = window.setInterval; window.setInterval = (look) => set(look, 150);")
    first = arrives(house)
    sign_in(page, site)
    page.evaluate("window.stays = true")
    second = arrives(house, "面談の場所はどこですか。", from_="誰か <nobody@example.com>")
    page.wait_for_selector(f"text={second.number}")
    assert "1" in page.locator("#said").inner_text()
    page.keyboard.press("j")  # somebody works in the list: it stays as it is
    third = arrives(house, "履歴書の書き方を教えてください。", from_="誰か <nobody@example.com>")
    page.wait_for_selector("#said:has-text('一覧が変わりました')")
    assert page.locator(f"text={third.number}").count() == 0
    assert page.evaluate("document.activeElement.textContent") == first.number
    assert page.evaluate("window.stays")


def test_a_held_mail_is_taken_back_by_key(house: TestHouse, site: str, page: Any) -> None:
    case = arrives(house, "面談の場所はどこですか。")
    sign_in(page, site)
    page.goto(f"{site}/staff/cases/{case.number}")
    page.keyboard.press("r")
    page.keyboard.insert_text("本社です。")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert house.outbox()[-1].state.value == "queued"
    with page.expect_navigation():
        page.keyboard.press("z")
    assert house.outbox()[-1].state.value == "cancelled"


def test_everything_essential_works_without_scripts(house: TestHouse, site: str, browser: Any) -> None:
    case = arrives(house, proof=Proof.E2)
    context = browser.new_context(locale="ja-JP", java_script_enabled=False)
    page = context.new_page()
    sign_in(page, site)
    page.click(f"text={case.number}")
    page.fill("#word-approve", "退会")
    page.click("button:has-text('承認する')")
    page.wait_for_url("**/staff/?tab=all*")
    assert get(house, case).state is CaseState.DONE
    context.close()


def test_a_subject_of_a_megabyte_is_one_short_line(house: TestHouse, site: str, page: Any) -> None:
    raw = b"From: x@example.com\r\nSubject: " + b"A" * 1_000_000 + b"\r\n\r\n\xe9\x80\x80\xe4\xbc\x9a\r\n"
    message = house.raw(raw, mail_from="x@example.com")
    house.work()
    case = house.cases(message.message_id)[0]
    page.set_viewport_size(NARROW)
    sign_in(page, site)
    page.goto(f"{site}/staff/cases/{case.number}")
    assert len(page.content()) < 300_000
    assert not is_too_wide(page)


def test_a_subject_and_an_address_without_a_break_make_no_page_wider(house: TestHouse, site: str, page: Any) -> None:
    """Addresses of tracking links are such words: nobody scrolls sideways for them (WCAG 1.4.10)."""
    sender = f"{'w' * 60}@{'long' * 12}.example.com"
    case = arrives(
        house, "面談の場所はどこですか。" + "W" * 300, subject="件名" + "W" * 300, from_=f"{'Ｗ' * 60} <{sender}>"
    )
    sign_in(page, site)
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        for path in ("", "/reply", f"/messages/{case.message_id}/source"):
            page.goto(f"{site}/staff/cases/{case.number}{path}")
            assert not is_too_wide(page), (path, size)
        for path in ("", "?tab=all", "search?q=" + "W" * 60, "mails"):
            page.goto(f"{site}/staff/{path}")
            assert not is_too_wide(page), (path, size)
    page.goto(f"{site}/staff/cases/{case.number}/reply")
    page.fill("#reply", "A" * 1500)
    page.click("button[formaction$='/preview']")
    page.wait_for_selector("article")
    assert not is_too_wide(page)


def test_the_seekers_page_acts_in_a_real_browser(house: TestHouse, site: str, page: Any) -> None:
    """With "Referrer-Policy: no-referrer" browsers send "Origin: null", which the guard refuses."""
    from datetime import timedelta

    case = arrives(house)
    sign_in(page, site)
    page.goto(f"{site}/staff/cases/{case.number}")
    page.keyboard.press("l")
    page.wait_for_selector("#said p")
    house.now += timedelta(minutes=5)
    house.work()
    page.context.clear_cookies()
    page.set_viewport_size(NARROW)
    page.goto(f"{site}/c/{house.link()}")
    assert violations(page) == []
    assert not is_too_wide(page)
    assert "みなと物流" in page.locator(".card.warn").inner_text()
    assert get(house, case).state is CaseState.AWAITING_PROOF
    page.click("button:has-text('完了')")
    assert "お手続きが完了しました" in page.locator("h1").inner_text()
    assert violations(page) == []
    assert house.get_seeker().status is SeekerStatus.WITHDRAWN


def test_the_contact_form_is_confirmed_before_it_is_sent(house: TestHouse, site: str, page: Any) -> None:
    page.set_viewport_size(NARROW)
    page.goto(f"{site}/contact")
    assert violations(page) == []
    page.fill("#name", "山田 太郎")
    page.fill("#email", "taro@example.jp")
    page.fill("#message", "退会を希望します。")
    page.click("button[value=confirm]")
    assert "まだ送信されていません" in page.locator("main").inner_text()
    assert violations(page) == []
    page.click("button[value=back]")
    assert page.input_value("#message") == "退会を希望します。"
