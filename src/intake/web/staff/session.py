"""Sessions of staff. The cookie holds a secret, the database only its keyed hash (reliability.md A26, A32)."""

from __future__ import annotations

import re
import secrets
import threading
import time
from contextlib import suppress
from datetime import timedelta
from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from intake.errors import Temporary
from intake.model import Actor
from intake.ports import Session
from intake.web.context import WebContext
from intake.web.staff import language, unsent

COOKIE = "intake_session"
KNOWN, KNOWN_SECONDS = "intake_known", 365 * 86400
LASTS = timedelta(hours=12)
HALF_LASTS = timedelta(minutes=10)
HALF = "half"
HOME = unsent.HOME
TOUCH_SECONDS = 60.0
_SEEN: dict[int, float] = {}
_SEEN_LOCK = threading.Lock()
_SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
            ("Mac OS X", "Mac"), ("Linux", "Linux"))  # fmt: skip
_BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))


def find(context: WebContext, request: Request, *, half: bool = False) -> Session | None:
    """The session of this browser, if it is signed in. ``half``: one whose second factor is still to come."""
    token = request.cookies.get(COOKIE, "")
    if not token:
        return None
    with context.store.read() as tx:
        found = tx.staff.session(_hash(context, token), context.clock(), half=half)
    if found is not None and not half:
        _touch(context, found.id)
    return found


def _touch(context: WebContext, session_id: int) -> None:
    """Say that it is in use, at most once a minute; a busy database may miss it."""
    now = time.monotonic()
    with _SEEN_LOCK:
        if now - _SEEN.get(session_id, -TOUCH_SECONDS) < TOUCH_SECONDS:
            return
        if len(_SEEN) > 10_000:
            _SEEN.clear()
        _SEEN[session_id] = now
    with suppress(Temporary), context.store.write() as tx:
        tx.access.touch(session_id, context.clock())


def ask(context: WebContext, request: Request, written: str = "") -> Response:
    """Nobody is signed in: a page leads to the sign-in, a change says that nothing was done.

    What was ``written`` goes back to whoever sent it; a session ends by the clock, in the middle of a sentence too.
    """
    if request.method in ("GET", "HEAD"):
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/staff/sign-in?next={quote(here, safe='/')}", 303)
    target = unsent.page_of(request.url.path)
    return door(context, request, 401, error="expired", target=target, written=written)


def enter(context: WebContext, request: Request, name: str, method: str, target: str) -> Response:
    """Sign this browser in. A new secret each time; the one that the browser had before dies.

    ``method`` ``half`` leads to the second factor first.
    """
    now, token, old = context.clock(), secrets.token_urlsafe(32), request.cookies.get(COOKIE, "")
    lasts = HALF_LASTS if method == HALF else LASTS
    with context.store.write() as tx:
        if old:
            tx.staff.close_session(_hash(context, old))
        opened = tx.staff.open_session(name, _hash(context, token), secrets.token_urlsafe(32), now, now + lasts, method)
        tx.access.describe_session(opened.id, method, agent_of(request), request.client.host if request.client else "")
        if method != HALF:
            tx.staff.clear_failures(brake(context, request, name))
            tx.audit.append(now, Actor("staff", name), "staff.signed_in", detail={"method": method})
    onward = safe_target(target)
    if method == HALF:
        onward = f"/staff/sign-in/second?next={quote(onward, safe='/')}"
    response = RedirectResponse(onward, 303)
    response.set_cookie(COOKIE, token, max_age=int(lasts.total_seconds()), httponly=True, samesite="lax",
                        path="/staff", secure=context.https)  # fmt: skip
    if method != HALF and brake(context, request, name) == name:
        nonce = secrets.token_urlsafe(16)
        known = f"{nonce}.{context.tools().keyring.sign('known-browser', f'{name}/{nonce}')}"
        response.set_cookie(KNOWN, known, max_age=KNOWN_SECONDS, httponly=True, samesite="lax",
                            path="/staff/sign-in", secure=context.https)  # fmt: skip
    return response


def brake(context: WebContext, request: Request, name: str) -> str:
    """What failed sign-ins are counted by: the name, but apart in a browser in which this name signed in before.

    So a stranger who knows a name and keeps failing locks strangers out, never its owner at the own desk.
    """
    nonce, _, signature = request.cookies.get(KNOWN, "")[:200].partition(".")
    ring, whose = context.tools().keyring, f"{name}/{nonce}"
    if not ring.signed_by_us("known-browser", whose, signature):
        return name
    return f"#{ring.hash('known-browser', whose).hex()}"


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
    try:
        parts = urlsplit(target)
    except ValueError:
        return HOME
    ours = not parts.scheme and not parts.netloc and parts.path.startswith(HOME) and "\\" not in target
    return target if ours and target.isprintable() else HOME


def agent_of(request: Request) -> str:
    """「Chrome・Windows」: enough to know one's own browser again."""
    said = re.sub(r"[^\x20-\x7e]", "", request.headers.get("user-agent", ""))
    browser = next((name for mark, name in _BROWSERS if mark in said), "")
    system = next((name for mark, name in _SYSTEMS if mark in said), "")
    return "・".join(p for p in (browser, system) if p)


def door(context: WebContext, request: Request, status: int = 200, *, error: str = "", target: str = HOME,
         written: str = "", who: str = "", changed: bool = False, page: str = "sign_in.html",
         **values: object) -> Response:  # fmt: skip
    """A page before the sign-in. ``who``: the name that was typed, ``changed``: the password is a new one."""
    from intake.web.staff import oidc, passkeys

    return context.pages.page(
        f"staff/{page}",
        status,
        error=error,
        target=safe_target(target),
        written=written,
        who=who,
        changed=changed,
        demo=context.demo,
        passkey=passkeys.sign_in_options(context),
        oidc=oidc.is_on(context),
        **language.words(language.of(request)),
        **values,
    )


def _hash(context: WebContext, token: str) -> bytes:
    return context.tools().keyring.hash("session", token)
