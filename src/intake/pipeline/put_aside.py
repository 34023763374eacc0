"""What lies under a hold: a colleague's 保留, a mail that came back or a silence say nothing new about a wish."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from intake.errors import BadInput
from intake.model import DESTRUCTIVE, Case, CaseState
from intake.pipeline.moves import Act, move
from intake.policy import LEAD_HOLDS, OBJECTION
from intake.ports import Tx

APPROVED = frozenset({"cooling_off", "erasure_due"})  # put aside, such an erasure wants a new approval
DECIDED = frozenset({"case.prove", "case.approve", "case.correct", "case.seeker_chosen"})


def as_proved(tx: Tx, case: Case) -> Case:
    """The case with the wait that the person chose, or the lead's say, that its proof led to (decisions.md, Ladder).

    Whatever was put over it since takes neither away: nobody leaves early because somebody pressed 保留.
    """
    let_go_on = case.hold_reason == OBJECTION and case.request == "deletion"
    if case.request not in DESTRUCTIVE or case.hold_reason in LEAD_HOLDS or let_go_on:
        return case
    for row in reversed(tx.audit.of_case(case.id)):
        held = row.detail.get("hold_reason") or row.detail.get("hold")
        if held in LEAD_HOLDS:
            return replace(case, hold_reason=held)
        if row.action in DECIDED:
            return case
    return case


def until(act: Act, case: Case, reason: str, wake_on: date | None) -> Case:
    """Put aside. What waits for a day or a condition goes on waiting for it, no earlier than staff say."""
    if case.state is CaseState.SCHEDULED and case.hold_reason not in APPROVED:
        if wake_on is None:
            raise BadInput("予定の案件です。いつまで保留にするか、日付を入れてください")
        later = max(wake_on, case.wake_on or wake_on)
        return move(act, case, "hold", CaseState.SCHEDULED, hold_reason=case.hold_reason, wake_on=later)
    return move(act, case, "hold", CaseState.REVIEW, hold_reason=reason or "held", wake_on=wake_on)
