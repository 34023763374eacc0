"""An address that leads nowhere, or cannot be opened: a page for people, as everywhere else."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from intake.errors import Temporary
from intake.web.context import context_of
from intake.web.staff import session
from intake.web.staff.visit import Visit, trouble

STAFF = "/staff/"
PROGRAMS = ("/api/", "/hooks/", "/static/", "/healthz", "/readyz", "/metrics")  # they read the status


def page(request: Request, error: Exception) -> Response:
    """For 404 and 405. A link that a mail program has cut short ends here, and the page says whom to call."""
    assert isinstance(error, HTTPException)
    path = request.url.path
    if path.startswith(PROGRAMS):
        return PlainTextResponse(error.detail, error.status_code, headers=error.headers)
    answer = _for_staff(request, error.status_code) if path.startswith(STAFF) else _for_anybody(request, error)
    answer.headers.update(error.headers or {})
    return answer


def _for_staff(request: Request, status: int) -> Response:
    """Who is not signed in is sent to the sign-in, as by every page: which ones there are is not told."""
    context = context_of(request)
    try:
        found = session.find(context, request)
    except Temporary:
        return context.pages.page("seeker/later.html", 503, agency=context.tools().agency)
    if found is None:
        return session.ask(context, request)
    return trouble(Visit(request, context, found), status, "no_page" if status == 404 else "no_view")


def _for_anybody(request: Request, error: HTTPException) -> Response:
    context = context_of(request)
    return context.pages.page("seeker/unknown.html", error.status_code, agency=context.tools().agency)
