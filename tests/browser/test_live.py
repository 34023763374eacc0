"""The queue changes while somebody works in it: what they hold in their hands stays where it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from intake.model import Case, CaseState
from intake.pipeline import desk
from tests.browser.screen import sign_in
from tests.house import TestHouse
from tests.integration.web_parts import LEAD, TANAKA, served

QUICK = "const set = window.setInterval; window.setInterval = (what) => set(what, 200);"
HELD = "document.querySelectorAll('[data-row] input:checked').length"


@pytest.fixture
def asked() -> list[tuple[str, float]]:
    """Every request that reached the server."""
    return []


@pytest.fixture
def page(browser: Any, house: TestHouse, free_port: int, asked: list[tuple[str, float]]) -> Iterator[Any]:
    """The queue of the lead with two rows, asking five times a second."""
    for n in range(2):
        arrives(house, n)
    with served(house, free_port, taken=asked) as url:
        context = browser.new_context(locale="ja-JP", viewport={"width": 1440, "height": 900})
        context.add_init_script(QUICK)
        found = context.new_page()
        sign_in(found, url)
        found.goto(f"{url}/staff/?tab=all")
        yield found
        context.close()


def arrives(house: TestHouse, n: int) -> Case:
    sent = house.mail(f"面談の場所はどこですか。{n}", from_=f"誰か <nobody{n}@example.com>", subject="お願い")
    house.work()
    with house.store.write() as tx:
        case = tx.cases.of_message(sent.message_id)[0]
        return tx.cases.change(case, state=CaseState.REVIEW, hold_reason="held", closed_at=None)


def assign(house: TestHouse, case_id: int) -> None:
    with house.store.write() as tx:
        staff = tx.staff.by_name(LEAD)
        assert staff is not None
        desk.assign(desk.act_of(tx, staff, house.now), tx.cases.get(case_id), TANAKA)


def test_a_selection_and_the_focus_stay_while_the_list_changes(house: TestHouse, page: Any) -> None:
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    held = page.evaluate("document.activeElement.closest('[data-row]').textContent")
    assert page.evaluate(HELD) == 1
    assign(house, 1)
    page.wait_for_selector(f"[data-row] td.assignee:has-text('{TANAKA}')")  # in the rows that stand there
    arrives(house, 2)
    page.wait_for_selector("#said p")  # a new one is told, not pushed in
    assert page.locator("[data-row]").count() == 2
    assert page.evaluate(HELD) == 1
    assert page.evaluate("document.activeElement.closest('[data-row]').textContent") == held
    page.keyboard.press("x")
    page.evaluate("document.activeElement.blur(); document.querySelector('[data-row].here').classList.remove('here')")
    page.locator("[data-row]").nth(2).wait_for()  # hands off: it comes in


def test_what_is_being_typed_stays_too(house: TestHouse, page: Any) -> None:
    page.keyboard.press("/")
    page.keyboard.insert_text("退会")
    arrives(house, 2)
    page.locator("[data-row]").nth(2).wait_for()
    assert page.evaluate("document.activeElement.id") == "q"
    assert page.input_value("#q") == "退会"


def test_while_nothing_happens_the_page_is_not_made_anew(page: Any) -> None:
    statuses: list[int] = []
    page.on("response", lambda r: statuses.append(r.status) if r.url.endswith("/staff/?tab=all") else None)
    page.reload()
    wait_for(page, lambda: len(statuses) >= 5)
    assert statuses[:2] == [200, 200]  # the page, and the first look, that knows no state yet
    assert set(statuses[2:]) == {304}


def test_a_slow_server_is_asked_once_at_a_time(page: Any) -> None:
    waiting: list[Any] = []
    page.route("**/staff/?tab=all", lambda route: waiting.append(route))
    wait_for(page, lambda: bool(waiting))
    page.wait_for_timeout(1000)  # five times the interval
    assert len(waiting) == 1
    waiting[0].continue_()
    wait_for(page, lambda: len(waiting) == 2)  # it was answered: the next may go
    page.unroute("**/staff/?tab=all")


def wait_for(page: Any, holds: Callable[[], bool]) -> None:
    """Up to twenty seconds, while the page lives on."""
    for _ in range(400):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError("did not come about")
