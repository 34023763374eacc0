"""What arrives, before anybody has looked inside."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum


class Channel(StrEnum):
    """The four ways in (domain.md)."""

    EMAIL = "email"
    FORM = "form"
    APP = "app"
    PHONE = "phone"


class End(StrEnum):
    """Every accepted message ends in exactly one of these (decisions.md)."""

    CASE = "case"
    JOINED = "joined"
    DUPLICATE = "duplicate"
    MACHINE = "machine"


@dataclass(frozen=True, slots=True)
class Envelope:
    """One arrival exactly as it came; nothing in ``raw`` can change what stands beside it.

    ``raw`` is the mail from its first header byte (no SMTP dot-stuffing), or the body of the webhook,
    or the JSON that a form page or the telephone entry made.
    """

    channel: Channel
    via: str  # smtp, lmtp, imap, file, webhook, contact, phone: the door it used
    raw: bytes
    received_at: datetime  # aware, UTC
    mail_from: str = ""  # reverse path; "" is the null sender <> (only meaningful for smtp/lmtp)
    rcpt_to: tuple[str, ...] = ()
    peer: str = ""  # address of the client, without port
    content_type: str = ""  # of raw, for form/app/phone
    app_member: str | None = None  # member number that a signed app request speaks for (E2)
    entered_by: str | None = None  # staff who typed a telephone call in
    archive: bool = False  # old mail met at the first IMAP connection: kept, answered by nobody


class _Draft:
    """An Envelope's slots, open: a frozen dataclass's own constructor costs four times as much, for each message."""

    __slots__ = tuple(f.name for f in fields(Envelope))


def envelope(
    channel: Channel,
    via: str,
    raw: bytes,
    received_at: datetime,
    mail_from: str = "",
    rcpt_to: tuple[str, ...] = (),
    peer: str = "",
    content_type: str = "",
    app_member: str | None = None,
) -> Envelope:
    """The same Envelope as the class makes, quicker: for the ways in that bring thousands a second."""
    e = _Draft()
    e.channel, e.via, e.raw, e.received_at = channel, via, raw, received_at  # type: ignore[attr-defined]
    e.mail_from, e.rcpt_to, e.peer, e.content_type = mail_from, rcpt_to, peer, content_type  # type: ignore[attr-defined]
    e.app_member, e.entered_by, e.archive = app_member, None, False  # type: ignore[attr-defined]
    e.__class__ = Envelope  # type: ignore[assignment]
    return e  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class Arrival:
    """An envelope on its way into the inbox, with the id its sender gave it, if any."""

    envelope: Envelope
    idempotency: tuple[str, str] | None = None  # (source, webhook-id): the same pair again stores nothing


@dataclass(frozen=True, slots=True)
class Accepted:
    """What the inbox answers after its commit: the row that now holds these bytes."""

    message_id: int
    new: bool  # False: the same envelope and bytes, or the same webhook id, were here already


@dataclass(frozen=True, slots=True)
class InboxItem:
    """A claimed inbox row. ``fence`` must still be the row's when the result is committed."""

    id: int
    fence: int
    attempts: int  # this one included; the third failure makes the case ``unreadable``
    key_id: int  # data key of everything this message says
    envelope: Envelope
    damaged: bool = False  # the stored bytes cannot be opened; of the envelope only its way in and its time are known
