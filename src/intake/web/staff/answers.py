"""The page where staff write a free answer: from nothing, from a saved answer, or from one to a frequent question."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from intake.model import Seeker
from intake.pipeline.tools import Tools
from intake.web.staff import case as pages
from intake.web.staff import casefile, scope
from intake.web.staff.visit import Visit

MOST = 20_000


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer to begin with."""

    key: str
    label: str
    text: str


def choices(tools: Tools) -> list[Choice]:
    """Saved answers first, then the answers to frequent questions (rules/answers)."""
    saved = [Choice(f"saved-{n}", a.label, a.text) for n, a in enumerate(tools.saved_answers)]
    return saved + [Choice(key, a.label, a.answer) for key, a in sorted(tools.rulebook.answers.items())]


def show(visit: Visit) -> Response:
    """The form; ``?answer=`` fills it with a chosen answer."""
    known = choices(visit.tools)
    chosen = next((c for c in known if c.key == visit.asked("answer")), None)
    return _render(visit, known, chosen, chosen.text if chosen else "")


def again(visit: Visit) -> Response:
    """Back from the preview, with what was written."""
    return _render(visit, choices(visit.tools), None, visit.field("text")[:MOST])


def _render(visit: Visit, known: list[Choice], chosen: Choice | None, text: str) -> Response:
    with visit.context.store.read() as tx:
        case = scope.get_case(tx, visit.staff, visit.path["number"])
        seeker = casefile.seeker_of(tx, case)
        reading = tx.inbox.reading(case.message_id)
    return visit.page(
        "reply.html",
        case=case,
        to=_to(seeker, reading[0].sender.addr if reading else ""),
        known=known,
        chosen=chosen,
        text=text,
        tab=pages.tab_of(visit),
        words="",
    )


def _to(seeker: Seeker | None, sender: str) -> str:
    """Where the answer goes (``desk.reply``)."""
    return seeker.address if seeker and seeker.address else sender
