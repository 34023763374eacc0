"""Several cases at once: to a colleague, put aside, closed without an answer. What cannot be done is skipped and
counted; nothing that leaves, erases or sends a mail is done this way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from starlette.responses import Response

from intake.errors import BadInput, NotFound, Permanent, Temporary
from intake.model import Case, Role
from intake.pipeline import desk
from intake.pipeline.moves import Act
from intake.web.staff import acts, casefile, place, queue, scope, speech
from intake.web.staff.visit import DECIDERS, Visit

MOST = 100
Deed = Callable[[Act, Case, Visit], object]


def _close(act: Act, case: Case, visit: Visit) -> None:
    """Only what an answer, or none, ends: questions and other mail."""
    if case.request not in casefile.ENDED_BY_ANSWER:
        raise BadInput("it needs a decision of its own")
    acts.close(act, case, visit)


DEEDS: dict[str, tuple[Deed, frozenset[Role]]] = {
    "assign": (acts.assign, DECIDERS),
    "hold": (acts.hold, acts.CASE_WORKERS),
    "close": (_close, acts.CASE_WORKERS),
}


def decide(visit: Visit) -> Response:
    """Nothing where the form itself is not in order; the page with what was ticked and typed says so."""
    name = _meant(visit)
    if name and name not in DEEDS:
        raise NotFound()
    picks = [p for p in visit.form.getlist("pick") if isinstance(p, str)][:MOST]
    try:
        _check(visit, name, picks)
    except BadInput as e:
        return queue.tab_page(visit, 422, trouble=speech.of_error(e))
    done = _do(visit, name, picks)
    came_from = replace(place.of(visit), after=place.id_of(visit.field("after")))
    return visit.back_to(f"{came_from.url}&count={done}&skipped={len(picks) - done}&did={name}", "bulk")


def _meant(visit: Visit) -> str:
    """The button's deed. Enter presses the form's first button, which names none, in the box of a row too.

    It means a hold where a day or a reason was typed, else nothing ("").
    """
    if visit.form.get("do") == "":
        return "hold" if visit.field("until") or visit.field("text") else ""
    return visit.field("do") or "assign"


def _check(visit: Visit, name: str, picks: list[str]) -> None:
    """What is wrong for all of them at once."""
    if not picks:
        raise BadInput("案件を選んでください")
    if not name:
        raise BadInput("操作のボタンを押してください")
    if name == "hold":
        acts.until_of(visit)


def _do(visit: Visit, name: str, picks: list[str]) -> int:
    """Each case in a savepoint of its own: one that has changed meanwhile holds up none of the others."""
    deed, who = DEEDS[name]
    done = 0
    with visit.context.store.write() as tx:
        act = desk.act_of(tx, visit.staff, visit.now)
        for pick in picks if visit.staff.role in who else ():
            try:
                with tx.savepoint():
                    deed(act, _picked(act, visit, pick), visit)
                done += 1
            except Temporary:
                raise
            except Permanent:
                continue
    return done


def _picked(act: Act, visit: Visit, pick: str) -> Case:
    number, _, version = pick.partition(":")
    case = scope.get_case(act.tx, visit.staff, number)
    if version != str(case.version) or not case.state.is_open:
        raise Permanent
    return case
