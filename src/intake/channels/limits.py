"""How much one client, and all together, may cost the SMTP port (reliability.md A18, A21)."""

from __future__ import annotations

import ipaddress
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from intake.errors import SettingError

SILENT_WITHIN_MAIL = 30.0
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Limits:
    """Figures of the port; the defaults are those of reliability.md A21 and RFC 5321 §4.5.3."""

    connections: int = 400
    connections_per_client: int = 100
    recipients: int = 50
    commands_per_mail: int = 200  # commands without one accepted mail between them
    seconds_to_first_command: float = 60
    seconds_per_command: float = 300
    seconds_per_data: float = 600
    seconds_without_mail: float = 1800  # a session that brings nothing ends
    seconds_to_stop: float = 20
    seconds_to_linger: float = 5  # after a 552 to a client that is still sending
    mails_per_minute: int = 6000  # of one client; trusted relays and this machine itself may bring any number
    large_at_once: int = 4  # mails above spool.IN_MEMORY that are held in memory at the same time


def connections_allowed(wanted: int) -> int:
    """``wanted``, or what the process's file limit leaves after everything else."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return wanted if soft == resource.RLIM_INFINITY else max(1, min(wanted, soft // 2))


def networks(relays: Iterable[str], setting: str = "INTAKE_TRUSTED_RELAYS") -> tuple[Network, ...]:
    """Addresses and CIDR blocks as networks. Raises SettingError for what is neither."""
    try:
        return tuple(ipaddress.ip_network(r, strict=False) for r in relays)
    except ValueError as e:
        raise SettingError(f"{setting}: {e}; write addresses or blocks like 192.0.2.0/24") from e


def is_within(peer: str, trusted: tuple[Network, ...]) -> bool:
    """Whether ``peer`` lies in one of the networks; False for what is no address."""
    if not trusted:
        return False
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return any((mapped or address) in network for network in trusted)


@lru_cache(maxsize=1024)
def is_this_machine(peer: str) -> bool:
    """A loopback address: whoever speaks from there is one of our own programs."""
    try:
        return ipaddress.ip_address(peer).is_loopback
    except ValueError:
        return False


@lru_cache(maxsize=1024)
def client_key(peer: str) -> str:
    """Whom a connection counts for: an IPv4 address, or the /64 of an IPv6 one (one customer's usual share)."""
    try:
        address = ipaddress.ip_address(peer.partition("%")[0])
    except ValueError:
        return peer
    if isinstance(address, ipaddress.IPv4Address):
        return peer
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))


class Rates:
    """How many mails each client has brought within this minute. Who brings more comes again later, and loses none."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        """0 lets everybody bring any number."""
        self._most, self._clock = per_minute, clock
        self._minute = -1
        self._brought: Counter[str] = Counter()

    def is_spent(self, client: str) -> bool:
        """Whether this client must wait for the next minute."""
        return bool(self._most) and self._now()[client] >= self._most

    def count(self, client: str) -> None:
        """A mail of this client was kept."""
        if self._most:
            self._now()[client] += 1

    def _now(self) -> Counter[str]:
        minute = int(self._clock() // 60)
        if minute != self._minute:
            self._minute = minute
            self._brought.clear()
        return self._brought


class Guest(Protocol):
    """A connection as the door sees it."""

    client: str
    idle_since: float | None  # since when it waits to say something; None while a command or a mail is under way

    @property
    def is_in_transaction(self) -> bool:
        """It has said whom a mail is from."""
        ...

    def turn_away(self) -> None:
        """Say 421 and close."""
        ...


class Door:
    """Counts connections; a full house sends away who has been silent longest rather than the one who knocks."""

    def __init__(self, total: int, per_client: int) -> None:
        self._total = total
        self._per_client = per_client
        self._guests: set[Guest] = set()
        self._of: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._guests)

    @property
    def guests(self) -> tuple[Guest, ...]:
        """Everybody inside."""
        return tuple(self._guests)

    def enter(self, guest: Guest) -> bool:
        """Let ``guest`` in, if need be in place of an idle one. False: answer 421."""
        if self._of[guest.client] >= self._per_client and not self._make_room(guest.client):
            return False
        if len(self._guests) >= self._total and not self._make_room(None):
            return False
        self._guests.add(guest)
        self._of[guest.client] += 1
        return True

    def leave(self, guest: Guest) -> None:
        """Forget ``guest``; harmless twice (a TLS session ends on both its layers)."""
        if guest in self._guests:
            self._guests.remove(guest)
            self._of[guest.client] -= 1
            if not self._of[guest.client]:
                del self._of[guest.client]

    def _make_room(self, client: str | None) -> bool:
        """Send away who has been idle longest; who is within a mail only after half a minute of silence."""
        late = time.monotonic() - SILENT_WITHIN_MAIL
        idle = [
            g
            for g in self._guests
            if g.idle_since is not None
            and client in (None, g.client)
            and (not g.is_in_transaction or g.idle_since < late)
        ]
        if not idle:
            return False
        longest = min(idle, key=lambda g: (g.is_in_transaction, g.idle_since or 0.0))
        self.leave(longest)
        longest.turn_away()
        return True
