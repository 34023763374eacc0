"""Several cases at once: what a form asks for that is none of the deeds, or is not in order, does nothing to any."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.house import TestHouse, open_test_house
from tests.integration.web_parts import LEAD, SATO, Client, app_of, form_of, staffed


@pytest.fixture
def house(tmp_path: Path) -> Iterator[TestHouse]:
    """Staff, and one question."""
    found = staffed(open_test_house(tmp_path))
    found.seeker(concierge=SATO)
    found.mail("面談の場所はどこですか。")
    found.work()
    yield found
    found.store.close()


def sent(house: TestHouse, *, ticked: bool = True, **fields: str) -> Any:
    """What the server answers to the form of the tab with all cases."""
    client = Client(app_of(house), LEAD)
    form = form_of(client.get("/staff/?tab=all").text, "/assign").fields
    picks = [f"{c.number}:{c.version}" for c in house.cases()] if ticked else []
    return client.http.post("/staff/assign", data={**form, **fields, "pick": picks})


@pytest.mark.parametrize("deed", ["approve", "erase", "Assign", "x\r\ny"])
def test_an_unknown_deed_is_none(house: TestHouse, deed: str) -> None:
    before = house.cases()
    assert sent(house, do=deed).status_code == 404
    assert house.cases() == before
    assert sent(house, to=LEAD).status_code == 303
    assert [c.assignee for c in house.cases()] == [LEAD]


@pytest.mark.parametrize("deed", ["assign", "hold", "close"])
def test_nothing_ticked_is_said_and_not_called_done(house: TestHouse, deed: str) -> None:
    before = house.cases()
    answer = sent(house, ticked=False, do=deed, to=SATO, until="2099-12-01", text="繁忙期のため")
    assert answer.status_code == 422
    assert "案件を選んでください。" in answer.text
    assert "まとめて処理しました" not in answer.text
    assert f"<option selected>{SATO}</option>" in answer.text
    assert 'value="2099-12-01"' in answer.text
    assert house.cases() == before


@pytest.mark.parametrize(
    ("until", "trouble"), [("2020-11-01", "日付は今日以降にしてください。"), ("1日", "日付をご確認ください。")]
)
def test_a_wrong_day_is_said_and_all_that_was_typed_stays(house: TestHouse, until: str, trouble: str) -> None:
    before = house.cases()
    answer = sent(house, do="hold", until=until, text="家族へ確認中のため")
    assert answer.status_code == 422
    assert trouble in answer.text
    assert 'value="家族へ確認中のため"' in answer.text
    assert '<details class="more-bulk" open>' in answer.text
    assert re.findall(r'value="([^"]+)" form="bulk" checked', answer.text) == [
        f"{c.number}:{c.version}" for c in before
    ]
    assert house.cases() == before


def test_the_date_of_a_hold_means_nothing_to_the_other_deeds(house: TestHouse) -> None:
    assert sent(house, do="assign", to=LEAD, until="2020-11-01").status_code == 303
    assert [c.assignee for c in house.cases()] == [LEAD]
    assert sent(house, do="hold", until="2099-12-01").status_code == 303
    assert [c.wake_on for c in house.cases()] == [date(2099, 12, 1)]


def test_enter_holds_where_a_day_or_a_reason_was_typed(house: TestHouse) -> None:
    """A browser sends the form's first button with Enter, whichever field it was pressed in."""
    page = Client(app_of(house), LEAD).get("/staff/?tab=all").text
    first = form_of(page, "/assign").buttons[0]
    before = [c.assignee for c in house.cases()]
    assert sent(house, to=LEAD, until="2099-12-01", text="家族へ確認中のため", **dict([first])).status_code == 303
    assert [c.wake_on for c in house.cases()] == [date(2099, 12, 1)]
    assert [c.assignee for c in house.cases()] == before


def test_enter_in_the_box_of_a_row_does_nothing(house: TestHouse) -> None:
    before = house.cases()
    answer = sent(house, do="", to=LEAD)
    assert answer.status_code == 422
    assert "操作のボタンを押してください。" in answer.text
    assert house.cases() == before
