"""Signed webhooks in: the agency's form and app. 202 comes after the commit (contract.md, Web)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from intake import resources
from intake.channels import app, foreign, form
from intake.channels.standard_webhooks import BadBody, BadSignature
from intake.errors import RuleError, SettingError, Temporary
from intake.journal import journal
from intake.model import Accepted, Arrival
from intake.web.context import WebContext, context_of
from intake.web.security import BodyTooLarge, BodyTooSlow, whole_body

RETRY_SECONDS = 30
Check = Callable[..., Arrival]  # headers, body, secrets, now; raises BadSignature and BadBody
READ = {
    name.encode(): name
    for name in ("webhook-id", "webhook-timestamp", "webhook-signature", "content-type", "content-length")
}
log = journal("hooks")


class SignedHook:
    """``POST`` of one signed hook: an application by itself, for a form's server may bring thousands a second.

    Starlette's layers, request, response and routing, and headers that only pages need (each is looked through byte by
    byte on its way out), would cost as much again as everything else up to the commit.
    """

    def __init__(self, check: Check, context: WebContext) -> None:
        self._check, self._context = check, context
        self.writer = context.writer

    def arrival(self, headers: Mapping[str, str], raw: bytes) -> Arrival:
        """What is signed there. Raises BadSignature, BadBody, SettingError."""
        return self._check(headers, raw, self._context.webhook_secrets(), self._context.clock())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = headers_of(scope["headers"])
        outcome: Accepted | BaseException
        try:
            raw = await whole_body(receive, found.get("content-length", ""))
            outcome = await self.writer.accept_async(self.arrival(found, raw))
        except ClientDisconnect:
            return
        except Exception as e:  # noqa: BLE001 nothing of it is shown: it may quote a person or the inside
            outcome = e
        status, body = answer_to(outcome)
        await send({"type": "http.response.start", "status": status, "headers": head_of(status, len(body))})
        await send({"type": "http.response.body", "body": body})


def headers_of(given: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Those that a hook looks at; names are lower case already."""
    return {READ[name]: value.decode("latin-1") for name, value in given if name in READ}


def answer_to(outcome: Accepted | BaseException) -> tuple[int, bytes]:
    """Status and body."""
    if isinstance(outcome, Accepted):
        return 202, b'{"id":"%d"}' % outcome.message_id
    status, answer = _refusal(outcome)
    return status, json.dumps(answer).encode()


def _refusal(error: BaseException) -> tuple[int, dict[str, str]]:
    match error:
        case BadSignature():
            return 401, {"error": "signature"}
        case BodyTooSlow():
            return 408, {"error": "too slow"}
        case BodyTooLarge():
            return 413, {"error": "too large"}
        case BadBody():
            return 422, {"error": str(error), "field": error.field}
        case SettingError() | Temporary():
            (log.error if isinstance(error, SettingError) else log.warning)("not taken", error=error)
            return 503, {"error": "try again later"}
    log.error("request broke", error=error, status=500)
    return 500, {"error": "broken"}


@lru_cache(maxsize=256)
def head_of(status: int, length: int) -> list[tuple[bytes, bytes]]:
    """The headers of an answer; nobody may change the list."""
    headers = [
        (b"content-type", b"application/json"),
        (b"x-content-type-options", b"nosniff"),
        (b"content-length", b"%d" % length),
    ]
    if status == 408:
        headers.append((b"connection", b"close"))
    if status == 503:
        headers.append((b"retry-after", b"%d" % RETRY_SECONDS))
    return headers


class SignedFirst(Starlette):
    """Looks for signed hooks before everything that pages need; the routes answer other methods."""

    signed: Mapping[str, SignedHook] = MappingProxyType({})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "POST" and scope["path"] in self.signed:
            await self.signed[scope["path"]](scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def signed_hooks(context: WebContext) -> dict[str, SignedHook]:
    """Form and app by their paths."""
    checks = {"/hooks/form": form.arrival_from_hook, "/hooks/app": app.arrival_from_hook}
    return {path: SignedHook(check, context) for path, check in checks.items()}


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
    return JSONResponse({"error": "try again later"}, 503, headers={"Retry-After": str(RETRY_SECONDS)})


ROUTES = [Route("/hooks/in/{name}/{secret}", foreign_hook, methods=["POST"])]
