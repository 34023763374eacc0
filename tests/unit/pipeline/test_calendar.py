"""What the passing of days does, and that one case which cannot go on keeps no other from its day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from intake import worker
from intake.model import CaseState, Facts, Meaning, Role, SeekerStatus
from intake.pipeline import daily, settle
from tests.house import TestHouse, open_test_house
from tests.unit.pipeline.world import act, actions, app_wish, one, press, sound, told, wish

DAY = timedelta(days=1)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[TestHouse]:
    found = told(open_test_house(tmp_path))
    found.seeker()
    yield found
    sound(found)
    found.store.close()


def templates(house: TestHouse) -> list[str]:
    return [m.template for m in house.relay.mails]


def test_one_reminder_with_a_new_link_after_three_business_days_then_staff(house: TestHouse) -> None:
    """Monday noon; 23 November is a public holiday."""
    case = one(house, wish(house, "withdrawal"))
    first = house.link()
    house.now += 2 * DAY
    house.work()
    assert templates(house) == ["receipt_withdrawal"]
    house.now = datetime(2026, 11, 19, 1, tzinfo=UTC)
    house.work()
    house.work()
    assert templates(house) == ["receipt_withdrawal", "reminder"]
    second = house.link()
    assert first != second
    assert press(house, token=first).status == "used"
    for day in (20, 21, 22, 23, 24):
        house.now = datetime(2026, 11, day, 3, tzinfo=UTC)
        house.work()
        expected = CaseState.AWAITING_PROOF if day < 25 else CaseState.REVIEW
        assert house.cases()[0].state is expected, day
    house.now = datetime(2026, 11, 25, 3, tzinfo=UTC)
    house.work()
    assert (house.cases()[0].state, house.cases()[0].hold_reason) == (CaseState.REVIEW, "no_answer")
    assert len(house.relay.mails) == 2
    assert house.get_seeker().status is SeekerStatus.ACTIVE
    assert actions(house, case).count("case.remind") == 1


def test_no_reminder_while_people_have_what_may_deny_the_wish(house: TestHouse) -> None:
    """A forged wish: the person answers the link mail that they never asked; nobody pushes them to confirm it."""
    case = one(house, wish(house, "withdrawal"))
    denial = one(house, wish(house, "other unsure"))
    for day in (18, 19, 20, 24, 25, 26):
        house.now = datetime(2026, 11, day, 3, tzinfo=UTC)
        house.work()
    assert (denial.state, house.cases()[0].state) == (CaseState.REVIEW, CaseState.AWAITING_PROOF)
    assert "reminder" not in templates(house) and "case.remind" not in actions(house, case)
    act(house, denial, Role.LEAD, "close")
    house.work()
    house.work()
    assert templates(house).count("reminder") == 1


def test_put_off_is_carried_out_when_the_applications_close(house: TestHouse) -> None:
    house.seeker(applications=[("株式会社甲", "screening")])
    wish(house, "withdrawal")
    assert press(house, "defer").status == "deferred"
    for _ in range(3):
        house.now += DAY
        house.work()
    assert (house.cases()[0].state, house.get_seeker().status) == (CaseState.SCHEDULED, SeekerStatus.ACTIVE)
    assert house.get_seeker().outreach_held_at is not None
    house.seeker(applications=[("株式会社甲", "closed")])
    house.now += DAY
    house.work()
    assert (house.cases()[0].state, house.get_seeker().status) == (CaseState.DONE, SeekerStatus.WITHDRAWN)
    assert templates(house)[-1] == "done_withdrawal"


def test_a_self_made_application_is_waited_for_and_staff_may_override_with_a_reason(tmp_path: Path) -> None:
    house = told(open_test_house(tmp_path, profile="public-office"))
    house.seeker(applications=[("市役所", "screening", True)])
    wish(house, "withdrawal")
    press(house)
    case = house.cases()[0]
    assert (case.state, case.hold_reason) == (CaseState.SCHEDULED, "self_application")
    with pytest.raises(Exception, match="理由"):
        act(house, case, Role.LEAD, "approve")
    with pytest.raises(Exception, match="承認が必要"):
        act(house, case, Role.REVIEWER, "approve", override_reason="本人の希望")
    act(house, case, Role.LEAD, "approve", override_reason="本人の希望")
    assert house.get_seeker().status is SeekerStatus.WITHDRAWN
    sound(house)
    house.store.close()


def test_two_waits_of_one_person_that_end_on_one_day(tmp_path: Path) -> None:
    """The first ends the second; the second must not stop the day of everybody else."""
    house = told(open_test_house(tmp_path, profile="public-office"))
    house.seeker(applications=[("市役所", "screening", True)])
    house.seeker("M-2", "鈴木 花子", "hanako@example.jp")
    wish(house, "withdrawal deletion")
    tokens = [w.rpartition("/c/")[2] for w in house.relay.mails[-1].text.split() if "/c/" in w]
    for token in tokens:
        press(house, token=token)
    assert [c.hold_reason for c in house.cases()] == ["self_application", "self_application"]
    wish(house, "withdrawal", from_="hanako@example.jp")
    house.seeker(applications=[("市役所", "closed", True)])
    house.now += 3 * DAY
    house.work()
    states = {c.request: (c.state, c.hold_reason) for c in house.cases() if c.member_id == "M-10001"}
    assert states["withdrawal"] == (CaseState.DONE, None)
    assert states["deletion"] == (CaseState.REVIEW, "approve_erasure")
    assert "reminder" in templates(house)  # hanako's
    sound(house)
    house.store.close()


def test_one_case_that_breaks_keeps_no_other_from_its_day(house: TestHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    house.seeker("M-2", "鈴木 花子", "hanako@example.jp")
    bad = one(house, wish(house, "withdrawal"))
    good = one(house, wish(house, "withdrawal", from_="hanako@example.jp"))
    true = settle.proceed

    def breaks(doing: Any, case: Any, *more: Any, **named: Any) -> Any:
        if case.id == bad.id:
            raise ValueError("x")
        return true(doing, case, *more, **named)

    monkeypatch.setattr(settle, "proceed", breaks)
    house.now += 3 * DAY
    house.work()
    assert "case.remind" in actions(house, good)
    assert "case.remind" not in actions(house, bad)


def test_an_address_that_went_bad_sends_the_waiting_case_to_staff(house: TestHouse) -> None:
    house.seeker("M-2", "鈴木 花子", "hanako@example.jp")
    wish(house, "withdrawal")
    wish(house, "withdrawal", from_="hanako@example.jp")
    house.seeker(email="たろう@example.jp")
    house.now += 3 * DAY
    house.work()
    assert {c.member_id: (c.state, c.hold_reason) for c in house.cases()} == {
        "M-10001": (CaseState.REVIEW, "bad_address"), "M-2": (CaseState.AWAITING_PROOF, None),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "until", "day"),
    [({"resume_on": date(2027, 3, 1)}, None, date(2027, 3, 1)), ({}, date(2027, 3, 31), date(2027, 4, 1))],
)
def test_a_pause_keeps_its_last_day_and_reminds_the_concierge(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch, facts: dict[str, Any], until: date | None, day: date
) -> None:
    from tests.unit.pipeline.world import ToldReader

    meaning = Meaning(("pause",), facts=Facts(**facts), confidence=0.99, sure=True, pause_until=until)
    monkeypatch.setattr(ToldReader, "read", lambda self, **_: meaning)
    case = one(house, wish(house, "pause"))
    assert house.get_seeker().status is SeekerStatus.PAUSED
    assert house.get_seeker().resume_on == day
    with house.store.read() as tx:
        assert [(t.plan.kind, t.plan.due_on) for t in tx.tasks.of_case(case.id)] == [("remind", day)]
    assert "3月" in house.relay.mails[-1].text or "4月" in house.relay.mails[-1].text


def test_a_pause_that_staff_say_yes_to_is_reminded_of_too(house: TestHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.unit.pipeline.world import ToldReader

    meaning = Meaning(("pause",), facts=Facts(resume_on=date(2027, 3, 1)), confidence=0.6, sure=False)
    monkeypatch.setattr(ToldReader, "read", lambda self, **_: meaning)
    case = one(house, wish(house, "pause"))
    assert case.state is CaseState.REVIEW
    act(house, case, Role.LEAD, "approve")
    assert house.get_seeker().status is SeekerStatus.PAUSED
    with house.store.read() as tx:
        assert [(t.plan.kind, t.plan.due_on) for t in tx.tasks.open()] == [("remind", date(2027, 3, 1))]


def test_silence_never_withdraws(house: TestHouse) -> None:
    wish(house, "withdrawal deletion")
    for _ in range(60):
        house.now += DAY
        house.work()
    assert house.get_seeker().status is SeekerStatus.ACTIVE
    assert len(house.relay.mails) <= 3
    assert {c.hold_reason for c in house.cases()} == {"no_answer"}


def test_leaving_by_the_app_ends_the_wish_that_waits_for_its_link(house: TestHouse) -> None:
    first = one(house, wish(house, "withdrawal"))
    token = house.link()
    app_wish(house, "withdrawal")
    assert house.get_seeker().status is SeekerStatus.WITHDRAWN
    assert {c.state for c in house.cases()} == {CaseState.DONE}
    assert press(house, token=token).status == "used"
    assert "case.fulfil" in actions(house, first)
    house.now += 10 * DAY
    house.work()
    assert templates(house) == ["receipt_withdrawal", "done_withdrawal"]


def test_after_days_of_standing_still_others_may_write_between_a_few_cases(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits: list[int] = []
    look = daily.run

    def counted(tx: Any, tools: Any, now: datetime, case_ids: Sequence[int]) -> int:
        commits.append(len(case_ids))
        return look(tx, tools, now, case_ids)

    for number in range(5):
        house.seeker(f"M-2000{number}", f"佐藤 {number}", f"sato{number}@example.jp")
        wish(house, "withdrawal", from_=f"佐藤 <sato{number}@example.jp>")
    house.work()
    monkeypatch.setattr(worker, "BATCH", 2)
    monkeypatch.setattr(daily, "run", counted)
    house.now += 20 * DAY
    assert house.worker.run_calendar() == 5
    assert commits == [2, 2, 1]


def test_who_was_put_off_or_ended_since_the_look_is_left_alone(house: TestHouse) -> None:
    case = one(house, wish(house, "withdrawal"))
    with house.store.write() as tx:
        assert daily.run(tx, house.tools, house.now, [case.id]) == 0
    assert house.cases()[0] == case
