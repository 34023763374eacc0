"""Mails that go out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class MailClass(StrEnum):
    """How often a mail may leave through a crash (reliability.md §0.2)."""

    ONCE = "once"  # acknowledgement, thanks: at most once; an unknown outcome is shown to staff
    AGAIN = "again"  # links, erasure notices: at least once, same Message-ID


class MailState(StrEnum):
    """Life of an outbox row (invariant I7)."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
    STALE = "stale"  # the world changed before DATA: back to staff


class MailOrigin(StrEnum):
    """Who let the mail be written: it decides when the mail leaves and what is looked at before it does."""

    ANSWER = "answer"  # the answer to a message, at once
    STAFF = "staff"  # somebody pressed a button; rests a moment
    CALENDAR = "calendar"  # a day has come
    SEEKER = "seeker"  # the person is at the screen and waits


@dataclass(frozen=True, slots=True)
class Mail:
    """A finished mail: final bytes with CRLF, and the envelope it goes in."""

    to: str
    mail_from: str  # "" is the null return path <>
    message_id: str
    subject: str
    template: str
    template_version: str  # hash of the template's files
    data: bytes
    text: str  # the plain text, for staff to read
    mail_class: MailClass
    edited: bool = False  # staff changed the words of the template


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """A row of the outbox. ``case_ids`` are the cases that this one mail answers."""

    id: int
    mail: Mail
    state: MailState
    case_ids: tuple[int, ...]
    created_at: datetime
    not_before: datetime
    attempts: int = 0
    fence: int = 0
    in_message: int | None = None  # the inbox message it answers
    sent_at: datetime | None = None
    error: str = ""
    needs_state: tuple[str, ...] = field(default_factory=tuple)  # states the case must still have before DATA
    automatic: bool = True
    origin: MailOrigin = MailOrigin.ANSWER
    newest_message: int | None = None  # of the people it is about, when it was written
    seeker_status: str | None = None  # of the register, when it was written
