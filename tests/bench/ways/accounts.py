"""Accounts: signing in, one's own, everybody's."""

from __future__ import annotations

import base64

import pyotp

from intake.web.staff import factors, welcome
from tests.bench.desk import Ask, Desk, Make
from tests.bench.ways.parts import Key, Way, plain, stranger
from tests.integration.web_parts import ADMIN, LEAD, PASSWORD, SATO

NEW_PASSWORD = "another horse battery"  # invented


def _with_password(url: str, **fields: str) -> Make:
    """By somebody of their own, whose password it changes."""

    def make(d: Desk, n: int) -> Ask:
        client = d.newcomer()
        return Ask(client.http, "POST", url, {"csrf": client.token(), "old": PASSWORD} | fields)

    return make


def _keep_codes(d: Desk, n: int) -> Ask:
    secret, name = factors.new_secret(), d.newcomer_name
    client = d.newcomer()
    sealed = base64.urlsafe_b64encode(factors.seal(d.house.tools.keyring, secret, d.newcomer_name)).decode()
    code = pyotp.TOTP(secret).at(d.house.now)
    assert name
    return Ask(client.http, "POST", "/staff/me/codes/keep", {"csrf": client.token(), "sealed": sealed, "code": code})


def _end_session(d: Desk, n: int) -> Ask:
    with d.house.store.read() as tx:
        sessions = tx.access.sessions(LEAD, d.house.now)
    return d.post(LEAD, "/staff/me/sessions/end", session=str(sessions[-1].id))


def _remove_passkey(d: Desk, n: int) -> Ask:
    with d.house.store.write() as tx:
        tx.access.add_passkey(SATO, b"key %d" % n, b"public", 0, "鍵", d.house.now)
        key = tx.access.passkeys(SATO)[-1]
    return d.post(SATO, "/staff/me/passkeys/remove", passkey=str(key.id))


def _sign_out(d: Desk, n: int) -> Ask:
    client = d.newcomer()
    return Ask(client.http, "POST", "/staff/sign-out", {"csrf": client.token()})


def _sign_in(d: Desk, n: int) -> Ask:
    return Ask(d.stranger(), "POST", "/staff/sign-in", {"name": LEAD, "password": PASSWORD, "next": "/staff/"})


def _second(method: str) -> Make:
    def make(d: Desk, n: int) -> Ask:
        half, spare = d.half_signed_in()
        if method == "GET":
            return Ask(half, "GET", "/staff/sign-in/second")
        return Ask(half, "POST", "/staff/sign-in/second", {"code": spare, "next": "/staff/"})

    return make


def _welcome(method: str) -> Make:
    def make(d: Desk, n: int) -> Ask:
        with d.house.store.write() as tx:
            url = welcome.invite(tx, d.house.tools.keyring, "担当 02", d.house.now)
        chosen = {"password": NEW_PASSWORD, "again": NEW_PASSWORD}
        return Ask(d.stranger(), method, url, chosen if method == "POST" else None)

    return make


def _account(d: Desk, n: int) -> Ask:
    return d.post(ADMIN, "/staff/people", name=f"新人 {n} {d.mark}", role="reviewer", lead=LEAD)


def _of_account(url: str, **fields: str) -> Make:
    return lambda d, n: d.post(ADMIN, f"/staff/people/{url}", name="担当 03", **fields)


WAYS: dict[Key, tuple[Way, ...]] = {
    ("GET", "/staff/people"): plain("people", ADMIN, "/staff/people"),
    ("POST", "/staff/people"): (Way("account made", _account),),
    ("POST", "/staff/people/change"): tuple(
        Way(f"account, {what}", _of_account("change", what=what)) for what in ("link", "sessions", "factors", "open")
    ),
    ("POST", "/staff/people/place"): (
        Way("account placed", _of_account("place", role="reviewer", lead=LEAD, away="2026-12-01")),
    ),
    ("GET", "/staff/me"): plain("me", SATO, "/staff/me"),
    ("POST", "/staff/me/password"): (Way("password changed", _with_password("/staff/me/password", new=NEW_PASSWORD)),),
    ("POST", "/staff/me/codes"): (Way("codes begun", _with_password("/staff/me/codes")),),
    ("POST", "/staff/me/codes/keep"): (Way("codes kept", _keep_codes),),
    ("POST", "/staff/me/codes/end"): (Way("codes ended", _with_password("/staff/me/codes/end")),),
    ("POST", "/staff/me/sessions/end"): (Way("session ended", _end_session),),
    ("POST", "/staff/me/passkeys/remove"): (Way("passkey removed", _remove_passkey),),
    ("POST", "/staff/me/oidc/end"): (Way("provider's account unlinked", _with_password("/staff/me/oidc/end")),),
    ("GET", "/staff/sign-in"): (Way("sign-in, page", stranger("/staff/sign-in")),),
    ("POST", "/staff/sign-in"): (Way("sign-in", _sign_in),),
    ("GET", "/staff/sign-in/second"): (Way("second factor, page", _second("GET")),),
    ("POST", "/staff/sign-in/second"): (Way("second factor", _second("POST")),),
    ("GET", "/staff/welcome/{token}"): (Way("first password, page", _welcome("GET")),),
    ("POST", "/staff/welcome/{token}"): (Way("first password", _welcome("POST")),),
    ("POST", "/staff/sign-out"): (Way("sign-out", _sign_out),),
}  # fmt: skip
