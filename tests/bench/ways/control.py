"""Figures, what came and failed, erasures, terms, the trail, how everything runs."""

from __future__ import annotations

from tests.bench.desk import Ask, Desk, Make
from tests.bench.ways.parts import Key, Way, plain
from tests.integration.web_parts import ADMIN, AUDITOR, LEAD, PASSWORD, PRIVACY, SATO


def _anew(path: str) -> Make:
    """Another range each time, so that nothing counted before serves."""
    return lambda d, n: d.get(LEAD, f"{path}{'&' if '?' in path else '?'}from=2026-08-{1 + n % 28:02d}"
                                    f"&to=2026-{10 + n // 28 % 2}-15")  # fmt: skip


def _held(d: Desk, n: int) -> Ask:
    with d.house.store.read() as tx:
        held = tx.erasures.held()
    return d.post(PRIVACY, f"/staff/erasures/{held[n % len(held)].erasure_id}/held")


def _certificate(d: Desk, n: int) -> Ask:
    return d.get(PRIVACY, f"/staff/erasures/{1 + n}")


def _replay(d: Desk, n: int) -> Ask:
    with d.house.store.read() as tx:
        jobs = tx.webhooks.find("sent", limit=50)
    return d.post(ADMIN, "/staff/deliveries", event=str(jobs[n % len(jobs)].seq))


def _connection(d: Desk, n: int) -> Ask:
    sent = d.post(ADMIN, "/staff/connections").send()
    return d.get(ADMIN, sent.headers["location"])


WAYS: dict[Key, tuple[Way, ...]] = {
    ("GET", "/staff/machine"): (
        *plain("machine mail", LEAD, "/staff/machine"),
        Way("machine mail, in the middle", lambda d, n: d.get(LEAD, f"/staff/machine?before={d.newest // 2 - n}")),
    ),
    ("GET", "/staff/machine/{id:int}"): (
        Way("machine mail, one", lambda d, n: d.get(LEAD, f"/staff/machine/{d.machines[n % len(d.machines)]}")),
    ),
    ("GET", "/staff/failed"): (
        *plain("failed (lead)", LEAD, "/staff/failed"),
        *plain("failed (reviewer)", SATO, "/staff/failed"),
    ),
    ("GET", "/staff/failed/{id:int}"): (
        Way("failed, one", lambda d, n: d.get(LEAD, f"/staff/failed/{d.stuck(n)}")),
    ),
    ("POST", "/staff/failed/{id:int}/again"): (
        Way("failed, tried again", lambda d, n: d.post(LEAD, f"/staff/failed/{d.stuck(n)}/again")),
    ),
    ("POST", "/staff/failed/{id:int}/case"): (
        Way("failed, a case by hand", lambda d, n: d.post(LEAD, f"/staff/failed/{d.stuck(n)}/case")),
    ),
    ("POST", "/staff/failed/cases/{number}/again"): (
        Way("failed, opened once more", lambda d, n: d.post(LEAD, f"/staff/failed/cases/{d.shut().number}/again")),
    ),
    ("GET", "/staff/figures"): (
        Way("figures, counted anew", _anew("/staff/figures")),
        *plain("figures, kept", LEAD, "/staff/figures"),
        *plain("figures of two years", LEAD, "/staff/figures?from=2024-11-16&to=2026-11-15"),
    ),
    ("GET", "/staff/figures.csv"): (Way("figures.csv", _anew("/staff/figures.csv?table=arrivals")),),
    ("GET", "/staff/erasures"): plain("erasures", PRIVACY, "/staff/erasures"),
    ("GET", "/staff/erasures/{id:int}"): (Way("certificate", _certificate),),
    ("POST", "/staff/erasures/{id:int}/held"): (Way("fields held", _held),),
    ("GET", "/staff/retention"): (
        *plain("retention", PRIVACY, "/staff/retention"),
        *plain("retention, a month", PRIVACY, "/staff/retention?month=2028-03"),
    ),
    ("GET", "/staff/retention/person"): plain("retention of one", PRIVACY, "/staff/retention/person?member=M-20005"),
    ("POST", "/staff/retention/hold"): (
        Way("legal hold", lambda d, n: d.post(PRIVACY, "/staff/retention/hold", member=d.member(n), do="set",
                                              ground="訴訟")),
    ),
    ("POST", "/staff/retention/export"): (
        Way("disclosure", lambda d, n: d.post(PRIVACY, "/staff/retention/export", member=d.member(n),
                                              password=PASSWORD)),
    ),
    ("GET", "/staff/audit"): (
        *plain("audit", AUDITOR, "/staff/audit"),
        Way("audit, in the middle", lambda d, n: d.get(LEAD, f"/staff/audit?before={d.newest // 2 - n}")),
    ),
    ("POST", "/staff/audit"): (Way("audit verified", lambda d, n: d.post(AUDITOR, "/staff/audit")),),
    ("GET", "/staff/health"): plain("health", LEAD, "/staff/health"),
    ("GET", "/staff/deliveries"): (
        *plain("deliveries", ADMIN, "/staff/deliveries"),
        *plain("deliveries, failed", ADMIN, "/staff/deliveries?state=failed"),
    ),
    ("POST", "/staff/deliveries"): (
        Way("one told again", _replay),
        Way("all that failed told again", lambda d, n: d.post(ADMIN, "/staff/deliveries")),
    ),
    ("GET", "/staff/connections"): (
        *plain("connections", ADMIN, "/staff/connections"),
        Way("connections, a test under way", _connection),
    ),
    ("POST", "/staff/connections"): (Way("connections tested", lambda d, n: d.post(ADMIN, "/staff/connections")),),
}  # fmt: skip
