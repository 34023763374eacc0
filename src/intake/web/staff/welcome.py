"""An account's first password, by a one-time link: the first admin's too."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from intake.keyring import Keyring
from intake.model import Actor
from intake.ports import Tx
from intake.web.context import context_of
from intake.web.passwords import hash_password
from intake.web.staff import session
from intake.web.staff.signin import fields_of, has_factor

LASTS = timedelta(hours=24)
LEAST_PASSWORD, MOST_PASSWORD = 12, 200


def invite(tx: Tx, keyring: Keyring, name: str, now: datetime) -> str:
    """A new link's path for this account; an earlier one dies. Only its keyed hash is kept."""
    token = secrets.token_urlsafe(24)
    tx.access.invite(name, keyring.hash("invitation", token), now, now + LASTS)
    return f"/staff/welcome/{token}"


async def show(request: Request) -> Response:
    """The page that asks for a password; opening it uses nothing up."""
    return await run_in_threadpool(_show, request)


def _show(request: Request, status: int = 200, error: str = "") -> Response:
    context = context_of(request)
    with context.store.read() as tx:
        member = tx.access.invited(_hash(request), context.clock())
    if member is None:
        return session.door(context, request, 404, page="welcome.html", error="gone", member=None, least=LEAST_PASSWORD)
    return session.door(context, request, status, page="welcome.html", error=error, member=member, least=LEAST_PASSWORD)


async def accept(request: Request) -> Response:
    """Set it and sign in; the link is used up."""
    return await run_in_threadpool(_accept, request, await fields_of(request))


def _accept(request: Request, fields: dict[str, str]) -> Response:
    context, password = context_of(request), fields.get("password", "")
    if not LEAST_PASSWORD <= len(password) <= MOST_PASSWORD:
        return _show(request, 422, "short")
    if password != fields.get("again", ""):
        return _show(request, 422, "differs")
    with context.store.read() as tx:
        if tx.access.invited(_hash(request), context.clock()) is None:
            return _show(request, 404, "gone")  # before the work: strangers may try any address
    hashed = hash_password(password)
    with context.store.write() as tx:
        member = tx.access.use_invitation(_hash(request), context.clock())
        if member is not None:
            tx.staff.set_password(member.name, hashed)
            tx.staff.close_all_sessions(member.name)
            tx.staff.clear_failures(member.name)
            tx.audit.append(context.clock(), Actor("staff", member.name), "staff.password_set",
                            detail={"name": member.name})  # fmt: skip
    if member is None:
        return _show(request, 404, "gone")
    method = session.HALF if has_factor(context, member.name) else "invitation"  # a new password is one factor
    return session.enter(context, request, member.name, method, session.HOME)


def _hash(request: Request) -> bytes:
    return context_of(request).tools().keyring.hash("invitation", request.path_params["token"][:100])


ROUTES: list[BaseRoute] = [
    Route("/welcome/{token}", show, methods=["GET"]),
    Route("/welcome/{token}", accept, methods=["POST"]),
]
