"""``/return``: coming back. An address, then the key that went there; no sign-in, no cookie, no script.

The answer to an address is the same page, after the same work, for everybody: what is done for a person of the
register is done after the response has left (reliability.md A32), and the connection ends with it.
"""

from __future__ import annotations

import secrets
import unicodedata
from typing import Any

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from intake.errors import IntakeError, Temporary
from intake.journal import journal
from intake.pipeline import returning
from intake.web.context import WebContext, context_of
from intake.web.pace import ONE_MACHINE, Pace
from intake.web.passwords import old_password_fits

log = journal("return")
FIELDS = ("email", "password", "member_id")
PACE = Pace(each=20, total=120)


async def show(request: Request) -> Response:
    """The page that asks for the address."""
    context = context_of(request)
    name = "return" if context.tools().profile.coming_back.self_service else "return_office"
    return _page(context, name, values=dict.fromkeys(FIELDS, ""), wrong=False)


async def ask(request: Request) -> Response:
    """An address was typed: the page for the key follows, whoever it was."""
    context = context_of(request)
    values = await _fields(request, FIELDS)
    if not context.tools().profile.coming_back.self_service:
        return _page(context, "return_office")
    if _too_often(request, context):
        return _page(context, "later", 429)
    email = unicodedata.normalize("NFKC", values["email"]).strip()  # a telephone with a Japanese keyboard
    if email.count("@") != 1 or len(email) > 254 or any(c.isspace() for c in email):
        return _page(context, "return", 422, values=values | {"password": ""}, wrong=True)
    handle = secrets.token_urlsafe(24)
    try:
        await run_in_threadpool(_open, context, handle, email)
    except Temporary:
        return _page(context, "later", 503)
    page = _page(context, "return_key", handle=handle, wrong=False)
    page.headers["Connection"] = "close"  # the next request on it would wait for the task
    page.background = BackgroundTask(_send, context, handle, values | {"email": email})
    return page


async def finish(request: Request) -> Response:
    """A key was typed."""
    context = context_of(request)
    values = await _fields(request, ("handle", "key"))
    if _too_often(request, context):
        return _page(context, "later", 429)
    try:
        outcome, number = await run_in_threadpool(_finish, context, values["handle"], values["key"])
    except Temporary:
        return _page(context, "later", 503)
    if outcome == "wrong":
        return _page(context, "return_key", 422, handle=values["handle"], wrong=True)
    return _page(context, f"return_{outcome}", 410 if outcome == "over" else 200, number=number)


async def begin(request: Request) -> Response:
    """The page for the key is only ever an answer."""
    return RedirectResponse("/return", 303)


def _open(context: WebContext, handle: str, email: str) -> None:
    with context.store.write() as tx:
        returning.ask(tx, handle, email, context.tools(), context.clock())


def _send(context: WebContext, handle: str, values: dict[str, str]) -> None:
    """After the page has left. The log says what became of it, never for whom."""
    tools = context.tools()
    try:
        with context.store.read() as tx:
            seeker = returning.whose(tx, values["email"], values["member_id"], tools)
        fits = old_password_fits(seeker.password_hash if seeker else None, values["password"])
        if seeker is None:
            return
        with context.store.write() as tx:
            sent = returning.send(tx, handle, seeker, values["email"], tools, context.clock(), password_fits=fits)
        log.info("asked to come back", what=sent)
    except IntakeError as e:
        log.warning("no key was sent", error=e)


def _finish(context: WebContext, handle: str, key: str) -> tuple[str, str]:
    with context.store.write("confirm") as tx:
        outcome, case = returning.finish(tx, handle, key, context.tools(), context.clock())
    return outcome, case.number if case else ""


def _too_often(request: Request, context: WebContext) -> bool:
    host = request.client.host if request.client else ""
    return PACE.wait_seconds("" if host in ONE_MACHINE else host, context.clock()) > 0


async def _fields(request: Request, names: tuple[str, ...]) -> dict[str, str]:
    data = await request.form(max_files=0, max_fields=10, max_part_size=2_000)
    given = {k: v[:1000] for k, v in data.items() if isinstance(v, str)}
    return {name: given.get(name, "") for name in names}


def _page(context: WebContext, name: str, status: int = 200, **values: Any) -> Response:
    tools = context.tools()
    return context.pages.page(f"seeker/{name}.html", status, agency=tools.agency, profile=tools.profile, **values)


ROUTES = [
    Route("/return", show, methods=["GET"]),
    Route("/return", ask, methods=["POST"]),
    Route("/return/key", begin, methods=["GET"]),
    Route("/return/key", finish, methods=["POST"]),
]
