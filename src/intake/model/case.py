"""One request of one sender, from arrival to close; and the decision what to do with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from intake.model.inbox import Channel
from intake.model.meaning import Meaning
from intake.model.seeker import Match, Proof, Seeker, SeekerStatus

if TYPE_CHECKING:
    from intake.model.message import Message


class CaseState(StrEnum):
    """contract.md, ``cases --json``."""

    REVIEW = "review"
    AWAITING_PROOF = "awaiting_proof"
    SCHEDULED = "scheduled"
    DONE = "done"
    REFUSED = "refused"
    RETRACTED = "retracted"
    LAPSED = "lapsed"

    @property
    def is_open(self) -> bool:
        """True while something is still to be done."""
        return self in (CaseState.REVIEW, CaseState.AWAITING_PROOF, CaseState.SCHEDULED)


# why a case is in review: who wrote, or what was meant, is not established
DOUBTFUL_HOLDS = frozenset(
    {"unverified", "not_on_file", "keys_disagree", "unknown_member", "several_seekers", "no_register", "unsure",
     "unreadable", "contradiction", "no_reply"}
)  # fmt: skip

# the same by the policy that decided: staff may put another hold reason over it
DOUBTFUL_POLICIES = frozenset(
    {"authentication_fails", "nobody_is_identified", "several_seekers_fit", "the_register_is_empty",
     "reading_is_unsure", "wishes_contradict", "unreadable"}
)  # fmt: skip

SAID_TWICE_IS_SAID_ONCE = frozenset({"withdrawal", "deletion", "pause", "resume", "concierge_change", "reinstatement"})


@dataclass(frozen=True, slots=True)
class Case:
    """A row of the queue. What the person wrote is not here: it lies encrypted with the message."""

    id: int
    number: str  # shown to people, e.g. "A-000123"
    message_id: int
    request: str
    state: CaseState
    channel: Channel
    received_at: datetime
    seeker_id: int | None = None
    member_id: str | None = None
    hold_reason: str | None = None
    due_on: date | None = None
    confidence: float = 0.0
    sure: bool = False
    assignee: str | None = None
    proof: Proof = Proof.E0
    reasons: tuple[str, ...] = ()
    policy: str = ""  # the row of the policy table that decided
    version: int = 1
    sender_hash: bytes = b""  # keyed hash of the canonical From address, for threads and joining
    closed_at: datetime | None = None
    complaint: bool = False
    wake_on: date | None = None  # scheduled: the day it is looked at again

    @property
    def is_doubtful(self) -> bool:
        """True while nobody has established who wrote, or what they meant: others must not lean on such a case."""
        doubtful = self.hold_reason in DOUBTFUL_HOLDS or self.policy in DOUBTFUL_POLICIES
        return self.state is CaseState.REVIEW and doubtful

    def is_same_wish(self, request: str, now: datetime, within_days: int) -> bool:
        """Open, of the same request, lately arrived, and not in doubt (decisions.md, Duplicates).

        Only wishes that mean the same when said twice: a second decline is about another opening.
        """
        recent = abs(now - self.received_at) <= timedelta(days=within_days)
        same = self.request == request and request in SAID_TWICE_IS_SAID_ONCE
        return self.state.is_open and same and recent and not self.is_doubtful


@dataclass(frozen=True, slots=True)
class Situation:
    """All that is known when one request of one message is decided. Policies read nothing else."""

    request: str
    meaning: Meaning
    message: Message
    match: Match
    proof: Proof
    now: datetime
    today: date  # in Asia/Tokyo
    requests: tuple[str, ...]  # all requests of the message, this one among them
    open_cases: tuple[Case, ...] = ()  # of the matched seeker, or of the same From if none matched
    closed_cases: tuple[Case, ...] = ()  # of the same, closed within 30 days, newest first
    seekers_known: bool = True  # False: the register is empty
    app_authenticated: bool = False  # the request came through the logged-in app for this member
    entered_by: str | None = None
    archive: bool = False

    @property
    def seeker(self) -> Seeker | None:
        """The matched seeker; None where there are several or none."""
        return self.match.seeker


class Effect(StrEnum):
    """What carrying out does to the seeker's record; nothing else changes a record."""

    HOLD_OUTREACH = "hold_outreach"
    RELEASE_OUTREACH = "release_outreach"
    PAUSE = "pause"
    RESUME = "resume"
    WITHDRAW = "withdraw"
    REINSTATE = "reinstate"
    DROP_TARGETS = "drop_targets"  # retraction: the cases in Decision.targets become retracted


EFFECT_STATUS = {
    Effect.PAUSE: SeekerStatus.PAUSED,
    Effect.RESUME: SeekerStatus.ACTIVE,
    Effect.WITHDRAW: SeekerStatus.WITHDRAWN,
    Effect.REINSTATE: SeekerStatus.ACTIVE,
}


@dataclass(frozen=True, slots=True)
class TaskPlan:
    """A piece of work for a person: tell an employer, call, remind, update conditions."""

    kind: str  # tell_employer, call, remind, preferences, erase_document, new_concierge, read_message
    subject: str = ""  # code or company; no personal data of the seeker
    due_on: date | None = None
    assignee: str | None = None


NEEDLESS = "needless:"  # begins ``done_by`` of a task that nobody did: its case ended otherwise, and with which event


@dataclass(frozen=True, slots=True)
class Task:
    """A stored task."""

    id: int
    case_id: int
    plan: TaskPlan
    done_at: datetime | None = None
    done_by: str | None = None

    @property
    def is_needless(self) -> bool:
        """Ended without being done: what it was for is no longer asked."""
        return (self.done_by or "").startswith(NEEDLESS)


@dataclass(frozen=True, slots=True)
class LinkPlan:
    """A link is to go to the address on file; ``what`` is the act it proves (the case's request)."""

    what: str


@dataclass(frozen=True, slots=True)
class ReplyPlan:
    """Which mail answers, and to whom: ``file`` the address on file, ``sender`` the From address."""

    template: str  # a folder of templates/replies/
    to: str  # "file" or "sender"
    link: LinkPlan | None = None
    neutral: bool = False  # same words for known and unknown: nothing personal in it


@dataclass(frozen=True, slots=True)
class Decision:
    """What the policy table says for one request. ``policy`` names the row, ``reason`` says why in a code."""

    request: str
    policy: str
    reason: str
    state: CaseState
    hold_reason: str | None = None
    effects: tuple[Effect, ...] = ()
    reply: ReplyPlan | None = None
    no_reply: str | None = None  # the stated reason, where ``reply`` is None
    tasks: tuple[TaskPlan, ...] = ()
    assign: str | None = None  # "lead", "concierge", or a staff name
    due_on: date | None = None
    wake_on: date | None = None
    joins: int | None = None  # id of the open case that this wish belongs to
    targets: tuple[int, ...] = ()  # cases that a retraction drops
    fulfils: tuple[int, ...] = ()  # other open cases of the same wish that are done with this one
    closes_quietly: bool = False  # thanks after a closed case: message ends joined to it
    trail: tuple[str, ...] = field(default_factory=tuple)  # every policy asked, with its answer, in order
