"""A wish of a later day is not carried out today: the day is kept, or a person looks (domain.md, Pause)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from intake.model import CaseState, SeekerStatus
from tests.house import TestHouse, open_test_house


def _house(tmp_path: Path) -> TestHouse:
    house = open_test_house(tmp_path)
    house.now = datetime(2026, 11, 16, 3, 0, tzinfo=UTC)
    house.seeker(concierge="佐藤 美咲")
    return house


def _mail(house: TestHouse, words: str, subject: str) -> None:
    house.mail(words, subject=subject)
    house.work()


def test_to_go_on_from_april_keeps_the_pause_till_then(tmp_path: Path) -> None:
    house = _house(tmp_path)
    _mail(house, "しばらくサービスを停止してください。", "停止")
    house.now += timedelta(days=2)
    _mail(house, "4月から再開をお願いします。", "再開")
    seeker = house.get_seeker()
    assert (seeker.status, seeker.resume_on) == (SeekerStatus.PAUSED, date(2027, 4, 1))
    assert seeker.outreach_held_at is not None
    assert "2027年3月31日" in house.relay.mails[-1].text
    with house.store.read() as tx:
        open_tasks = [t for c in house.cases() for t in tx.tasks.of_case(c.id) if t.done_at is None]
    assert [(t.plan.kind, t.plan.subject, t.plan.due_on) for t in open_tasks] == [
        ("remind", "resume_on", date(2027, 4, 1))
    ]


def test_to_leave_at_the_end_of_march_gets_no_link_to_leave_today(tmp_path: Path) -> None:
    house = _house(tmp_path)
    _mail(house, "3月末をもって退会いたします。それまではよろしくお願いします。", "退会")
    assert [(c.request, c.state, c.hold_reason) for c in house.cases()] == [("withdrawal", CaseState.REVIEW, "unsure")]
    assert "完了" not in house.relay.mails[-1].text


def test_to_pause_from_december_does_not_pause_today(tmp_path: Path) -> None:
    house = _house(tmp_path)
    _mail(house, "12月1日から3月末までサービスを停止してください。", "停止")
    assert house.get_seeker().status is SeekerStatus.ACTIVE
    assert [c.state for c in house.cases()] == [CaseState.REVIEW]
