"""Several cases at once: what a form asks for that is none of the deeds does nothing to any of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house import open_test_house
from tests.integration.web_parts import LEAD, SATO, Client, app_of, form_of, staffed


@pytest.mark.parametrize("deed", ["approve", "erase", "Assign", "x\r\ny"])
def test_an_unknown_deed_is_none(tmp_path: Path, deed: str) -> None:
    house = staffed(open_test_house(tmp_path))
    house.seeker(concierge=SATO)
    house.mail("面談の場所はどこですか。")
    house.work()
    client = Client(app_of(house), LEAD)
    fields = form_of(client.get("/staff/?tab=all").text, "/assign").fields
    before = house.cases()
    picks = [f"{c.number}:{c.version}" for c in before]
    assert client.http.post("/staff/assign", data={**fields, "do": deed, "pick": picks}).status_code == 404
    assert house.cases() == before
    assert client.http.post("/staff/assign", data={**fields, "to": LEAD, "pick": picks}).status_code == 303
    assert [c.assignee for c in house.cases()] == [LEAD]
    house.store.close()
