"""Several cases at once: to a colleague, or back to the common queue. What cannot be done is skipped and counted."""

from __future__ import annotations

from starlette.responses import Response

from intake.errors import Permanent, Temporary
from intake.pipeline import desk
from intake.pipeline.moves import Act
from intake.web.staff import scope
from intake.web.staff.case import tab_of
from intake.web.staff.visit import Visit

MOST = 100


def assign(visit: Visit) -> Response:
    """Each case in a savepoint of its own: one that has changed meanwhile holds up none of the others."""
    picks = [p for p in visit.form.getlist("pick") if isinstance(p, str)][:MOST]
    done = 0
    with visit.context.store.write() as tx:
        act = desk.act_of(tx, visit.staff, visit.now)
        for pick in picks:
            try:
                with tx.savepoint():
                    _assign(act, visit, pick)
                done += 1
            except Temporary:
                raise
            except Permanent:
                continue
    return visit.back_to(f"/staff/?tab={tab_of(visit)}&count={done}&skipped={len(picks) - done}", "bulk")


def _assign(act: Act, visit: Visit, pick: str) -> None:
    number, _, version = pick.partition(":")
    case = scope.get_case(act.tx, visit.staff, number)
    if version != str(case.version) or not case.state.is_open:
        raise Permanent
    desk.assign(act, case, visit.field("to") or None)
