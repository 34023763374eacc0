"""What came and could not be opened or handled: what, when, why in words; try it again, or decide on its bytes."""

from __future__ import annotations

from starlette.responses import Response

from intake.errors import NotFound, Stale, Unreadable
from intake.model import Case, CaseState, Role
from intake.pipeline import byhand, desk
from intake.pipeline.reading import Reading
from intake.ports import CaseQuery
from intake.web.staff import case as pages
from intake.web.staff import scope, tabs
from intake.web.staff.failures import in_words
from intake.web.staff.visit import CONTROLLERS, Visit

PAGE = 50
CHANGED = "画面を開いたあとで状況が変わりました。何も実行していません。"
NO_KEY = "本文の鍵が見つからないため、案件にできません。鍵を戻すと読めます。"
STILL_NOT = "もう一度開きましたが、読めませんでした。"
TROUBLES = (CHANGED, NO_KEY, STILL_NOT)
MENDERS = frozenset({Role.LEAD, Role.ADMIN})  # whose a message is nobody knows yet: not everybody's to read


def show(visit: Visit) -> Response:
    """Cases whose message could not be opened; for those who may, messages that are no case yet."""
    return _render(visit)


def _render(visit: Visit, status: int = 200, *, trouble: str = "", reason: str = "") -> Response:
    after, before = _id(visit.asked("after")), _id(visit.asked("before"))
    sees_waiting = visit.staff.role in CONTROLLERS
    with visit.context.store.read() as tx:
        query = CaseQuery(states=(CaseState.REVIEW,), holds=("unreadable", "held"), policies=("unreadable",),
                          newest_first=True, limit=PAGE + 1)  # fmt: skip
        cases = tabs.merged(tx, tabs.for_eyes_of(visit.staff, query), after)
        seen = scope.visible(tx, visit.staff, cases[:PAGE])
        read = tx.glance.messages({c.message_id for c in seen})
        waiting = tx.stuck.page(before, PAGE + 1) if sees_waiting else []
    return visit.page(
        "failed.html",
        status,
        cases=[(c, read[c.message_id].error or "" if c.message_id in read else "") for c in seen],
        more=cases[PAGE - 1].id if len(cases) > PAGE else None,
        waiting=waiting[:PAGE],
        more_waiting=waiting[PAGE - 1].id if len(waiting) > PAGE else None,
        sees_waiting=sees_waiting,
        may_mend=visit.staff.role in MENDERS,
        why=in_words,
        trouble=trouble,
        reason=reason,
        words="",
    )


def source(visit: Visit) -> Response:
    """The bytes of a message that is no case yet, as text."""
    message_id = int(visit.path["id"])
    with visit.context.store.read() as tx:
        stuck = tx.stuck.get(message_id)
        if stuck is None:
            raise NotFound()
        envelope = tx.inbox.envelope(message_id)
        bare = pages.copy_of(tx, visit, envelope.raw)
    return visit.page("failed_one.html", stuck=stuck, why=in_words, **pages.shown_source(envelope, bare), words="")


def again(visit: Visit) -> Response:
    """The worker takes it up at once."""
    try:
        with visit.context.store.write() as tx:
            byhand.try_again(desk.act_of(tx, visit.staff, visit.now), int(visit.path["id"]))
    except Stale:
        return _render(visit, 409, trouble=CHANGED)
    return visit.back_to("/staff/failed", "again")


def by_hand(visit: Visit) -> Response:
    """A case of it, with its bytes, for a person to read."""
    try:
        with visit.context.store.write() as tx:
            act = desk.act_of(tx, visit.staff, visit.now)
            case = byhand.make_case(act, int(visit.path["id"]), visit.tools)
            seen = scope.may_see(tx, visit.staff, case)
    except Stale:
        return _render(visit, 409, trouble=CHANGED)
    except NotFound:
        return _render(visit, 409, trouble=NO_KEY)
    return visit.back_to(f"/staff/cases/{case.number}" if seen else "/staff/failed", "by_hand", case.number)


def read_again(visit: Visit) -> Response:
    """Open the message of a case once more, as it would be opened today."""
    with visit.context.store.read() as tx:
        case = scope.get_case(tx, visit.staff, visit.path["number"])
        envelope = tx.inbox.envelope(case.message_id)
    try:
        reading = byhand.open_again(envelope, visit.context.parser, visit.tools)
        number = _keep(visit, case, reading)
    except Unreadable as e:
        return _render(visit, 422, trouble=STILL_NOT, reason=str(e))
    except Stale:
        return _render(visit, 409, trouble=CHANGED)
    return visit.back_to(f"/staff/cases/{number}" if number else "/staff/failed", "read_again", case.number)


def _keep(visit: Visit, case: Case, reading: Reading) -> str:
    """The case's number; "" where it is not theirs to see any more, now that it can be read."""
    with visit.context.store.write() as tx:
        now = scope.get_case(tx, visit.staff, case.number)
        if now.version != case.version:
            raise Stale()
        act = desk.act_of(tx, visit.staff, visit.now)
        changed = byhand.read_anew(act, now, now.message_id, reading, visit.tools)
        return changed.number if scope.may_see(tx, visit.staff, changed) else ""


def _id(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 16 else None
