"""Is everything running, and what was done: health and the audit trail."""

from __future__ import annotations

from starlette.responses import Response

from intake.model import Role
from intake.ports import AuditRow, Tx
from intake.web.staff import scope, speech, verifying
from intake.web.staff.issues import in_words
from intake.web.staff.visit import Visit

PAGE = 100


def health(visit: Visit) -> Response:
    """What is wrong, in words; how much waits and how it ended."""
    issues = visit.context.health()
    with visit.context.store.read() as tx:
        inbox, outbox = tx.inbox.backlog(visit.now), tx.outbox.backlog(visit.now)
        ends, mails = tx.inbox.counts(), tx.outbox.counts()
    return visit.page(
        "health.html", issues=issues, in_words=in_words, inbox=inbox, outbox=outbox, ends=ends, mails=mails, words=""
    )


def audit(visit: Visit) -> Response:
    """The trail, newest first."""
    return _audit(visit)


def verify(visit: Visit) -> Response:
    """Recompute the hash chain from its first row; a long one goes on beside the pages, and this one tells how far."""
    verifying.begin(visit.context.store, visit.now)
    return visit.back_to("/staff/audit")


def _audit(visit: Visit) -> Response:
    before = visit.asked("before")
    with visit.context.store.read() as tx:
        rows = tx.audit.tail(PAGE + 1, int(before) if before.isdecimal() and len(before) < 19 else None)
        numbers = _numbers(tx, visit, rows[:PAGE])
    shown = [(r, _number(r, numbers)) for r in rows[:PAGE]]
    return visit.page(
        "audit.html",
        rows=[(r, n) for r, n in shown if n is not None],
        more=rows[PAGE - 1].seq if len(rows) > PAGE else None,
        verification=verifying.latest(visit.context.store),
        event=speech.of_event,
        actor=speech.of_actor,
        words="",
    )


def _numbers(tx: Tx, visit: Visit, rows: list[AuditRow]) -> dict[int, str | None]:
    """Numbers of the rows' cases by id: None where the case is not theirs to read; gone ones are missing."""
    seen, hidden = scope.cases_of(tx, visit.staff, {r.case_id for r in rows if r.case_id is not None})
    found: dict[int, str | None] = {i: case.number for i, case in seen.items()}
    auditor = visit.staff.role is Role.AUDITOR
    return found | {i: tx.cases.get(i).number if auditor else None for i in hidden}


def _number(row: AuditRow, numbers: dict[int, str | None]) -> str | None:
    """The number of the row's case, "" where it has none (any more); None where the row is not theirs to read."""
    return numbers.get(row.case_id, "") if row.case_id is not None else ""
