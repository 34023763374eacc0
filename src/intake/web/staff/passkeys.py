"""Passkeys (WebAuthn): a key of the person's own device signs a challenge of ours; nothing secret is kept here.

A challenge is stateless until it is answered: random bytes, an end, and our keyed hash over both and over what it is
for; answered ones are remembered by the store, for all processes. With user verification asked for, a passkey is two
factors in one.
"""

from __future__ import annotations

import ipaddress
import json
import secrets
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, parse_client_data_json
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from intake.errors import BadInput
from intake.ports.access import Passkey
from intake.web.context import WebContext, context_of
from intake.web.staff import session
from intake.web.staff.signin import fields_of
from intake.web.staff.visit import Visit

CHALLENGE_LASTS = timedelta(minutes=5)
_REQUIRED = UserVerificationRequirement.REQUIRED


def relying_party(context: WebContext) -> str | None:
    """The host that passkeys are bound to; None where browsers allow none (an address, or no TLS off this machine)."""
    parts = urlsplit(context.settings.public_url)
    host = parts.hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host if host and (parts.scheme == "https" or host == "localhost") else None
    return None


def origin(context: WebContext) -> str:
    """Where a browser must say it stands."""
    parts = urlsplit(context.settings.public_url)
    return f"{parts.scheme}://{parts.netloc}"


def sign_in_options(context: WebContext) -> str:
    """JSON for the browser; "" where passkeys are not possible."""
    party = relying_party(context)
    if party is None:
        return ""
    options = generate_authentication_options(
        rp_id=party, challenge=_challenge(context, "sign-in"), user_verification=_REQUIRED
    )
    return options_to_json(options)


def registration_options(visit: Visit, known: list[Passkey]) -> str:
    """JSON for the browser of somebody signed in; "" where passkeys are not possible."""
    party = relying_party(visit.context)
    if party is None:
        return ""
    options = generate_registration_options(
        rp_id=party,
        rp_name=visit.tools.agency.name,
        user_name=visit.staff.name,
        user_id=visit.tools.keyring.hash("passkey-user", str(visit.staff.id)),
        challenge=_challenge(visit.context, f"add {visit.session.id}"),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=k.credential_id) for k in known],
    )
    return options_to_json(options)


def add(visit: Visit) -> Response:
    """Keep the public key of a new passkey."""
    name = visit.field("name") or session.agent_of(visit.request) or "passkey"
    try:
        found = _registered(visit, visit.field("credential"))
        with visit.context.store.write() as tx:
            tx.access.add_passkey(
                visit.staff.name, found.credential_id, found.credential_public_key, found.sign_count, name, visit.now
            )
            tx.audit.append(visit.now, visit.actor, "staff.passkey_added", detail={"name": visit.staff.name})
    except BadInput:
        return visit.back_to("/staff/me", "passkey_failed")
    return visit.back_to("/staff/me", "passkey")


def _registered(visit: Visit, text: str) -> Any:
    party = relying_party(visit.context)
    try:
        sent = json.loads(text)
        challenge = _challenge_in(visit.context, f"add {visit.session.id}", sent)
        return verify_registration_response(
            credential=sent,
            expected_challenge=challenge,
            expected_rp_id=party or "",
            expected_origin=origin(visit.context),
            require_user_verification=True,
        )
    except BadInput:
        raise
    except Exception as error:  # whatever a browser sends: it registers nothing
        raise BadInput("パスキーを確かめられませんでした") from error


def remove(visit: Visit) -> Response:
    """Forget one of one's own."""
    key = visit.field("passkey")
    with visit.context.store.write() as tx:
        if key.isdecimal() and len(key) < 19 and tx.access.remove_passkey(visit.staff.name, int(key)):
            tx.audit.append(visit.now, visit.actor, "staff.passkey_removed", detail={"name": visit.staff.name})
    return visit.back_to("/staff/me", "passkey_removed")


async def sign_in(request: Request) -> Response:
    """Sign in by passkey alone, or as the second factor."""
    return await run_in_threadpool(_sign_in, request, await fields_of(request))


def _sign_in(request: Request, fields: dict[str, str]) -> Response:
    context, target = context_of(request), fields.get("next", session.HOME)
    name = _proved(context, fields.get("credential", ""))
    if name is None:
        return session.door(context, request, 401, error="passkey", target=target)
    return session.enter(context, request, name, "passkey", target)


def _proved(context: WebContext, text: str) -> str | None:
    """Whose passkey signed our challenge, None where none did."""
    try:
        sent = json.loads(text)
        challenge = _challenge_in(context, "sign-in", sent)
        with context.store.read() as tx:
            key = tx.access.passkey(base64url_to_bytes(sent["rawId"]))
        if key is None:
            return None
        found = verify_authentication_response(
            credential=sent,
            expected_challenge=challenge,
            expected_rp_id=relying_party(context) or "",
            expected_origin=origin(context),
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    except Exception:  # noqa: BLE001 - whatever a browser sends: it signs nobody in
        return None
    with context.store.write() as tx:
        if not tx.access.use_challenge(context.tools().keyring.hash("passkey-used", challenge), context.clock()):
            return None
        tx.access.passkey_used(key.id, found.new_sign_count, context.clock())
    return key.staff


def _challenge(context: WebContext, purpose: str) -> bytes:
    ends = int((context.clock() + CHALLENGE_LASTS).timestamp())
    plain = secrets.token_bytes(16) + ends.to_bytes(8, "big")
    return plain + context.tools().keyring.hash("passkey-challenge", purpose.encode() + b"\0" + plain)


def _challenge_in(context: WebContext, purpose: str, sent: dict[str, Any]) -> bytes:
    """The challenge that a browser signed, if it is one of ours, for this, and not over. Raises BadInput."""
    client = parse_client_data_json(base64url_to_bytes(sent["response"]["clientDataJSON"]))
    plain, tag = client.challenge[:24], client.challenge[24:]
    ours = context.tools().keyring.hash("passkey-challenge", purpose.encode() + b"\0" + plain)
    if not secrets.compare_digest(ours, tag) or int.from_bytes(plain[16:], "big") < context.clock().timestamp():
        raise BadInput("パスキーの確認の時間が過ぎました。もう一度お試しください")
    return client.challenge


ROUTES: list[BaseRoute] = [Route("/sign-in/passkey", sign_in, methods=["POST"])]
