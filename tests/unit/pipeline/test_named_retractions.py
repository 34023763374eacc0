"""Who takes back one request keeps the others: nothing is dropped that the words do not name."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from intake.model import CaseState, SeekerStatus
from tests.house import TestHouse, open_test_house


@pytest.fixture
def house(tmp_path: Path) -> TestHouse:
    house = open_test_house(tmp_path)
    house.seeker(applications=[("株式会社青空", "screening")])
    return house


def _says(house: TestHouse, *bodies: str) -> dict[str, CaseState]:
    for body in bodies:
        house.mail(body, subject="お願い")
        house.work()
        house.now += timedelta(days=1)
    return {c.request: c.state for c in house.cases()}


def test_the_decline_of_the_same_mail_stays(house: TestHouse) -> None:
    found = _says(
        house,
        "担当の佐藤さんを変更してください。また、株式会社青空の選考を辞退します。",
        "担当変更の依頼は取り消します。",
    )
    assert (found["concierge_change"], found["decline"]) == (CaseState.RETRACTED, CaseState.SCHEDULED)


def test_naming_what_is_not_open_drops_nothing(house: TestHouse) -> None:
    found = _says(house, "株式会社青空の選考を辞退します。", "退会の申請を取り消してください。")
    assert (found["decline"], found["retraction"]) == (CaseState.SCHEDULED, CaseState.REVIEW)


def test_a_pause_is_ended_and_the_open_change_stays(house: TestHouse) -> None:
    found = _says(
        house,
        "しばらくサービスを停止してください。",
        "担当の佐藤さんを変更してください。",
        "先日お願いしたサービス停止は取り消してください。",
    )
    assert (found["concierge_change"], found["retraction"]) == (CaseState.REVIEW, CaseState.DONE)
    assert house.get_seeker().status is SeekerStatus.ACTIVE


@pytest.mark.parametrize("body", ["退会を取り消してください。", "先ほどの依頼は取り消してください。"])
def test_a_plain_one_works_at_once(house: TestHouse, body: str) -> None:
    found = _says(house, "退会をお願いします。", body)
    assert (found["withdrawal"], found["retraction"]) == (CaseState.RETRACTED, CaseState.DONE)
