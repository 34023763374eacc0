"""People who work here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Role(StrEnum):
    """decisions.md, "Webhooks, files, people"."""

    REVIEWER = "reviewer"
    LEAD = "lead"
    PRIVACY_OFFICER = "privacy_officer"
    ADMIN = "admin"
    AUDITOR = "auditor"


FURTHER_NOTICE = date(9999, 12, 31)  # the last day of an absence whose end nobody knows


@dataclass(frozen=True, slots=True)
class StaffMember:
    """An account. ``lead`` is the name of this person's lead."""

    id: int
    name: str
    role: Role
    lead: str | None = None
    active: bool = True
    away_until: date | None = None  # the last day of absence

    def is_here(self, today: date) -> bool:
        """True for an open account whose person is not away."""
        return self.active and (self.away_until is None or today > self.away_until)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did something: ("staff", "佐藤") or ("system", "worker") or ("seeker", "link")."""

    kind: str
    name: str
