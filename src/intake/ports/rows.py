"""What goes into the store and comes out of it, beside the nouns themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from intake.model import Actor, CaseState, Channel, Mail, MailOrigin, Proof, StaffMember

REVOKED = "revoked"  # ``Token.choice`` of a link that was taken back: nobody has answered by it


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much waits and since when; None if nothing waits."""

    waiting: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True)
class Said:
    """An earlier message of the same words: when it came, and when it was brought to its end."""

    id: int
    received_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class MatchKeys:
    """Normalised keys to look seekers up by; empty ones are not looked up (made by matching.keys)."""

    addresses: tuple[str, ...] = ()  # canonical
    member_ids: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()  # digits
    names: tuple[str, ...] = ()  # name keys (old kanji folded, no blanks); also kana keys


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case about to be stored; the store gives id and number."""

    message_id: int
    request: str
    state: CaseState
    channel: Channel
    received_at: datetime
    seeker_id: int | None = None
    hold_reason: str | None = None
    due_on: date | None = None
    wake_on: date | None = None
    confidence: float = 0.0
    sure: bool = False
    assignee: str | None = None
    proof: Proof = Proof.E0
    reasons: tuple[str, ...] = ()
    policy: str = ""
    sender_hash: bytes = b""
    complaint: bool = False


@dataclass(frozen=True, slots=True)
class CaseQuery:
    """Which cases, newest or oldest first; ``after`` is the id of the last case of the page before (keyset)."""

    states: tuple[CaseState, ...] = ()
    assignee: str | None = None
    unassigned: bool = False
    request: str | None = None
    seeker_id: int | None = None
    not_concierge: str | None = None  # hides complaints about, and concierge changes away from, this person
    newest_first: bool = False
    after: int | None = None
    limit: int = 50
    requests: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()  # hold reasons
    policies: tuple[str, ...] = ()
    ids: tuple[int, ...] | None = None  # only these
    due_from: date | None = None  # both days included; cases without a day are left out
    due_until: date | None = None
    received_from: datetime | None = None
    received_until: datetime | None = None
    sure: bool | None = None
    proved: bool | None = None  # at E2 or better
    complaint: bool | None = None


@dataclass(frozen=True, slots=True)
class NewMail:
    """A mail about to be stored, in the commit of the cases that it answers."""

    mail: Mail
    case_ids: tuple[int, ...]
    not_before: datetime
    in_message: int | None = None
    needs_state: tuple[str, ...] = ()
    automatic: bool = True  # counts against the daily budget of its address
    origin: MailOrigin = MailOrigin.ANSWER
    domain: str = ""  # of an address that is not on file, for the budget of its domain
    thread: bytes = b""  # keyed hash of the thread that is answered
    newest_message: int | None = None
    seeker_status: str | None = None


@dataclass(frozen=True, slots=True)
class Wording:
    """A version of a template that mails were written with: its files by path."""

    template: str
    version: str
    at: datetime
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Token:
    """A confirm link: only the hash of its secret is stored. Bound to its case and address."""

    id: int
    case_id: int
    address_hash: bytes
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    choice: str | None = None


@dataclass(frozen=True, slots=True)
class AuditRow:
    """A link of the hash chain. Holds codes, ids and figures; never what a person wrote, nor a name of a seeker."""

    seq: int
    at: datetime
    actor: Actor
    action: str
    case_id: int | None
    seeker_id: int | None
    detail: Mapping[str, Any]
    hash: bytes


@dataclass(frozen=True, slots=True)
class Correction:
    """Staff's word on a reading, kept to measure and to learn."""

    case_id: int
    message_id: int
    was: tuple[str, ...]
    now: tuple[str, ...]
    staff: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser; only the hash of its secret is stored."""

    id: int
    staff: StaffMember
    csrf: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Reach:
    """What one person's erasure must reach; ids only, so that it can be kept as its plan and its certificate."""

    seeker_id: int
    message_ids: tuple[int, ...]
    case_ids: tuple[int, ...]
    outbox_ids: tuple[int, ...]
    key_ids: tuple[int, ...]  # data keys of these messages and mails
    shared: tuple[int, ...] = ()  # messages that are another seeker's too, and stay
    unclear: tuple[int, ...] = ()  # cases of nobody from an address that others have too: they stay, for people


@dataclass(frozen=True, slots=True)
class ImapPlace:
    """A folder while its UIDs mean the same (RFC 9051 §2.3.1.1). ``account`` is user@host of the agency's mailbox."""

    account: str
    folder: str
    uidvalidity: int


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """What became of one mail on an IMAP server. ``sha256`` is of its bytes, b"" where they were never fetched.

    ``state``: ``kept`` (committed, to be flagged or moved), ``marked`` (that too), ``archived`` (old mail, left as it
    lies), ``partial`` (too large: only its beginning is in the inbox), ``failed`` (the server does not give it out).
    """

    uid: int
    sha256: bytes
    state: str
    message_id: int | None = None
