"""Pages of the queue. One indexed range a state, joined: a page costs the same at ten thousand cases and a million."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from intake.model import CaseState, Proof
from intake.ports.rows import CaseQuery
from intake.store.tables import cases, seeker


def ids_of(query: CaseQuery) -> sa.Select[Any]:
    """The ids of one page, and at most a page more of each state."""
    base = _conditions(query)
    if query.after is not None:
        base.append(cases.c.id < query.after if query.newest_first else cases.c.id > query.after)
    order = cases.c.id.desc() if query.newest_first else cases.c.id
    if (
        query.ids is not None
        or query.seeker_id is not None
        or not (query.states or query.assignee or query.unassigned or query.request)
    ):
        pages = [base + _in_states(query)]
    else:
        pages = [[*base, cases.c.state == s.value] for s in query.states or tuple(CaseState)]
    branches = [
        sa.select(sa.select(cases.c.id).where(*page).order_by(order).limit(query.limit).subquery().c.id)
        for page in pages
    ]
    return branches[0] if len(branches) == 1 else sa.select(sa.union_all(*branches).subquery().c.id)


def matching(query: CaseQuery) -> list[sa.ColumnElement[bool]]:
    """The conditions of a query but for its place in the list."""
    return _conditions(query) + _in_states(query)


def _in_states(query: CaseQuery) -> list[sa.ColumnElement[bool]]:
    return [cases.c.state.in_([s.value for s in query.states])] if query.states else []


def _conditions(query: CaseQuery) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if query.assignee is not None:
        found.append(cases.c.assignee == query.assignee)
    if query.unassigned:
        found.append(cases.c.assignee.is_(None))
    if query.request is not None:
        found.append(cases.c.request == query.request)
    if query.seeker_id is not None:
        found.append(cases.c.seeker_id == query.seeker_id)
    if query.not_concierge is not None:
        found.append(~_about(query.not_concierge))
    return found + _filters(query)


def _filters(query: CaseQuery) -> list[sa.ColumnElement[bool]]:
    """What staff search by, beside the place in the queue."""
    c = cases.c
    sets = ((c.request, query.requests), (c.channel, query.channels), (c.hold_reason, query.holds),
            (c.policy, query.policies))  # fmt: skip
    found: list[sa.ColumnElement[bool]] = [column.in_(values) for column, values in sets if values]
    if query.ids is not None:
        found.append(c.id.in_(query.ids))
    days = (c.due_on, query.due_from, query.due_until)
    instants = (c.received_at, query.received_from, query.received_until)
    for column, first, last in (days, instants):
        if first is not None:
            found.append(column >= first)
        if last is not None:
            found.append(column <= last)
    for flag, yes in ((c.sure, query.sure), (c.complaint, query.complaint), (c.proof >= Proof.E2, query.proved)):
        if yes is not None:
            found.append(flag if yes else sa.not_(flag))
    return found


def _about(concierge: str) -> sa.ColumnElement[bool]:
    """Complaints about this person, and wishes for another in their place: not theirs to read (features A20)."""
    of_seeker = sa.select(seeker.c.concierge).where(seeker.c.id == cases.c.seeker_id).scalar_subquery()
    theirs = sa.func.coalesce(of_seeker, "") == concierge  # for such cases only; EXISTS reads all seekers
    return sa.and_(sa.or_(cases.c.complaint, cases.c.request == "concierge_change"), theirs)
