"""Every route of the web pages and how the bench asks for it; a route that is in no table here fails a test.

A way is named by what is asked; several ways may lead to one route (a tab, a search, a monster).
"""

from __future__ import annotations

from collections.abc import Iterator

from starlette.applications import Starlette
from starlette.routing import Mount, Route

from intake.web.api.endpoints import ENDPOINTS
from intake.web.api.routes import PREFIX
from tests.bench.ways import accounts, cases, control, lists, outside, words
from tests.bench.ways.parts import Key, Way

WAYS: dict[Key, tuple[Way, ...]] = {
    key: ways for part in (lists, cases, words, control, accounts, outside) for key, ways in part.WAYS.items()
}
EXCEPTIONS: dict[Key, str] = {
    ("GET", "/staff/sign-in/oidc"): "waits for the agency's own provider; a redirect without a look at the cases",
    ("GET", "/staff/sign-in/oidc/back"): "waits for the agency's own provider; no look at the cases",
    ("GET", "/staff/me/oidc"): "waits for the agency's own provider; no look at the cases",
    ("POST", "/staff/sign-in/passkey"): "wants an authenticator's signature; one account and its keys are read",
    ("POST", "/staff/me/passkeys"): "wants an authenticator's answer; one account and its keys are read",
}


def routes_of(app: Starlette) -> Iterator[Key]:
    """Every (method, path) that the application answers; files of ``/static`` are the file system's."""
    served = {(e.method, PREFIX + e.path) for e in ENDPOINTS}
    for route in app.routes:
        if isinstance(route, Mount):
            inner = [r for r in route.routes if isinstance(r, Route)]
            yield from ((m, route.path + r.path) for r in inner for m in sorted(r.methods or ()) if m != "HEAD")
        elif isinstance(route, Route) and route.path.startswith(PREFIX):
            yield from ((m, p) for m, p in served if p == route.path)
        elif isinstance(route, Route) and route.path != "/api/{rest:path}":  # nowhere: answers 404 without a look
            yield from ((m, route.path) for m in sorted(route.methods or ()) if m != "HEAD")


__all__ = ["EXCEPTIONS", "WAYS", "Way", "routes_of"]
