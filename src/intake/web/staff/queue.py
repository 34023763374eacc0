"""The queue and the search."""

from __future__ import annotations

from starlette.responses import Response

from intake.model import Role
from intake.web.staff import calls, find, tabs
from intake.web.staff.rows import row_of
from intake.web.staff.visit import CONTROLLERS, Visit


def show(visit: Visit) -> Response:
    """A tab of the queue, fifty rows at a time."""
    tab = tabs.BY_KEY.get(visit.asked("tab")) or tabs.default_tab(visit.staff)
    after = visit.asked("after")
    with visit.context.store.read() as tx:
        cases, more = tabs.page_of(tx, tab, visit.staff, int(after) if after.isdecimal() and len(after) < 16 else None)
        rows = [row_of(tx, c, visit.now) for c in cases]
        colleagues = [m.name for m in tx.staff.all() if m.active and m.role is not Role.AUDITOR]
        counts = [(t, tabs.count_of(tx, t, visit.staff)) for t in tabs.tabs_for(visit.staff)]
    return visit.page(
        "queue.html",
        tab=tab,
        rows=rows,
        more=more,
        counts=counts,
        colleagues=colleagues,
        bulk=tuple(_number(visit.asked(name)) for name in ("count", "skipped")),
        cap=tabs.COUNT_CAP,
        sees_machines=visit.staff.role in CONTROLLERS,
        may_take_calls=visit.staff.role in calls.WHO,
        words="",
    )


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 5 else 0


def search(visit: Visit) -> Response:
    """Cases that hold the words; numbers of cases and members open at once."""
    words = visit.asked("q").strip()
    if not words:
        return visit.back_to("/staff/")
    with visit.context.store.read() as tx:
        direct = find.by_number(tx, visit.staff, words)
        if direct is not None:
            return visit.back_to(f"/staff/cases/{direct.number}")
        rows = [row_of(tx, c, visit.now) for c in find.cases(tx, visit.staff, words, visit.tools)]
    return visit.page("search.html", rows=rows, words=words)
