"""Pieces of work for people: tell the employer, call, remind."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from intake.errors import IntakeError, NotFound, Temporary
from intake.model import Case, Task
from intake.pipeline import desk
from intake.policy import today_of
from intake.ports import Tx
from intake.web.staff import scope, speech
from intake.web.staff.visit import Visit

MOST = 200
Row = tuple[Task, Case, str]


def show(visit: Visit) -> Response:
    """Open work: one's own with what nobody has, or all of it; only of cases that this person may see."""
    return _render(visit)


def done(visit: Visit) -> Response:
    """A piece of work is done. Whoever comes second is told who was first, and nothing is done again."""
    number, over = "", None
    try:
        with visit.context.store.write() as tx:
            task, case = scope.task_of(tx, visit.staff, int(visit.path["id"]))
            number = case.number
            if task.done_at is None:
                desk.task_done(desk.act_of(tx, visit.staff, visit.now), task.id, visit.tools)
            elif task.done_by != visit.staff.name:
                over = task
    except (NotFound, Temporary):
        raise
    except IntakeError as e:
        return _render(visit, 422, trouble=speech.of_error(e))
    if visit.field("back") == number:  # the page of the case names who did it
        return visit.back_to(f"/staff/cases/{number}", "task_over" if over else "task", number)
    return _render(visit, 409, over=over) if over else visit.back_to("/staff/tasks", "task", number)


def _render(visit: Visit, status: int = 200, *, trouble: str = "", over: Task | None = None) -> Response:
    mine = visit.asked("whose") != "all"
    with visit.context.store.read() as tx:
        every = _rows(tx, visit, tx.tasks.open(None, MOST))
        # What has no assignee is everybody's: on the page that people open first, or nobody would see it.
        own = _rows(tx, visit, tx.tasks.open(visit.staff.name, MOST, unassigned=True))
    return visit.page("tasks.html", status, rows=own if mine else every, mine=mine, counts=(len(own), len(every)),
                      most=MOST, today=today_of(visit.now), trouble=trouble, over=over, words="")  # fmt: skip


def _rows(tx: Tx, visit: Visit, found: Sequence[Task]) -> list[Row]:
    """Those of cases that this person may see, with the case and the name of its seeker."""
    cases, _ = scope.cases_of(tx, visit.staff, {t.case_id for t in found})
    people = tx.glance.people({c.seeker_id for c in cases.values() if c.seeker_id is not None})
    rows = []
    for task in found:
        case = cases.get(task.case_id)
        if case is not None:
            who = people.get(case.seeker_id) if case.seeker_id is not None else None
            rows.append((task, case, who.name if who else ""))
    return rows
