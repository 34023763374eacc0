"""What the agency's own system is told: events, read from the audit chain that every act writes in its own commit.

So nothing is told that did not happen, and nothing happens untold. An event names the person by our number and, while
the record is there, by the member number; of words, addresses or names there is nothing in it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from intake.model import Case, CaseState, Seeker
from intake.ports import AuditRow, CaseQuery, Tx

EVENTS: Mapping[str, str] = {  # action of the audit chain → event
    "seeker.hold_outreach": "seeker.outreach_held",
    "seeker.release_outreach": "seeker.outreach_released",
    "seeker.pause": "seeker.paused",
    "seeker.resume": "seeker.resumed",
    "seeker.withdraw": "seeker.withdrawn",
    "seeker.reinstate": "seeker.reinstated",
    "seeker.concierge_changed": "seeker.concierge_changed",
    "seeker.preferences_changed": "seeker.preferences_changed",
    "erasure.planned": "seeker.erasure_begun",
    "erasure.certified": "seeker.erased",  # our number is all that is left to name the person by
    "case.opened": "case.opened",
    "task.opened": "task.opened",
    "task.done": "task.done",
    "task.dropped": "task.dropped",
}
CASE_EVENTS = ("case.changed", "case.closed")  # from every row of a case that tells before and after
TOLD = ("status", "before", "after", "hold_reason", "hold", "kind", "task", "request", "state", "reason")
PAGE, MOST_PAGES = 500, 4
FIRST_LOOK = timedelta(days=1)
CURSOR = "webhooks_out.cursor"


def event_type(row: AuditRow) -> str | None:
    """Which event a row of the chain is; None if nobody outside is told."""
    found = EVENTS.get(row.action)
    if found is not None or not row.action.startswith("case."):
        return found
    before, after = row.detail.get("before"), row.detail.get("after")
    if before is None or before == after:
        return None
    return "case.changed" if after in {s.value for s in CaseState if s.is_open} else "case.closed"


def types() -> tuple[str, ...]:
    """All events there are."""
    return tuple(dict.fromkeys((*EVENTS.values(), *CASE_EVENTS)))


def event_of(tx: Tx, row: AuditRow, kind: str) -> dict[str, Any]:
    """The event as the API gives it and webhooks carry it. ``cursor`` is where to go on from."""
    return _events_of(tx, [(row, kind)])[0]


def _events_of(tx: Tx, rows: Sequence[tuple[AuditRow, str]]) -> tuple[dict[str, Any], ...]:
    """Events in their order; people and cases are read once for all of them."""
    people = tx.glance.people({r.seeker_id for r, _ in rows if r.seeker_id is not None})
    ids = tuple({r.case_id for r, _ in rows if r.case_id is not None})
    cases = {c.id: c for c in tx.cases.find(CaseQuery(ids=ids, limit=len(ids)))} if ids else {}
    return tuple(_event(row, kind, people, cases) for row, kind in rows)


def _event(row: AuditRow, kind: str, people: Mapping[int, Seeker], cases: Mapping[int, Case]) -> dict[str, Any]:
    return {
        "id": f"evt_{row.seq}",
        "cursor": row.seq,
        "type": kind,
        "timestamp": row.at.isoformat(),
        "data": {
            "seeker": _seeker(row.seeker_id, people),
            "case": _case(cases.get(row.case_id or 0)),
            **{name: row.detail[name] for name in TOLD if row.detail.get(name) is not None},
        },
    }


@dataclass(frozen=True, slots=True)
class Page:
    """Events, and the place in the chain from which to go on."""

    events: tuple[dict[str, Any], ...]
    cursor: int
    more: bool


def pull(tx: Tx, after: int, kinds: frozenset[str], limit: int) -> Page:
    """Events above ``after`` (of ``kinds``, if any are named), oldest first. At most two thousand rows are walked."""
    found: list[tuple[AuditRow, str]] = []
    for _ in range(MOST_PAGES):
        rows = tx.audit.after(after, PAGE)
        for row in rows:
            after, kind = row.seq, event_type(row)
            if kind is not None and (not kinds or kind in kinds):
                found.append((row, kind))
                if len(found) == limit:
                    return Page(_events_of(tx, found), after, bool(tx.audit.after(after, 1)))
        if len(rows) < PAGE:
            return Page(_events_of(tx, found), after, False)
    return Page(_events_of(tx, found), after, True)


def payload(tx: Tx, seq: int) -> bytes | None:
    """The body of the webhook for a row; None where that row is no event."""
    rows = tx.audit.after(seq - 1, 1)
    kind = event_type(rows[0]) if rows and rows[0].seq == seq else None
    if kind is None:
        return None
    return json.dumps(event_of(tx, rows[0], kind), ensure_ascii=False, separators=(",", ":")).encode()


def collect(tx: Tx, now: datetime) -> int:
    """Queue deliveries of what happened since the last look; the first time, of the last day."""
    at = tx.meta.get(CURSOR)
    rows = tx.audit.after(_a_day_ago(tx, now) if at is None else int(at), PAGE)
    if not rows:
        return 0
    queued = tx.webhooks.enqueue([r.seq for r in rows if event_type(r) is not None], now)
    tx.meta.put(CURSOR, str(rows[-1].seq))
    return queued


def _a_day_ago(tx: Tx, now: datetime) -> int:
    """Where the chain stood: years of history are no news to a system that is told for the first time."""
    rows = tx.audit.tail(PAGE)
    at = rows[0].seq if rows else 0
    while recent := [r.seq for r in rows if r.at >= now - FIRST_LOOK]:
        at = recent[-1] - 1
        rows = tx.audit.tail(PAGE, rows[-1].seq)
    return at


def is_news(tx: Tx) -> bool:
    """True where ``collect`` has something to do."""
    return bool(tx.audit.after(int(tx.meta.get(CURSOR) or 0), 1))


def _seeker(seeker_id: int | None, people: Mapping[int, Seeker]) -> dict[str, Any] | None:
    if seeker_id is None:
        return None
    found = people.get(seeker_id)  # erased: our number is all that is left
    return {"id": seeker_id, "member_id": found.member_id if found else None}


def _case(case: Case | None) -> dict[str, Any] | None:
    if case is None:
        return None
    return {"number": case.number, "request": case.request, "state": case.state.value}
