"""Erasures: what waits, what is under way, what is done; the certificate as a page to print."""

from __future__ import annotations

import json

from starlette.responses import Response

from intake.errors import NotFound
from intake.model import CaseState, Role
from intake.ports import CaseQuery
from intake.web.staff import scope
from intake.web.staff.visit import Visit

WHO = frozenset({Role.PRIVACY_OFFICER, Role.AUDITOR})
PAGE = 50


def show(visit: Visit) -> Response:
    """Approved and cooling off, under way with what holds it up, done."""
    before = visit.asked("before")
    last = int(before) if before.isdecimal() and len(before) < 16 else None
    with visit.context.store.read() as tx:
        scheduled = tx.cases.find(CaseQuery(states=(CaseState.SCHEDULED,), request="deletion", limit=200))
        seen = scope.visible(tx, visit.staff, scheduled)
        people = tx.glance.people({c.seeker_id for c in seen if c.seeker_id})
        rows = tx.erasures.newest(PAGE + 1, last)
        ids = tuple({r.case_id for r in rows if r.case_id})
        kept = {c.id: c.number for c in tx.cases.find(CaseQuery(ids=ids, limit=PAGE + 1))} if ids else {}
        numbers = {r.id: kept[r.case_id] for r in rows if r.case_id in kept}
        held = tx.erasures.held()
    return visit.page(
        "erasures.html",
        waiting=[(c, people[c.seeker_id].name if c.seeker_id in people else "") for c in seen],
        rows=rows[:PAGE],
        numbers=numbers,
        held=held[:PAGE],
        held_count=len(held),
        more=rows[PAGE - 1].id if len(rows) > PAGE else None,
        words="",
    )


def fields(visit: Visit) -> Response:
    """What a duty still holds of somebody erased, for whoever may ask to see the register. Recorded."""
    with visit.context.store.write() as tx:
        row = tx.erasures.get(int(visit.path["id"]))
        rows = [h for h in tx.erasures.held() if h.erasure_id == row.id]
        if not rows:
            raise NotFound()
        content = [(h, json.loads(tx.erasures.held_content(h.id) or b"{}")) for h in rows]
        tx.audit.append(visit.now, visit.actor, "held.read", seeker_id=row.seeker_id, detail={"erasure": row.id})
    return visit.page("held.html", row=row, content=content, words="")


def certificate(visit: Visit) -> Response:
    """One certificate, and whether the chain of records says the same."""
    with visit.context.store.read() as tx:
        row = tx.erasures.get(int(visit.path["id"]))
        recorded = tx.audit.of_seeker(row.seeker_id)
        proofs = [r for r in recorded if r.action == "erasure.certified" and dict(r.detail) == row.certificate]
        is_held = any(h.erasure_id == row.id for h in tx.erasures.held())
    may_read = is_held and visit.staff.role is Role.PRIVACY_OFFICER
    return visit.page("certificate.html", row=row, c=row.certificate, proof=proofs[0] if proofs else None,
                      may_read=may_read, words="")  # fmt: skip
