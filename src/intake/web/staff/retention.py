"""When whose data end: a calendar by month, every clock of one person, and everything about them for disclosure."""

from __future__ import annotations

import json
import re
from collections import Counter
from urllib.parse import quote

from starlette.responses import Response

from intake.errors import NotFound
from intake.model import Role, Seeker
from intake.pipeline import keeping
from intake.pipeline.disclosure import disclose
from intake.pipeline.moves import Act
from intake.policy import today_of
from intake.ports import Tx
from intake.retention import Due
from intake.web.staff.again import trouble_with_password
from intake.web.staff.visit import Visit

WHO = frozenset({Role.PRIVACY_OFFICER, Role.AUDITOR})
DISCLOSERS = frozenset({Role.PRIVACY_OFFICER})
MOST = 200


def show(visit: Visit) -> Response:
    """Months with how many people's data end in them; the people of one month; what waits today."""
    month = visit.asked("month")
    with visit.context.store.read() as tx:
        ends, due = keeping.outlook(tx, visit.tools, today_of(visit.now))
        months = Counter(_month(d) for d in ends)
        if not re.fullmatch(r"\d{4}-\d{2}", month):
            month = min((m for m in months if m >= f"{today_of(visit.now):%Y-%m}"), default="")
        of_month = sorted((d for d in ends if _month(d) == month), key=lambda d: d.due_on)[:MOST]
        people = tx.glance.people({d.seeker_id for d in (*of_month, *due[:MOST])})
    return visit.page(
        "retention.html",
        months=sorted(months.items()),
        month=month,
        rows=[(d, people[d.seeker_id]) for d in of_month if d.seeker_id in people],
        waits=[(d, people[d.seeker_id]) for d in due[:MOST] if d.seeker_id in people],
        rules=visit.tools.profile.retention,
        notice_days=visit.tools.profile.retention_notice.days_before,
        words="",
    )


def person(visit: Visit) -> Response:
    """Every clock of one person."""
    return _person_page(visit)


def hold(visit: Visit) -> Response:
    """Put a person's data under legal hold, with its ground, or lift it: nothing of them goes until then. Recorded."""
    ground, lift = visit.field("ground")[:200], visit.field("do") == "lift"
    if not lift and not ground:
        return _person_page(visit, 422, trouble="保全の理由を入力してください。")
    with visit.context.store.write() as tx:
        seeker = _find(tx, visit.field("member"))
        tx.seekers.change(seeker, legal_hold=None if lift else ground)
        tx.audit.append(visit.now, visit.actor, "seeker.hold_lifted" if lift else "seeker.hold_set",
                        seeker_id=seeker.id)  # fmt: skip
    onward = f"/staff/retention/person?member={quote(seeker.member_id)}"
    return visit.back_to(onward, "legal_hold_lifted" if lift else "legal_hold")


def export(visit: Visit) -> Response:
    """Everything about one person, after the password was typed again (reliability.md A26). Recorded."""
    if wrong := trouble_with_password(visit, "password"):
        return _person_page(visit, 422, trouble=wrong)
    with visit.context.store.write() as tx:
        told = disclose(Act(tx, visit.actor, visit.now), _find(tx, visit.field("member")), visit.tools)
    if visit.field("as") == "json":
        body = json.dumps(told, ensure_ascii=False, indent=1)
        return Response(body, media_type="application/json; charset=utf-8", headers=_AS_FILE)
    return visit.page("disclosure.html", told=told, alone=False, words="")


_AS_FILE = {"Content-Disposition": 'attachment; filename="disclosure.json"', "Cache-Control": "no-store"}


def _person_page(visit: Visit, status: int = 200, *, trouble: str = "") -> Response:
    member = visit.field("member") or visit.asked("member")
    with visit.context.store.read() as tx:
        found = tx.seekers.by_member_id(member) if member else None
        rows = keeping.calendar_of(tx, found.id, visit.tools) if found else ()
        told = tx.clocks.notices().get(found.id) if found else None
    return visit.page("clocks.html", status, member=member, seeker=found, rows=rows, told=told, trouble=trouble,
                      may_export=visit.staff.role in DISCLOSERS, words="")  # fmt: skip


def _find(tx: Tx, member: str) -> Seeker:
    found = tx.seekers.by_member_id(member) if member else None
    if found is None:
        raise NotFound()
    return found


def _month(due: Due) -> str:
    return due.due_on.isoformat()[:7]
