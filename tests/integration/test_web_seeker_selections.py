"""What the page promises behind a link while selections run: the policy itself is asked (domain.md, Identity)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.model import SeekerStatus
from tests.house import TestHouse, open_test_house
from tests.integration.web_parts import Client, app_of, form_of
from tests.unit.pipeline.world import told, wish

OWN, OTHER = ("ことり出版株式会社", "applied", True), ("株式会社甲", "screening")
ENDS, WAITS = "辞退の扱いになります", "辞退の扱いにはなりません"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[TestHouse]:
    found = told(open_test_house(tmp_path, profile="public-office"))
    yield found
    found.store.close()


def shown_and_pressed(house: TestHouse, request: str) -> tuple[str, str]:
    """The page behind the link, and the page after 完了."""
    wish(house, request)
    client, path = Client(app_of(house)).http, f"/c/{house.link()}"
    shown = client.get(path).text
    return shown, client.post(path, data=form_of(shown, "").fields | {"choice": "complete"}).text


@pytest.mark.parametrize("request_", ["withdrawal", "deletion"])
def test_a_self_made_application_that_is_waited_for_is_named_and_not_called_given_up(
    office: TestHouse, request_: str
) -> None:
    office.seeker(applications=(OWN,))
    shown, after = shown_and_pressed(office, request_)
    assert ENDS not in shown
    assert "次のとおりお手続きいたします" not in shown
    for page in (shown, after):
        assert "次のご応募が終わりしだい、退会のお手続きをいたします" in page
        assert OWN[0] in page
    assert WAITS in shown
    assert office.get_seeker().status is SeekerStatus.ACTIVE
    assert office.cases()[0].hold_reason == "self_application"


def test_other_selections_beside_it_still_end(office: TestHouse) -> None:
    office.seeker(applications=(OWN, OTHER))
    shown, _ = shown_and_pressed(office, "withdrawal")
    waits, ends = shown.index(WAITS), shown.index(ENDS)
    assert shown.index(OWN[0]) > shown.index("次のご応募が終わりしだい")
    assert waits < ends < shown.index(OTHER[0])
    assert OWN[0] not in shown[ends:]


@pytest.mark.parametrize(
    ("stage", "hold", "words"),
    [
        ("interview_fixed", "staff_carries_out", "担当者が企業への連絡を含めてお手続きいたします"),
        ("final_pending", "call_first", "担当者からお電話を差し上げます"),
        ("offered", "call_first", "担当者からお電話を差し上げます"),
        ("screening", None, "次のとおりお手続きいたします"),
    ],
)
def test_the_page_promises_what_the_policy_does(office: TestHouse, stage: str, hold: str | None, words: str) -> None:
    office.seeker(applications=(("株式会社甲", stage),))
    shown, _ = shown_and_pressed(office, "withdrawal")
    assert words in shown
    assert ENDS in shown
    assert office.cases()[0].hold_reason == hold


def test_where_nothing_waits_a_self_made_application_ends_like_the_others(tmp_path: Path) -> None:
    house = told(open_test_house(tmp_path))
    house.seeker(applications=(OWN,))
    shown, after = shown_and_pressed(house, "withdrawal")
    assert shown.index(ENDS) < shown.index(OWN[0])
    assert "お手続きが完了しました" in after
    assert house.get_seeker().status is SeekerStatus.WITHDRAWN
    house.store.close()
