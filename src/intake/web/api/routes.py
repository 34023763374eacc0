"""From HTTP to a handler and back: token, pace, scope, body, idempotency, one unit of work."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, compile_path

from intake.errors import IntakeError, NotAllowed, NotFound, Stale
from intake.journal import journal
from intake.policy import today_of
from intake.ports import ApiAnswer, ApiToken
from intake.web.api import access, openapi
from intake.web.api.call import Call
from intake.web.api.endpoints import ENDPOINTS, Endpoint
from intake.web.api.problems import Problem, invalid
from intake.web.context import WebContext, context_of
from intake.web.pace import Pace
from intake.web.security import BodyTooLarge

log = journal("api")
PREFIX = "/api/v1"
PACE = Pace(each=600, total=3000)
KEEP_ANSWERS = timedelta(days=7)
MOST_KEY = 200
HEADERS = {"Cache-Control": "no-store"}


def _route(path: str) -> Route:
    methods = {e.method: e for e in ENDPOINTS if e.path == path}

    async def serve(request: Request) -> Response:
        endpoint = methods.get("GET" if request.method == "HEAD" else request.method)
        try:
            if endpoint is None:
                raise Problem(405, "not possible here", headers={"Allow": ", ".join(sorted(methods))})
            return await _serve(request, endpoint)
        except Problem as problem:
            return problem.response()

    return Route(PREFIX + path, serve, methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])


async def _serve(request: Request, endpoint: Endpoint) -> Response:
    context = context_of(request)
    try:
        raw = await request.body()
    except BodyTooLarge as e:
        raise Problem(413, "the body is too large") from e
    return await run_in_threadpool(_answer, context, request, endpoint, raw)


def _answer(context: WebContext, request: Request, endpoint: Endpoint, raw: bytes) -> Response:
    try:
        token = access.who(context.store, context.tools().keyring, request.headers.get("authorization", ""))
        wait = PACE.wait_seconds(token.name, context.clock())
        if wait:
            raise Problem(429, "too many requests", headers={"Retry-After": str(wait)})
        access.require(token, endpoint.scope)
        body = _body(endpoint, raw)
        if endpoint.does is None:
            return _read(context, request, endpoint, token)
        return _write(context, request, endpoint, token, body, raw)
    except Problem as problem:
        return problem.response()
    except NotFound:
        return Problem(404, "there is no such thing").response()
    except (Stale, NotAllowed) as e:
        return Problem(409, str(e)).response()
    except IntakeError as e:
        log.warning("request failed", error=e)
        headers = {"Retry-After": "30"} if e.temporary else {}
        return Problem(503 if e.temporary else 422, str(e), headers=headers).response()


def _body(endpoint: Endpoint, raw: bytes) -> BaseModel | None:
    if endpoint.body is None:
        return None
    try:
        plain = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError) as e:
        raise Problem(400, "the body is not JSON in UTF-8") from e
    try:
        return endpoint.body.model_validate(plain)
    except ValidationError as e:
        raise invalid(e) from e


def _call(context: WebContext, request: Request, tx: Any, token: ApiToken, body: BaseModel | None) -> Call:
    query = {name: value for name, value in request.query_params.items() if name}
    return Call(tx, token, context.tools(), context.clock(), dict(request.path_params), query, body)


def _read(context: WebContext, request: Request, endpoint: Endpoint, token: ApiToken) -> Response:
    unknown = request.query_params.keys() - {name for name, _ in endpoint.query}
    if unknown:
        raise Problem(422, "unknown parameters", errors=[{"field": n, "detail": "unknown"} for n in sorted(unknown)])
    assert endpoint.shows is not None
    with context.store.read() as tx:
        shown = endpoint.shows(_call(context, request, tx, token, None))
    _note_use(context, token)
    return _json(shown, 200)


def _write(
    context: WebContext, request: Request, endpoint: Endpoint, token: ApiToken, body: BaseModel | None, raw: bytes
) -> Response:
    """One unit of work: the act, its audit row, and what the key was answered."""
    assert endpoint.does is not None
    assert endpoint.render is not None
    ring, key = context.tools().keyring, request.headers.get("idempotency-key", "")
    if len(key) > MOST_KEY:
        raise Problem(422, "the idempotency key is too long")
    key_hash = ring.hash("api-key", key)
    same = ring.hash("api-request", f"{request.method} {request.url.path}\n".encode() + raw)
    with context.store.write() as tx:
        call = _call(context, request, tx, token, body)
        call.act.alone()
        before = tx.api_tokens.answer(token.id, key_hash) if key else None
        if before is not None:
            if before.request_hash != same:
                raise Problem(422, "this idempotency key was used for another request")
            return _json(endpoint.render(call, before.ref), before.status)
        status, ref = endpoint.does(call)
        if key:
            tx.api_tokens.keep_answer(token.id, key_hash, ApiAnswer(same, status, ref), call.now)
            tx.api_tokens.forget_answers_before(call.now - KEEP_ANSWERS)
        tx.api_tokens.note_use(token, call.today)
        return _json(endpoint.render(call, ref), status)


def _note_use(context: WebContext, token: ApiToken) -> None:
    """Once a day: who has not used a token for months can end it."""
    today = today_of(context.clock())
    if token.used_on != today:
        with context.store.write() as tx:
            tx.api_tokens.note_use(token, today)


def _json(shown: BaseModel, status: int) -> Response:
    return JSONResponse(shown.model_dump(mode="json"), status, headers=HEADERS)


async def _document(request: Request) -> Response:
    return JSONResponse(openapi.document())


async def _nowhere(request: Request) -> Response:
    return Problem(404, "there is no such thing").response()


def _paths() -> list[str]:
    """The most exact first."""
    return sorted(dict.fromkeys(e.path for e in ENDPOINTS), key=lambda p: (compile_path(p)[0].groups, p))


ROUTES = [
    Route("/api/openapi.json", _document, methods=["GET"]),
    *(_route(path) for path in _paths()),
    Route("/api/{rest:path}", _nowhere, methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
]
