"""What the agency's own system was told: deliveries, and telling it again."""

from __future__ import annotations

from starlette.responses import Response

from intake.model import Actor
from intake.pipeline import announce
from intake.web.staff.visit import Visit

PAGE = 100


def show(visit: Visit) -> Response:
    """Deliveries, newest first; those that failed by themselves."""
    failed = visit.asked("state") == "failed"
    with visit.context.store.read() as tx:
        jobs = tx.webhooks.find("failed" if failed else None, limit=PAGE)
        rows = tx.audit.rows({job.seq for job in jobs})
        kinds = {job.seq: announce.event_type(rows[job.seq]) if job.seq in rows else None for job in jobs}
        counts = tx.webhooks.counts()
    where = visit.context.settings.webhooks_out_url
    return visit.page("deliveries.html", jobs=jobs, kinds=kinds, counts=counts, failed=failed, where=where, words="")


def replay(visit: Visit) -> Response:
    """One again, or all that failed: the receiver knows an event by its id."""
    one = visit.field("event")
    seqs = [int(one)] if one.isascii() and one.isdigit() and len(one) < 16 else []
    with visit.context.store.write() as tx:
        count = tx.webhooks.replay(visit.now, seqs=seqs, failed=not seqs)
        tx.audit.append(visit.now, Actor("staff", visit.staff.name), "webhooks.replayed", detail={"count": count})
    return visit.back_to("/staff/deliveries")
