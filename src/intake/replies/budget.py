"""To whom we do not write: machines (RFC 3834), ourselves, and anybody too often."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

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
    """How many automatic mails may leave, beside the daily one to an address (reliability.md A9).

    The proved bound: in any 24 hours to one address ``per_address`` (the profile's ``per_day``, and ``changes_per_day``
    more that tell of a change of the record), to addresses of one domain that are not on file ``per_domain_day``, in
    all ``total_day``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    per_thread_day: int = Field(default=1, ge=1)
    per_domain_hour: int = Field(default=20, ge=0)
    per_domain_day: int = Field(default=100, ge=0)
    total_hour: int = Field(default=2_000, ge=0)
    total_day: int = Field(default=10_000, ge=0)
    per_domain_minute: int = Field(default=300, ge=0)  # pacing: what is over it waits, 0 holds nothing back


@dataclass(frozen=True, slots=True)
class Sent:
    """Automatic mails that were written already. Where there is no thread or no stranger, its figures are 0."""

    address_day: int = 0
    thread_day: int = 0
    domain_hour: int = 0
    domain_day: int = 0
    total_hour: int = 0
    total_day: int = 0


def budget_spent(sent: Sent, limits: Limits, per_address: int, *, extra: int = 0) -> str | None:
    """None if one more automatic mail may leave, else which budget is spent. The case is opened all the same.

    ``extra`` is granted to the address and the thread only: a change is heard of even after today's receipt.
    """
    spent = (
        ("budget", sent.address_day, per_address + extra),
        ("budget_thread", sent.thread_day, limits.per_thread_day + extra),
        ("budget_domain", sent.domain_hour, limits.per_domain_hour),
        ("budget_domain", sent.domain_day, limits.per_domain_day),
        ("budget_total", sent.total_hour, limits.total_hour),
        ("budget_total", sent.total_day, limits.total_day),
    )
    return next((name for name, count, limit in spent if count >= limit), None)


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
    if any(is_own(a.addr, own) or is_own(a.canonical, own) for a in answered):
        return "own_address"
    if is_robot_address(sender.addr):
        return "robot_address"
    return None


def is_own(address: str, own: Collection[str]) -> bool:
    """One of the house's own (lower case), also with a ``+tag``: what is written there comes back to us."""
    folded = address.casefold()
    local, _, domain = folded.rpartition("@")
    return folded in own or f"{local.partition('+')[0]}@{domain}" in own


def is_robot_address(address: str) -> bool:
    """True for MAILER-DAEMON, owner-…, …-request, no-reply and their like."""
    local, at, _ = address[:320].rpartition("@")
    return _ROBOT_LOCAL.fullmatch(local if at else address[:320]) is not None
