"""What was open of somebody who leaves: what only a registration can serve ends with it, no employer is told twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from intake.model import Case, Seeker, Task, TaskPlan
from intake.pipeline import objections
from intake.pipeline.moves import Act, drop_tasks

GRANTED = frozenset({"withdrawal", "pause"})  # who has left has what these asked for
MOOT = frozenset({"preferences", "concierge_change"})  # about help that there is none of any more
TELL = "tell_employer"


def ended_with(act: Act, case: Case, seeker: Seeker, *, proved_now: bool) -> list[Case]:
    """The open cases that the leaving of ``case`` ends; its own work is on record by now.

    What is doubtful stays with people, so does a complaint, and what was said after the proof: perhaps they would stay.
    """
    others = [c for c in act.tx.cases.of_seeker(seeker.id) if c.id != case.id and c.state.is_open]
    return [c for c in others if not c.is_doubtful and _ends(act, case, c, proved_now=proved_now)]


def _ends(act: Act, case: Case, other: Case, *, proved_now: bool) -> bool:
    if other.request in MOOT:
        return not other.complaint and (proved_now or not objections.is_newer(act.tx, case, other))
    return other.request in GRANTED or (other.request == "decline" and _taken_over(act, case, other))


def _taken_over(act: Act, case: Case, decline: Case) -> bool:
    """The leaving tells these employers itself. True where nobody is left whom the decline alone would tell."""
    told = frozenset(t.plan.subject for t in _to_tell(act, case))
    left = [t for t in _to_tell(act, decline) if t.plan.subject not in told]
    taken = len(_to_tell(act, decline)) > len(left)
    drop_tasks(act, decline, "withdraw", kinds=frozenset({TELL}), subjects=told)
    return taken and not left and not decline.complaint


def _to_tell(act: Act, case: Case) -> list[Task]:
    return [t for t in act.tx.tasks.of_case(case.id) if t.plan.kind == TELL and t.done_at is None]


def as_promised(act: Act, seeker: Seeker, plan: TaskPlan) -> TaskPlan:
    """An employer who was to be told by an earlier day, the application having been declined, is told by that day."""
    if plan.kind != TELL:
        return plan
    days = [plan.due_on, *(_promised(act, c, plan.subject) for c in act.tx.cases.of_seeker(seeker.id))]
    return replace(plan, due_on=min((d for d in days if d is not None), default=None))


def _promised(act: Act, case: Case, company: str) -> date | None:
    mine = case.request == "decline" and case.state.is_open and not case.is_doubtful
    days = [t.plan.due_on for t in _to_tell(act, case) if t.plan.subject == company] if mine else []
    return min((d for d in days if d is not None), default=None)
