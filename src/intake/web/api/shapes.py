"""What goes in and out, as pydantic models: they check, render, and are the schemas of ``/api/openapi.json``."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from intake.model import Application, Case, Seeker, SeekerStatus, Stage, Task
from intake.pipeline.enrol import EARLIEST, LATEST

Status = Literal["active", "paused", "withdrawn", "invalid"]
StageName = Literal["introduced", "applied", "screening", "interview_fixed", "final_pending", "offered", "closed"]
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]")


def _clean(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("control characters cannot be used")
    return text.strip()


def _address(text: str) -> str:
    if text.count("@") < 1 or any(c.isspace() for c in text):
        raise ValueError("this is no mail address")
    return text


def _filled(text: str) -> str:
    if not text:
        raise ValueError("must not be blank")
    return text


def _in_range(at: datetime) -> datetime:
    if not EARLIEST.year < at.year < LATEST.year:
        raise ValueError("this day cannot be used")
    return at


Text = Annotated[str, Field(max_length=500), AfterValidator(_clean)]
Filled = Annotated[Text, AfterValidator(_filled)]
Email = Annotated[Filled, AfterValidator(_address)]
Day = Annotated[date, Field(ge=EARLIEST, le=LATEST)]
Moment = Annotated[AwareDatetime, AfterValidator(_in_range)]
MemberId = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_clean), AfterValidator(_filled)]


class Given(BaseModel):
    """Unknown fields are refused: a slip of the pen must not be lost silently."""

    model_config = ConfigDict(extra="forbid")


class SeekerFields(Given):
    """A seeker as the agency's system knows them. Fields that are left out stay as they are."""

    name: Filled | None = None
    kana: Text | None = None
    emails: Annotated[list[Email], Field(max_length=10)] | None = None
    phones: Annotated[list[Filled], Field(max_length=10)] | None = None
    status: Status | None = None
    status_since: Day | None = None
    registered_via: Literal["office", "online", ""] | None = None
    concierge: Text | None = None
    deputy: Text | None = None
    legal_hold: Text | None = None
    invalid_since: Day | None = None
    password_hash: Text | None = None
    preferences: Annotated[dict[Filled, Filled], Field(max_length=30)] | None = None


class SeekerPost(SeekerFields):
    """The same with the member number."""

    member_id: MemberId


class ApplicationFields(Given):
    """An application; (member, company) names it."""

    company: Filled
    stage: StageName
    self_applied: bool = False
    interview_at: Moment | None = None


class ApplicationPost(ApplicationFields):
    """The same with the member number."""

    member_id: MemberId


class Shown(BaseModel):
    """What goes out."""

    model_config = ConfigDict(frozen=True)


class ApplicationShown(Shown):
    """An application."""

    id: int
    company: str
    stage: StageName
    self_applied: bool
    interview_at: datetime | None


class Change(Shown):
    """A day in the history of a seeker's status."""

    on: date
    status: Status


class SeekerShown(Shown):
    """A seeker. ``id`` is our number: it stays the same, and after an erasure it is all that is left."""

    id: int
    member_id: str
    name: str
    kana: str
    emails: list[str]
    phones: list[str]
    status: Status
    status_since: date | None
    registered_via: Literal["office", "online", ""]
    concierge: str | None
    deputy: str | None
    legal_hold: str | None
    invalid_since: date | None
    withdrawn_on: date | None
    outreach_held_at: datetime | None
    resume_on: date | None
    preferences: dict[str, str]
    applications: list[ApplicationShown]
    history: list[Change]


class CaseShown(Shown):
    """A case, as ``intake cases --json`` writes it."""

    id: int
    number: str
    message: int
    request: str
    seeker: str | None
    state: Literal["review", "awaiting_proof", "scheduled", "done", "refused", "retracted", "lapsed"]
    hold_reason: str | None
    channel: Literal["email", "form", "app", "phone"]
    received_at: datetime
    due_on: date | None
    confidence: float
    assignee: str | None
    reasons: list[str]
    proof: Literal["E0", "E1", "E2", "E3"]
    complaint: bool
    closed_at: datetime | None


class TaskShown(Shown):
    """A piece of work for a person. ``done_by`` begins with ``needless:`` where its case ended otherwise."""

    id: int
    case: str
    seeker: str | None
    kind: str
    subject: str
    due_on: date | None
    assignee: str | None
    done_at: datetime | None
    done_by: str | None


class EventShown(Shown):
    """Something that happened."""

    id: str
    cursor: int
    type: str
    timestamp: datetime
    data: dict[str, Any]


class Seekers(Shown):
    """A page of the register. ``next``: the value of ``after`` for the following page, null at the end."""

    data: list[SeekerShown]
    next: int | None


class Applications(Shown):
    """All applications of a seeker."""

    data: list[ApplicationShown]


class Cases(Shown):
    """A page of cases, oldest first."""

    data: list[CaseShown]
    next: int | None


class Tasks(Shown):
    """Open tasks, the nearest day first."""

    data: list[TaskShown]


class Events(Shown):
    """Events, oldest first. ``cursor``: the value of ``after`` for the next call, also where nothing came."""

    data: list[EventShown]
    cursor: int
    more: bool


def application_shown(a: Application) -> ApplicationShown:
    """An application as it goes out."""
    name: Any = Stage(a.stage).name.lower()
    return ApplicationShown(
        id=a.id, company=a.company, stage=name, self_applied=a.self_applied, interview_at=a.interview_at
    )


def seeker_shown(s: Seeker, history: list[tuple[date, str]]) -> SeekerShown:
    """A seeker as they go out; never the password's hash."""
    via: Any = s.registered_via
    return SeekerShown(
        id=s.id,
        member_id=s.member_id,
        name=s.name,
        kana=s.kana,
        emails=list(s.addresses),
        phones=list(s.phones),
        status=s.status.value,
        status_since=s.status_since,
        registered_via=via,
        concierge=s.concierge,
        deputy=s.deputy,
        legal_hold=s.legal_hold,
        invalid_since=s.invalid_on,
        withdrawn_on=s.withdrawn_on,
        outreach_held_at=s.outreach_held_at,
        resume_on=s.resume_on,
        preferences=dict(s.preferences),
        applications=[application_shown(a) for a in s.applications],
        history=[Change(on=on, status=SeekerStatus(status).value) for on, status in history],
    )


def case_shown(c: Case) -> CaseShown:
    """A case as it goes out."""
    proof: Any = f"E{int(c.proof)}"
    return CaseShown(
        id=c.id,
        number=c.number,
        message=c.message_id,
        request=c.request,
        seeker=c.member_id,
        state=c.state.value,
        hold_reason=c.hold_reason,
        channel=c.channel.value,
        received_at=c.received_at,
        due_on=c.due_on,
        confidence=round(c.confidence, 4),
        assignee=c.assignee,
        reasons=list(c.reasons),
        proof=proof,
        complaint=c.complaint,
        closed_at=c.closed_at,
    )


def task_shown(t: Task, case: Case) -> TaskShown:
    """A task as it goes out."""
    return TaskShown(
        id=t.id,
        case=case.number,
        seeker=case.member_id,
        kind=t.plan.kind,
        subject=t.plan.subject,
        due_on=t.plan.due_on,
        assignee=t.plan.assignee,
        done_at=t.done_at,
        done_by=t.done_by,
    )
