"""Accounts of staff, for admins."""

from __future__ import annotations

import unicodedata
from datetime import date

from starlette.responses import Response

from intake.errors import BadInput, NotFound
from intake.model import Actor, CaseState, Role
from intake.pipeline import desk
from intake.ports import CaseQuery, Tx
from intake.web.staff import speech, welcome
from intake.web.staff.visit import Visit

OPEN = tuple(state for state in CaseState if state.is_open)
TYPED = ("name", "role", "lead")
NO_CASES = frozenset({Role.ADMIN, Role.AUDITOR})  # they run or control the product


def show(visit: Visit) -> Response:
    """All accounts."""
    return _render(visit)


def add(visit: Visit) -> Response:
    """A new account with a one-time link to its first password, shown once. What is not taken stays in the form."""
    name = " ".join(unicodedata.normalize("NFKC", visit.field("name")).split())
    try:
        if not name or len(name) > 100 or not name.isprintable():
            raise BadInput("名前を入力してください")
        if visit.field("role") not in {r.value for r in Role}:
            raise BadInput("役割を選んでください")
        with visit.context.store.write() as tx:
            _still_free(tx, name)
            lead = tx.staff.by_name(visit.field("lead"))
            role = Role(visit.field("role"))
            tx.staff.add(name, role, None, lead.name if lead else None)
            link = welcome.invite(tx, visit.tools.keyring, name, visit.now)
            _note(tx, visit, "staff.added", name, role=role.value)
    except BadInput as e:
        return _render(visit, 422, trouble=speech.of_error(e), typed_in={n: visit.field(n) for n in TYPED})
    return _render(visit, fresh=(name, visit.tools.public_url + link))


def _still_free(tx: Tx, name: str) -> None:
    """Two accounts that look the same would each be given half of a person's cases. Raises BadInput."""
    if any(_plain(m.name) == _plain(name) for m in tx.staff.all()):
        raise BadInput("この名前の方は登録済みです。同じ名前の方は、部署などを付けて区別してください")


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def change(visit: Visit) -> Response:
    """A new link, sign out everywhere, close or open an account, take its second factors away."""
    name, what = visit.field("name"), visit.field("what")
    if what not in CHANGES:
        return _render(visit, 422, trouble="入力内容をご確認ください。")
    if name == visit.staff.name and what == "close":
        return _render(visit, 422, trouble="自分のアカウントは停止できません。")
    with visit.context.store.write() as tx:
        if tx.staff.by_name(name) is None:
            raise NotFound()
        link = _do(tx, visit, name, what)
        if what != "open" and name != visit.staff.name:
            tx.staff.close_all_sessions(name)
        _note(tx, visit, CHANGES[what][0], name)
    return _render(visit, fresh=(name, link)) if link else visit.back_to("/staff/people", CHANGES[what][1])


def _do(tx: Tx, visit: Visit, name: str, what: str) -> str:
    """Change it; the link, where one was made."""
    if what == "link":
        tx.staff.clear_failures(name)
        return visit.tools.public_url + welcome.invite(tx, visit.tools.keyring, name, visit.now)
    if what in ("close", "open"):
        tx.staff.change(name, active=what == "open")
    if what == "close":
        _hand_back(tx, visit, name)
    if what == "factors":
        tx.access.set_totp(name, None)
        for key in tx.access.passkeys(name):
            tx.access.remove_passkey(name, key.id)
    return ""


def _hand_back(tx: Tx, visit: Visit, name: str) -> None:
    """Open cases and work of somebody who decides no more are nobody's again, so that colleagues see them."""
    act = desk.act_of(tx, visit.staff, visit.now)
    while found := tx.cases.find(CaseQuery(states=OPEN, assignee=name)):
        for case in found:
            desk.assign(act, case, None)
    while work := tx.tasks.open(name):
        for task in work:
            tx.tasks.assign(task.id, None)


CHANGES = {  # what: (audit action, what the next page says)
    "link": ("staff.invited", "password"),
    "sessions": ("staff.sessions_closed", "signed_out"),
    "factors": ("staff.factors_removed", "factors"),
    "close": ("staff.closed", "closed"),
    "open": ("staff.opened", "opened"),
}


def place(visit: Visit) -> Response:
    """Another role, another lead, a time of absence. Nobody changes their own role; the last admin stays one."""
    name, role, lead = visit.field("name"), visit.field("role"), visit.field("lead")
    try:
        away = date.fromisoformat(visit.field("away")) if visit.field("away") else None
        if role not in {r.value for r in Role}:
            raise ValueError(role)
    except ValueError:
        return _render(visit, 422, trouble="入力内容をご確認ください。")
    with visit.context.store.write() as tx:
        member = tx.staff.by_name(name)
        if member is None or (lead and tx.staff.by_name(lead) is None):
            raise NotFound()
        admins = [m for m in tx.staff.all() if m.active and m.role is Role.ADMIN]
        if role != member.role.value and (name == visit.staff.name or admins == [member]):
            trouble = "自分の役割は変えられません。" if name == visit.staff.name else "管理者が一人もいなくなります。"
        else:
            trouble = ""
            tx.staff.change(name, role=Role(role), lead=lead or None, away_until=away)
            _note(tx, visit, "staff.placed", name, role=role)
            if role != member.role.value:
                tx.staff.close_all_sessions(name)
                if Role(role) in NO_CASES:
                    _hand_back(tx, visit, name)
    return _render(visit, 422, trouble=trouble) if trouble else visit.back_to("/staff/people", "placed")


def _note(tx: Tx, visit: Visit, action: str, name: str, **detail: str) -> None:
    tx.audit.append(visit.now, Actor("staff", visit.staff.name), action, detail={"name": name, **detail})


def _render(visit: Visit, status: int = 200, *, trouble: str = "", fresh: tuple[str, str] | None = None,
            typed_in: dict[str, str] | None = None) -> Response:  # fmt: skip
    with visit.context.store.read() as tx:
        people = tx.staff.all()
        signs_in, guarded = tx.access.ways_in()
    leads = [m.name for m in people if m.active and m.role is Role.LEAD]
    return visit.page("people.html", status, people=people, signs_in=signs_in, guarded=guarded,
                      leads=leads, roles=list(Role), trouble=trouble, fresh=fresh,
                      typed_in=typed_in or dict.fromkeys(TYPED, ""), words="")  # fmt: skip
