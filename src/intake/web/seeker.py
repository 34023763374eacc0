"""``/c/TOKEN``: the seeker's page. GET shows, POST acts; no sign-in, no cookie, no script."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from intake.errors import Temporary
from intake.pipeline import links
from intake.web.context import WebContext, context_of

STATUS = {"unknown": 404, "expired": 410, "used": 200, "changed": 409}


async def show(request: Request) -> Response:
    """What will happen, as often as anybody looks (mail scanners do): nothing changes."""
    context = context_of(request)
    token = request.path_params["token"]
    page = await run_in_threadpool(_look, context, token)
    return _page(context, page)


async def act(request: Request) -> Response:
    """A button was pressed."""
    context = context_of(request)
    data = await request.form(max_files=0, max_fields=10, max_part_size=2_000)
    fields = {k: v for k, v in data.items() if isinstance(v, str)}
    try:
        page = await run_in_threadpool(_answer, context, request.path_params["token"], fields)
    except Temporary:
        return context.pages.page("seeker/later.html", 503, agency=context.tools().agency)
    return _page(context, page)


def _look(context: WebContext, token: str) -> links.LinkPage:
    with context.store.read() as tx:
        return links.look(tx, token, context.tools(), context.clock())


def _answer(context: WebContext, token: str, fields: dict[str, str]) -> links.LinkPage:
    tools, reason = context.tools(), fields.get("reason", "")
    with context.store.write("confirm") as tx:
        return links.answer(
            tx,
            token,
            fields.get("choice", ""),
            fields.get("nonce", ""),
            fields.get("seen", ""),
            tools,
            context.clock(),
            reason=reason if reason in {r.code for r in tools.rulebook.reasons.reason} else None,
        )


def _page(context: WebContext, page: links.LinkPage) -> Response:
    tools = context.tools()
    name = "seeker/confirm.html" if page.status in ("open", "changed") else f"seeker/{page.status}.html"
    return context.pages.page(
        name,
        STATUS.get(page.status, 200),
        page=page,
        agency=tools.agency,
        profile=tools.profile,
        reasons=tools.rulebook.reasons.reason,
    )


ROUTES = [
    Route("/c/{token}", show, methods=["GET"]),
    Route("/c/{token}", act, methods=["POST"]),
]
