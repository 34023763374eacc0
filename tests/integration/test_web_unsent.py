"""What somebody wrote while their session ended, or while the database was busy, comes back to them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from intake.model import Case
from intake.web.staff import session, unsent
from tests.house import TestHouse, open_test_house
from tests.integration.web_parts import LEAD, PASSWORD, SATO, Client, app_of, form_of, staffed

LETTER = "お世話になっております。\n<b>面談</b>の場所は、東京駅の\u200b近くです。"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[TestHouse]:
    found = staffed(open_test_house(tmp_path))
    found.seeker(concierge=SATO)
    found.mail("面談の場所はどこですか。")
    found.work()
    yield found
    found.store.close()


@pytest.fixture
def case(house: TestHouse) -> Case:
    return house.cases()[0]


def written(page: str) -> str:
    """What stands in the box with the words that were not sent."""
    found = re.search(r'<textarea id="written"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    return html.unescape(found[1]) if found else ""


@pytest.mark.parametrize(
    ("ending", "field"), [("preview", "text"), ("reply", "text"), ("note", "text"), ("approve", "override")]
)
def test_the_words_survive_the_end_of_a_session(house: TestHouse, case: Case, ending: str, field: str) -> None:
    client = Client(app_of(house), LEAD)
    here = f"/staff/cases/{case.number}"
    form = form_of(client.get(here).text, f"{case.number}/note").fields
    house.now += session.LASTS + timedelta(minutes=1)
    answer = client.post(f"{here}/{ending}", form | {"what": "reply", field: LETTER.replace("\n", "\r\n")})
    assert answer.status_code == 401
    assert written(answer.text) == LETTER
    door = form_of(answer.text, "/sign-in").fields
    assert door["next"] == here
    again = client.post("/staff/sign-in", door | {"name": LEAD, "password": PASSWORD})
    assert again.headers["location"] == here


def test_a_call_comes_back_with_who_it_was(house: TestHouse) -> None:
    answer = Client(app_of(house)).post(
        "/staff/calls/new", {"name": "青木 一郎", "phone": "090-0000-0000", "message": "復唱して確認した。"}
    )
    assert written(answer.text) == "青木 一郎\n090-0000-0000\n復唱して確認した。"
    assert form_of(answer.text, "/sign-in").fields["next"] == "/staff/calls/new"


def test_the_token_of_another_sign_in_keeps_the_words_too(house: TestHouse, case: Case) -> None:
    client = Client(app_of(house), LEAD)
    answer = client.post(f"/staff/cases/{case.number}/reply", {"csrf": "of another tab", "text": LETTER})
    assert answer.status_code == 403
    assert written(answer.text) == LETTER
    assert f'href="/staff/cases/{case.number}"' in answer.text


def test_who_wrote_nothing_is_shown_no_box(house: TestHouse, case: Case) -> None:
    stranger, lead = Client(app_of(house)), Client(app_of(house), LEAD)
    for page in (stranger.post(f"/staff/cases/{case.number}/close"), lead.post(f"/staff/cases/{case.number}/close"),
                 lead.get("/staff/cases/C-999999"), stranger.get("/staff/sign-in")):  # fmt: skip
        assert 'id="written"' not in page.text
    assert 'target="_blank"' not in stranger.get("/staff/sign-in").text
    assert stranger.post("/staff/me/password", {"old": PASSWORD, "text": ""}).text.count(PASSWORD) == 0


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/staff/cases/C-000001/reply/again", "/staff/cases/C-000001"),
        ("/staff/mails/12/edit", "/staff/mails/12"),
        ("/staff/cases/C-1x/reply", "/staff/"),
        ("/staff/cases/C-٣/reply", "/staff/"),
        ("/staff/me/password", "/staff/"),
        ("//evil.example/staff/cases/C-1", "/staff/"),
    ],
)
def test_the_way_back_is_a_page_that_can_be_opened(path: str, page: str) -> None:
    assert unsent.page_of(path) == page
