"""The mail that a decision would send, before it is made: the decision itself is tried, read, and rolled back."""

from __future__ import annotations

import re

from starlette.responses import Response

from intake.errors import IntakeError, NotFound, Temporary
from intake.model import Case, OutboxItem
from intake.pipeline import desk
from intake.pipeline.moves import Act
from intake.replies import lost_characters
from intake.web.staff import case as pages
from intake.web.staff import casefile, place, scope, speech
from intake.web.staff.visit import Visit

WHAT = ("approve", "link", "receipt", "reply")
_SECRET = re.compile(r"(/(?:c|return)/)\S+")


def without_secrets(text: str) -> str:
    """A link proves that its reader is the person: nobody else gets to see one."""
    return _SECRET.sub(r"\1…", text)


class TakenBack(Exception):
    """Nothing of what was tried is kept."""


def show(visit: Visit) -> Response:
    """Subject and text of each mail; a link's secret is never shown, and this one will not exist."""
    mails: list[OutboxItem] = []
    try:
        with visit.context.store.write() as tx:
            case = scope.get_case(tx, visit.staff, visit.path["number"])
            before = {m.id for m in tx.outbox.of_case(case.id)}
            _try(desk.act_of(tx, visit.staff, visit.now), case, visit)
            mails = [m for m in tx.outbox.of_case(case.id) if m.id not in before]
            raise TakenBack
    except TakenBack:
        pass
    except (Temporary, NotFound):
        raise
    except IntakeError as e:
        return pages.render(visit, 422, trouble=speech.of_error(e))
    return visit.page(
        "preview.html",
        case=case,
        mails=[(m, without_secrets(m.mail.text), _lost(m, visit)) for m in mails],
        what=visit.field("what"),
        text=visit.field("text"),
        may_end=case.state.is_open and case.request in casefile.ENDED_BY_ANSWER,
        version=visit.field("version"),
        mail_name=speech.mail_name,
        tab=str(place.of(visit)),
        words="",
    )


def _lost(item: OutboxItem, visit: Visit) -> str:
    """Characters for whose sake the mail leaves as UTF-8 in spite of the setting."""
    return lost_characters(item.mail.subject + item.mail.text, visit.tools.charset)


def _try(act: Act, case: Case, visit: Visit) -> None:
    what = visit.field("what")
    if what not in WHAT:
        raise NotFound()
    if what == "approve":
        desk.approve(
            act,
            case,
            visit.staff,
            visit.tools,
            override_reason=visit.field("override"),
            new_concierge=visit.field("concierge"),
            heard=visit.field("heard"),
        )
    elif what == "link":
        desk.send_link(act, case, visit.tools)
    elif what == "reply":
        desk.reply(act, case, visit.field("text"), visit.tools)
    else:
        desk.send_receipt(act, case, visit.tools)
