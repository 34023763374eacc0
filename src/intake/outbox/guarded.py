"""One POST to another system, and to nobody else (reliability.md A30).

The name is resolved once, every address that it has must be a public one (or be allowed by the operator), and the
connection goes to the address that was looked at: a second answer of the name server changes nothing. Redirects are
not followed, ten seconds and 64 KB are the end of it.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import SplitResult, urlsplit

from intake.errors import RelayPermanent, RelayTemporary, SettingError

SECONDS = 10.0
MOST_BYTES = 65_536
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], Sequence[str]]
_EXAMPLES = ipaddress.IPv6Network("3fff::/20")  # RFC 9637; Python 3.11 takes it for public
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class NotPublic(RelayPermanent):
    """The address of the other system is private; INTAKE_WEBHOOKS_OUT_ALLOW can allow its network."""


def networks(words: Sequence[str]) -> tuple[Network, ...]:
    """Networks that may be called though they are private. Raises SettingError."""
    try:
        return tuple(ipaddress.ip_network(word, strict=False) for word in words)
    except ValueError as e:
        raise SettingError(f"INTAKE_WEBHOOKS_OUT_ALLOW: {e}; write networks like 10.0.0.0/8") from e


def resolve(host: str, port: int) -> list[str]:
    """All addresses of a name, as the system knows them."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def is_public(address: Address) -> bool:
    """False for private, loopback, link-local (metadata services), multicast and reserved ones, however wrapped."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or _inside(address)
        if inner is not None:
            return is_public(inner)
        if address.teredo is not None or address.is_site_local or address in _EXAMPLES:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _inside(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None


class Guarded:
    """The way to one URL. ``allow``: private networks that the operator trusts; only they are spoken to in clear."""

    def __init__(
        self,
        url: str,
        allow: Sequence[Network] = (),
        *,
        resolve: Resolve = resolve,
        seconds: float = SECONDS,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._url = url_of(url)
        self._allow, self._resolve, self._seconds = tuple(allow), resolve, seconds
        self._tls = tls or ssl.create_default_context()

    def post(self, body: bytes, headers: Mapping[str, str]) -> int:
        """The status of the answer. Raises RelayTemporary, or NotPublic where nothing was sent at all."""
        host, port = self._url.hostname or "", self._url.port or (443 if self._url.scheme == "https" else 80)
        address = self._pinned(host, port)
        try:
            raw = socket.create_connection((str(address), port), timeout=self._seconds)
        except OSError as e:
            raise RelayTemporary(f"cannot connect ({type(e).__name__})") from e
        watchdog = threading.Timer(self._seconds, _cut, (raw,))  # a drip of bytes does not hold us for hours
        watchdog.start()
        try:
            return self._exchange(raw, host, port, body, headers)
        except (OSError, http.client.HTTPException, ValueError) as e:
            raise RelayTemporary(f"no answer ({type(e).__name__})") from e
        finally:
            watchdog.cancel()
            raw.close()

    def _pinned(self, host: str, port: int) -> Address:
        """The address to connect to; each one of the name must be allowed."""
        try:
            found = [ipaddress.ip_address(a.partition("%")[0]) for a in self._resolve(host, port)]
        except (OSError, UnicodeError, ValueError) as e:
            raise RelayTemporary(f"the name of the other system is not found ({type(e).__name__})") from e
        if not found:
            raise RelayTemporary("the name of the other system has no address")
        for address in found:
            if not self._may_call(address):
                raise NotPublic()
        return found[0]

    def _may_call(self, address: Address) -> bool:
        trusted = any(address in net for net in self._allow if net.version == address.version)
        return trusted or (self._url.scheme == "https" and is_public(address))

    def _exchange(self, raw: socket.socket, host: str, port: int, body: bytes, headers: Mapping[str, str]) -> int:
        sock = self._tls.wrap_socket(raw, server_hostname=host) if self._url.scheme == "https" else raw
        connection = http.client.HTTPConnection(host, port, timeout=self._seconds)
        connection.sock = sock  # made above: http.client would resolve the name again
        path = (self._url.path or "/") + (f"?{self._url.query}" if self._url.query else "")
        try:
            connection.request("POST", path, body, {**headers, "Connection": "close"})
            answer = connection.getresponse()
            answer.read(MOST_BYTES)
            return answer.status
        finally:
            connection.close()


def url_of(url: str) -> SplitResult:
    """A URL that may be called. Raises SettingError."""
    parts = urlsplit(url)
    try:
        fits = parts.scheme in ("https", "http") and parts.hostname and "@" not in parts.netloc and (parts.port or 1)
    except ValueError:
        fits = False
    if not fits:
        raise SettingError("INTAKE_WEBHOOKS_OUT: must be https://host/path, without a password in it")
    return parts


def _cut(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
