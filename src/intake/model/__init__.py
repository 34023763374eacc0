"""The nouns. Frozen values without behaviour that needs the outside; every package speaks in them."""

from intake.model.case import (
    Case,
    CaseState,
    Decision,
    Effect,
    LinkPlan,
    ReplyPlan,
    Situation,
    Task,
    TaskPlan,
)
from intake.model.inbox import Accepted, Arrival, Channel, End, Envelope, InboxItem
from intake.model.mail import Mail, MailClass, MailOrigin, MailState, OutboxItem
from intake.model.meaning import DESTRUCTIVE, Evidence, Facts, Meaning, Preference
from intake.model.message import Address, Attachment, Authenticity, AuthVerdict, Kind, Message, Segment
from intake.model.seeker import (
    Application,
    Candidate,
    Match,
    MatchKind,
    Proof,
    Seeker,
    SeekerStatus,
    Stage,
)
from intake.model.staff import Actor, Role, StaffMember

__all__ = [
    "DESTRUCTIVE",
    "Accepted",
    "Actor",
    "Address",
    "Application",
    "Arrival",
    "Attachment",
    "AuthVerdict",
    "Authenticity",
    "Candidate",
    "Case",
    "CaseState",
    "Channel",
    "Decision",
    "Effect",
    "End",
    "Envelope",
    "Evidence",
    "Facts",
    "InboxItem",
    "Kind",
    "LinkPlan",
    "Mail",
    "MailClass",
    "MailOrigin",
    "MailState",
    "Match",
    "MatchKind",
    "Meaning",
    "Message",
    "OutboxItem",
    "Preference",
    "Proof",
    "ReplyPlan",
    "Role",
    "Seeker",
    "SeekerStatus",
    "Segment",
    "Situation",
    "StaffMember",
    "Stage",
    "Task",
    "TaskPlan",
]
