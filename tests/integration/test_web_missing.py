"""An address that leads nowhere: a page for people, in their language, and never more than that."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import TestHouse, open_test_house
from tests.integration.web_parts import LEAD, Client, app_of, staffed
from tests.unit.pipeline.world import told, wish


@pytest.fixture
def house(tmp_path: Path) -> Iterator[TestHouse]:
    found = told(staffed(open_test_house(tmp_path)))
    found.seeker()
    wish(found, "withdrawal")
    yield found
    found.store.close()


@pytest.mark.parametrize(("path", "status"), [("/nope", 404), ("/c/", 404), ("/c/a/b", 404), ("/return/x", 404)])
def test_a_link_cut_short_ends_on_a_page_that_says_whom_to_call(house: TestHouse, path: str, status: int) -> None:
    answer = Client(app_of(house)).get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert "このページはご利用いただけません" in answer.text
    assert house.tools.agency.telephone in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("path", ["/api/v1/nope", "/hooks/nope", "/static/nope.js"])
def test_programs_read_the_status_as_before(house: TestHouse, path: str) -> None:
    answer = Client(app_of(house)).get(path)
    assert (answer.status_code, "html" in answer.headers["content-type"]) == (404, False)


def test_the_methods_of_a_page_are_still_named(house: TestHouse) -> None:
    answer = Client(app_of(house)).http.put("/contact")
    assert (answer.status_code, sorted(answer.headers["allow"].split(", "))) == (405, ["GET", "HEAD"])
    assert "このページはご利用いただけません" in answer.text


def test_staff_are_told_in_the_frame_of_their_pages(house: TestHouse) -> None:
    client, number = Client(app_of(house), LEAD), house.cases()[0].number
    gone = client.get("/staff/nope")
    assert (gone.status_code, "このアドレスの画面はありません" in gone.text) == (404, True)
    assert 'href="/staff/search"' in gone.text or 'action="/staff/search"' in gone.text
    result = client.get(f"/staff/cases/{number}/approve")
    assert (result.status_code, "この画面は開き直せません" in result.text) == (405, True)
    assert f'href="/staff/cases/{number}"' in result.text
    assert result.headers["allow"] == "POST"
    assert house.cases()[0].state.is_open


def test_who_is_not_signed_in_learns_nothing(house: TestHouse) -> None:
    client = Client(app_of(house))
    for path in ("/staff/nope", "/staff/cases/C-000001/approve", "/staff/people"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/staff/sign-in?next={path}")
    assert client.post("/staff/nope").status_code == 401
