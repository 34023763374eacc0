"""The way in: name and password, then the second factor where the account has one."""

from __future__ import annotations

import threading
import unicodedata

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from intake.errors import Temporary
from intake.model import Actor
from intake.ports import Session
from intake.web.context import WebContext, context_of
from intake.web.passwords import password_fits
from intake.web.staff import factors, session

MOST_FAILURES = 5
_HASHING = threading.BoundedSemaphore(2)  # argon2 takes 64 MiB each time: strangers must not use it all


async def show(request: Request) -> Response:
    """The sign-in page."""
    target = request.query_params.get("next", session.HOME)
    return await run_in_threadpool(lambda: session.door(context_of(request), request, target=target))


async def sign_in(request: Request) -> Response:
    """Check name and password; the same answer, in the same time, whatever is wrong."""
    return await run_in_threadpool(_sign_in, request, await fields_of(request))


def _sign_in(request: Request, fields: dict[str, str]) -> Response:
    context, target = context_of(request), fields.get("next", session.HOME)
    name = unicodedata.normalize("NFKC", fields.get("name", "")).strip()[:100]
    try:
        error = _check(context, name, fields.get("password", "")[:1000])
        if error:
            return session.door(context, request, 429 if error == "locked" else 401, error=error, target=target)
        return session.enter(context, request, name, session.HALF if _has_factor(context, name) else "password", target)
    except Temporary:
        return session.door(context, request, 503, error="later", target=target)


def _check(context: WebContext, name: str, password: str) -> str:
    """ "" if they fit, else ``wrong`` or ``locked``."""
    now = context.clock()
    with context.store.read() as tx:
        stored = tx.staff.password_hash(name)
        locked = tx.staff.failures(name, now) >= MOST_FAILURES
    with _HASHING:
        fits = password_fits(stored, password)
    if locked:
        return "locked"
    return "" if fits else _failed(context, name, known=stored is not None)


def _failed(context: WebContext, name: str, *, known: bool) -> str:
    now = context.clock()
    with context.store.write() as tx:
        failures = tx.staff.note_failure(name, now)
        if failures == MOST_FAILURES and known:
            tx.audit.append(now, Actor("system", "web"), "staff.locked", detail={"name": name})
    return "wrong"


def _has_factor(context: WebContext, name: str) -> bool:
    with context.store.read() as tx:
        return tx.access.totp(name) is not None or bool(tx.access.passkeys(name))


async def ask_second(request: Request) -> Response:
    """The page that asks for the code."""
    return await run_in_threadpool(_ask_second, request)


def _ask_second(request: Request, status: int = 200, error: str = "") -> Response:
    context = context_of(request)
    half = session.find(context, request, half=True)
    if half is None:
        return RedirectResponse("/staff/sign-in", 303)
    target = request.query_params.get("next", session.HOME)
    with context.store.read() as tx:
        codes, keys = tx.access.totp(half.staff.name) is not None, bool(tx.access.passkeys(half.staff.name))
    return session.door(
        context, request, status, error=error, target=target, page="second.html", codes=codes, keys=keys
    )


async def second(request: Request) -> Response:
    """Check the code: of the app, or a spare one."""
    return await run_in_threadpool(_second, request, await fields_of(request))


def _second(request: Request, fields: dict[str, str]) -> Response:
    context = context_of(request)
    half = session.find(context, request, half=True)
    if half is None:
        return session.door(context, request, 401, error="expired")
    method, error = _judge(context, half, fields.get("code", "")[:40])
    if error:
        return _ask_second(request, 429 if error == "locked" else 401, error)
    return session.enter(context, request, half.staff.name, method, fields.get("next", session.HOME))


def _judge(context: WebContext, half: Session, code: str) -> tuple[str, str]:
    """(how, "") or ("", what is wrong). Wrong codes count as wrong passwords do: five lock the account."""
    name, now, keyring = half.staff.name, context.clock(), context.tools().keyring
    with context.store.write() as tx:
        if tx.staff.failures(name, now) >= MOST_FAILURES:
            return "", "locked"
        sealed = tx.access.totp(name)
        step = factors.step_of(factors.unseal(keyring, sealed, name), code, now) if sealed else None
        if step is not None and tx.access.use_step(name, step):
            return "totp", ""
        if tx.access.use_spare_code(name, factors.spare_hash(keyring, name, code), now):
            return "spare", ""
    return "", "locked" if _failed(context, name, known=True) == "locked" else "code"


async def fields_of(request: Request) -> dict[str, str]:
    """The text fields of a small form."""
    data: FormData = await request.form(max_files=0, max_fields=10, max_part_size=20_000)
    return {k: v for k, v in data.items() if isinstance(v, str)}


ROUTES: list[BaseRoute] = [
    Route("/sign-in", show, methods=["GET"]),
    Route("/sign-in", sign_in, methods=["POST"]),
    Route("/sign-in/second", ask_second, methods=["GET"]),
    Route("/sign-in/second", second, methods=["POST"]),
]
