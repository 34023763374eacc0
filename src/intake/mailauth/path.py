"""Whether the client that brought the mail may speak for its return path (RFC 7208), by pyspf."""

from __future__ import annotations

import ipaddress
import time

import spf

from intake.mailauth.resolver import NoAnswer, Resolver


def spf_domain(peer: str, mail_from: str, resolver: Resolver, deadline: float) -> str | None:
    """The return path's domain where its SPF passes for ``peer``, else None.

    Never asks for the null return path, nor for a client on our own network (that is a relay of ours: the border
    lies behind it). Raises NoAnswer for a temporary failure.
    """
    domain = mail_from.strip("<> ").rpartition("@")[2].lower()
    if not domain or not _is_outside(peer):
        return None
    query = _Query(peer, mail_from.strip("<> "), resolver, deadline)
    try:
        result = query.check()[0]
    except NoAnswer:
        raise
    except Exception:  # noqa: BLE001 - a record that breaks the library permits nobody
        return None
    if result == "temperror":
        raise NoAnswer(domain)
    return domain if result == "pass" else None


def _is_outside(peer: str) -> bool:
    try:
        return ipaddress.ip_address(peer).is_global
    except ValueError:
        return False


class _Query(spf.query):  # type: ignore[misc]
    """pyspf's query with our resolver in place of the module's own (its limits on look-ups stay)."""

    def __init__(self, peer: str, mail_from: str, resolver: Resolver, deadline: float) -> None:
        self._resolver, self._deadline = resolver, deadline
        super().__init__(i=peer, s=mail_from, h="", querytime=max(1, int(deadline - time.monotonic())))

    def dns(self, name: str, qtype: str, cnames: object = None, ignore_void: bool = False) -> list[object]:
        """Records as pyspf wants them; NXDOMAIN and no data count against its limit of void look-ups."""
        if not name or len(name) > 253:
            return []
        found = [_plain(r, qtype) for r in self._resolver.records(name.rstrip("."), qtype, self._deadline)]
        if not found and not ignore_void:
            self.void_lookups += 1
            if self.void_lookups > spf.MAX_VOID_LOOKUPS:
                raise spf.PermError("Void lookup limit exceeded")
        return found


def _plain(record: object, qtype: str) -> object:
    if qtype in ("TXT", "SPF"):
        return tuple(record.strings)  # type: ignore[attr-defined]
    if qtype == "MX":
        return record.preference, str(record.exchange).rstrip(".")  # type: ignore[attr-defined]
    if qtype == "PTR":
        return str(record.target).rstrip(".")  # type: ignore[attr-defined]
    return str(record.address)  # type: ignore[attr-defined]
