"""A key pressed in the app with words beside it: read before anything is carried out, and nothing of it is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake.model import CaseState, Role, SeekerStatus
from tests.house import TestHouse, open_test_house
from tests.unit.pipeline.world import act, app_wish, one


@pytest.fixture
def app_house(tmp_path: Path) -> TestHouse:
    house = open_test_house(tmp_path)
    house.seeker()
    return house


def templates(house: TestHouse) -> list[str]:
    return [mail.template for mail in house.relay.mails]


@pytest.mark.parametrize("comment", ["", "家庭の事情", "就職が決まりました。お世話になりました。", "退会します。"])
def test_the_key_alone_or_with_a_reason_is_carried_out_at_once(app_house: TestHouse, comment: str) -> None:
    assert one(app_house, app_wish(app_house, "withdrawal", comment=comment)).state is CaseState.DONE
    assert (app_house.get_seeker().status, templates(app_house)) == (SeekerStatus.WITHDRAWN, ["done_withdrawal"])


@pytest.mark.parametrize("request_", ["withdrawal", "deletion"])
@pytest.mark.parametrize(
    "comment", ["押し間違えました。退会も削除もしません。", "まだ迷っているので、お電話ください。"]
)
def test_nobody_leaves_against_their_own_comment(app_house: TestHouse, request_: str, comment: str) -> None:
    case = one(app_house, app_wish(app_house, request_, comment=comment))
    assert (case.state, case.hold_reason, case.sure) == (CaseState.REVIEW, "unsure", False)
    seeker = app_house.get_seeker()
    assert (seeker.status, seeker.outreach_held_at is not None) == (SeekerStatus.ACTIVE, True)
    assert templates(app_house) == ["receipt_other"]
    act(app_house, case, Role.LEAD, "refuse", "お間違いとのことで、お手続きはいたしません。", app_house.tools)
    seeker = app_house.get_seeker()
    assert (seeker.status, seeker.outreach_held_at) == (SeekerStatus.ACTIVE, None)


def test_what_the_comment_asks_for_more_is_a_case_of_its_own(app_house: TestHouse) -> None:
    sent = app_wish(app_house, "withdrawal", comment="個人情報も全て削除してください。")
    cases = {case.request: case.state for case in app_house.cases(sent.message_id)}
    assert cases == {"withdrawal": CaseState.REVIEW, "deletion": CaseState.REVIEW}
    assert len(app_house.relay.mails) == 1


def test_a_pause_is_made_and_the_erasure_beside_it_waits_for_a_person(app_house: TestHouse) -> None:
    sent = app_wish(app_house, "pause", comment="個人情報も全て削除してください。")
    cases = {case.request: case.state for case in app_house.cases(sent.message_id)}
    assert cases == {"pause": CaseState.DONE, "deletion": CaseState.REVIEW}
    assert app_house.get_seeker().status is SeekerStatus.PAUSED
    assert len(app_house.relay.mails) == 1
