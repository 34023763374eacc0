"""Conditions corrected before the first ones were worked in: what was said last counts, and is confirmed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from intake.model import Case, CaseState, Role
from intake.pipeline import desk
from tests.house import TestHouse, open_test_house
from tests.unit.pipeline.world import act, one, person, sound

FIRST = "希望条件を変更します。希望年収は600万円以上、勤務地は大阪府でお願いします。"
FAILED = "mx.agency.example.jp; dmarc=fail header.from=example.jp"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[TestHouse]:
    found = open_test_house(tmp_path, authserv_id="mx.agency.example.jp")
    found.seeker(concierge="佐藤 美咲")
    yield found
    sound(found)
    found.store.close()


def say(house: TestHouse, text: str) -> Case:
    accepted = house.mail(f"山田です。{text}", subject="希望条件")
    house.work()
    house.now += timedelta(days=1)
    return one(house, accepted)


def tick(house: TestHouse, case: Case) -> list[str]:
    """The mails that confirm, once its work is done."""
    lead, before = person(house, Role.LEAD), len(house.relay.mails)
    with house.store.write() as tx:
        for task in tx.tasks.of_case(case.id):
            desk.task_done(desk.act_of(tx, lead, house.now), task.id, house.tools)
    house.now += timedelta(minutes=5)
    house.work()
    assert next(c for c in house.cases() if c.id == case.id).state is CaseState.DONE
    return [m.text for m in house.relay.mails[before:] if m.template == "done_preferences"]


def conditions(house: TestHouse) -> dict[str, str]:
    return dict(house.get_seeker().preferences)


def test_what_was_corrected_since_is_not_confirmed(house: TestHouse) -> None:
    older = say(house, FIRST)
    newer = say(house, "希望条件の訂正です。希望年収は650万円以上、勤務地は兵庫県でお願いします。")
    assert tick(house, older) == []
    assert conditions(house) == {}
    (mail,) = tick(house, newer)
    assert "650万円" in mail and "兵庫県" in mail
    assert "650万円" in conditions(house)["salary"] and conditions(house)["place"] == "兵庫県"


def test_the_older_work_done_last_does_not_bring_the_old_back(house: TestHouse) -> None:
    older = say(house, FIRST)
    newer = say(house, "希望条件の訂正です。希望年収は650万円以上、勤務地は兵庫県でお願いします。")
    assert len(tick(house, newer)) == 1
    assert tick(house, older) == []
    assert conditions(house)["place"] == "兵庫県"


def test_what_was_not_said_anew_is_kept_and_confirmed(house: TestHouse) -> None:
    older = say(house, FIRST)
    say(house, "希望条件の訂正です。勤務地は兵庫県でお願いします。")
    (mail,) = tick(house, older)
    assert "600万円" in mail and "大阪府" not in mail
    assert conditions(house).keys() == {"salary"}


@pytest.mark.parametrize("deed", ["refuse", "close", "forged"])
def test_what_came_to_nothing_corrects_nothing(house: TestHouse, deed: str) -> None:
    older = say(house, FIRST)
    correction = "希望条件の訂正です。希望年収は650万円以上、勤務地は兵庫県でお願いします。"
    if deed == "forged":
        mail = house.mail(f"山田です。{correction}", headers={"Authentication-Results": FAILED})
        house.work()
        act(house, one(house, mail), Role.LEAD, "close")
    else:
        newer = say(house, correction)
        act(house, newer, Role.LEAD, deed, *(("ご相談のうえ", house.tools) if deed == "refuse" else ()))
    (mail_text,) = tick(house, older)
    assert "600万円" in mail_text and "大阪府" in mail_text
