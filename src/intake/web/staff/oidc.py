"""Signing in with the agency's own accounts (OpenID Connect Core 1.0, code flow with PKCE, RFC 7636).

On where INTAKE_OIDC_ISSUER and INTAKE_OIDC_CLIENT_ID are set. An account is found by issuer and subject; the first
time it is linked by its owner (from their own page), or by INTAKE_OIDC_CLAIM, whose value must be the account's name.
What the provider says never makes an account and never changes a role.
"""

from __future__ import annotations

import base64
import json
import secrets
import threading
import time
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

import httpx2
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from intake.errors import BadInput
from intake.journal import journal
from intake.model import Actor
from intake.web.context import WebContext, context_of
from intake.web.staff import session
from intake.web.staff.visit import Visit

COOKIE, LASTS, BACK = "intake_oidc", 600, "/staff/sign-in/oidc/back"
ALGORITHMS = ["RS256", "PS256", "ES256", "ES384", "EdDSA"]
SECONDS, KEEP_SECONDS, CLOCK_SKEW = 10.0, 3600.0, 60
_KEPT: dict[str, tuple[float, Any]] = {}
_LOCK = threading.Lock()
log = journal("oidc")


class Refused(Exception):
    """The provider, or what came back from it, is not to be believed."""


@dataclass(frozen=True, slots=True)
class Errand:
    """What the browser was sent away for; lies signed in its cookie."""

    state: str
    nonce: str
    verifier: str
    target: str
    link: str  # the name of whoever links their account, "" to sign in
    ends: int


def is_on(context: WebContext) -> bool:
    """Whether the agency has its own sign-in."""
    return bool(context.settings.oidc_issuer and context.settings.oidc_client_id)


async def start(request: Request) -> Response:
    """To the provider, to sign in."""
    target = session.safe_target(request.query_params.get("next", session.HOME))
    return await run_in_threadpool(_away, request, target, "")


def link(visit: Visit) -> Response:
    """To the provider, to link one's own account. The address carries the session's token: no other site starts it."""
    if not secrets.compare_digest(visit.asked("csrf").encode(), visit.session.csrf.encode()):
        return visit.back_to("/staff/me")
    return _away(visit.request, "/staff/me", visit.staff.name)


def unlink(visit: Visit) -> Response:
    """Not any more."""
    with visit.context.store.write() as tx:
        tx.access.link_subject(visit.staff.name, None)
        tx.audit.append(visit.now, visit.actor, "staff.unlinked", detail={"name": visit.staff.name})
    return visit.back_to("/staff/me", "unlinked")


def _away(request: Request, target: str, link_name: str) -> Response:
    context = context_of(request)
    if not is_on(context):
        return RedirectResponse("/staff/sign-in", 303)
    errand = Errand(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48), target, link_name,
                    int(context.clock().timestamp()) + LASTS)  # fmt: skip
    asked = {
        "response_type": "code",
        "client_id": context.settings.oidc_client_id,
        "redirect_uri": _back_url(context),
        "scope": "openid profile email",
        "state": errand.state,
        "nonce": errand.nonce,
        "code_challenge": create_s256_code_challenge(errand.verifier),
        "code_challenge_method": "S256",
    }
    try:
        url = _provider(context)["authorization_endpoint"]
    except Refused:
        return session.door(context, request, 502, error="oidc")
    response = RedirectResponse(f"{url}{'&' if '?' in url else '?'}{urlencode(asked)}", 303)
    response.set_cookie(COOKIE, _sealed(context, errand), max_age=LASTS, httponly=True, samesite="lax",
                        path="/staff/sign-in/oidc", secure=context.https)  # fmt: skip
    return response


async def back(request: Request) -> Response:
    """From the provider."""
    return await run_in_threadpool(_back, request)


def _back(request: Request) -> Response:
    context = context_of(request)
    try:
        errand = _opened(context, request.cookies.get(COOKIE, ""))
        if not secrets.compare_digest(errand.state.encode(), request.query_params.get("state", "").encode()):
            raise Refused("state")
        claims = _claims(context, request.query_params.get("code", ""), errand)
        response = (
            _linked(context, request, errand, claims) if errand.link else _entered(context, request, errand, claims)
        )
    except (Refused, BadInput) as error:
        log.warning("sign-in by the agency's accounts refused", error=error)
        response = session.door(context, request, 401, error="oidc")
    response.delete_cookie(COOKIE, path="/staff/sign-in/oidc", httponly=True, samesite="lax", secure=context.https)
    return response


def _entered(context: WebContext, request: Request, errand: Errand, claims: dict[str, Any]) -> Response:
    subject = _subject(claims)
    with context.store.write() as tx:
        member = tx.access.by_subject(subject)
        name = _claimed_name(context.settings.oidc_claim, claims)
        if member is None and name:
            named = tx.staff.by_name(name)
            if named is not None and named.active and tx.access.subject(named.name) is None:
                tx.access.link_subject(named.name, subject)
                tx.audit.append(
                    context.clock(), Actor("staff", named.name), "staff.linked", detail={"name": named.name}
                )
                member = named
    if member is None:
        return session.door(context, request, 403, error="oidc_unknown")
    return session.enter(context, request, member.name, "oidc", errand.target)


def _claimed_name(claim: str, claims: dict[str, Any]) -> str:
    """What the provider calls the person; an address only where it has verified it (OpenID Connect Core §5.7)."""
    value = claims.get(claim) if claim else None
    if not isinstance(value, str) or (claim == "email" and claims.get("email_verified") is not True):
        return ""
    return unicodedata.normalize("NFKC", value).strip()


def _linked(context: WebContext, request: Request, errand: Errand, claims: dict[str, Any]) -> Response:
    """The browser must still be signed in as the person who went away."""
    found = session.find(context, request)
    if found is None or found.staff.name != errand.link:
        raise Refused("another session")
    with context.store.write() as tx:
        tx.access.link_subject(errand.link, _subject(claims))
        tx.audit.append(context.clock(), Actor("staff", errand.link), "staff.linked", detail={"name": errand.link})
    return RedirectResponse("/staff/me?done=linked", 303)


def _subject(claims: dict[str, Any]) -> str:
    return f"{claims['iss']} {claims['sub']}"


def _claims(context: WebContext, code: str, errand: Errand) -> dict[str, Any]:
    """What the id token says, checked as OpenID Connect Core §3.1.3.7 asks. Raises Refused."""
    provider, settings = _provider(context), context.settings
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": _back_url(context),
            "code_verifier": errand.verifier}  # fmt: skip
    answer = _call("POST", provider["token_endpoint"], data=form, auth=(settings.oidc_client_id, _secret(context)))
    try:
        keys = KeySet.import_key_set(cast(KeySetSerialization, _kept(provider["jwks_uri"])))
        claims = dict(jwt.decode(str(answer["id_token"]), keys, algorithms=ALGORITHMS).claims)
    except (JoseError, KeyError, ValueError, TypeError) as error:
        raise Refused("id token") from error
    now, audience = context.clock().timestamp(), claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    fits = (
        claims.get("iss") == provider["issuer"]
        and settings.oidc_client_id in audiences
        and (len(audiences) == 1 or claims.get("azp") == settings.oidc_client_id)
        and isinstance(claims.get("exp"), (int, float))
        and claims["exp"] > now - CLOCK_SKEW
        and isinstance(claims.get("iat", 0), (int, float))
        and claims.get("iat", 0) < now + CLOCK_SKEW
        and isinstance(claims.get("sub"), str)
        and bool(claims["sub"])
    )
    if not fits or not secrets.compare_digest(str(claims.get("nonce", "")).encode(), errand.nonce.encode()):
        raise Refused("claims")
    return claims


def _provider(context: WebContext) -> dict[str, Any]:
    """The provider's own description; its issuer must be the one that was set."""
    issuer = context.settings.oidc_issuer.rstrip("/")
    found = _kept(f"{issuer}/.well-known/openid-configuration")
    needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    if str(found.get("issuer", "")).rstrip("/") != issuer or not all(_is_safe(str(found.get(k, ""))) for k in needed):
        raise Refused("provider")
    return found


def _kept(url: str) -> dict[str, Any]:
    with _LOCK:
        at, found = _KEPT.get(url, (0.0, None))
    if found is not None and time.monotonic() - at < KEEP_SECONDS:
        return dict(found)
    fresh = _call("GET", url)
    with _LOCK:
        _KEPT[url] = (time.monotonic(), fresh)
    return fresh


def _call(method: str, url: str, **more: Any) -> dict[str, Any]:
    if not _is_safe(url):
        raise Refused("address")
    try:
        answer = httpx2.request(method, url, timeout=SECONDS, follow_redirects=False, **more)
        found = answer.json() if answer.status_code == 200 else None
    except (httpx2.HTTPError, ValueError) as error:
        raise Refused("no answer") from error
    if not isinstance(found, dict):
        raise Refused("no answer")
    return found


def _is_safe(url: str) -> bool:
    """TLS, except for a provider on this machine (trials, tests)."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1"))


def _secret(context: WebContext) -> str:
    path = context.settings.oidc_secret_file
    try:
        return Path(path).read_text("utf-8").strip() if path else ""
    except OSError as error:
        raise Refused("secret file") from error


def _back_url(context: WebContext) -> str:
    return context.settings.public_url.rstrip("/") + BACK


def _sealed(context: WebContext, errand: Errand) -> str:
    text = base64.urlsafe_b64encode(json.dumps([getattr(errand, f) for f in errand.__slots__]).encode()).decode()
    return f"{text}.{context.tools().keyring.sign('oidc', text)}"


def _opened(context: WebContext, cookie: str) -> Errand:
    text, _, signature = cookie.rpartition(".")
    if not context.tools().keyring.signed_by_us("oidc", text, signature):
        raise Refused("cookie")
    errand = Errand(*json.loads(base64.urlsafe_b64decode(text)))
    if errand.ends < context.clock().timestamp():
        raise Refused("too late")
    return errand


ROUTES: list[BaseRoute] = [
    Route("/sign-in/oidc", start, methods=["GET"]),
    Route("/sign-in/oidc/back", back, methods=["GET"]),
]
