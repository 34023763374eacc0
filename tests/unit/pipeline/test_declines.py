"""The mail after a decline names the employers who were told, and no other."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from intake.model import Application, Role, Stage
from intake.pipeline import desk
from tests.house import open_test_house
from tests.unit.pipeline.world import person


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
