"""One's own account: password, second factors, where one is signed in."""

from __future__ import annotations

import base64
import binascii
from datetime import timedelta

from starlette.responses import Response

from intake.errors import NotFound
from intake.ports import Tx
from intake.web.passwords import hash_password
from intake.web.staff import factors, oidc, passkeys
from intake.web.staff.again import trouble_with_password
from intake.web.staff.visit import Visit
from intake.web.staff.welcome import LEAST_PASSWORD, MOST_PASSWORD

FRESH = timedelta(minutes=15)
SIGN_IN_ANEW = "サインインから時間がたっています。一度サインアウトし、サインインし直してから登録してください。"


def show(visit: Visit) -> Response:
    """The page."""
    return _render(visit)


def _render(visit: Visit, status: int = 200, *, trouble: str = "", secret: str = "",
            spare: list[str] | None = None) -> Response:  # fmt: skip
    name, keyring = visit.staff.name, visit.tools.keyring
    with visit.context.store.read() as tx:
        sessions = tx.access.sessions(name, visit.now)
        has_codes, left = tx.access.totp(name) is not None, tx.access.spare_codes_left(name)
        has_password = tx.staff.password_hash(name) is not None
        keys, subject = tx.access.passkeys(name), tx.access.subject(name)
    issuer = visit.tools.agency.name
    return visit.page(
        "me.html",
        status,
        trouble=trouble,
        least=LEAST_PASSWORD,
        sessions=sessions,
        here=visit.session.id,
        has_codes=has_codes,
        has_password=has_password,
        spare_left=left,
        secret=secret,
        sealed=base64.urlsafe_b64encode(factors.seal(keyring, secret, name)).decode() if secret else "",
        picture=factors.picture(secret, name, issuer) if secret else "",
        spare=spare or [],
        passkeys=keys,
        passkey_options=passkeys.registration_options(visit, keys),
        oidc=oidc.is_on(visit.context),
        linked=subject is not None,
        words="",
    )


def set_password(visit: Visit) -> Response:
    """Change one's own password; whoever else sits at an open session of this account is signed out."""
    new = str(visit.form.get("new", ""))
    if wrong := trouble_with_password(visit, "old"):
        return _render(visit, 422, trouble=wrong)
    if not LEAST_PASSWORD <= len(new) <= MOST_PASSWORD:
        return _render(visit, 422, trouble=f"新しいパスワードは{LEAST_PASSWORD}文字以上にしてください。")
    hashed = hash_password(new)
    with visit.context.store.write() as tx:
        tx.staff.set_password(visit.staff.name, hashed)
        tx.staff.close_all_sessions(visit.staff.name)
        _note(visit, tx, "staff.password_set")
    return visit.back_to("/staff/sign-in", "password")


def begin_codes(visit: Visit) -> Response:
    """Show a new secret to scan; nothing is kept until a code of it is typed in."""
    if wrong := trouble_with_password(visit, "old"):
        return _render(visit, 422, trouble=wrong)
    return _render(visit, secret=factors.new_secret())


def keep_codes(visit: Visit) -> Response:
    """The first code fits: from now on sign-ins ask for one. Spare codes are shown this once."""
    name, keyring = visit.staff.name, visit.tools.keyring
    try:
        secret = factors.unseal(keyring, base64.urlsafe_b64decode(visit.field("sealed")), name)
    except (binascii.Error, ValueError):
        secret = ""
    step = factors.step_of(secret, visit.field("code"), visit.now)
    if step is None:
        return _render(visit, 422, trouble="コードが合いません。アプリに表示中の6桁を入力してください。", secret=secret)
    spare = factors.spare_codes()
    with visit.context.store.write() as tx:
        tx.access.set_totp(name, factors.seal(keyring, secret, name))
        tx.access.use_step(name, step)
        tx.access.set_spare_codes(name, [factors.spare_hash(keyring, name, c) for c in spare])
        _note(visit, tx, "staff.codes_on")
    return _render(visit, spare=spare)


def end_codes(visit: Visit) -> Response:
    """Without codes again; wants the password."""
    if wrong := trouble_with_password(visit, "old"):
        return _render(visit, 422, trouble=wrong)
    with visit.context.store.write() as tx:
        tx.access.set_totp(visit.staff.name, None)
        _note(visit, tx, "staff.codes_off")
    return visit.back_to("/staff/me", "codes_off")


def add_passkey(visit: Visit) -> Response:
    """Wants the password, where the account has one; else a sign-in of the last minutes."""
    with visit.context.store.read() as tx:
        has_password = tx.staff.password_hash(visit.staff.name) is not None
    if has_password:
        wrong = trouble_with_password(visit, "old")
    else:
        wrong = "" if visit.now - visit.session.created_at < FRESH else SIGN_IN_ANEW
    return _render(visit, 422, trouble=wrong) if wrong else passkeys.add(visit)


def end_session(visit: Visit) -> Response:
    """Sign one of one's own browsers out."""
    session_id = visit.field("session")
    with visit.context.store.write() as tx:
        known = session_id.isdecimal() and len(session_id) < 19
        if not known or not tx.access.end_session(visit.staff.name, int(session_id)):
            raise NotFound()
        _note(visit, tx, "staff.sessions_closed")
    return visit.back_to("/staff/me", "signed_out")


def _note(visit: Visit, tx: Tx, action: str) -> None:
    tx.audit.append(visit.now, visit.actor, action, detail={"name": visit.staff.name})
