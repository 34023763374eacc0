"""What must be settled before a proved wish is carried out; and that staff, or the person, can always let it go on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from intake.model import Case, CaseState, Effect, Proof, Role
from intake.policy import (
    OBJECTION,
    decide_due,
    decide_due_erasure,
    decide_proved,
    decide_staff_approval,
    may_object,
)
from tests.unit.policy.situations import AGENCY, NOW, OFFICE, TODAY, WITHDRAWN, case, seeker

GONE = seeker(**WITHDRAWN)
REVIEW, SCHEDULED = CaseState.REVIEW, CaseState.SCHEDULED
DUE = case("deletion", SCHEDULED, id=1, message_id=10, hold_reason="erasure_due", proof=Proof.E2)


@pytest.mark.parametrize(
    ("request_", "state", "sure", "objects"),
    [
        ("retraction", REVIEW, True, True),
        ("retraction", REVIEW, False, True),
        ("retraction", CaseState.AWAITING_PROOF, True, True),
        ("pause", REVIEW, True, True),
        ("resume", REVIEW, True, True),
        ("reinstatement", REVIEW, True, True),
        ("question", REVIEW, True, True),
        ("other", REVIEW, True, True),
        ("preferences", REVIEW, True, True),
        ("concierge_change", REVIEW, True, True),
        ("withdrawal", REVIEW, True, False),
        ("deletion", REVIEW, True, False),
        ("decline", REVIEW, True, False),
        ("deletion", REVIEW, False, True),
        ("withdrawal", REVIEW, False, True),
        ("preferences", SCHEDULED, True, False),
        ("question", CaseState.DONE, True, False),
        ("retraction", CaseState.REFUSED, False, False),
    ],
)
def test_what_may_be_an_objection(request_: str, state: CaseState, sure: bool, objects: bool) -> None:
    assert may_object(case(request_, state, id=2, message_id=20, sure=sure), DUE) is objects


def test_what_came_with_the_wish_itself_is_none() -> None:
    assert not may_object(case("question", REVIEW, id=2, message_id=10), DUE)
    assert not may_object(replace(DUE, state=REVIEW, sure=False), DUE)


def test_no_erasure_over_an_objection() -> None:
    other = case("retraction", REVIEW, id=2, message_id=20)
    d = decide_due_erasure(DUE, GONE, AGENCY, TODAY, approved=True, objections=(other,))
    assert d is not None
    assert (d.state, d.hold_reason, d.effects, d.reply) == (REVIEW, OBJECTION, (), None)
    assert d.due_on is not None
    assert decide_due_erasure(DUE, GONE, AGENCY, TODAY, approved=True) is None


@pytest.mark.parametrize(("hold", "profile"), [("after_selection", AGENCY), ("self_application", OFFICE)])
@pytest.mark.parametrize("wish", ["withdrawal", "deletion"])
def test_nobody_leaves_over_an_objection(hold: str, profile, wish: str) -> None:  # type: ignore[no-untyped-def]
    due = case(wish, SCHEDULED, hold_reason=hold, proof=Proof.E2, wake_on=TODAY)
    other = (case("retraction", REVIEW, id=2, message_id=20),)
    d = decide_due(due, seeker(), profile, NOW, TODAY, objections=other)
    assert d is not None
    assert (d.state, d.hold_reason, d.effects) == (REVIEW, OBJECTION, ())
    over = decide_due(due, seeker(), profile, NOW, TODAY)
    assert over is not None
    assert Effect.WITHDRAW in over.effects


def held(wish: str) -> Case:
    return case(wish, REVIEW, hold_reason=OBJECTION, proof=Proof.E2)


def test_staff_let_it_go_on() -> None:
    d = decide_staff_approval(held("deletion"), GONE, AGENCY, NOW, TODAY, Role.PRIVACY_OFFICER, approvers=2)
    assert (d.state, d.hold_reason, d.reply) == (SCHEDULED, "erasure_due", None)
    d = decide_staff_approval(held("withdrawal"), seeker(), AGENCY, NOW, TODAY, Role.REVIEWER)
    assert (d.state, Effect.WITHDRAW in d.effects) == (CaseState.DONE, True)


def test_who_proves_it_once_more_has_it() -> None:
    d = decide_proved(held("deletion"), GONE, "complete", Proof.E3, AGENCY, NOW, TODAY)
    assert (d.state, d.hold_reason) == (SCHEDULED, "erasure_due")
    d = decide_proved(held("withdrawal"), seeker(), "complete", Proof.E3, AGENCY, NOW, TODAY)
    assert (d.state, Effect.WITHDRAW in d.effects) == (CaseState.DONE, True)
