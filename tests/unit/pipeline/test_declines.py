"""The mail after a decline names the employers who were told, and no other."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from intake.model import Application, Role, Stage
from intake.pipeline import desk
from tests.house import TestHouse, open_test_house
from tests.unit.pipeline.world import person, press, told, wish


@pytest.mark.parametrize("closed_already", [False, True])
def test_only_the_declined_application_is_named(tmp_path: Path, closed_already: bool) -> None:
    house = open_test_house(tmp_path)
    house.seeker(concierge="佐藤", applications=[("株式会社青空", "applied"), ("みどり商事", "interview_fixed")])
    house.mail("山田です。株式会社青空の選考を辞退します。")
    house.work()
    if closed_already:  # the agency's own system was quicker
        with house.store.write() as tx:
            tx.seekers.upsert_application("M-10001", Application(0, "株式会社青空", Stage.CLOSED, False, None))
    lead = person(house, Role.LEAD)
    with house.store.write() as tx:
        (task,) = tx.tasks.open()
        assert task.plan.subject == "株式会社青空"
        desk.task_done(desk.act_of(tx, lead, house.now), task.id, house.tools)
    house.now += timedelta(minutes=5)  # what can be taken back until then
    house.work()
    mail = house.relay.mails[-1]
    assert mail.template == "done_decline"
    assert "株式会社青空" in mail.text and "みどり商事" not in mail.text


def a_day(house: TestHouse) -> None:
    house.now += timedelta(minutes=5)  # the mail of the decline leaves
    house.work()
    house.now += timedelta(days=1)


def test_who_was_told_is_not_told_again_nor_called_running(tmp_path: Path) -> None:
    """The agency's own system says it days later: until then the tick counts."""
    house = open_test_house(tmp_path)
    house.seeker(concierge="佐藤", applications=[("株式会社青空", "screening"), ("みどり商事", "applied")])
    house.mail("山田です。株式会社青空の選考を辞退します。")
    house.work()
    lead = person(house, Role.LEAD)
    with house.store.write() as tx:
        (task,) = tx.tasks.open()
        desk.task_done(desk.act_of(tx, lead, house.now), task.id, house.tools)
        assert "seeker.application_ended" in [r.action for r in tx.audit.of_case(task.case_id)]
    a_day(house)
    house.mail("山田です。退会をお願いします。転職活動を終了するためです。")
    house.work()
    receipt = house.relay.mails[-1]
    assert receipt.template == "receipt_withdrawal"
    assert "みどり商事" in receipt.text and "青空" not in receipt.text
    press(house)
    with house.store.read() as tx:
        assert [t.plan.subject for t in tx.tasks.open()] == ["みどり商事"]


def test_who_applied_there_anew_is_declined_there_anew(tmp_path: Path) -> None:
    house = told(open_test_house(tmp_path))
    house.seeker(concierge="佐藤", applications=[("株式会社青空", "screening")])
    lead = person(house, Role.LEAD)
    wish(house, "decline")
    with house.store.write() as tx:
        desk.task_done(desk.act_of(tx, lead, house.now), tx.tasks.open()[0].id, house.tools)
    house.seeker(concierge="佐藤", applications=[("株式会社青空", "applied")])
    a_day(house)
    wish(house, "withdrawal")
    press(house)
    with house.store.read() as tx:
        assert [t.plan.subject for t in tx.tasks.open()] == ["株式会社青空"]


def test_a_page_of_before_ends_no_application(tmp_path: Path) -> None:
    """The decline was taken back: a tick on the page that still shows its work says nothing of the selection."""
    house = told(open_test_house(tmp_path))
    house.seeker(concierge="佐藤", applications=[("株式会社青空", "screening")])
    wish(house, "decline")
    with house.store.read() as tx:
        (task,) = tx.tasks.open()
    a_day(house)
    wish(house, "retraction")
    lead = person(house, Role.LEAD)
    with house.store.write() as tx:
        desk.task_done(desk.act_of(tx, lead, house.now), task.id, house.tools)
    assert [a.company for a in house.get_seeker().running] == ["株式会社青空"]
