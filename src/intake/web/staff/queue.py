"""The queue and the search."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date

from starlette.responses import Response

from intake.model import Case
from intake.policy import today_of
from intake.ports import Tx
from intake.web.staff import asked, calls, find, language, registered, tabs, views
from intake.web.staff.acts import CASE_WORKERS
from intake.web.staff.counts import COUNTS
from intake.web.staff.place import Place, id_of, of_search
from intake.web.staff.rows import STAYS, rows_of
from intake.web.staff.scope import colleagues_of
from intake.web.staff.visit import CONTROLLERS, DECIDERS, Visit

Mark = tuple[int, date]  # the newest row of the trail, and the day: while both are the same, no list changes
BULK = ("to", "until", "text")


def show(visit: Visit) -> Response:
    """A tab of the queue, fifty rows at a time."""
    return tab_page(visit)


def tab_page(visit: Visit, status: int = 200, *, trouble: str = "") -> Response:
    """The page of a tab. ``trouble`` says why nothing was done with several cases; what was ticked and typed stays."""
    tab = tabs.BY_KEY.get(_sent(visit, "tab")) or tabs.default_tab(visit.staff)
    after = _sent(visit, "after")
    with visit.context.store.read() as tx:
        newest = tx.audit.tail(1)
        mark = (newest[0].seq if newest else 0, today_of(visit.now))
        state = _state(tx, visit, tab, mark)
        if visit.request.headers.get("if-none-match") == state:
            return Response(status_code=304, headers={"ETag": state})
        cases, more = tabs.page_of(tx, tab, visit.staff, id_of(after))
        if after and not cases and more is None:  # all of that page is done meanwhile: the list is not empty for that
            after, (cases, more) = "", tabs.page_of(tx, tab, visit.staff)
        before = tabs.page_before(tx, tab, visit.staff, cases[0]) if after and cases else None
        rows = rows_of(tx, cases, visit.now, visit.staff)
        counts = [(t, _count(tx, visit, t, mark)) for t in tabs.tabs_for(visit.staff)]
        kept = views.counted(tx, visit)
        colleagues = colleagues_of(tx)
    response = visit.page(
        "queue.html",
        status,
        tab=tab,
        after=after,
        before=before,
        place=str(Place(tab, id_of(after))),
        rows=rows,
        trouble=trouble,
        picked=_picked(visit, cases),
        typed_in=_typed_in(visit, trouble),
        more=more,
        counts=counts,
        kept=kept,
        colleagues=colleagues,
        bulk=tuple(_number(visit.asked(name)) for name in ("count", "skipped")),
        did=visit.asked("did"),
        in_bulk=visit.staff.role in CASE_WORKERS,
        cap=tabs.COUNT_CAP,
        sees_machines=visit.staff.role in CONTROLLERS,
        may_take_calls=visit.staff.role in calls.WHO,
        words="",
    )
    response.headers["ETag"] = state
    return response


def _picked(visit: Visit, cases: Sequence[Case]) -> frozenset[str]:
    """What is ticked: what was sent, or all of the page where that was asked for."""
    if visit.asked("pick") == "all":
        return frozenset(f"{c.number}:{c.version}" for c in cases)
    return frozenset(p for p in visit.form.getlist("pick") if isinstance(p, str))


def _typed_in(visit: Visit, trouble: str) -> dict[str, str]:
    """What stands in the form for several cases."""
    return {n: visit.field(n) for n in BULK} | ({} if trouble else {"to": visit.staff.name})


def _count(tx: Tx, visit: Visit, tab: tabs.Tab, mark: Mark) -> int:
    """Colleagues come and go far more often than a case changes."""
    whose = (visit.context.store, visit.staff.name, visit.staff.role, tab.key)
    return COUNTS.unchanged(whose, mark, lambda: tabs.count_of(tx, tab, visit.staff))


def _state(tx: Tx, visit: Visit, tab: tabs.Tab, mark: Mark) -> str:
    """What the list and the tabs hang on, as a short hash: an open page asks again and again, mostly for nothing.

    Whatever changes a case writes a row of the trail in the same commit; what is not in the trail is who looks, what
    day it is, and what the page was asked for.
    """
    here = tx.presence.everybody(visit.now - STAYS)
    asked_for = (tab.key, visit.request.url.query, language.of(visit.request), visit.staff.name, visit.staff.role)
    return f'"{hashlib.sha256(repr((mark, here, asked_for)).encode()).hexdigest()[:32]}"'


def search(visit: Visit) -> Response:
    """People whom the words name, and cases that fit the fields and hold them; a case's number opens it at once."""
    return render(visit, visit.asked("q"))


def render(visit: Visit, text: str, status: int = 200, *, trouble: str = "", named: str = "") -> Response:
    """The page of a search. ``trouble`` says why it was not kept under the name ``named``."""
    with visit.context.store.read() as tx:
        direct = find.by_number(tx, visit.staff, text.strip())
        if direct is not None:
            return visit.back_to(f"/staff/cases/{direct.number}")
        wish = asked.read(text, visit.staff.name, colleagues_of(tx), visit.now)
        looks = bool(wish.text) and not wish.troubles
        found = find.page(tx, visit.staff, wish, id_of(visit.asked("after"))) if looks else find.Found([])
        rows = rows_of(tx, found.cases, visit.now, visit.staff)
        first = looks and not visit.asked("after")
        people = registered.people(tx, visit.staff, wish, visit.tools.keymaker) if first else []
        kept = views.counted(tx, visit)
    return visit.page(
        "search.html",
        status if status != 200 or not wish.troubles else 422,
        asked=wish,
        rows=rows,
        people=people,
        place=str(of_search(visit, wish.text, id_of(visit.asked("after")))),
        more=found.more,
        kept=kept,
        may_keep=visit.staff.role in DECIDERS and bool(wish.fields) and not wish.troubles and not wish.is_personal,
        fields=asked.NAMES,
        trouble=trouble,
        named=named,
        words=wish.text,
        cap=tabs.COUNT_CAP,
    )


def _sent(visit: Visit, name: str) -> str:
    return visit.field(name) or visit.asked(name)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 5 else 0
