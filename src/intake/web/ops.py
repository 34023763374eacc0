"""For machines that watch: /healthz, /readyz, /metrics. Counts and ages, nothing personal."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from intake.errors import IntakeError
from intake.web.context import WebContext, context_of


async def healthz(request: Request) -> Response:
    """What is wrong, in words; 503 if anything is."""
    issues = await run_in_threadpool(context_of(request).health)
    return JSONResponse({"healthy": not issues, "issues": issues}, 503 if issues else 200)


async def readyz(request: Request) -> Response:
    """Whether requests can be served."""
    try:
        await run_in_threadpool(context_of(request).store.ping)
    except IntakeError as e:
        return JSONResponse({"ready": False, "issues": [str(e)]}, 503)
    return JSONResponse({"ready": True, "issues": []})


async def metrics(request: Request) -> Response:
    """Prometheus text format."""
    text = await run_in_threadpool(_metrics, context_of(request))
    return PlainTextResponse(text, media_type="text/plain; version=0.0.4")


def _metrics(context: WebContext) -> str:
    registry = CollectorRegistry()
    messages = Gauge("intake_messages", "Accepted messages by their end", ["end"], registry=registry)
    mails = Gauge("intake_mails", "Mails of the outbox by state", ["state"], registry=registry)
    waiting = Gauge("intake_waiting", "What waits", ["queue"], registry=registry)
    oldest = Gauge("intake_oldest_seconds", "Age of the oldest that waits", ["queue"], registry=registry)
    now = context.clock()
    with context.store.read() as tx:
        for end, count in tx.inbox.counts().items():
            messages.labels(end).set(count)
        for state, count in tx.outbox.counts().items():
            mails.labels(state).set(count)
        for queue, backlog in (("inbox", tx.inbox.backlog(now)), ("outbox", tx.outbox.backlog(now))):
            waiting.labels(queue).set(backlog.waiting)
            oldest.labels(queue).set((now - backlog.oldest_at).total_seconds() if backlog.oldest_at else 0)
    return generate_latest(registry).decode()


ROUTES = [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]
