"""The page where staff write a free answer: from nothing, from a saved answer, or from one to a frequent question."""

from __future__ import annotations

from starlette.responses import Response

from intake.model import Seeker
from intake.web.staff import casefile, language, marks, place, presence, scope
from intake.web.staff.fitting import Choice, best, choices, nearest_first
from intake.web.staff.rows import rows_of
from intake.web.staff.visit import Visit

MOST = 20_000
FIT = "fit"


def show(visit: Visit) -> Response:
    """The form; ``?answer=`` fills it with a chosen answer, ``?answer=fit`` with the one that suits best, if any."""
    known = choices(visit.tools)
    wanted = visit.asked("answer")
    chosen = _fitting(visit, known) if wanted == FIT else next((c for c in known if c.key == wanted), None)
    return _render(visit, known, chosen, chosen.text if chosen else "")


def _fitting(visit: Visit, known: list[Choice]) -> Choice | None:
    with visit.context.store.read() as tx:
        case = scope.get_case(tx, visit.staff, visit.path["number"])
        reading = tx.inbox.reading(case.message_id)
    found = best(visit.tools, *reading) if reading else None
    return next((c for c in known if found and c.key == found.key), None)


def again(visit: Visit) -> Response:
    """Back from the preview, with what was written."""
    return _render(visit, choices(visit.tools), None, visit.field("text")[:MOST])


def _render(visit: Visit, known: list[Choice], chosen: Choice | None, text: str) -> Response:
    with visit.context.store.read() as tx:
        case = scope.get_case(tx, visit.staff, visit.path["number"])
        seeker = casefile.seeker_of(tx, case)
        reading = tx.inbox.reading(case.message_id)
        here = rows_of(tx, [case], visit.now, visit.staff)[0].here
    return visit.page(
        "reply.html",
        case=case,
        to=_to(seeker, reading[0].sender.addr if reading else ""),
        known=nearest_first(known, reading[0] if reading else None),
        chosen=chosen,
        text=text,
        blocks=marks.blocks(reading[0].text, reading[0].segments, ()) if reading else (),
        subject=marks.subject(reading[0].subject, ()) if reading else (),
        may_end=case.state.is_open and case.request in casefile.ENDED_BY_ANSWER,
        tab=str(place.of(visit)),
        present=presence.in_words(here, language.words(language.of(visit.request))["t"]),
        words="",
    )


def _to(seeker: Seeker | None, sender: str) -> str:
    """Where the answer goes (``desk.reply``)."""
    return seeker.address if seeker and seeker.address else sender
