"""Work that colleagues share: whoever comes second is told who was first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.model import TaskPlan
from tests.house import TestHouse, open_test_house
from tests.integration.web_parts import SATO, TANAKA, Client, app_of, staffed


@pytest.fixture
def house(tmp_path: Path) -> Iterator[TestHouse]:
    found = staffed(open_test_house(tmp_path))
    found.seeker()
    found.mail("面談の場所はどこですか。")
    found.work()
    with found.store.write() as tx:
        tx.tasks.add(found.cases()[0].id, TaskPlan("call"), found.now)
    yield found
    found.store.close()


def test_work_that_a_colleague_has_just_done_names_them(house: TestHouse) -> None:
    sato, tanaka = Client(app_of(house), SATO), Client(app_of(house), TANAKA)
    number = house.cases()[0].number
    done = sato.post("/staff/tasks/1/done", {"csrf": sato.token()})
    assert done.headers["location"] == f"/staff/tasks?done=task&case={number}"
    late = tanaka.post("/staff/tasks/1/done", {"csrf": tanaka.token()})
    assert late.status_code == 409
    assert re.search(f"この作業は、すでに終わっています: [^<]+ – {SATO} 11月", late.text)
    at_case = tanaka.post("/staff/tasks/1/done", {"csrf": tanaka.token(), "back": number})
    assert "この作業は、すでに終わっています" in tanaka.get(at_case.headers["location"]).text
    with house.store.read() as tx:
        case = house.cases()[0]
        assert [r.actor.name for r in tx.audit.of_case(case.id) if r.action == "task.done"] == [SATO]


def test_a_second_press_of_ones_own_is_the_first(house: TestHouse) -> None:
    sato = Client(app_of(house), SATO)
    for _ in range(2):
        assert "done=task&" in sato.post("/staff/tasks/1/done", {"csrf": sato.token()}).headers["location"]


def test_the_work_of_a_case_that_one_may_not_see_stays_unknown(house: TestHouse) -> None:
    with house.store.write() as tx:
        tx.cases.change(house.cases()[0], assignee=SATO)
    tanaka = Client(app_of(house), TANAKA)
    assert tanaka.post("/staff/tasks/1/done", {"csrf": tanaka.token()}).status_code == 404
