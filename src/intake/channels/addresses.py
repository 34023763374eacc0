"""Addresses of the SMTP envelope: what is one, and which are ours."""

from __future__ import annotations

import re
from collections.abc import Iterable

NULL = "<>"
MAX_ADDRESS = 320

# Tolerant on purpose: ``.a..b@docomo.ne.jp`` exists and is somebody. Control characters, blanks and angle brackets
# stand only inside quotes, the former nowhere. A source route (RFC 5321 appendix C) is read over.
_PATH = re.compile(
    r"<(?:@[^:<>\s]+:)?"
    r'(?P<address>(?:"(?:[^"\\\x00-\x1f\x7f]|\\[\x20-\x7e])*"|[^\s<>"@\x00-\x1f\x7f]+)(?:@[^\s<>"@\x00-\x1f\x7f]+)?)?'
    r">(?:[ \t]+(?P<rest>.*))?"
)


def parse_path(text: str) -> tuple[str, str] | None:
    """A path with what follows it: (address, parameters), NULL for ``<>``; None if it is not one."""
    match = _PATH.fullmatch(text)
    if match is None:
        return None
    address = match["address"] or NULL
    if len(address) > MAX_ADDRESS or not _is_text(address):
        return None
    return address, match["rest"] or ""


def _is_text(address: str) -> bool:
    try:
        address.encode("utf-8")
    except UnicodeEncodeError:  # bytes that are no UTF-8
        return False
    return address.isprintable()


class Recipients:
    """The addresses that this house takes mail for.

    Upper and lower case are the same, ``+anything`` before the @ is allowed, ``@domain`` takes a whole domain.
    An empty list takes nothing: a port that accepts everything would be a sink for everybody's spam.
    """

    def __init__(self, addresses: Iterable[str]) -> None:
        self._known = frozenset(a.strip().casefold() for a in addresses if a.strip())

    def takes(self, address: str) -> bool:
        """Whether mail for ``address`` is accepted."""
        folded = address.casefold()
        local, _, domain = folded.rpartition("@")
        plain = local.partition("+")[0] or local
        return bool({folded, f"{plain}@{domain}", f"@{domain}"} & self._known) and bool(domain)
