"""An open queue asks again and again: the server tells at once that nothing is new, and never keeps back what is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from intake.model import CaseState
from intake.pipeline import desk
from tests.house import TestHouse, open_test_house
from tests.integration.web_parts import LEAD, SATO, TANAKA, Client, app_of, staffed

QUEUE = "/staff/?tab=all"


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Iterator[TestHouse]:
    found = staffed(open_test_house(tmp_path, url=database_url))
    found.seeker()
    sent = found.mail("面談の場所はどこですか。")
    found.work()
    with found.store.write() as tx:
        tx.cases.change(found.cases(sent.message_id)[0], state=CaseState.REVIEW, hold_reason="held", closed_at=None)
    yield found
    found.store.close()


def ask(client: Client, state: str = "", path: str = QUEUE) -> Any:
    return client.get(path, headers={"If-None-Match": state} if state else {})


def statements(house: TestHouse, act: Callable[[], Any]) -> int:
    store: Any = house.store
    seen: list[str] = []
    note = lambda c, cursor, sql, *_: seen.append(sql)  # noqa: E731
    sa.event.listen(store._reader.engine, "before_cursor_execute", note)
    act()
    sa.event.remove(store._reader.engine, "before_cursor_execute", note)
    return len(seen)


def test_nothing_new_costs_next_to_nothing(house: TestHouse) -> None:
    client = Client(app_of(house), LEAD)
    whole = ask(client)
    state = whole.headers["ETag"]
    again = ask(client, state)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == state
    assert statements(house, lambda: ask(client, state)) <= 5  # two of them BEGIN, where the driver counts that
    assert statements(house, lambda: ask(client)) > 10


def test_what_is_another_page_has_another_state(house: TestHouse) -> None:
    app = app_of(house)
    lead, sato = Client(app, LEAD), Client(app, SATO)
    state = ask(lead).headers["ETag"]
    assert ask(sato, state).status_code == 200
    for path in ("/staff/?tab=unassigned", f"{QUEUE}&after=1", f"{QUEUE}&lang=en"):
        assert ask(lead, state, path).status_code == 200, path


def opens(house: TestHouse) -> None:
    house.mail("履歴書を送り直します。", from_="別の 人 <other@example.com>")
    house.work()


def is_assigned(house: TestHouse) -> None:
    with house.store.write() as tx:
        staff = tx.staff.by_name(LEAD)
        assert staff is not None
        desk.assign(desk.act_of(tx, staff, house.now), tx.cases.get(1), TANAKA)


def is_looked_at(house: TestHouse) -> None:
    with house.store.write() as tx:
        tx.presence.here(1, TANAKA, "looking", house.now)


def waits_overnight(house: TestHouse) -> None:
    house.now += timedelta(hours=7)


@pytest.mark.parametrize("change", [opens, is_assigned, is_looked_at, waits_overnight])
def test_what_is_new_is_never_kept_back(house: TestHouse, change: Callable[[TestHouse], None]) -> None:
    house.now += timedelta(hours=6)  # six in the evening
    client = Client(app_of(house), LEAD)
    state = ask(client).headers["ETag"]
    change(house)
    answer = ask(client, state)
    assert answer.status_code == 200
    assert answer.headers["ETag"] != state
    assert "data-live" in answer.text


def test_a_colleague_who_left_without_a_word_is_gone_after_half_a_minute(house: TestHouse) -> None:
    client = Client(app_of(house), LEAD)
    is_looked_at(house)
    state = ask(client).headers["ETag"]
    house.now += timedelta(seconds=31)
    answer = ask(client, state)
    assert answer.status_code == 200
    assert TANAKA not in answer.text.partition("data-live")[2].partition("</tbody>")[0]
