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
from intake.model import Authenticity, AuthVerdict, Channel, Envelope, Message

MAIL_SECONDS = 4.0  # all questions of one mail together: a batch of twenty stays below the worker's lease
_FROM = re.compile(rb"^from[ \t]*:", re.IGNORECASE | re.MULTILINE)
_NONE = Authenticity()


class SenderCheck:
    """Completes what a parsed mail knows of its sender. Thread safe; keeps nothing but the resolver's cache."""

    def __init__(self, resolver: Resolver, trusted_relays: tuple[str, ...] = ()) -> None:
        self._resolver = resolver
        self._relays = [ipaddress.ip_network(r, strict=False) for r in trusted_relays]

    def __call__(self, message: Message, envelope: Envelope) -> Message:
        """The message with ``auth`` set by our own check.

        What our border's authserv-id stated stays (a border sees the first hop, we may not); so does everything that
        is no mail, was forwarded by staff, or has not exactly one From. Never raises.
        """
        said_already = message.auth.verdict is not AuthVerdict.NONE
        if said_already or envelope.channel is not Channel.EMAIL or message.forwarded_by:
            return message
        domain = message.sender.canonical.rpartition("@")[2]
        if "." not in domain or len(_FROM.findall(head_of(envelope.raw))) != 1:
            return message
        return replace(message, auth=self._verdict(envelope, domain))

    def _verdict(self, envelope: Envelope, domain: str) -> Authenticity:
        deadline = time.monotonic() + MAIL_SECONDS
        try:
            wish = dmarc.alignment(domain, self._resolver, deadline)
            strict_dkim, strict_spf = wish or (False, False)
            for signer in signers(envelope.raw, self._resolver, deadline):
                if dmarc.is_aligned(signer, domain, strict=strict_dkim):
                    return Authenticity(AuthVerdict.PASS, domain, "dkim")
            if not self._sees_the_path(envelope):
                return _NONE  # SPF might have passed at the border: a failure cannot be stated
            path = spf_domain(envelope.peer, envelope.mail_from, self._resolver, deadline)
        except NoAnswer:
            return _NONE
        if path is not None and dmarc.is_aligned(path, domain, strict=strict_spf):
            return Authenticity(AuthVerdict.PASS, domain, "spf")
        return Authenticity(AuthVerdict.FAIL, domain, "dmarc") if wish else _NONE

    def _sees_the_path(self, envelope: Envelope) -> bool:
        """Only our own public SMTP port knows who brought the mail."""
        try:
            peer = ipaddress.ip_address(envelope.peer)
        except ValueError:
            return False
        return envelope.via == "smtp" and not any(peer in network for network in self._relays)
