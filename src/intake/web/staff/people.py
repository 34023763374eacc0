"""Accounts of staff (for admins), and one's own password."""

from __future__ import annotations

import secrets
import unicodedata

from starlette.responses import Response

from intake.errors import BadInput, NotFound
from intake.model import Actor, Role
from intake.ports import Tx
from intake.web.passwords import hash_password, password_fits
from intake.web.staff import speech
from intake.web.staff.visit import Visit

LEAST_PASSWORD = 12


def show(visit: Visit) -> Response:
    """All accounts."""
    return _render(visit)


def add(visit: Visit) -> Response:
    """A new account with a password that is shown once."""
    name = unicodedata.normalize("NFKC", visit.field("name")).strip()
    password = secrets.token_urlsafe(12)
    try:
        if not name or len(name) > 100 or not name.isprintable():
            raise BadInput("名前を入力してください")
        if visit.field("role") not in {r.value for r in Role}:
            raise BadInput("役割を選んでください")
        hashed = hash_password(password)
        with visit.context.store.write() as tx:
            lead = tx.staff.by_name(visit.field("lead"))
            role = Role(visit.field("role"))
            tx.staff.add(name, role, hashed, lead.name if lead else None)
            _note(tx, visit, "staff.added", name, role=role.value)
    except BadInput as e:
        return _render(visit, 422, trouble=speech.of_error(e))
    return _render(visit, fresh=(name, password))


def change(visit: Visit) -> Response:
    """A new password, sign out everywhere, close or open an account."""
    name, what = visit.field("name"), visit.field("what")
    if what not in CHANGES:
        return _render(visit, 422, trouble="入力内容をご確認ください。")
    if name == visit.staff.name and what == "close":
        return _render(visit, 422, trouble="自分のアカウントは停止できません。")
    password = secrets.token_urlsafe(12) if what == "password" else ""
    hashed = hash_password(password) if password else ""
    with visit.context.store.write() as tx:
        if tx.staff.by_name(name) is None:
            raise NotFound()
        if hashed:
            tx.staff.set_password(name, hashed)
            tx.staff.clear_failures(name)
        if what in ("close", "open"):
            tx.staff.change(name, active=what == "open")
        if what != "open" and name != visit.staff.name:
            tx.staff.close_all_sessions(name)
        _note(tx, visit, CHANGES[what][0], name)
    if password:
        return _render(visit, fresh=(name, password))
    return visit.back_to("/staff/people", CHANGES[what][1])


CHANGES = {  # what: (audit action, what the next page says)
    "password": ("staff.password_set", "password"),
    "sessions": ("staff.sessions_closed", "signed_out"),
    "close": ("staff.closed", "closed"),
    "open": ("staff.opened", "opened"),
}


def me(visit: Visit) -> Response:
    """One's own account."""
    return visit.page("me.html", trouble="", least=LEAST_PASSWORD, words="")


def set_my_password(visit: Visit) -> Response:
    """Change one's own password; whoever else sits at an open session of this account is signed out."""
    new = str(visit.form.get("new", ""))
    with visit.context.store.read() as tx:
        stored = tx.staff.password_hash(visit.staff.name)
    trouble = ""
    if not password_fits(stored, str(visit.form.get("old", ""))[:1000]):
        trouble = "今のパスワードが違います。"
    elif len(new) < LEAST_PASSWORD or len(new) > 200:
        trouble = f"新しいパスワードは{LEAST_PASSWORD}文字以上にしてください。"
    if trouble:
        return visit.page("me.html", 422, trouble=trouble, least=LEAST_PASSWORD, words="")
    hashed = hash_password(new)
    with visit.context.store.write() as tx:
        tx.staff.set_password(visit.staff.name, hashed)
        tx.staff.close_all_sessions(visit.staff.name)
        _note(tx, visit, "staff.password_set", visit.staff.name)
    return visit.back_to("/staff/sign-in")


def _note(tx: Tx, visit: Visit, action: str, name: str, **detail: str) -> None:
    tx.audit.append(visit.now, Actor("staff", visit.staff.name), action, detail={"name": name, **detail})


def _render(visit: Visit, status: int = 200, *, trouble: str = "", fresh: tuple[str, str] | None = None) -> Response:
    with visit.context.store.read() as tx:
        people = tx.staff.all()
        signs_in = {m.name for m in people if tx.staff.password_hash(m.name)}
    leads = [m.name for m in people if m.active and m.role is Role.LEAD]
    return visit.page("people.html", status, people=people, signs_in=signs_in, leads=leads, roles=list(Role),
                      trouble=trouble, fresh=fresh, words="")  # fmt: skip
