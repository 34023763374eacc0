"""What a way is, and the simplest ones."""

from __future__ import annotations

from dataclasses import dataclass

from tests.bench.desk import Ask, Make
from tests.integration.web_parts import ADMIN, AUDITOR, LEAD, PRIVACY, SATO

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Way:
    """``make`` prepares the n-th request, unmeasured."""

    name: str
    make: Make


TABS = ("mine", "unassigned", "all", "waiting", "scheduled", "done")


WITH_CASES = ((LEAD, "lead"), (SATO, "reviewer"), (PRIVACY, "privacy"), (AUDITOR, "auditor"), (ADMIN, "admin"))


def pages(who: str, *urls: str) -> Make:
    """Pages asked for in turn."""
    return lambda d, n: d.get(who, urls[n % len(urls)])


def plain(name: str, who: str, url: str) -> tuple[Way, ...]:
    """One page that is always the same."""
    return (Way(name, pages(who, url)),)


def stranger(url: str) -> Make:
    """By somebody who is not signed in."""
    return lambda d, n: Ask(d.stranger(), "GET", url)
