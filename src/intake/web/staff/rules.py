"""The rules as they are in use, and a box to try a sentence. Nothing is changed here."""

from __future__ import annotations

from starlette.responses import Response

from intake.model import Channel, Meaning, Message, Segment
from intake.web.staff import grounds, marks
from intake.web.staff.visit import Visit

MOST = 5_000


def show(visit: Visit) -> Response:
    """Requests with their rules, reasons, answers, and the profile's figures."""
    return _render(visit)


def attempt(visit: Visit) -> Response:
    """Read a sentence as if it had come by mail; it is kept nowhere."""
    text, subject = visit.field("text")[:MOST], visit.field("subject")[:500]
    meaning = visit.tools.understander.read(
        channel="email",
        subject=subject,
        body=text,
        segments=(Segment(0, len(text), "new"),),
        received_at=visit.now,
    )
    return _render(visit, text=text, subject=subject, meaning=meaning)


def _render(visit: Visit, *, text: str = "", subject: str = "", meaning: Meaning | None = None) -> Response:
    book = visit.tools.rulebook
    why = meaning.why if meaning else ()
    message = Message(Channel.EMAIL, subject=subject, text=text, segments=(Segment(0, len(text), "new"),))
    told = grounds.of(message, meaning, visit.now, visit.tools)
    return visit.page(
        "rules.html",
        book=book,
        requests=sorted(book.requests.values(), key=lambda r: "1234567890-".index(r.number)),
        profile=visit.tools.profile,
        profile_name=visit.context.settings.profile,
        text=text,
        subject=subject,
        meaning=meaning,
        grounds=told,
        subject_pieces=marks.subject(subject, why),
        blocks=marks.blocks(text, (), why),
        words="",
    )
