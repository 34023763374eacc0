"""What a person would read in an arrival."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from intake.model.inbox import Channel


class Kind(StrEnum):
    """Who is speaking: a person, or which sort of machine (decisions.md, Formats)."""

    MESSAGE = "message"
    BOUNCE = "bounce"
    AUTO_REPLY = "auto_reply"
    LIST = "list"


class AuthVerdict(StrEnum):
    """What is known of the From line: evidence only (reliability.md A1, A3)."""

    PASS = "pass"  # noqa: S105 - aligned DMARC, DKIM or SPF pass, stated by our own authserv-id or our own check
    FAIL = "fail"  # DMARC fail stated by the same
    NONE = "none"  # nothing that we may believe


@dataclass(frozen=True, slots=True)
class Authenticity:
    """Verdict on the From line and the words it rests on."""

    verdict: AuthVerdict = AuthVerdict.NONE
    domain: str = ""
    how: str = ""  # "dmarc", "dkim", "spf" or ""


@dataclass(frozen=True, slots=True)
class Address:
    """A mail address as it was written; ``canonical`` is for comparing only, never for sending."""

    name: str = ""
    addr: str = ""
    canonical: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that is not the text. Its bytes stay in the raw mail; ``part`` finds them again."""

    name: str
    media_type: str
    size: int  # bytes, decoded
    part: int  # number of the part in walking order
    inline: bool = False
    digest: str = ""  # of the part's bytes: two files of one name are told apart


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of ``Message.text``, offsets in code points; kind is new, quote, signature or notice."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Message:
    """An arrival made readable. ``text`` is all readable text, ``new_text`` the sender's new words.

    The ``segments`` cover ``text`` without gaps; ``new_text`` joins those of kind ``new``.
    """

    channel: Channel
    kind: Kind = Kind.MESSAGE
    kind_reason: str = ""
    subject: str = ""
    sender: Address = field(default_factory=Address)  # first From
    reply_to: Address | None = None
    message_id: str = ""  # with its angle brackets, as written; "" if absent
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    sent_at: datetime | None = None
    text: str = ""
    new_text: str = ""
    segments: tuple[Segment, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    charset_steps: tuple[str, ...] = ()
    auth: Authenticity = field(default_factory=Authenticity)
    error: str | None = None  # why only part could be read
    no_reply: str = ""  # why a machine reader must not answer (RFC 3834 §2), "" if it may
    forwarded_by: str | None = None  # address of the agency's own staff who passed it on
    forward_passed: bool = False  # our border vouches for that address (``auth`` is the seeker's, and says nothing)
    stated: dict[str, str] = field(default_factory=dict)  # form/app/phone fields: name, member_id, phone, category
    request_code: str | None = None  # app/phone: a GUIDE label
    reason_code: str | None = None  # app/phone: a reason
    bounced: tuple[str, ...] = ()  # kind bounce: addresses that failed
    doubts: tuple[str, ...] = ()  # codes: why ``new_text`` may not be what the sender says; nothing is sure then
