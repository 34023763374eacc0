"""A day at the desk in a real Chromium: by keyboard alone, beside colleagues, with nothing lost."""

from __future__ import annotations

import os
import re
import statistics
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from intake.model import Case, CaseState, Proof
from intake.ports import CaseQuery
from intake.store.tables import cases
from tests.bench.filled import fill
from tests.bench.years import add_years
from tests.browser.screen import NARROW, QUICK, WIDE, arrives, get, is_too_wide, sign_in, violations
from tests.house import TestHouse, open_test_house
from tests.integration.web_parts import ADMIN, LEAD, SATO, TANAKA, served, staffed

JAPANESE = re.compile("[ぁ-んァ-ヶ一-龠]")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[TestHouse]:
    found = staffed(open_test_house(tmp_path, url=os.environ.get("INTAKE_TEST_DESK_URL", "")))
    yield found
    found.store.close()


@pytest.fixture
def taken() -> list[tuple[str, float]]:
    """What the server was asked for, and how long it took."""
    return []


@pytest.fixture
def site(house: TestHouse, free_port: int, taken: list[tuple[str, float]]) -> Iterator[str]:
    with served(house, free_port, taken=taken) as url:
        yield url


class Hands:
    """A keyboard that counts."""

    def __init__(self, page: Any) -> None:
        self.page, self.keys, self.typed = page, 0, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def type(self, text: str) -> None:
        self.page.keyboard.insert_text(text)
        self.typed += len(text)

    def leave(self, *keys: str) -> None:
        """Keys that lead to another page."""
        with self.page.expect_navigation(wait_until="load"):
            self.press(*keys)


def close(hands: Hands) -> None:
    hands.leave("e")


def prove_and_approve(hands: Hands) -> None:
    hands.press("y")
    hands.type("退会")
    hands.leave("Enter")


def pass_on(hands: Hands) -> None:
    hands.press("a")
    hands.press("Tab")
    hands.leave("Enter")


def answer(hands: Hands) -> None:
    hands.press("r")
    hands.type("本社の3階です。")
    hands.press("Tab")
    hands.leave("Enter")
    hands.leave("e")


def put_aside(hands: Hands) -> None:
    hands.press("h")
    hands.press("Tab", "Tab", "Tab")
    hands.type("電話を待つ")
    hands.press("Tab")
    hands.leave("Enter")


def send_link(hands: Hands) -> None:
    hands.leave("l")


def choose_and_link(hands: Hands, member: str) -> None:
    hands.press("m")
    hands.type(member)
    hands.leave("Enter")
    hands.leave("l")


def correct_and_close(hands: Hands) -> None:
    hands.leave("0")
    hands.leave("e")


def test_fifty_mixed_cases_by_keyboard_alone(
    house: TestHouse, site: str, page: Any, taken: list[tuple[str, float]]
) -> None:
    """The mouse is never used; every case is left decided, and the next one opens by itself.

    ``INTAKE_TEST_DESK_CASES=100000`` (with ``-s``, and ``INTAKE_TEST_DESK_URL`` for PostgreSQL) does it among as many.
    """
    among_others(house)
    for n in range(50):
        house.seeker(f"D-{20001 + n}", f"山田 {n}郎", f"desk{n}@example.jp", concierge=SATO)
    ways: list[tuple[str, Callable[[Hands, int], None], Callable[[int], Case]]] = [
        ("対応済み", lambda h, n: close(h), lambda n: asks(house, n)),
        ("退会を承認", lambda h, n: prove_and_approve(h), lambda n: leaves(house, n, proof=Proof.E2)),
        ("自分の案件に", lambda h, n: pass_on(h), lambda n: asks(house, n)),
        ("返信して終える", lambda h, n: answer(h), lambda n: asks(house, n)),
        ("保留", lambda h, n: put_aside(h), lambda n: asks(house, n)),
        ("確認リンク", lambda h, n: send_link(h), lambda n: leaves(house, n)),
        ("求職者を選びリンク", lambda h, n: choose_and_link(h, f"D-{20001 + n}"), lambda n: stranger(house, n)),
        ("依頼を直して終える", lambda h, n: correct_and_close(h), lambda n: other(house, n)),
    ]
    kinds = {make(n).number: (n, *ways[n % len(ways)][:2]) for n in range(50) for make in (ways[n % len(ways)][2],)}
    times: list[float] = []
    page.on("requestfinished", lambda r: times.append(r.timing["responseEnd"]) if r.is_navigation_request() else None)
    sign_in(page, site)
    page.goto(f"{site}/staff/?tab=unassigned")
    hands, used = Hands(page), {}
    times.clear()
    taken.clear()
    hands.press("j")
    hands.leave("o")
    while "/cases/" in page.url:
        number = page.locator("h1 .copy").inner_text()
        assert number in kinds, "a case came twice or is not ours"
        n, kind, decide = kinds.pop(number)
        keys, typed = hands.keys, hands.typed
        decide(hands, n)
        used.setdefault(kind, []).append((hands.keys - keys, hands.typed - typed))
        if not kinds:
            break
    assert kinds == {}
    with house.store.read() as tx:
        waiting = tx.cases.find(CaseQuery(states=(CaseState.REVIEW,), unassigned=True, holds=("held",), limit=100))
    left = [c for c in waiting if c.assignee is None]
    assert len(left) == len(used["保留"])  # put aside with a note, the rest is decided
    p95 = statistics.quantiles(times, n=20)[-1]
    lines = [f"50 cases, {hands.keys} keys and {hands.typed} typed characters; keys a case {hands.keys / 50:.1f}"]
    lines += [f"{kind}: {len(k)} cases, {k[0][0]} keys + {k[0][1]} characters each" for kind, k in used.items()]
    lines += [f"{len(times)} pages, p50 {statistics.median(times):.0f} ms, p95 {p95:.0f} ms to the last byte"]
    lines += ["what the server took (ms):", *by_kind(taken)]
    sys.stdout.write("\n" + "\n  ".join(lines) + "\n")
    assert hands.keys <= 3 * 50
    assert max(k for found in used.values() for k, _ in found) <= 6


def among_others(house: TestHouse) -> None:
    """So many other cases, those that wait being somebody else's."""
    size = int(os.environ.get("INTAKE_TEST_DESK_CASES", "0"))
    if size:
        fill(house, size)
        add_years(house, size)
        with house.store.write() as tx:
            conn: Any = tx.inbox._c.conn  # type: ignore[attr-defined]
            conn.execute(sa.update(cases).where(cases.c.assignee.is_(None)).values(assignee=TANAKA))


def by_kind(taken: list[tuple[str, float]]) -> Iterator[str]:
    """p50 and p95 of each page and act, the dearest first."""
    kinds: dict[str, list[float]] = {}
    for kind, ms in taken:
        if "/static/" not in kind:
            kinds.setdefault(kind, []).append(ms)
    for kind, all_ms in sorted(kinds.items(), key=lambda k: -statistics.median(k[1])):
        p95 = statistics.quantiles([*all_ms, max(all_ms)], n=20, method="inclusive")[-1]
        yield f"  {kind:42} {len(all_ms):4} p50 {statistics.median(all_ms):6.1f}  p95 {p95:6.1f}"


def sender(n: int) -> str:
    return f"山田 {n}郎 <desk{n}@example.jp>"


def asks(house: TestHouse, n: int) -> Case:
    return arrives(house, f"面談の場所はどこですか。{n}", sender(n), request="question", assignee=None)


def leaves(house: TestHouse, n: int, **fields: Any) -> Case:
    return arrives(house, f"退会を希望します。{n}", sender(n), request="withdrawal", **fields)


def stranger(house: TestHouse, n: int) -> Case:
    return arrives(house, f"退会を希望します。{n}", f"山田 <elsewhere{n}@example.com>", request="withdrawal")


def other(house: TestHouse, n: int) -> Case:
    return arrives(house, f"よろしくお願いします。{n}", sender(n), request="other", assignee=None)


def test_colleagues_see_each_other_and_nobody_loses_words(house: TestHouse, site: str, browser: Any) -> None:
    house.seeker()
    case = arrives(house, "面談の場所はどこですか。", "山田 太郎 <taro@example.jp>", request="question")
    pages = []
    for name in (LEAD, SATO):
        context = browser.new_context(locale="ja-JP", viewport=WIDE)
        context.add_init_script(QUICK)
        pages.append(context.new_page())
        sign_in(pages[-1], site, name)
        pages[-1].goto(f"{site}/staff/cases/{case.number}")
    lead, sato = pages
    lead.wait_for_selector(f"#present:has-text('{SATO} が見ています')")
    sato.keyboard.press("r")
    sato.keyboard.insert_text("本社の3階です。")
    lead.wait_for_selector(f"#present:has-text('{SATO} が入力しています')")
    assert violations(lead) == []
    assert lead.get_attribute("#present", "aria-live") == "polite"
    with lead.expect_navigation():
        lead.keyboard.press("2")  # meanwhile the request is corrected
    sato.wait_for_selector("#present strong:has-text('画面を開いたあとで変わりました')")
    assert sato.input_value("#reply") == "本社の3階です。"
    sato.keyboard.press("Tab")
    with sato.expect_navigation():
        sato.keyboard.press("Enter")
    assert "何も実行していません" in sato.locator("#trouble").inner_text()
    assert sato.input_value("#reply") == "本社の3階です。"
    assert sato.locator("#reply").is_visible()
    assert house.outbox() == [] or house.outbox()[-1].mail.template != "staff_answer"
    sato.locator("#reply").focus()
    sato.keyboard.press("Tab")
    with sato.expect_navigation():
        sato.keyboard.press("Enter")
    assert house.outbox()[-1].mail.template == "staff_answer"
    lead.goto(f"{site}/staff/?tab=all")
    lead.wait_for_selector(f".here-now:has-text('{SATO}')")
    sato.goto(f"{site}/staff/me")
    lead.wait_for_selector(".here-now", state="detached")  # gone with the page, and seen without reloading
    for one in pages:
        one.context.close()


def test_the_palette_finds_what_can_be_done_here(house: TestHouse, site: str, page: Any) -> None:
    house.seeker()
    case = arrives(house, "面談の場所はどこですか。", "山田 太郎 <taro@example.jp>", request="question")
    sign_in(page, site)
    page.goto(f"{site}/staff/cases/{case.number}")
    page.evaluate("""() => { for (const init of [{isComposing: true}, {keyCode: 229}]) document.body.dispatchEvent(
        new KeyboardEvent("keydown", {key: "k", ctrlKey: true, bubbles: true, ...init})); }""")
    assert not page.locator("#palette").is_visible()
    page.keyboard.press("Control+k")
    assert page.locator("#palette").is_visible()
    assert violations(page) == []
    everything = page.locator("#palette li").count()
    assert everything > 15
    page.keyboard.insert_text("ﾒﾓ")
    listed = page.locator("#palette li").all_inner_texts()
    assert len(listed) < everything
    assert any("メモを残す" in line for line in listed)
    page.evaluate("""() => document.querySelector("#palette input").dispatchEvent(
        new KeyboardEvent("keydown", {key: "Enter", isComposing: true, bubbles: true}))""")
    assert page.locator("#palette").is_visible()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "note"
    page.keyboard.press("Escape")
    page.keyboard.press("Meta+k")
    page.keyboard.insert_text("作業 移動")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("/staff/tasks")
    page.keyboard.press("Control+k")
    page.keyboard.insert_text("面談の場所")
    with page.expect_navigation():
        page.keyboard.press("Enter")  # nothing is called so: it is searched for
    assert page.locator("[data-row]").count() == 1
    page.keyboard.press("Control+k")
    page.keyboard.press("Escape")
    assert not page.locator("#palette").is_visible()


def test_a_kept_search_is_one_click_and_new_pages_fit(house: TestHouse, site: str, page: Any) -> None:
    house.seeker()
    case = arrives(house, "退会を希望します。", "山田 太郎 <taro@example.jp>", request="withdrawal")
    broken: list[str] = []
    page.on("console", lambda m: broken.append(m.text) if m.type in ("error", "warning") else None)
    sign_in(page, site)
    page.keyboard.press("/")
    page.keyboard.insert_text("状態:確認待ち 依頼:退会")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.keyboard.press("s")
    page.keyboard.insert_text("退会だけ")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.goto(f"{site}/staff/")
    page.click("nav.views a:has-text('退会だけ')")
    assert page.locator(f"text={case.number}").count() == 1
    look(page, site, ["/staff/search", "/staff/search?q=状態:確認待ち", "/staff/", "/staff/policies", "/staff/rules"])
    page.goto(f"{site}/staff/rules")
    page.fill("#try", "退会の手続きをお願いします。")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert violations(page) == []
    assert "この言葉がな" in page.locator(".result").inner_text()
    assert broken == []
    look(page, site, ["/staff/search?q=色:赤"], status=422)
    page.context.clear_cookies()
    sign_in(page, site, ADMIN)
    page.goto(f"{site}/staff/connections")
    page.keyboard.press("t")
    page.wait_for_url("**/connections?test=*")
    look(page, site, [page.url.removeprefix(site)])


def look(page: Any, site: str, paths: list[str], status: int = 200) -> None:
    for path in paths:
        for size in (WIDE, NARROW):
            page.set_viewport_size(size)
            assert page.goto(site + path).status == status, path
            assert not is_too_wide(page), (path, size)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert violations(page) == [], (path, scheme)
        page.emulate_media(color_scheme="light")


def test_the_menu_is_one_line_on_a_telephone(house: TestHouse, site: str, page: Any) -> None:
    page.set_viewport_size(NARROW)
    sign_in(page, site)
    boxes = page.locator(".top nav li").evaluate_all("all => all.map((e) => e.getBoundingClientRect().top)")
    assert len(set(boxes)) == 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_menu_that_goes_on_beyond_the_edge_shows_it(house: TestHouse, site: str, page: Any) -> None:
    """A shadow lies on the side where there is more: it stays, and what covers it at the ends scrolls along."""
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, site)
    for bar in (page.locator(".top nav"), page.locator(".tabs")):
        assert bar.evaluate("e => e.scrollWidth > e.clientWidth")
        drawn = bar.evaluate("e => [getComputedStyle(e).backgroundImage, getComputedStyle(e).backgroundAttachment]")
        assert drawn[0].count("linear-gradient") == 4
        assert drawn[1] == "local, local, scroll, scroll"


def test_everything_learned_is_in_english_too(house: TestHouse, site: str, page: Any) -> None:
    """No code of ours and no Japanese of ours on an English page; what people wrote stays as it is."""
    house.seeker("M-10001", "Taro Yamada", "taro@example.jp", concierge=None)
    case = arrives(house, "Hello, where is the office?", "Taro Yamada <taro@example.jp>", request="question")
    sign_in(page, site)
    for path in ("/staff/", f"/staff/cases/{case.number}", "/staff/policies", "/staff/search", "/staff/health"):
        page.goto(f"{site}{path}{'&' if '?' in path else '?'}lang=en")
        text = page.evaluate("""() => { for (const e of document.querySelectorAll(
            ".who, .message .text, h2, [lang=ja], .mails, .trail, select, td a, td:has(a)")) e.remove();
            return document.querySelector("main").innerText; }""")
        japanese = sorted({w for w in text.split() if JAPANESE.search(w)})
        assert japanese == [], path
        assert "_" not in text.replace("rules/profiles", ""), path


def test_the_person_is_gone_when_the_tab_is_closed_for_good(house: TestHouse, site: str, page: Any) -> None:
    case = arrives(house, "面談の場所はどこですか。", "誰か <nobody@example.com>", request="question")
    sign_in(page, site, TANAKA)
    page.goto(f"{site}/staff/cases/{case.number}")
    here = lambda: _here(house, case)  # noqa: E731
    for _ in range(50):
        if here():
            break
        page.wait_for_timeout(50)
    assert here() == [TANAKA]
    house.now += timedelta(seconds=31)  # the machine was switched off: nothing is said any more
    assert here() == []
    assert get(house, case).version == case.version  # looking changes nothing


def _here(house: TestHouse, case: Case) -> list[str]:
    with house.store.read() as tx:
        return [p.staff for p in tx.presence.at([case.id], house.now - timedelta(seconds=30)).get(case.id, ())]
