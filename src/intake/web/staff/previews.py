"""The mail that a decision would send, before it is made: the decision itself is tried, read, and rolled back."""

from __future__ import annotations

import re

from starlette.responses import Response

from intake.errors import IntakeError, NotFound, Temporary
from intake.model import Case, OutboxItem
from intake.pipeline import desk
from intake.pipeline.moves import Act
from intake.web.staff import case as pages
from intake.web.staff import scope, speech
from intake.web.staff.visit import Visit

WHAT = ("approve", "link", "receipt")
_SECRET = re.compile(r"(/(?:c|return)/)\S+")


def without_secrets(text: str) -> str:
    """A link proves that its reader is the person: nobody else gets to see one."""
    return _SECRET.sub(r"\1…", text)


class _TakenBack(Exception):
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
            raise _TakenBack
    except _TakenBack:
        pass
    except (Temporary, NotFound):
        raise
    except IntakeError as e:
        return pages.render(visit, 422, trouble=speech.of_error(e))
    return visit.page(
        "preview.html",
        case=case,
        mails=[(m, without_secrets(m.mail.text)) for m in mails],
        mail_name=speech.mail_name,
        tab=pages.tab_of(visit),
        words="",
    )


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
        )
    elif what == "link":
        desk.send_link(act, case, visit.tools)
    else:
        desk.send_receipt(act, case, visit.tools)
