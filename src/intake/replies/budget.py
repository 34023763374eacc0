"""To whom we do not write: machines (RFC 3834), ourselves, and anybody too often."""

from __future__ import annotations

import re
from collections.abc import Collection

from pydantic import BaseModel, ConfigDict, Field

from intake.model import Channel, Kind, Message

# Doors that tell the envelope's return path; over the others "" only means that nobody knows it.
_WITH_ENVELOPE = frozenset({"smtp", "lmtp"})
# RFC 3834 §2 and RFC 5230 §4.6: local parts behind which nobody reads.
_ROBOT_LOCAL = re.compile(
    r"(?:owner-.*|.*-(?:owner|request|bounces?)(?:[+=].*)?|bounces?(?:[+=-].*)?|mailer-daemon|mailer_daemon|"
    r"postmaster|listserv|majordomo|list-?manager|"
    r"(?:.*[._-])?(?:no|not|do-?not|donot)[._-]?repl(?:y|ies)(?:[._+=-].*)?|"
    r"(?:.*[._-])?(?:auto-?(?:reply|response|responder|notify))(?:[._+=-].*)?|"
    r"(?:.*[._-])?(?:haishin|henshin-?fuka|soushin-?senyou?)(?:[._+=-].*)?)",
    re.IGNORECASE,
)


class Limits(BaseModel):
    """How many automatic mails may leave (reliability.md A9)."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    per_address_day: int = Field(default=1, ge=0)
    per_domain_hour: int = Field(default=20, ge=0)
    total_hour: int = Field(default=500, ge=0)


def budget_allows(sent_today: int, domain_last_hour: int, total_last_hour: int, limits: Limits) -> str | None:
    """None if one more automatic mail may leave, else which budget is spent. The case is opened all the same."""
    if sent_today >= limits.per_address_day:
        return "budget_address"
    if domain_last_hour >= limits.per_domain_hour:
        return "budget_domain"
    if total_last_hour >= limits.total_hour:
        return "budget_total"
    return None


def may_answer(message: Message, envelope_mail_from: str, via: str, own_addresses: Collection[str]) -> str | None:
    """None if a person may read an automatic answer, else why there is to be none (RFC 3834 §2, A7).

    ``via`` is the door of the envelope: over IMAP, from files and from forms there is no return path to judge by.
    ``own_addresses`` are canonical or as written, compared without case. What the headers say is in the message.
    """
    if message.kind is not Kind.MESSAGE:
        return f"machine:{message.kind.value}"
    if message.no_reply:
        return f"machine:{message.no_reply}"
    if message.channel is Channel.EMAIL and via in _WITH_ENVELOPE:
        if not envelope_mail_from:
            return "null_return_path"
        if is_robot_address(envelope_mail_from):
            return "robot_return_path"
    return _sender_forbids(message, {address.casefold() for address in own_addresses})


def _sender_forbids(message: Message, own: set[str]) -> str | None:
    sender = message.sender
    if message.channel is Channel.EMAIL and not sender.addr:
        return "no_sender"
    answered = [a for a in (sender, message.reply_to) if a and a.addr]
    if any(a.addr.casefold() in own or (a.canonical and a.canonical.casefold() in own) for a in answered):
        return "own_address"
    if is_robot_address(sender.addr):
        return "robot_address"
    return None


def is_robot_address(address: str) -> bool:
    """True for MAILER-DAEMON, owner-…, …-request, no-reply and their like."""
    local, at, _ = address[:320].rpartition("@")
    return _ROBOT_LOCAL.fullmatch(local if at else address[:320]) is not None
