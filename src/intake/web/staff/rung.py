"""The rung of a message's character set, switched by a person where the ladder's own choice came out garbled."""

from __future__ import annotations

from starlette.responses import Response

from intake.errors import NotFound, Stale, Unreadable
from intake.model import Case
from intake.pipeline import desk, reread
from intake.pipeline.reading import Reading
from intake.web.staff import case as pages
from intake.web.staff import place
from intake.web.staff.visit import Visit


def switch(visit: Visit) -> Response:
    """Read the message again and show it; the case waits for the person as before."""
    charset = visit.field("charset")
    if charset and charset not in reread.RUNGS:
        return pages.render(visit, 422, trouble="一覧にある文字コードを選んでください")
    try:
        case, reading = _read(visit, charset)
        _keep(visit, case, reading, charset)
    except Unreadable:
        return pages.render(visit, 422, trouble="この文字コードでは読めませんでした")
    except Stale:
        return pages.render(visit, 409, trouble="stale")
    return visit.back_to(place.of(visit).of_case(case.number), "reread", case.number)


def _read(visit: Visit, charset: str) -> tuple[Case, Reading]:
    with visit.context.store.read() as tx:
        case, message_id, earlier = pages.message_of(tx, visit)
        envelope = tx.inbox.envelope(message_id)
    if envelope.channel.value != "email":
        raise NotFound()
    parser, headers_too = visit.context.parser, visit.field("headers") == "yes"
    return case, reread.read_again(envelope, earlier, charset, headers_too, parser, visit.tools)


def _keep(visit: Visit, case: Case, reading: Reading, charset: str) -> None:
    with visit.context.store.write() as tx:
        now, message_id, _ = pages.message_of(tx, visit)  # may the person still see it?
        if not str(now.version) == str(case.version) == visit.field("version"):
            raise Stale()
        reread.keep(desk.act_of(tx, visit.staff, visit.now), now, message_id, reading, charset)
