"""The link to the other language: the same page, with what was asked for; none where something would be lost."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.datastructures import QueryParams

from intake.model import CaseState, Proof
from tests.house import TestHouse, open_test_house
from tests.integration.web_parts import LEAD, SATO, Client, app_of, form_of, staffed


@pytest.fixture
def house(tmp_path: Path) -> Iterator[TestHouse]:
    found = staffed(open_test_house(tmp_path))
    found.seeker(concierge=SATO)
    found.mail("面談の場所はどこですか。")
    found.work()
    yield found
    found.store.close()


def other_language(page: str) -> str:
    """Where the link leads; "" where there is none."""
    found = re.search(r'<a href="([^"]*)" lang="(?:ja|en)">', page.partition('<footer class="foot">')[2])
    return html.unescape(found[1]) if found else ""


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("search", "q=退会&after=3"),
        ("", "tab=done"),
        ("search", 'q=a%26b+"c"'),
        ("tasks", ""),
        ("mails", "view=failed"),
    ],
)
def test_the_other_language_shows_the_same_page(house: TestHouse, path: str, asked: str) -> None:
    client = Client(app_of(house), LEAD)
    shown = client.get(f"/staff/{path}?{asked}&lang=ja&done=note").text
    assert "メモを残しました" in shown
    there = client.get(f"/staff/{path}{other_language(shown)}")
    assert '<html lang="en">' in there.text
    wanted = [*QueryParams(asked).multi_items(), ("lang", "en")]
    assert QueryParams(there.request.url.query.decode()).multi_items() == wanted
    assert other_language(there.text).endswith("lang=ja")


def test_the_answer_to_a_form_has_no_other_language(house: TestHouse) -> None:
    """Its address can seldom be opened, and what was typed would be gone."""
    case = house.cases()[0]
    client = Client(app_of(house), LEAD)
    page = client.get(f"/staff/cases/{case.number}").text
    assert other_language(page) == "?lang=en"
    fields = form_of(page, f"{case.number}/note").fields | {"what": "reply", "text": "お世話になっております。"}
    shown = client.post(f"/staff/cases/{case.number}/preview", fields)
    assert shown.status_code == 200
    assert other_language(shown.text) == ""


def test_names_of_mails_and_who_may_approve_are_said_in_the_language_of_the_page(house: TestHouse) -> None:
    lead = Client(app_of(house), LEAD)
    for path in ("/staff/templates?lang=en", "/staff/templates/receipt_withdrawal"):
        main = lead.get(path).text.partition("<h1>")[2]
        assert "Receipt" in main.partition("</table>")[0]
    with house.store.write() as tx:
        tx.cases.change(house.cases()[0], request="deletion", state=CaseState.REVIEW, hold_reason="approve_erasure",
                        proof=Proof.E2, closed_at=None)  # fmt: skip
    page = lead.get(f"/staff/cases/{house.cases()[0].number}?lang=en").text
    assert "Cannot be approved yet: A " in page


def test_what_is_wrong_with_the_service_is_said_in_the_language_of_the_page(house: TestHouse) -> None:
    app = app_of(house)
    app.state.context = replace(app.state.context, health=lambda: ["webhooks: 3 could not be delivered; see x"])
    lead = Client(app, LEAD)
    page = lead.get("/staff/health?lang=ja").text
    assert '<li>外部システムへ届けられなかった連携が3件あります。<br><small lang="en">webhooks: 3 could' in page
    assert "<li>webhooks: 3 could" in lead.get("/staff/health?lang=en").text
