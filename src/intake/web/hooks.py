"""Signed webhooks in: the agency's form and app. 202 comes after the commit (contract.md, Web)."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from intake import resources
from intake.channels import app, foreign, form
from intake.channels.standard_webhooks import BadBody, BadSignature
from intake.errors import RuleError, SettingError, Temporary
from intake.journal import journal
from intake.model import Arrival
from intake.web.context import context_of

log = journal("hooks")


async def form_hook(request: Request) -> Response:
    """``POST /hooks/form``."""
    return await _signed(request, form.arrival_from_hook)


async def app_hook(request: Request) -> Response:
    """``POST /hooks/app``."""
    return await _signed(request, app.arrival_from_hook)


async def _signed(request: Request, check: Callable[..., Arrival]) -> Response:
    context = context_of(request)
    raw = await request.body()
    try:
        arrival = check(request.headers, raw, context.webhook_secrets(), context.clock())
    except BadSignature:
        return JSONResponse({"error": "signature"}, 401)
    except BadBody as e:
        return JSONResponse({"error": str(e), "field": e.field}, 422)
    except SettingError as e:
        log.error("no webhook secret", error=e)
        return _later()
    return await take(request, arrival)


async def foreign_hook(request: Request) -> Response:
    """``POST /hooks/in/NAME/SECRET``: forms that cannot sign; mapping in ``rules/forms/NAME.toml``, evidence E0."""
    context, name = context_of(request), request.path_params["name"]
    if not foreign.is_secret(context.tools().keyring, name, request.path_params["secret"]):
        return JSONResponse({"error": "not found"}, 404)
    try:
        form_of = foreign.load_forms([resources.shipped_rules() / "forms", context.settings.rules_override / "forms"])
    except RuleError as e:
        log.error("a form mapping is wrong; `intake rules check` names it", error=e)
        return _later()
    if name not in form_of:
        return JSONResponse({"error": "not found"}, 404)
    raw = await request.body()
    try:
        arrival = foreign.arrival(form_of[name], request.headers.get("content-type", ""), raw, context.clock())
    except BadBody as e:
        return JSONResponse({"error": str(e), "field": e.field}, 422)
    return await take(request, arrival)


async def take(request: Request, arrival: Arrival) -> Response:
    """Commit, then say yes."""
    try:
        accepted = await context_of(request).writer.accept_async(arrival)
    except Temporary as e:
        log.warning("not taken", error=e)
        return _later()
    return JSONResponse({"id": str(accepted.message_id)}, 202)


def _later() -> Response:
    return JSONResponse({"error": "try again later"}, 503, headers={"Retry-After": "30"})


ROUTES = [
    Route("/hooks/form", form_hook, methods=["POST"]),
    Route("/hooks/app", app_hook, methods=["POST"]),
    Route("/hooks/in/{name}/{secret}", foreign_hook, methods=["POST"]),
]
