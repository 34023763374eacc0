"""Erasures: what waits, what is under way, what is done; the certificate as a page to print."""

from __future__ import annotations

from starlette.responses import Response

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
        waiting = [(c, tx.seekers.get(c.seeker_id).name if c.seeker_id else "") for c in scheduled]
        waiting = [row for row in waiting if scope.may_see(tx, visit.staff, row[0])]
        rows = tx.erasures.newest(PAGE + 1, last)
        numbers = {r.id: case.number for r in rows if r.case_id and (case := scope.find_case(tx, r.case_id))}
        held = tx.erasures.held()
    return visit.page(
        "erasures.html",
        waiting=waiting,
        rows=rows[:PAGE],
        numbers=numbers,
        held=held,
        more=rows[PAGE - 1].id if len(rows) > PAGE else None,
        words="",
    )


def certificate(visit: Visit) -> Response:
    """One certificate, and whether the chain of records says the same."""
    with visit.context.store.read() as tx:
        row = tx.erasures.get(int(visit.path["id"]))
        recorded = tx.audit.of_seeker(row.seeker_id)
    proofs = [r for r in recorded if r.action == "erasure.certified" and dict(r.detail) == row.certificate]
    return visit.page("certificate.html", row=row, c=row.certificate, proof=proofs[0] if proofs else None, words="")
