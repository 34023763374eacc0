"""What falls due with the passing of days: reminders, deferred wishes, dates to come back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from intake.errors import IntakeError
from intake.journal import journal
from intake.model import Actor, Case, CaseState, Effect
from intake.pipeline import objections, put_aside, settle
from intake.pipeline.moves import Act, move
from intake.pipeline.tools import Tools
from intake.policy import OBJECTION, decide_due, today_of
from intake.ports import Tx

CALENDAR = Actor("system", "calendar")
log = journal("calendar")


def run(tx: Tx, tools: Tools, now: datetime, case_ids: Sequence[int]) -> int:
    """Look at these cases, whose day has come; how many moved. Silence never withdraws or erases anybody."""
    act = Act(tx, CALENDAR, now)
    act.alone()
    return sum(_look(act, case_id, tools) for case_id in case_ids)


def _look(act: Act, case_id: int, tools: Tools) -> int:
    """One case; read anew, for another one of this day, or staff, may have ended it or put it off. What breaks goes to
    staff, alone."""
    try:
        with act.tx.savepoint():
            case = act.tx.cases.get(case_id)
            is_due = case.state.is_open and case.wake_on is not None and case.wake_on <= today_of(act.now)
            return _one(act, case, tools) if is_due else 0
    except IntakeError as e:
        if e.temporary:
            raise
        return _to_staff(act, case_id, e)
    except Exception as e:  # noqa: BLE001 - one case that breaks keeps no other from its day
        return _to_staff(act, case_id, e)


def _to_staff(act: Act, case_id: int, error: Exception) -> int:
    log.error("a case could not be carried on on its day", case=case_id, error=error)
    move(act, act.tx.cases.get(case_id), "hold", CaseState.REVIEW, hold_reason="calendar_failed", wake_on=None)
    return 1


def _one(act: Act, case: Case, tools: Tools) -> int:
    seeker = act.tx.seekers.get(case.seeker_id) if case.seeker_id else None
    reminded = any(row.action == "case.remind" for row in act.tx.audit.of_case(case.id))
    now, today = act.now, today_of(act.now)
    decision = decide_due(put_aside.before_hold(act.tx, case), seeker, tools.profile, now, today, reminded=reminded)
    waiting: list[Case] = []
    if decision is not None and seeker is not None and Effect.WITHDRAW in decision.effects:
        if objections.is_behind(act.tx) or objections.unread_of(act.tx, [seeker])[seeker.id]:
            return 0  # it may take the wish back: it is read first, the next round looks again
        waiting = objections.objections(act.tx, case)
        decision = decide_due(case, seeker, tools.profile, now, today, reminded=reminded, objections=waiting)
    if decision is None or (decision.reason == "reminder" and _is_answered(act.tx, case)):
        return 0
    event = {"reminder": "remind", "no_answer": "hold"}.get(decision.reason, "fall_due")
    moved = settle.proceed(act, case, seeker, decision, event, tools)
    if decision.hold_reason == OBJECTION:
        objections.name(act, moved, waiting)
    return 1


def _is_answered(tx: Tx, case: Case) -> bool:
    """Whether the person has written since what may deny the wish, and people have not settled it: nobody is pushed to
    confirm what they may just have said they never asked for. Looked at again every day."""
    since = objections.objections(tx, case)
    return any(o.state is CaseState.REVIEW or o.request == "retraction" != case.request for o in since)
