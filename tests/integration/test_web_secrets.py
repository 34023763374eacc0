"""Whoever reads a confirm link is the person to us: nobody else gets to see one, wherever a mail is shown or quoted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import TestHouse, open_test_house
from tests.integration.web_parts import LEAD, PASSWORD, PRIVACY, Client, app_of, staffed

FIRST = "退会を希望します。手続きをお願いいたします。"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[TestHouse]:
    made = staffed(open_test_house(tmp_path))
    made.seeker()
    made.mail(FIRST, subject="退会のお願い")
    made.work()
    yield made
    made.store.close()


@pytest.mark.parametrize("how", ["page", "json"])
def test_a_disclosure_holds_no_link_that_still_opens(house: TestHouse, how: str) -> None:
    client = Client(app_of(house), PRIVACY)
    form = {"csrf": client.token(), "member": "M-10001", "password": PASSWORD, "as": how}
    told = client.post("/staff/retention/export", form).text
    assert "退会のお申し出" in told
    assert house.link() not in told


@pytest.mark.parametrize("quoted", ["> {}/c/{}", "> {}/c/\n> {}", "> > {}/c/{}。", "{}%2Fc%2F{}"])
def test_a_quoted_link_is_shown_to_nobody(house: TestHouse, quoted: str) -> None:
    token = house.link()
    lines = quoted.format("https://intake.example.jp", token)
    house.mail(
        f"質問があります。いつまでに返事すればよいですか。\n\n2026年11月16日 12:00 desk:\n{lines}\n", subject="Re: 退会"
    )
    house.work()
    lead = Client(app_of(house), LEAD)
    for case in house.cases():
        with house.store.read() as tx:
            linked = [m for m, _ in tx.cases.messages_of(case.id)]
        pages = ["", "/reply", *(f"/messages/{m}/source" for m in linked)]
        for page in pages:
            shown = lead.get(f"/staff/cases/{case.number}{page}")
            assert shown.status_code == 200
            assert token not in shown.text


def test_the_person_can_still_use_it(house: TestHouse) -> None:
    assert Client(app_of(house)).get(f"/c/{house.link()}").status_code == 200
