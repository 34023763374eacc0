"""The way in: name and password, then the second factor where the account has one."""

from __future__ import annotations

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
from intake.web.pace import ONE_MACHINE, Pace
from intake.web.passwords import password_fits
from intake.web.staff import factors, session

MOST_FAILURES = 5
PACE = Pace(each=30, total=300)  # for browsers in which nobody of this name signed in before


async def show(request: Request) -> Response:
    """The sign-in page."""
    target, changed = request.query_params.get("next", session.HOME), request.query_params.get("done") == "password"
    return await run_in_threadpool(lambda: session.door(context_of(request), request, target=target, changed=changed))


async def sign_in(request: Request) -> Response:
    """Check name and password; the same answer, in the same time, whatever is wrong."""
    return await run_in_threadpool(_sign_in, request, await fields_of(request))


def _sign_in(request: Request, fields: dict[str, str]) -> Response:
    context, target = context_of(request), fields.get("next", session.HOME)
    typed = unicodedata.normalize("NFKC", fields.get("name", "")).strip()[:100]
    name = "".join(c for c in typed if c.isprintable())  # PostgreSQL knows no NUL
    try:
        error = _check(context, request, name, fields.get("password", "")[:1000])
        if error:
            status = 401 if error == "wrong" else 429
            return session.door(context, request, status, error=error, target=target, who=name)
        return session.enter(context, request, name, session.HALF if has_factor(context, name) else "password", target)
    except Temporary:
        return session.door(context, request, 503, error="later", target=target, who=name)


def _check(context: WebContext, request: Request, name: str, password: str) -> str:
    """ "" if they fit, else ``wrong``, ``locked`` or ``later``. A try is counted before it is looked at."""
    now, counted = context.clock(), session.brake(context, request, name)
    if counted == name and _too_often(context, request):
        return "later"
    with context.store.write() as tx:
        tx.audit.head()  # one after the other, on PostgreSQL too
        if tx.staff.failures(counted, now) >= MOST_FAILURES:
            return "locked"
        failures, stored = tx.staff.note_failure(counted, now), tx.staff.password_hash(name)
    if password_fits(stored, password):
        with context.store.write() as tx:
            tx.staff.forgive_failure(counted)
        return ""
    if failures == MOST_FAILURES and stored is not None:
        with context.store.write() as tx:
            tx.audit.append(now, Actor("system", "web"), "staff.locked", detail={"name": name})
    return "wrong"


def _too_often(context: WebContext, request: Request) -> bool:
    host = request.client.host if request.client else ""
    return PACE.wait_seconds("" if host in ONE_MACHINE else host, context.clock()) > 0


def has_factor(context: WebContext, name: str) -> bool:
    """Whether the account asks for more than its password."""
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
    method, error = _judge(context, request, half, fields.get("code", "")[:40])
    if error:
        return _ask_second(request, 429 if error == "locked" else 401, error)
    return session.enter(context, request, half.staff.name, method, fields.get("next", session.HOME))


def _judge(context: WebContext, request: Request, half: Session, code: str) -> tuple[str, str]:
    """(how, "") or ("", what is wrong). Wrong codes count as wrong passwords do: five lock the account."""
    name, now, keyring = half.staff.name, context.clock(), context.tools().keyring
    counted = session.brake(context, request, name)
    with context.store.write() as tx:
        tx.audit.head()
        if tx.staff.failures(counted, now) >= MOST_FAILURES:
            return "", "locked"
        sealed = tx.access.totp(name)
        step = factors.step_of(factors.unseal(keyring, sealed, name), code, now) if sealed else None
        if step is not None and tx.access.use_step(name, step):
            return "totp", ""
        if tx.access.use_spare_code(name, factors.spare_hash(keyring, name, code), now):
            return "spare", ""
        if tx.staff.note_failure(counted, now) == MOST_FAILURES:
            tx.audit.append(now, Actor("system", "web"), "staff.locked", detail={"name": name})
    return "", "code"


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
