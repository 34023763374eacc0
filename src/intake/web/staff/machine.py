"""Mail from machines: kept, never answered, and open to look at in case one was a person after all."""

from __future__ import annotations

from starlette.responses import Response

from intake.errors import NotFound
from intake.model import End
from intake.web.staff import marks
from intake.web.staff.visit import Visit

PAGE = 50


def show(visit: Visit) -> Response:
    """The list, newest first."""
    before = visit.asked("before")
    with visit.context.store.read() as tx:
        found = tx.inbox.ended(End.MACHINE, int(before) if before.isdecimal() and len(before) < 16 else None, PAGE + 1)
        read = tx.glance.messages(found[:PAGE])
        came = tx.stuck.received(found[:PAGE])
    rows = [(m, read[m], came[m]) for m in found[:PAGE] if m in read]
    return visit.page("machine.html", rows=rows, more=found[PAGE - 1] if len(found) > PAGE else None, words="")


def one(visit: Visit) -> Response:
    """One of them as text. Messages of cases are not shown here."""
    message_id = int(visit.path["id"])
    with visit.context.store.read() as tx:
        if tx.inbox.end_of(message_id)[0] is not End.MACHINE:
            raise NotFound()
        reading = tx.inbox.reading(message_id)
        if reading is None:
            raise NotFound()
        envelope = tx.inbox.envelope(message_id)
    message = reading[0]
    return visit.page(
        "machine_one.html",
        id=message_id,
        message=message,
        received_at=envelope.received_at,
        subject=marks.subject(message.subject, ()),
        blocks=marks.blocks(message.text, message.segments, ()),
        words="",
    )
