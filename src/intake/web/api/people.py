"""Seekers and their applications: the agency's own system is the register, this is its mirror."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from intake.model import Application, Seeker, SeekerStatus, Stage
from intake.pipeline.enrol import is_held_by_staff, merged
from intake.web.api import shapes
from intake.web.api.call import Call
from intake.web.api.problems import Problem

NAMES = {"emails": "email", "phones": "phone"}  # the API's name: the name that files and enrol.merged use


def seekers(call: Call) -> shapes.Seekers:
    """A page of the register."""
    rows = call.tx.seekers.page(call.number("after", 0), call.limit)
    shown = [shapes.seeker_shown(s, []) for s in rows]
    return shapes.Seekers(data=shown, next=rows[-1].id if len(rows) == call.limit else None)


def seeker(call: Call) -> shapes.SeekerShown:
    """One, with the history of the status."""
    return _shown(call, call.seeker(call.path["member_id"]))


def put_seeker(call: Call) -> tuple[int, int]:
    """Put one by the number in the path. Gives (status, our id)."""
    assert isinstance(call.body, shapes.SeekerFields)
    return _put(call, call.path["member_id"], call.body)


def post_seeker(call: Call) -> tuple[int, int]:
    """The same by the number in the body."""
    assert isinstance(call.body, shapes.SeekerPost)
    return _put(call, call.body.member_id, call.body)


def render_seeker(call: Call, ref: int) -> shapes.SeekerShown:
    """As it is now."""
    return _shown(call, call.tx.seekers.get(ref))


def _shown(call: Call, seeker: Seeker) -> shapes.SeekerShown:
    return shapes.seeker_shown(seeker, call.tx.seekers.history(seeker.id))


def _put(call: Call, member_id: str, fields: shapes.SeekerFields) -> tuple[int, int]:
    member_id = member_id.strip()
    if not member_id or len(member_id) > 100 or not member_id.isprintable():
        raise Problem(422, "the member number cannot be used", errors=[{"field": "member_id", "detail": "not usable"}])
    act = call.act
    old = call.tx.seekers.by_member_ids([member_id]).get(member_id)
    given = {name for name in fields.model_fields_set if name != "member_id"}
    nulls = [n for n in ("name", "status") if n in given and getattr(fields, n) is None]
    if (old is None and not fields.name) or nulls:
        wrong = {"field": (nulls or ["name"])[0], "detail": "missing"}
        raise Problem(422, "some fields cannot be used", errors=[wrong])
    if (
        "legal_hold" in given
        and (fields.legal_hold or None) != (old and old.legal_hold)
        and is_held_by_staff(call.tx, old)
    ):
        raise Problem(409, "the legal hold was set by the agency's staff, who lift it")
    new = merged(_seeker(member_id, fields), old, {NAMES.get(n, n) for n in given}, call.today)
    (what,) = call.tx.seekers.put_all([(new, old)])
    stored = call.tx.seekers.by_member_ids([member_id])[member_id]
    if what != "unchanged":
        act.tx.audit.append(act.now, act.actor, f"seeker.{what}_by_program", seeker_id=stored.id,
                            detail={"fields": sorted(given)})  # fmt: skip
    return (201 if old is None else 200), stored.id


def _seeker(member_id: str, f: shapes.SeekerFields) -> Seeker:
    return Seeker(
        id=0,
        member_id=member_id,
        name=f.name or "",
        kana=f.kana or "",
        addresses=tuple(dict.fromkeys(f.emails or ())),
        phones=tuple(dict.fromkeys(f.phones or ())),
        status=SeekerStatus(f.status or "active"),
        status_since=f.status_since,
        registered_via=f.registered_via or "",
        concierge=f.concierge or None,
        deputy=f.deputy or None,
        legal_hold=f.legal_hold or None,
        invalid_on=f.invalid_since,
        password_hash=f.password_hash or None,
        preferences=tuple((f.preferences or {}).items()),
    )


def applications(call: Call) -> shapes.Applications:
    """All of a seeker, closed ones too."""
    found = call.seeker(call.path["member_id"]).applications
    return shapes.Applications(data=[shapes.application_shown(a) for a in found])


def put_application(call: Call) -> tuple[int, int]:
    """Put one by the member number in the path."""
    assert isinstance(call.body, shapes.ApplicationFields)
    return _put_application(call, call.path["member_id"], call.body)


def post_application(call: Call) -> tuple[int, int]:
    """The same by the number in the body."""
    assert isinstance(call.body, shapes.ApplicationPost)
    return _put_application(call, call.body.member_id, call.body)


def render_application(call: Call, ref: int) -> shapes.ApplicationShown:
    """As it is now. Raises Problem 404 where it is gone."""
    member = call.path.get("member_id") or getattr(call.body, "member_id", "")
    for a in call.seeker(str(member)).applications:
        if a.id == ref:
            return shapes.application_shown(a)
    raise Problem(404, "no such application")


def _put_application(call: Call, member_id: str, f: shapes.ApplicationFields) -> tuple[int, int]:
    act = call.act
    owner = call.seeker(member_id)
    new = Application(0, f.company, Stage[f.stage.upper()], f.self_applied, f.interview_at)
    old = next((a for a in owner.applications if a.company == f.company), None)
    if old is not None and replace(old, id=0) == new:
        return 200, old.id
    stored = call.tx.seekers.upsert_application(owner.member_id, new)
    detail: dict[str, Any] = {"application": stored.id, "stage": f.stage}
    act.tx.audit.append(act.now, act.actor, "application.put_by_program", seeker_id=owner.id, detail=detail)
    return (200 if old else 201), stored.id
