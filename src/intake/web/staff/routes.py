"""All staff pages: path, page, who may use it."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import BaseRoute

from intake.web.staff import acts, case, mails, queue, session
from intake.web.staff.visit import Visit, page


def sign_out(visit: Visit) -> Response:
    """End this browser's session."""
    return session.close(visit.context, visit.request, visit.staff.name)


ROUTES: list[BaseRoute] = [
    *session.ROUTES,
    page("/sign-out", sign_out, methods=("POST",)),
    page("/", queue.show),
    page("/search", queue.search),
    page("/cases/{number}", case.show),
    page("/cases/{number}/messages/{message:int}/source", case.source),
    page("/cases/{number}/messages/{message:int}/download", case.download),
    page("/cases/{number}/messages/{message:int}/attachments/{part:int}", case.attachment),
    *acts.ROUTES,
    page("/mails", mails.show),
    page("/mails/{id:int}", mails.one),
]
