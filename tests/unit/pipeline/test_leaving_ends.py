"""Whoever has left hears nothing untrue afterwards, and no employer is told twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from intake.model import Application, Case, CaseState, Role, SeekerStatus, Stage
from intake.pipeline import desk
from tests.house import TestHouse, open_test_house
from tests.unit.pipeline.world import act, one, person, press, sound, told, wish


@pytest.fixture
def house(tmp_path: Path) -> Iterator[TestHouse]:
    found = told(open_test_house(tmp_path))
    found.seeker(concierge="佐藤 美咲", applications=[("株式会社青空", "screening")])
    yield found
    sound(found)
    found.store.close()


def work(house: TestHouse) -> list[tuple[str, str]]:
    """Open tasks: whose case, and which employer."""
    with house.store.read() as tx:
        return sorted((tx.cases.get(t.case_id).request, t.plan.subject) for t in tx.tasks.open())


def leave(house: TestHouse) -> None:
    house.now += timedelta(days=1)
    wish(house, "withdrawal")
    press(house)
    mails(house)
    assert house.get_seeker().status is SeekerStatus.WITHDRAWN


def mails(house: TestHouse) -> list[str]:
    house.now += timedelta(minutes=5)  # what can be taken back until then
    house.work()
    return [m.template for m in house.relay.mails]


def tick(house: TestHouse, number: int) -> None:
    lead = person(house, Role.LEAD)
    with house.store.write() as tx:
        desk.task_done(desk.act_of(tx, lead, house.now), tx.tasks.open()[number].id, house.tools)


def again(house: TestHouse, case: Case) -> Case:
    return next(c for c in house.cases() if c.id == case.id)


def test_one_employer_is_told_by_one_piece_of_work(house: TestHouse) -> None:
    decline = one(house, wish(house, "decline"))
    with house.store.read() as tx:
        (promised,) = (t.plan.due_on for t in tx.tasks.open())
    leave(house)
    assert work(house) == [("withdrawal", "株式会社青空")]
    assert again(house, decline).state is CaseState.DONE
    with house.store.read() as tx:
        assert [t.plan.due_on for t in tx.tasks.open()] == [promised]


def test_an_employer_whom_the_leaving_does_not_name_is_told_all_the_same(house: TestHouse) -> None:
    decline = one(house, wish(house, "decline"))
    with house.store.write() as tx:  # the agency's own system was quicker
        tx.seekers.upsert_application("M-10001", Application(0, "株式会社青空", Stage.CLOSED, False, None))
    leave(house)
    assert work(house) == [("decline", "株式会社青空")]
    tick(house, 0)
    assert again(house, decline).state is CaseState.DONE
    assert "done_decline" not in mails(house), "their registration does not go on"


def test_of_two_employers_each_is_told_once(house: TestHouse) -> None:
    house.seeker(concierge="佐藤 美咲", applications=[("みどり商事", "applied")])
    decline = one(house, wish(house, "decline", more="株式会社青空とみどり商事を辞退します。"))
    with house.store.write() as tx:
        tx.seekers.upsert_application("M-10001", Application(0, "株式会社青空", Stage.CLOSED, False, None))
    leave(house)
    assert work(house) == [("decline", "株式会社青空"), ("withdrawal", "みどり商事")]
    assert again(house, decline).state is CaseState.SCHEDULED


def test_a_decline_that_nobody_understood_stays_with_people(house: TestHouse) -> None:
    case = one(house, wish(house, "decline unsure"))
    leave(house)
    assert again(house, case).state is CaseState.REVIEW
    act(house, case, Role.LEAD, "approve")
    assert "done_decline" not in mails(house)


@pytest.mark.parametrize("request_", ["preferences", "concierge_change"])
def test_what_a_registration_is_needed_for_ends_with_it(house: TestHouse, request_: str) -> None:
    case = one(house, wish(house, request_))
    leave(house)
    assert again(house, case).state is CaseState.DONE
    assert work(house) == [("withdrawal", "株式会社青空")]
    assert f"done_{request_}" not in mails(house)


def test_the_leaving_of_an_erasure_ends_them_too(house: TestHouse) -> None:
    case = one(house, wish(house, "concierge_change"))
    house.now += timedelta(days=1)
    wish(house, "deletion")
    press(house)
    assert house.get_seeker().status is SeekerStatus.WITHDRAWN
    assert again(house, case).state is CaseState.DONE


def test_a_complaint_is_read_by_the_lead_and_answered_with_nothing_untrue(house: TestHouse) -> None:
    case = one(house, wish(house, "concierge_change complaint"))
    leave(house)
    assert again(house, case).state is CaseState.REVIEW
    assert act(house, case, Role.LEAD, "approve").state is CaseState.DONE
    assert "done_concierge_change" not in mails(house)
    assert house.get_seeker().concierge == "佐藤 美咲"


def test_what_was_said_after_the_proof_is_not_swept_away(house: TestHouse) -> None:
    """Perhaps they would rather stay with somebody else: staff who carry the leaving out read it."""
    house.seeker(concierge="佐藤 美咲", applications=[("株式会社青空", "interview_fixed")])
    leaving = one(house, wish(house, "withdrawal"))
    press(house)
    later = one(house, wish(house, "concierge_change"))
    act(house, leaving, Role.LEAD, "approve")
    assert house.get_seeker().status is SeekerStatus.WITHDRAWN
    assert again(house, later).state is CaseState.REVIEW
