"""Counts for the page of figures. No row of them says anything of a person, so they outlive every erasure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Cases received on one day (Asia/Tokyo) for one request by one channel."""

    day: date
    request: str
    channel: str
    count: int


@dataclass(frozen=True, slots=True)
class Endings:
    """Cases closed, by request, whether no person had a hand in them, and how long they took."""

    request: str
    alone: bool
    within: str  # a key of SPANS
    count: int


SPANS = (("minute", 60), ("ten_minutes", 600), ("hour", 3600), ("day", 86_400), ("three_days", 259_200),
         ("week", 604_800), ("longer", 0))  # fmt: skip


class FiguresRepo(Protocol):
    """All of ``since`` up to, not with, ``until``."""

    def arrivals(self, since: datetime, until: datetime) -> list[Arrivals]:
        """By the day of receipt."""
        ...

    def endings(self, since: datetime, until: datetime) -> list[Endings]:
        """By the day of closing; ``alone``: no act of staff stands in the case's trail."""
        ...

    def waiting(self, since: datetime, until: datetime) -> dict[str, int]:
        """Cases received that wait for staff now, by request."""
        ...

    def acknowledged(self, since: datetime, until: datetime) -> dict[str, int]:
        """Messages that got their first mail, by the time it took (keys of SPANS)."""
        ...

    def reasons(self, since: datetime, until: datetime) -> dict[str, int]:
        """Stated reasons of withdrawals received; a case with two counts for both, ``""`` where none was given."""
        ...

    def concierge_changes(self, since: datetime, until: datetime) -> dict[str, int]:
        """Changes carried out, by the name of the concierge who was left."""
        ...

    def judged(self, since: datetime, until: datetime) -> list[tuple[date, bool, int]]:
        """(day, whether the reading was confirmed, how many) of readings that staff looked at."""
        ...
