"""Whoever leaves the house leaves no case behind that nobody sees."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake.model import CaseState, TaskPlan
from tests.house import TestHouse, open_test_house
from tests.integration.web_parts import ADMIN, SATO, TANAKA, Client, app_of, staffed


@pytest.fixture
def house(tmp_path: Path) -> TestHouse:
    made = staffed(open_test_house(tmp_path))
    made.seeker(concierge=SATO)
    made.mail("面談についてご相談したいことがあります。", subject="ご相談")
    made.work()
    return made


@pytest.mark.parametrize(
    ("where", "form"),
    [
        ("change", {"what": "close"}),
        ("place", {"role": "auditor", "lead": "", "away": ""}),
    ],
)
def test_open_cases_of_a_closed_account_are_nobodys_again(house: TestHouse, where: str, form: dict[str, str]) -> None:
    (case,) = house.cases()
    with house.store.write() as tx:
        case = tx.cases.change(case, state=CaseState.REVIEW, hold_reason="staff_read", assignee=SATO)
        tx.tasks.add(case.id, TaskPlan("call", assignee=SATO), house.now)
    admin = Client(app_of(house), ADMIN)
    assert admin.post(f"/staff/people/{where}", {"csrf": admin.token(), "name": SATO} | form).status_code == 303
    assert house.cases()[0].assignee is None
    with house.store.read() as tx:
        assert tx.tasks.open(SATO) == []
        assert "case.assigned" in [r.action for r in tx.audit.of_case(case.id)]
    assert case.number in Client(app_of(house), TANAKA).get("/staff/?tab=unassigned").text
