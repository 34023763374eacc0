"""What falls due with the passing of days: reminders, deferred wishes, dates to come back."""

from __future__ import annotations

from datetime import datetime

from intake.model import Actor, Case
from intake.pipeline import settle
from intake.pipeline.moves import Act
from intake.pipeline.tools import Tools
from intake.policy import decide_due, today_of
from intake.ports import Tx

CALENDAR = Actor("system", "calendar")


def run(tx: Tx, tools: Tools, now: datetime) -> int:
    """Look at every case whose day has come; how many moved. Silence never withdraws or erases anybody."""
    moved = 0
    for case in tx.cases.due(today_of(now)):
        with tx.savepoint():
            moved += _one(Act(tx, CALENDAR, now), case, tools)
    return moved


def _one(act: Act, case: Case, tools: Tools) -> int:
    seeker = act.tx.seekers.get(case.seeker_id) if case.seeker_id else None
    reminded = any(row.action == "case.remind" for row in act.tx.audit.of_case(case.id))
    decision = decide_due(case, seeker, tools.profile, act.now, today_of(act.now), reminded=reminded)
    if decision is None:
        return 0
    event = {"reminder": "remind", "no_answer": "hold"}.get(decision.reason, "fall_due")
    settle.proceed(act, case, seeker, decision, event, tools)
    return 1
