"""A piece of work does not outlive what it is for: nobody tells an employer, or calls, for a wish that is over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from intake.model import CaseState, Role, SeekerStatus, Task, TaskPlan
from tests.house import TestHouse, open_test_house
from tests.unit.pipeline.world import act, actions, one, press, sound, told, wish


@pytest.fixture
def house(tmp_path: Path) -> Iterator[TestHouse]:
    found = told(open_test_house(tmp_path))
    found.seeker(concierge="佐藤 美咲", applications=[("株式会社青空", "applied")])
    yield found
    sound(found)
    found.store.close()


def still_open(house: TestHouse) -> list[str]:
    with house.store.read() as tx:
        return [t.plan.kind for t in tx.tasks.open()]


def of_case(house: TestHouse, case_id: int) -> list[Task]:
    with house.store.read() as tx:
        return tx.tasks.of_case(case_id)


def test_a_decline_taken_back_is_told_to_no_employer(house: TestHouse) -> None:
    case = one(house, wish(house, "decline"))
    assert still_open(house) == ["tell_employer"]
    house.now += timedelta(hours=2)
    wish(house, "retraction")
    assert house.cases()[0].state is CaseState.RETRACTED
    assert still_open(house) == []
    (task,) = of_case(house, case.id)
    assert task.is_needless
    assert "task.dropped" in actions(house, case)
    assert "task.done" not in actions(house, case)


@pytest.mark.parametrize("deed", ["refuse", "lapse", "correct"])
def test_what_staff_end_otherwise_leaves_no_work(house: TestHouse, deed: str) -> None:
    case = one(house, wish(house, "decline"))
    given = {"refuse": ("ご相談のうえ", house.tools), "lapse": (house.tools,), "correct": ("preferences",)}[deed]
    act(house, case, Role.LEAD, deed, *given)
    assert still_open(house) == []


def test_work_for_another_person_goes_with_that_person(house: TestHouse) -> None:
    house.seeker("M-2", "鈴木 花子", "hanako@example.jp")
    case = one(house, wish(house, "decline"))
    act(house, case, Role.LEAD, "choose_seeker", house.get_seeker("M-2"))
    assert still_open(house) == []


def test_nobody_is_called_about_a_leaving_that_was_taken_back(house: TestHouse) -> None:
    house.seeker(concierge="佐藤 美咲", applications=[("株式会社青空", "offered")])
    wish(house, "withdrawal")
    press(house)
    assert still_open(house) == ["call"]
    wish(house, "retraction")
    assert still_open(house) == []


def test_what_was_done_stays_done(house: TestHouse) -> None:
    case = one(house, wish(house, "decline"))
    with house.store.write() as tx:
        tx.tasks.done(tx.tasks.add(case.id, TaskPlan("call"), house.now).id, "佐藤 美咲", house.now)
    act(house, case, Role.LEAD, "lapse", house.tools)
    assert [t.is_needless for t in of_case(house, case.id)] == [True, False]
    assert still_open(house) == []


def test_work_about_our_own_mails_stays(house: TestHouse) -> None:
    case = one(house, wish(house, "decline"))
    with house.store.write() as tx:
        tx.tasks.add(case.id, TaskPlan("check_mail"), house.now)
    wish(house, "retraction")
    assert still_open(house) == ["check_mail"]


def test_a_reminder_ends_with_its_pause(tmp_path: Path) -> None:
    """Who prolongs is asked on the new day only; who comes back, or leaves, not at all."""
    house = open_test_house(tmp_path)
    house.seeker(concierge="佐藤 美咲")
    for until in ("12月末までサービス停止をお願いします。", "サービス停止を3月末まで延長してください。"):
        _say(house, until)
        assert still_open(house) == ["remind"]
    _say(house, "サービスを再開してください。")
    assert house.get_seeker().status is SeekerStatus.ACTIVE
    assert still_open(house) == []
    _say(house, "12月末までサービス停止をお願いします。")
    _say(house, "退会をお願いします。")
    press(house)
    assert house.get_seeker().status is SeekerStatus.WITHDRAWN
    assert still_open(house) == []
    sound(house)
    house.store.close()


def _say(house: TestHouse, text: str) -> None:
    house.mail(f"山田です。{text}")
    house.work()
    house.now += timedelta(days=1)


def test_corrected_away_and_back_the_work_is_there_again(house: TestHouse) -> None:
    case = one(house, wish(house, "decline"))
    for request in ("preferences", "decline"):
        case = act(house, case, Role.LEAD, "correct", request)
    assert still_open(house) == ["tell_employer"]
