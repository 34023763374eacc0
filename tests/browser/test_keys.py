"""The keys of the pages: where they lead, what the sheet says of them, and that they can be switched off."""

from __future__ import annotations

from typing import Any

from intake.model import CaseState
from intake.web.staff.menu import ITEMS
from tests.browser.screen import STRANGER, arrives, get, sign_in
from tests.house import TestHouse
from tests.integration.web_parts import LEAD, SATO, TANAKA, Client, app_of


def sheet(page: Any) -> dict[str, str]:
    page.keyboard.press("?")
    keys = page.locator("#keys tbody td:first-child").all_inner_texts()
    said = page.locator("#keys tbody td:last-child").all_inner_texts()
    page.keyboard.press("Escape")
    return dict(zip([" ".join(k.split()) for k in keys], said, strict=True))


def test_no_two_pages_of_the_menu_have_the_same_keys() -> None:
    keys = [key for _, _, key, _ in ITEMS]
    assert len(set(keys)) == len(keys)
    assert all(key.startswith("g ") for key in keys)
    assert keys[0] == "g h"


def test_g_and_a_letter_lead_to_the_pages_of_the_menu(house: TestHouse, site: str, page: Any) -> None:
    case = arrives(house, "面談の場所はどこですか。", STRANGER, request="question")
    sign_in(page, site)
    for keys, where in (("gt", "/staff/tasks"), ("gm", "/staff/mails"), ("gh", "/staff/")):
        with page.expect_navigation():
            page.keyboard.type(keys)
        assert page.url == site + where
    page.goto(f"{site}/staff/cases/{case.number}")
    listed = sheet(page)
    assert (listed["g h"], listed["g t"]) == ("案件", "作業")
    assert "g p" not in listed  # accounts are the admin's
    page.keyboard.type("g3")  # no such page: and 3, which is a key of its own, does nothing either
    page.wait_for_timeout(200)
    assert get(house, case).request == "question"
    page.keyboard.press("g")
    page.wait_for_timeout(1700)
    with page.expect_navigation():  # too late for the second key: it is a key of its own again
        page.keyboard.press("3")
    assert get(house, case).request == "pause"


def test_a_yes_that_cannot_be_said_says_why(house: TestHouse, site: str, page: Any) -> None:
    case = arrives(house, "退会を希望します。", STRANGER, request="withdrawal")
    sign_in(page, site)
    page.goto(f"{site}/staff/cases/{case.number}")
    page.keyboard.press("y")
    assert page.locator("#said").inner_text() == "まだ承認できません: 先に、該当する求職者を選んでください。"
    assert get(house, case).version == case.version
    with house.store.write() as tx:
        tx.cases.change(case, state=CaseState.DONE, closed_at=house.now)
    page.reload()
    page.keyboard.press("y")
    assert page.locator("#said").inner_text() == "承認できません: この案件は終わっています"
    page.keyboard.press("q")  # a key of nothing says nothing
    assert "承認" in page.locator("#said").inner_text()


def test_next_and_previous_case(house: TestHouse, site: str, page: Any) -> None:
    one, two, three = (arrives(house, f"質問{n}です。面談の場所はどこですか。", STRANGER, request="question")
                       for n in (1, 2, 3))  # fmt: skip
    sign_in(page, site)
    page.goto(f"{site}/staff/cases/{two.number}?tab=all")
    assert sheet(page)[">"] == "次の案件"
    for key, where in ((">", three), ("<", two), ("<", one)):
        with page.expect_navigation():
            page.keyboard.press(key)
        assert page.url.split("?")[0].endswith(where.number)
    with page.expect_navigation():
        page.keyboard.press("<")
    assert page.url == f"{site}/staff/?tab=all"


def test_the_case_beside_is_one_that_the_person_may_see(house: TestHouse) -> None:
    one, two, three = (arrives(house, f"質問{n}です。面談の場所はどこですか。", STRANGER, request="question")
                       for n in (1, 2, 3))  # fmt: skip
    with house.store.write() as tx:
        tx.cases.change(tx.cases.get(two.id), assignee=TANAKA)
    client = Client(app_of(house), SATO)
    onward = client.get(f"/staff/cases/{one.number}/next?tab=unassigned").headers["location"]
    assert onward == f"/staff/cases/{three.number}?tab=unassigned"
    assert client.get(f"/staff/cases/{two.number}/next").status_code == 404
    lead = Client(app_of(house), LEAD)
    assert lead.get(f"/staff/cases/{one.number}/next?tab=all").headers["location"].endswith(f"{two.number}?tab=all")


def test_a_dot_copies_the_number_then_the_title_then_the_address(house: TestHouse, site: str, page: Any) -> None:
    case = arrives(house, "面談の場所はどこですか。", STRANGER, request="question")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site)
    sign_in(page, site)
    assert ". . ." not in sheet(page)  # the list has no number of its own
    page.goto(f"{site}/staff/cases/{case.number}?tab=all")
    assert ". . ." in sheet(page)
    found = []
    for _ in range(3):
        page.keyboard.press(".")
        page.wait_for_function("before => document.querySelector('#said').textContent !== before",
                               arg=found[-1] if found else "")  # fmt: skip
        found.append(page.locator("#said").inner_text())
    number, title, address = (text.removeprefix("コピーしました: ") for text in found)
    assert number == case.number
    assert title == f"{case.number} 質問"
    assert address == f"{case.number} 質問 {site}/staff/cases/{case.number}"
    assert page.evaluate("navigator.clipboard.readText()") == address


def test_ctrl_enter_confirms_what_is_being_written(house: TestHouse, site: str, page: Any) -> None:
    case = arrives(house, "面談の場所はどこですか。", STRANGER, request="question")
    sign_in(page, site)
    page.goto(f"{site}/staff/cases/{case.number}")
    page.keyboard.press("Control+Enter")  # nothing is written: nothing is done
    page.keyboard.press("n")
    page.keyboard.insert_text("折り返す")
    page.evaluate("""() => document.activeElement.dispatchEvent(
        new KeyboardEvent("keydown", {key: "Enter", ctrlKey: true, isComposing: true, bubbles: true}))""")
    page.wait_for_timeout(200)
    assert notes(house, case) == []
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    assert notes(house, case) == ["折り返す"]
    page.goto(f"{site}/staff/cases/{case.number}/reply")
    page.fill("#reply", "本社の3階です。")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")  # first a look at the mail
    assert get(house, case).state is CaseState.REVIEW
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    assert house.outbox()[-1].mail.template == "staff_answer"


def test_switched_off_no_key_does_anything(house: TestHouse, site: str, page: Any) -> None:
    case = arrives(house, "面談の場所はどこですか。", STRANGER, request="question")
    sign_in(page, site)
    page.goto(f"{site}/staff/cases/{case.number}")
    page.click("#show-keys")
    page.uncheck("#keys-on")
    page.keyboard.press("Control+Enter")
    page.keyboard.press("Escape")
    for key in ("e", "3", ".", ">", "?", "g", "h"):
        page.keyboard.press(key)
    page.wait_for_timeout(300)
    assert page.url == f"{site}/staff/cases/{case.number}"
    assert not page.locator("#keys").is_visible()
    assert page.locator("#said").inner_text() == ""
    page.click("#show-keys")  # the button works without any key
    assert page.locator("#keys").is_visible()


def notes(house: TestHouse, case: Any) -> list[str]:
    with house.store.read() as tx:
        return [text for _, _, text in tx.notes.of_case(case.id)]


def test_enter_among_several_cases_does_what_stands_beside_the_field(house: TestHouse, site: str, page: Any) -> None:
    cases = [arrives(house, f"質問{n}です。面談の場所はどこですか。", STRANGER, request="question") for n in (1, 2, 3)]
    sign_in(page, site)
    for case, key in zip(cases, ("Enter", "Control+Enter", "Enter"), strict=True):
        page.goto(f"{site}/staff/?tab=all")
        page.check(f"input[value^='{case.number}:']")
        if case is cases[2]:  # in the box itself: nothing says what is meant
            with page.expect_navigation():
                page.press(f"input[value^='{case.number}:']", key)
            break
        page.click(".more-bulk summary")
        page.fill("#until", "2099-12-10")
        page.fill("#bulk-text", "家族へ確認中のため")
        with page.expect_navigation():
            page.press("#bulk-text", key)
        assert (str(get(house, case).wake_on), get(house, case).assignee) == ("2099-12-10", None), key
    assert "操作のボタンを押してください。" in page.locator("#trouble").inner_text()
    assert page.locator(f"input[value^='{cases[2].number}:']").is_checked()
    assert get(house, cases[2]) == cases[2]
    page.focus("#to")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    assert get(house, cases[2]).assignee == LEAD


def test_a_key_held_down_decides_one_case_and_moves_on_no_further(house: TestHouse, site: str, page: Any) -> None:
    one, two = (arrives(house, f"質問{n}です。面談の場所はどこですか。", STRANGER, request="question") for n in (1, 2))
    sign_in(page, site)
    page.goto(f"{site}/staff/cases/{one.number}?tab=all")
    with page.expect_navigation():
        page.keyboard.down("e")
    assert page.url.split("?")[0].endswith(two.number)
    for _ in range(5):
        page.keyboard.down("e")  # again without a release in between: as a keyboard repeats it
    page.wait_for_timeout(500)
    assert [get(house, c).state.is_open for c in (one, two)] == [False, True]
    page.keyboard.up("e")
    page.keyboard.press("e")
    page.wait_for_url("**/staff/?tab=all**")
    assert not get(house, two).state.is_open


def test_a_second_press_sends_nothing_again(house: TestHouse, site: str, page: Any) -> None:
    one, two = (arrives(house, f"質問{n}です。面談の場所はどこですか。", STRANGER, request="question") for n in (1, 2))
    sign_in(page, site)
    page.goto(f"{site}/staff/cases/{one.number}?tab=all")
    sent: list[str] = []
    page.on("request", lambda r: sent.append(r.url) if r.method == "POST" and r.url.endswith("/close") else None)
    with page.expect_navigation():
        page.evaluate(
            "() => { const b = document.querySelector('[data-key=e]'); b.click(); setTimeout(() => b.click()); }"
        )
    page.wait_for_timeout(300)
    assert len(sent) == 1
    assert page.url.split("?")[0].endswith(two.number)
    assert get(house, two).state.is_open


def test_what_was_done_is_said_once(house: TestHouse, site: str, page: Any) -> None:
    """Neither a reload nor a bookmark says again that something was done."""
    case = arrives(house, "面談の場所はどこですか。")
    sign_in(page, site)
    page.goto(f"{site}/staff/cases/{case.number}?tab=all&done=note&case={case.number}")
    assert "メモを残しました" in page.locator("#said").inner_text()
    assert page.url == f"{site}/staff/cases/{case.number}?tab=all"
    page.reload()
    assert page.locator("#said p").count() == 0
