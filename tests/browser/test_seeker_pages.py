"""The seeker's pages in a real Chromium, on a telephone's screen: looking changes nothing, one press acts once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.house import TestHouse, open_test_house
from tests.unit.pipeline.world import told, wish

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
TOKYO = ZoneInfo("Asia/Tokyo")
TO_CONFIRM = 44  # CSS pixels: a finger's width (WCAG 2.5.5)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[TestHouse]:
    made = told(open_test_house(tmp_path))
    made.seeker(applications=(("ひかり電機株式会社", "applied"), ("株式会社みなと物流ホールディングス", "screening")))
    wish(made, "withdrawal")
    yield made
    made.store.close()


@pytest.fixture
def phone(page: Any) -> Any:
    """A narrow screen; anything that wants out of our own site fails the test."""
    page.set_viewport_size(PHONE)
    strange: list[str] = []
    page.on("request", lambda r: strange.append(r.url) if "127.0.0.1" not in r.url and "data:" not in r.url else None)
    yield page
    assert strange == []


def state(house: TestHouse) -> tuple[object, ...]:
    with house.store.read() as tx:
        return (house.cases(), house.get_seeker(), [(m.id, m.state) for m in house.outbox()], len(tx.audit.tail(1000)))


def is_fine(page: Any) -> None:
    """Accessible, and nothing is wider than the screen, on a telephone and on a desk, light and dark."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for size in (DESK, PHONE):
            page.set_viewport_size(size)
            found = Axe().run(page).response["violations"]
            assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found] == []
            assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    for button in page.query_selector_all("button, a.button"):
        assert button.bounding_box()["height"] >= TO_CONFIRM


def link(house: TestHouse, site: str) -> str:
    return f"{site}/c/{house.link()}"


def test_fifty_visits_with_scripts_and_idling_change_nothing(house: TestHouse, site: str, phone: Any) -> None:
    before, path = state(house), link(house, site)
    for n in range(50):
        assert phone.goto(path).status == 200
        if n % 10 == 0:
            phone.wait_for_timeout(1_000)  # scripts, if there were any, have their time
            phone.mouse.wheel(0, 2_000)
            phone.keyboard.press("Tab")
    for _ in range(50):
        assert phone.request.head(path).status == 200
    phone.go_back()
    phone.reload()
    assert state(house) == before
    assert phone.evaluate("document.scripts.length") == 0


def test_a_page_in_view_for_ten_seconds_changes_nothing(house: TestHouse, site: str, phone: Any) -> None:
    before = state(house)
    phone.goto(link(house, site))
    phone.wait_for_timeout(10_000)
    assert state(house) == before


def test_leaving_shows_what_ends_and_does_it_once(house: TestHouse, site: str, phone: Any) -> None:
    phone.goto(link(house, site))
    text = phone.inner_text("main")
    assert "ひかり電機株式会社" in text
    assert "応募済み" in text
    assert "書類選考中" in text
    assert "辞退の扱い" in text
    is_fine(phone)
    phone.select_option("#reason", "family")
    phone.click('button[value="complete"]')
    assert "お手続きが完了しました" in phone.inner_text("h1")
    assert "30日以内" in phone.inner_text("main")
    is_fine(phone)
    assert house.get_seeker().status.value == "withdrawn"
    assert "family" in house.cases()[0].reasons
    after = state(house)
    phone.reload()  # the browser asks whether to send again; playwright says yes
    assert state(house) == after
    phone.goto(link(house, site))
    assert "使用済み" in phone.inner_text("h1")
    is_fine(phone)


@pytest.mark.parametrize(("choice", "words", "status"), [
    ("cancel", "取り", "active"), ("defer", "選考", "active"), ("pause", "停止", "paused"),
])  # fmt: skip
def test_the_other_choices(house: TestHouse, site: str, phone: Any, choice: str, words: str, status: str) -> None:
    phone.goto(link(house, site))
    phone.click(f'button[value="{choice}"]')
    assert words in phone.inner_text("main")
    is_fine(phone)
    assert house.get_seeker().status.value == status


def test_with_the_keyboard_alone(house: TestHouse, site: str, page: Any) -> None:
    page.goto(link(house, site))
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.value") == "complete":
            break
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    page.keyboard.press("Enter")
    page.wait_for_selector("text=お手続きが完了しました")
    assert house.get_seeker().status.value == "withdrawn"


def test_without_scripts_and_cookies(house: TestHouse, site: str, browser: Any) -> None:
    context = browser.new_context(java_script_enabled=False, locale="ja-JP")
    page = context.new_page()
    page.goto(link(house, site))
    page.click('button[value="complete"]')
    assert "お手続きが完了しました" in page.content()
    assert context.cookies() == []
    context.close()


def test_what_changed_meanwhile_is_shown_anew_and_nothing_is_done(house: TestHouse, site: str, phone: Any) -> None:
    from intake.model import Application, Stage

    phone.goto(link(house, site))
    with house.store.write() as tx:
        tx.seekers.upsert_application("M-10001", Application(0, "株式会社あとから", Stage.OFFERED))
    before = state(house)
    phone.click('button[value="complete"]')
    text = phone.inner_text("main")
    assert "株式会社あとから" in text
    assert "まだ何も実行していません" in text
    assert state(house) == before
    is_fine(phone)
    phone.click('button[value="complete"]')
    assert house.cases()[0].hold_reason == "call_first"
    assert house.get_seeker().status.value == "active"


def test_expired_and_unknown_links_say_nothing_of_anybody(house: TestHouse, site: str, phone: Any) -> None:
    path = link(house, site)
    house.now += timedelta(hours=73)
    assert phone.goto(path).status == 410
    assert "有効期限" in phone.inner_text("h1")
    assert "山田" not in phone.content()
    is_fine(phone)
    assert phone.goto(f"{site}/c/nothing-of-ours").status == 404
    assert "山田" not in phone.content()
    is_fine(phone)


def test_coming_back_in_the_browser(house: TestHouse, site: str, phone: Any) -> None:
    house.seeker("M-2", "鈴木 花子", "hanako@example.jp", status="withdrawn", withdrawn_on=date(2026, 11, 1))
    house.now = datetime(2026, 11, 10, 12, 0, tzinfo=TOKYO)
    phone.goto(f"{site}/return")
    is_fine(phone)
    phone.fill("#email", "hanako@example.jp")
    phone.press("#email", "Enter")
    phone.wait_for_selector("#key")
    is_fine(phone)
    for _ in range(100):
        if any(m.mail.template == "return_key" for m in house.outbox()):
            break
        phone.wait_for_timeout(50)
    house.work()
    found = re.search(r"認証キー　(\d{6})", house.relay.mails[-1].text)
    assert found
    phone.fill("#key", "000000" if found[1] != "000000" else "111111")
    phone.press("#key", "Enter")
    phone.wait_for_selector("text=認証キーが一致しません")
    is_fine(phone)
    phone.fill("#key", found[1])
    phone.press("#key", "Enter")
    phone.wait_for_selector("text=ご利用を再開しました")
    is_fine(phone)
    assert house.get_seeker("M-2").status.value == "active"
