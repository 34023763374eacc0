"""One mail's verdict by our own look at its signatures, its path and its domain's wish."""

from __future__ import annotations

import ipaddress
import re
import time
from dataclasses import replace

from intake.mailauth import dmarc
from intake.mailauth.path import spf_domain
from intake.mailauth.resolver import NoAnswer, Resolver
from intake.mailauth.signatures import head_of, signers
from intake.model import Address, Authenticity, AuthVerdict, Channel, Envelope, Message
from intake.parsing import addresses
from intake.parsing.limits import Notes
from intake.parsing.organisation import organisation

MAIL_SECONDS = 4.0  # all questions of one mail together: a batch of twenty stays below the worker's lease
SLOW_SECONDS, SILENT_SECONDS, MOST_SILENT = 1.0, 60.0, 1000
MOST_FROM_BYTES = 2_000
_FROM = re.compile(rb"^from[ \t]*:([^\n]*\n(?:[ \t][^\n]*\n)*)", re.IGNORECASE | re.MULTILINE)
_NONE = Authenticity()


class SenderCheck:
    """Completes what a parsed mail knows of its sender. Thread safe; keeps the resolver's cache and who was silent."""

    def __init__(self, resolver: Resolver, trusted_relays: tuple[str, ...] = ()) -> None:
        self._resolver = resolver
        self._silent: dict[str, float] = {}  # organisation: until when its DNS is not asked again
        self._relays = [ipaddress.ip_network(r, strict=False) for r in trusted_relays]

    def __call__(self, message: Message, envelope: Envelope) -> Message:
        """The message with ``auth`` set by our own check.

        What our border's authserv-id stated stays (a border sees the first hop, we may not); so does everything that
        is no mail. With not exactly one From address the mail says who wrote it in two ways: never a pass, and a
        failure where the owner of the domain asks for checks. Of what staff forwarded, their own mail is looked at:
        it may fail, and proves nothing for the seeker within. Never raises.
        """
        said_already = message.auth.verdict is not AuthVerdict.NONE or message.forward_passed
        if said_already or envelope.channel is not Channel.EMAIL:
            return message
        author = addresses.address(message.forwarded_by) if message.forwarded_by else message.sender
        domain = author.canonical.rpartition("@")[2]
        owner, began = organisation(domain), time.monotonic()
        if "." not in domain or self._silent.get(owner, 0.0) > began:
            return message
        try:
            found = self._verdict(envelope, author, began + MAIL_SECONDS)
        except NoAnswer:
            self._note_silence(owner, began)
            return message
        if message.forwarded_by and found.verdict is not AuthVerdict.FAIL:
            return message
        return replace(message, auth=found)

    def _note_silence(self, owner: str, began: float) -> None:
        """A flood of mails from a domain that never answers must not take four seconds each."""
        now = time.monotonic()
        if now - began >= min(SLOW_SECONDS, MAIL_SECONDS):
            if len(self._silent) >= MOST_SILENT:
                self._silent.clear()
            self._silent[owner] = now + SILENT_SECONDS

    def _verdict(self, envelope: Envelope, author: Address, deadline: float) -> Authenticity:
        """Only the DNS of the From domain's owner is asked. Raises NoAnswer."""
        domain = author.canonical.rpartition("@")[2]
        wish = dmarc.alignment(domain, self._resolver, deadline)
        strict_dkim, strict_spf = wish or (False, False)
        failed = Authenticity(AuthVerdict.FAIL, domain, "dmarc") if wish else _NONE
        if not is_sole_author(author, envelope.raw):
            return failed
        if signers(envelope.raw, self._resolver, deadline,
                   lambda signer: dmarc.is_aligned(signer, domain, strict=strict_dkim)):  # fmt: skip
            return Authenticity(AuthVerdict.PASS, domain, "dkim")
        if not self._sees_the_path(envelope):
            return _NONE  # SPF might have passed at the border: a failure cannot be stated
        path = envelope.mail_from.strip("<> ").rpartition("@")[2].lower()
        if dmarc.is_aligned(path, domain, strict=strict_spf) and spf_domain(
            envelope.peer, envelope.mail_from, self._resolver, deadline
        ):
            return Authenticity(AuthVerdict.PASS, domain, "spf")
        return failed

    def _sees_the_path(self, envelope: Envelope) -> bool:
        """Only our own public SMTP port knows who brought the mail."""
        try:
            peer = ipaddress.ip_address(envelope.peer)
        except ValueError:
            return False
        return envelope.via == "smtp" and not any(peer in network for network in self._relays)


def is_sole_author(author: Address, raw: bytes) -> bool:
    """One From line with one address, the one we read: else what is believed and what was signed may be two people."""
    lines = _FROM.findall(head_of(raw))
    if len(lines) != 1 or len(lines[0]) > MOST_FROM_BYTES:
        return False
    found = addresses.read(lines[0].strip(), Notes(), "from")
    return [item.canonical for item in found] == [author.canonical]
