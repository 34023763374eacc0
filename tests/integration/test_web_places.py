"""From a page of a list to its cases and back: where one was is not lost, and the next case is the list's next."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.web.staff import find, tabs
from tests.house import TestHouse, open_test_house
from tests.integration.web_parts import LEAD, SATO, Client, app_of, form_of, staffed

SUBJECTS = ("面談の場所", "給与の質問", "面談の時間", "履歴書の件", "面談の服装")


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestHouse]:
    """Five questions; pages of two."""
    monkeypatch.setattr(tabs, "PAGE", 2)
    monkeypatch.setattr(find, "MOST", 2)
    found = staffed(open_test_house(tmp_path))
    for n, subject in enumerate(SUBJECTS):
        found.mail(f"{subject}について教えてください。", subject=subject, from_=f"誰か <p{n}@example.com>")
    found.work()
    yield found
    found.store.close()


def links(page: str) -> list[str]:
    """Cases of a list as it shows them."""
    return [html.unescape(h) for h in re.findall(r'<td class="number"><a href="([^"]+)">', page)]


def back(page: str) -> str:
    found = re.search(r'<p class="crumbs"><a href="([^"]+)" data-key="u"', page)
    assert found is not None
    return html.unescape(found[1])


def rel(page: str, name: str) -> str:
    found = re.search(rf'<a class="button" rel="{name}" href="([^"]+)">', page)
    return html.unescape(found[1]) if found else ""


def test_pages_of_the_queue_go_on_and_back(house: TestHouse) -> None:
    lead = Client(app_of(house), LEAD)
    first = "/staff/?tab=all"
    second = rel(lead.get(first).text, "next")
    third = rel(lead.get(second).text, "next")
    assert [len(links(lead.get(p).text)) for p in (first, second, third)] == [2, 2, 1]
    assert rel(lead.get(first).text, "prev") == rel(lead.get(third).text, "next") == ""
    assert rel(lead.get(third).text, "prev") == second
    assert rel(lead.get(second).text, "prev") == first


def test_a_case_leads_back_to_the_page_of_the_queue_it_was_opened_from(house: TestHouse) -> None:
    lead = Client(app_of(house), LEAD)
    second = rel(lead.get("/staff/?tab=all").text, "next")
    case, other = links(lead.get(second).text)
    page = lead.get(case).text
    assert back(page) == second
    number = house.cases()[2].number
    noted = lead.post(f"/staff/cases/{number}/note", form_of(page, "/note").fields | {"text": "折り返す"})
    assert back(lead.get(noted.headers["location"]).text) == second
    closed = lead.post(f"/staff/cases/{number}/close", form_of(page, "/close").fields)
    then = lead.get(closed.headers["location"])
    assert closed.headers["location"].startswith(other.partition("?")[0])
    assert back(then.text) == second


def test_a_page_that_is_done_meanwhile_does_not_say_that_the_list_is_empty(house: TestHouse) -> None:
    lead = Client(app_of(house), LEAD)
    last = house.cases()[-1]
    shown = lead.get(f"/staff/?tab=all&after={last.id}").text
    assert "確認待ちの案件はありません" not in shown
    assert len(links(shown)) == 2


def test_several_cases_at_once_lead_back_to_their_page(house: TestHouse) -> None:
    lead = Client(app_of(house), LEAD)
    second = rel(lead.get("/staff/?tab=all").text, "next")
    page = lead.get(f"{second}&pick=all").text
    picks = re.findall(r'name="pick" value="([^"]+)" form="bulk" checked', page)
    assert len(picks) == 2
    assert "すべて選ぶ" not in page
    assert f'href="{html.escape(second)}&amp;pick=all"' in lead.get(second).text
    fields = form_of(page, "/assign").fields | {"do": "assign", "to": SATO}
    done = lead.post("/staff/assign", fields | {"pick": picks}).headers["location"]
    assert done.startswith(f"{second}&count=2&")


def test_a_case_of_a_search_leads_back_to_it_and_on_to_its_next(house: TestHouse) -> None:
    lead = Client(app_of(house), LEAD)
    search = "/staff/search?q=%E9%9D%A2%E8%AB%87"
    first, second = links(lead.get(search).text)
    page = lead.get(first).text
    assert "検索結果へ" in page
    assert back(page) == search
    number, then = (url.partition("?")[0].rpartition("/")[2] for url in (first, second))
    assert [number, then] == [house.cases()[4].number, house.cases()[2].number]
    place = first.partition("?")[2]
    assert lead.get(f"/staff/cases/{number}/next?{place}").headers["location"] == second
    assert lead.get(f"/staff/cases/{then}/previous?{place}").headers["location"] == first
    assert lead.get(f"/staff/cases/{then}/next?{place}").headers["location"] == search
    closed = lead.post(f"/staff/cases/{number}/close", form_of(page, "/close").fields)
    assert closed.headers["location"].startswith(second)


@pytest.mark.parametrize(
    "odd",
    ["", "nope", "all.x", "search.", "search..", "search.1.", "search.x.状態:無い", ".", "all.9999999999999999999"],
)
def test_an_odd_place_is_the_first_page(house: TestHouse, odd: str) -> None:
    lead = Client(app_of(house), LEAD)
    number = house.cases()[0].number
    for path in ("", "/next", "/previous", "/reply"):
        assert lead.get(f"/staff/cases/{number}{path}", params={"tab": odd}).status_code in (200, 303)
