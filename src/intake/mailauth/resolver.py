"""Questions to the DNS, bounded: a slow or hostile zone costs seconds, never the worker."""

from __future__ import annotations

import time
from typing import Any

import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver

from intake.errors import SettingError

QUESTION_SECONDS = 3.0


class NoAnswer(Exception):
    """The DNS did not answer: nothing may be concluded."""


class Resolver:
    """Asks the system's resolver, or the one at ``server`` (``host:port``), and remembers by the records' own times."""

    def __init__(self, server: str = "") -> None:
        self._resolver = dns.resolver.Resolver(configure=not server)
        self._resolver.cache = dns.resolver.LRUCache(2000)
        if server:
            host, _, port = server.rpartition(":")
            if not host or not port.isdigit():
                raise SettingError(f"INTAKE_DNS_SERVER: {server!r} is not host:port, for example 127.0.0.1:53")
            self._resolver.nameservers = [host.strip("[]")]
            self._resolver.port = int(port)

    def txt(self, name: str, deadline: float) -> list[bytes]:
        """Every TXT record of ``name``, its strings joined; empty where there is none. Raises NoAnswer."""
        return [b"".join(r.strings) for r in self.records(name, "TXT", deadline)]

    def records(self, name: str, kind: str, deadline: float) -> list[Any]:
        """The records of one type; empty where there is none. ``deadline``: of ``time.monotonic``. Raises NoAnswer."""
        try:
            dns.name.from_text(name)
        except (dns.exception.DNSException, UnicodeError, ValueError):
            return []  # no such name can exist; a forger who writes one into a mail is not "no answer"
        left = deadline - time.monotonic()
        if left <= 0:
            raise NoAnswer(name)
        try:
            answer = self._resolver.resolve(
                name, kind, lifetime=min(left, QUESTION_SECONDS), search=False, raise_on_no_answer=False
            )
        except dns.resolver.NXDOMAIN:
            return []
        except (dns.exception.DNSException, UnicodeError, ValueError) as error:
            raise NoAnswer(name) from error
        return list(answer.rrset or ())
