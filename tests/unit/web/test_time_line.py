"""The time line of a case says what was and what is, and who did it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from intake.model import Case, CaseState, Proof, Role, StaffMember
from intake.pipeline import desk
from intake.pipeline.moves import Act
from intake.web.staff import speech
from tests.house import TestHouse, open_test_house

SATO, TANAKA = "佐藤 美咲", "田中 直樹"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[TestHouse]:
    found = open_test_house(tmp_path)
    found.seeker()
    with found.store.write() as tx:
        for name in (SATO, TANAKA):
            tx.staff.add(name, Role.LEAD, None)
    yield found
    found.store.close()


def case_of(house: TestHouse) -> Case:
    sent = house.mail("退会を希望します。")
    house.work()
    (case,) = house.cases(sent.message_id)
    with house.store.write() as tx:
        return tx.cases.change(case, state=CaseState.REVIEW, hold_reason="unsure", proof=Proof.E2, assignee=None)


def done(house: TestHouse, case: Case, deed: str, *args: object) -> tuple[Case, str]:
    """What the last events say after an act of the desk."""
    with house.store.write() as tx:
        staff = tx.staff.by_name(SATO)
        assert staff is not None
        before = len(tx.audit.of_case(case.id))
        _do(desk.act_of(tx, staff, house.now), tx.cases.get(case.id), deed, staff, house, *args)
        rows = tx.audit.of_case(case.id)[before:]
        return tx.cases.get(case.id), " / ".join(f"{speech.of_actor(r)} {speech.of_event(r)}" for r in rows)


def _do(act: Act, case: Case, deed: str, staff: StaffMember, house: TestHouse, *args: object) -> None:
    if deed == "approve":
        desk.approve(act, case, staff, house.tools)
    elif deed == "correct":
        desk.correct(act, case, staff, str(args[0]), house.tools)
    elif deed == "hold":
        desk.hold(act, case, "held", args[0] if isinstance(args[0], date) else None)
    elif deed == "phone":
        desk.phone_checked(act, case, staff, "phone_on_file", house.tools)
    else:
        desk.assign(act, case, str(args[0]))


def test_what_was_and_what_is(house: TestHouse) -> None:
    case = case_of(house)
    case, said = done(house, case, "assign", SATO)
    assert said == f"{SATO} 対応者を変えました(未割り当て → {SATO})"
    _, said = done(house, case, "assign", TANAKA)
    assert said == f"{SATO} 対応者を変えました({SATO} → {TANAKA})"
    day = house.now.date() + timedelta(days=7)
    case, said = done(house, case, "hold", day)
    assert "保留にしました(確認待ち、読み取りに自信がありません → 保留、次に見直す日" in said
    assert f"→ {day}" in said
    _, said = done(house, case, "approve")
    assert "登録を「退会済み」にしました(登録中 → 退会済み)" in said
    assert "承認により進みました(確認待ち → 完了" in said


def test_a_correction_names_both_requests(house: TestHouse) -> None:
    case = case_of(house)
    with house.store.write() as tx:
        case = tx.cases.change(case, proof=Proof.E0)  # a proved wish is not corrected away
    _, said = done(house, case, "correct", "pause")
    assert "依頼の種類を直しました(確認待ち、退会 → サービス停止" in said


def test_how_somebody_was_checked_is_said_in_words(house: TestHouse) -> None:
    case = case_of(house)
    with house.store.write() as tx:
        case = tx.cases.change(case, proof=Proof.E0)
    assert "電話で本人確認をしました(登録の電話番号にかけた)" in done(house, case, "phone")[1]
