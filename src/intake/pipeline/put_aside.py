"""What lies under a hold: a colleague's 保留, a mail that came back or a silence say nothing new about a wish."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from intake.errors import BadInput, NotAllowed
from intake.model import DESTRUCTIVE, Case, CaseState, Proof
from intake.pipeline.moves import Act, move
from intake.pipeline.tools import Tools
from intake.policy import LEAD_HOLDS, OBJECTION, is_one_document
from intake.ports import Tx

APPROVED = frozenset({"cooling_off", "erasure_due"})  # put aside, such an erasure wants a new approval
HELD, ONE_DOCUMENT = "held", "one_document"
SETTLED = frozenset({"case.prove", "case.ask", "case.correct"})  # what staff or the person said it is, since
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


def before_hold(tx: Tx, case: Case) -> Case:
    """The case as it was when a colleague pressed 保留: that is what has to be looked at now."""
    if case.hold_reason != HELD or case.state is not CaseState.REVIEW:
        return case
    for row in reversed(tx.audit.of_case(case.id)):
        was = row.detail.get("was_hold_reason")
        if was and row.detail.get("hold_reason") == HELD:
            return replace(case, hold_reason="approve_erasure" if was in APPROVED else was)
        if row.detail.get("hold_reason", HELD) != HELD:
            return case
    return case


def about_one_document(tx: Tx, case: Case, tools: Tools) -> bool:
    """One old document is to be erased, not the record: no link and no check may start an erasure of everything.

    By what was decided when it came, whatever was put over it; where nothing could be decided, by the words.
    """
    if case.request != "deletion" or not case.state.is_open:
        return False
    for row in reversed(tx.audit.of_case(case.id)):
        if ONE_DOCUMENT in (row.detail.get("hold_reason"), row.detail.get("hold")):
            return True
        if row.action in SETTLED:
            return case.hold_reason == ONE_DOCUMENT
    return case.hold_reason == ONE_DOCUMENT or _says_one_document(tx, case, tools)


def _says_one_document(tx: Tx, case: Case, tools: Tools) -> bool:
    if case.state is not CaseState.REVIEW or case.proof >= Proof.E2:
        return False
    message, meaning = tx.inbox.reading(case.message_id) or (None, None)
    if message is None or meaning is None or "withdrawal" in meaning.requests:
        return False
    return is_one_document(message, meaning, tools.profile)


def not_one_document(tx: Tx, case: Case, tools: Tools) -> None:
    """Raises NotAllowed where a proof would start the erasure of everything though one document was meant."""
    if about_one_document(tx, case, tools):
        raise NotAllowed("書類1点の削除のご依頼です。すべての削除のご依頼のときは、依頼の種類を選び直してください")


def meant(tx: Tx, case: Case, tools: Tools) -> Case:
    """The case as a yes is about it."""
    if about_one_document(tx, case, tools):
        return replace(case, hold_reason=ONE_DOCUMENT)
    return as_proved(tx, case)


def until(act: Act, case: Case, reason: str, wake_on: date | None) -> Case:
    """Put aside. What waits for a day or a condition goes on waiting for it, no earlier than staff say."""
    if case.state is CaseState.SCHEDULED and case.hold_reason not in APPROVED:
        if wake_on is None:
            raise BadInput("予定の案件です。いつまで保留にするか、日付を入れてください")
        later = max(wake_on, case.wake_on or wake_on)
        return move(act, case, "hold", CaseState.SCHEDULED, hold_reason=case.hold_reason, wake_on=later)
    return move(act, case, "hold", CaseState.REVIEW, hold_reason=reason or "held", wake_on=wake_on)
