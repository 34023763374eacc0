"""Signing in and out. The cookie holds a secret, the database only its keyed hash (reliability.md A26, A32)."""

from __future__ import annotations

import secrets
import threading
import unicodedata
from datetime import timedelta
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from intake.errors import Temporary
from intake.model import Actor
from intake.ports import Session
from intake.web.context import WebContext, context_of
from intake.web.passwords import password_fits
from intake.web.staff import language

COOKIE = "intake_session"
LASTS = timedelta(hours=12)
MOST_FAILURES = 5
HOME = "/staff/"
_HASHING = threading.BoundedSemaphore(2)  # argon2 takes 64 MiB each time: strangers must not use it all


def find(context: WebContext, request: Request) -> Session | None:
    """The session of this browser, if it is signed in."""
    token = request.cookies.get(COOKIE, "")
    if not token:
        return None
    with context.store.read() as tx:
        return tx.staff.session(_hash(context, token), context.clock())


def ask(context: WebContext, request: Request) -> Response:
    """Nobody is signed in: a page leads to the sign-in, a change says that nothing was done."""
    if request.method in ("GET", "HEAD"):
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/staff/sign-in?next={quote(here, safe='/')}", 303)
    return _form(context, request, 401, error="expired")


async def show(request: Request) -> Response:
    """The sign-in page."""
    return _form(context_of(request), request, target=request.query_params.get("next", HOME))


async def sign_in(request: Request) -> Response:
    """Check name and password; the same answer, in the same time, whatever is wrong."""
    context = context_of(request)
    data = await request.form(max_files=0, max_fields=10, max_part_size=2_000)
    fields = {k: v for k, v in data.items() if isinstance(v, str)}
    name = unicodedata.normalize("NFKC", fields.get("name", "")).strip()[:100]
    target = fields.get("next", HOME)
    try:
        token, error = await run_in_threadpool(_check, context, request, name, fields.get("password", "")[:1000])
    except Temporary:
        return _form(context, request, 503, error="later", target=target)
    if token is None:
        return _form(context, request, 429 if error == "locked" else 401, error=error, target=target)
    response = RedirectResponse(safe_target(target), 303)
    response.set_cookie(COOKIE, token, max_age=int(LASTS.total_seconds()), httponly=True, samesite="lax",
                        path="/staff", secure=context.https)  # fmt: skip
    return response


def _check(context: WebContext, request: Request, name: str, password: str) -> tuple[str | None, str]:
    now = context.clock()
    with context.store.read() as tx:
        stored = tx.staff.password_hash(name)
        locked = tx.staff.failures(name, now) >= MOST_FAILURES
    with _HASHING:
        fits = password_fits(stored, password)
    if locked or not fits:
        with context.store.write() as tx:
            failures = tx.staff.note_failure(name, now) if not locked else MOST_FAILURES
            if failures == MOST_FAILURES and not locked and stored is not None:
                tx.audit.append(now, Actor("system", "web"), "staff.locked", detail={"name": name})
        return None, "locked" if locked else "wrong"
    return _open(context, request, name), ""


def _open(context: WebContext, request: Request, name: str) -> str:
    """A new secret at each sign-in; the one that the browser had before dies."""
    now, token, old = context.clock(), secrets.token_urlsafe(32), request.cookies.get(COOKIE, "")
    with context.store.write() as tx:
        if old:
            tx.staff.close_session(_hash(context, old))
        tx.staff.clear_failures(name)
        tx.staff.open_session(name, _hash(context, token), secrets.token_urlsafe(32), now, now + LASTS)
        tx.audit.append(now, Actor("staff", name), "staff.signed_in")
    return token


def close(context: WebContext, request: Request, name: str) -> Response:
    """Sign out: the secret is worth nothing from now on."""
    with context.store.write() as tx:
        tx.staff.close_session(_hash(context, request.cookies.get(COOKIE, "")))
        tx.audit.append(context.clock(), Actor("staff", name), "staff.signed_out")
    response = RedirectResponse("/staff/sign-in", 303)
    response.delete_cookie(COOKIE, path="/staff", httponly=True, samesite="lax", secure=context.https)
    return response


def safe_target(target: str) -> str:
    """A page of ours, never another site's."""
    parts = urlsplit(target)
    ours = not parts.scheme and not parts.netloc and parts.path.startswith(HOME) and "\\" not in target
    return target if ours and target.isprintable() else HOME


def _form(context: WebContext, request: Request, status: int = 200, *, error: str = "", target: str = HOME) -> Response:
    return context.pages.page(
        "staff/sign_in.html",
        status,
        error=error,
        target=safe_target(target),
        demo=context.demo,
        **language.words(language.of(request)),
    )


def _hash(context: WebContext, token: str) -> bytes:
    return context.tools().keyring.hash("session", token)


ROUTES = [Route("/sign-in", show, methods=["GET"]), Route("/sign-in", sign_in, methods=["POST"])]
