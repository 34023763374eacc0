"""「古い履歴書だけ」: a task for staff. Nothing that staff press on such a case may end a registration or erase it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.errors import NotAllowed, NotProved
from intake.model import Case, CaseState, Role, SeekerStatus
from tests.house import TestHouse, open_test_house
from tests.unit.pipeline.world import act, app_wish, one, sound, told, wish

ONE = "以前お送りした古い履歴書だけ削除してください。登録はこのまま続けます。"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[TestHouse]:
    found = told(open_test_house(tmp_path))
    found.seeker(applications=[("青葉商事", "applied")])
    yield found
    assert found.get_seeker().status is SeekerStatus.ACTIVE
    sound(found)
    found.store.close()


def old_resume(house: TestHouse, words: str = "deletion", **row: str) -> Case:
    case = one(house, wish(house, words, more=ONE, **row))
    assert (case.request, case.state) == ("deletion", CaseState.REVIEW)
    return case


@pytest.mark.parametrize("put_aside", [False, True])
def test_no_check_and_no_link_makes_an_erasure_of_it(house: TestHouse, put_aside: bool) -> None:
    case = old_resume(house)
    if put_aside:
        act(house, case, Role.LEAD, "hold", "held", None)
    with pytest.raises(NotAllowed):
        act(house, case, Role.LEAD, "phone_checked", "phone_on_file")
    with pytest.raises(NotAllowed):
        act(house, case, Role.LEAD, "send_link", house.tools)
    act(house, case, Role.PRIVACY_OFFICER, "approve")
    assert house.cases()[0].state is CaseState.DONE


def test_words_that_could_not_be_read_surely_count_as_well(house: TestHouse) -> None:
    case = old_resume(house, "deletion unsure")
    with pytest.raises(NotAllowed):
        act(house, case, Role.LEAD, "phone_checked", "phone_on_file")


def test_of_the_app_too_though_it_proves_the_person(house: TestHouse) -> None:
    case = one(house, app_wish(house, "deletion", comment=ONE))
    assert case.hold_reason == "one_document"
    act(house, case, Role.LEAD, "hold", "held", None)
    act(house, case, Role.PRIVACY_OFFICER, "approve")
    assert house.cases()[0].state is CaseState.DONE


def test_staff_may_say_that_everything_was_meant(house: TestHouse) -> None:
    """The reading can be wrong: chosen anew, the request is an erasure, which the person still has to prove."""
    case = old_resume(house)
    act(house, case, Role.REVIEWER, "correct", "deletion")
    with pytest.raises(NotProved):
        act(house, case, Role.PRIVACY_OFFICER, "approve")
    act(house, case, Role.LEAD, "send_link", house.tools)
    assert house.cases()[0].state is CaseState.AWAITING_PROOF
