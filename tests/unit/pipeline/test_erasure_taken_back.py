"""Who takes an erasure back after their registration has ended is told that it has."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from intake.model import SeekerStatus
from tests.house import open_test_house
from tests.unit.pipeline.world import press, told, wish


def test_who_has_left_is_not_told_that_all_goes_on(tmp_path: Path) -> None:
    house = told(open_test_house(tmp_path))
    house.seeker(status="withdrawn", withdrawn_on=date(2026, 11, 10))
    wish(house, "deletion")
    press(house, "cancel")
    house.work()
    mail = house.relay.mails[-1]
    assert mail.template == "done_retraction"
    assert house.get_seeker().status is SeekerStatus.WITHDRAWN
    assert "これまでどおり" not in mail.text
    assert "退会のお手続きが完了しております" in mail.text


def test_who_is_registered_goes_on_as_before(tmp_path: Path) -> None:
    house = told(open_test_house(tmp_path))
    house.seeker()
    wish(house, "deletion")
    press(house, "cancel")
    house.work()
    assert "これまでどおり" in house.relay.mails[-1].text
