"""Whether a mail came by way of our own border: only then can a header in it be its word (reliability.md A3)."""

from __future__ import annotations

import ipaddress
from functools import lru_cache

from intake.model import Envelope

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def is_from_border(envelope: Envelope, relays: tuple[str, ...]) -> bool:
    """Over SMTP only this machine itself and ``relays`` (addresses, CIDR) are; LMTP and mailboxes lie behind a border.

    Anybody else who reaches our port may write above his mail whatever our border would. Behind a load balancer the
    peer is the client that it names; nobody, where it speaks for itself.
    """
    if envelope.via != "smtp":
        return True
    try:
        peer = ipaddress.ip_address(envelope.peer)
    except ValueError:
        return False
    peer = getattr(peer, "ipv4_mapped", None) or peer
    return peer.is_loopback or any(peer in network for network in _networks(relays))


@lru_cache(maxsize=8)
def _networks(relays: tuple[str, ...]) -> tuple[_Network, ...]:
    """The settings' own check has refused what is neither address nor block before any mail came."""
    return tuple(ipaddress.ip_network(relay, strict=False) for relay in relays)
