"""The person registered with the agency, and who a message may be from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum, StrEnum


class SeekerStatus(StrEnum):
    """``erased`` rows do not exist: erasure removes the row."""

    ACTIVE = "active"
    PAUSED = "paused"
    WITHDRAWN = "withdrawn"
    INVALID = "invalid"


class Stage(IntEnum):
    """How far a selection has come; a later stage disturbs others more (domain.md)."""

    CLOSED = -1
    NONE = 0
    INTRODUCED = 1
    APPLIED = 2
    SCREENING = 3
    INTERVIEW_FIXED = 4
    FINAL_PENDING = 5
    OFFERED = 6


@dataclass(frozen=True, slots=True)
class Application:
    """A seeker's application to an opening."""

    id: int
    company: str
    stage: Stage
    self_applied: bool = False
    interview_at: datetime | None = None

    @property
    def is_running(self) -> bool:
        """True while an employer or the concierge still works on it."""
        return self.stage > Stage.NONE


@dataclass(frozen=True, slots=True)
class Seeker:
    """A row of the agency's register. ``version`` grows with each change."""

    id: int
    member_id: str
    name: str
    kana: str = ""
    addresses: tuple[str, ...] = ()  # the first is where mails go
    phones: tuple[str, ...] = ()
    status: SeekerStatus = SeekerStatus.ACTIVE
    status_since: date | None = None
    registered_via: str = ""  # "office", "online" or "" (unknown: ask, do not guess)
    concierge: str | None = None  # staff name
    legal_hold: str | None = None  # the ground, None if none
    invalid_on: date | None = None
    withdrawn_on: date | None = None
    outreach_held_at: datetime | None = None  # no introductions since then
    resume_on: date | None = None
    password_hash: str | None = None
    applications: tuple[Application, ...] = ()
    version: int = 1
    deputy: str | None = None  # staff name: gets the cases while the concierge is away
    preferences: tuple[tuple[str, str], ...] = ()  # conditions as last accepted: (field, value)

    @property
    def address(self) -> str | None:
        """Where mails for this person go; None if no address is on file."""
        return self.addresses[0] if self.addresses else None

    @property
    def running(self) -> tuple[Application, ...]:
        """Applications that still run, furthest first."""
        return tuple(sorted((a for a in self.applications if a.is_running), key=lambda a: -a.stage))

    @property
    def furthest_stage(self) -> Stage:
        """How far the furthest running application has come."""
        return max((a.stage for a in self.applications if a.is_running), default=Stage.NONE)


class MatchKind(StrEnum):
    """How many seekers a message fits."""

    ONE = "one"
    SEVERAL = "several"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A seeker a message may be from, with the score and the fields that agree or disagree."""

    seeker: Seeker
    score: float
    reasons: tuple[str, ...]  # "address", "member_id", "name", "phone", "-name" (disagrees) ...


@dataclass(frozen=True, slots=True)
class Match:
    """``on_file``: the From address is one of the matched seeker's. A name alone never matches."""

    kind: MatchKind
    seeker: Seeker | None = None
    score: float = 0.0
    reasons: tuple[str, ...] = ()
    on_file: bool = False
    candidates: tuple[Candidate, ...] = ()


class Proof(IntEnum):
    """The evidence ladder (decisions.md)."""

    E0 = 0  # content only
    E1 = 1  # From on file with an aligned pass of our own authserv-id or our own check
    E2 = 2  # POST from a link sent to the address on file, or the logged-in app for that member
    E3 = 3  # staff's recorded telephone or counter check
