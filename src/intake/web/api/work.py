"""Cases, the work they give to people, and what happened."""

from __future__ import annotations

from intake.errors import NotFound
from intake.model import CaseState
from intake.pipeline import announce, desk
from intake.ports import CaseQuery
from intake.web.api import shapes
from intake.web.api.call import Call
from intake.web.api.problems import Problem

STATES = frozenset(s.value for s in CaseState)


def cases(call: Call) -> shapes.Cases:
    """A page of cases, oldest first."""
    states = tuple(CaseState(s) for s in sorted(call.codes("state", STATES)))
    requests = call.codes("request", frozenset(call.tools.rulebook.requests))
    member = call.query.get("member_id", "")
    query = CaseQuery(
        states=states,
        request=next(iter(requests), None) if len(requests) == 1 else None,
        seeker_id=call.seeker(member).id if member else None,
        after=call.number("after", 0) or None,
        limit=call.limit,
    )
    if len(requests) > 1:
        raise Problem(422, "one request at a time", errors=[{"field": "request", "detail": "more than one"}])
    rows = call.tx.cases.find(query)
    return shapes.Cases(
        data=[shapes.case_shown(c) for c in rows], next=rows[-1].id if len(rows) == call.limit else None
    )


def case(call: Call) -> shapes.CaseShown:
    """One by its number."""
    found = call.tx.cases.by_number(call.path["number"])
    if found is None:
        raise Problem(404, "no such case")
    return shapes.case_shown(found)


def tasks(call: Call) -> shapes.Tasks:
    """Open work, the nearest day first."""
    found = call.tx.tasks.open(call.query.get("assignee") or None, call.limit)
    ids = tuple({t.case_id for t in found})
    cases = {c.id: c for c in call.tx.cases.find(CaseQuery(ids=ids, limit=len(ids)))} if ids else {}
    return shapes.Tasks(data=[shapes.task_shown(t, cases[t.case_id]) for t in found])


def finish_task(call: Call) -> tuple[int, int]:
    """A piece of work is done; with the last one of a waiting case the case is closed and the person told."""
    task = call.tx.tasks.get(_id(call))
    if task.done_at is None:
        desk.task_done(call.act, task.id, call.tools)
    return 200, task.id


def render_task(call: Call, ref: int) -> shapes.TaskShown:
    """As it is now."""
    task = call.tx.tasks.get(ref)
    return shapes.task_shown(task, call.tx.cases.get(task.case_id))


def events(call: Call) -> shapes.Events:
    """What happened after a cursor."""
    kinds = call.codes("type", frozenset(announce.types()))
    page = announce.pull(call.tx, call.number("after", 0), kinds, call.limit)
    shown = [shapes.EventShown.model_validate(e) for e in page.events]
    return shapes.Events(data=shown, cursor=page.cursor, more=page.more)


def _id(call: Call) -> int:
    text = call.path["id"]
    if not (text.isascii() and text.isdigit()) or len(text) > 18:
        raise NotFound
    return int(text)
