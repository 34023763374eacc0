"""A link that a newer one replaced does not say that anybody has answered."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.house import open_test_house
from tests.integration.web_parts import Client, app_of
from tests.unit.pipeline.world import look, one, told, wish


def test_who_opens_the_first_mail_is_sent_to_the_newest(tmp_path: Path) -> None:
    house = told(open_test_house(tmp_path))
    house.seeker()
    case = one(house, wish(house, "withdrawal"))
    first = house.link()
    house.now += timedelta(hours=26)
    wish(house, "withdrawal", more="まだでしょうか")
    assert house.relay.mails[-1].template == "reminder"
    page = look(house, first)
    assert (page.status, page.choice, page.replaced) == ("used", None, True)
    assert page.case is not None and page.case.id == case.id
    shown = Client(app_of(house)).get(f"/c/{first}").text
    assert "最新のメール" in shown
    assert "承っております" not in shown
