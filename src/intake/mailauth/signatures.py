"""Which domains signed this mail (RFC 6376), by dkimpy."""

from __future__ import annotations

import re
from collections.abc import Callable

import dkim

from intake.journal import journal
from intake.mailauth.resolver import NoAnswer, Resolver

MOST_HEADERS = 50
MOST_SIGNATURES = 5  # a forger may add thousands; real mail has one to three
log = journal("mailauth")
_HEADER = re.compile(rb"^dkim-signature:((?:[^\n]*\n(?:[ \t][^\n]*\n)*))", re.IGNORECASE | re.MULTILINE)
_TAG = re.compile(rb"(?:^|;)\s*([a-z]+)\s*=\s*([^;]*)", re.IGNORECASE)


def signers(raw: bytes, resolver: Resolver, deadline: float, may_speak: Callable[[str], bool]) -> list[str]:
    """The ``d=`` of each signature that verifies over the whole body and the From line.

    ``may_speak`` says whether a domain's signature would count: nobody else's DNS is asked, for a forger would name
    one that never answers. A signature with ``l=`` vouches for a beginning only, one in test mode (``t=y``) for
    nothing: both are passed over. Raises NoAnswer where a key could not be asked for and no other signature decides.
    """
    found, unanswered, asked = [], None, 0
    for number, header in enumerate(_HEADER.findall(head_of(raw))[:MOST_HEADERS]):
        tags = {k.lower(): b"".join(v.split()) for k, v in _TAG.findall(header)}
        domain = tags.get(b"d", b"").decode("ascii", "replace").lower()
        if b"l" in tags or b"from" not in tags.get(b"h", b"").lower().split(b":") or not may_speak(domain):
            continue
        asked += 1
        if asked > MOST_SIGNATURES:
            break
        try:
            if _verifies(raw, number, domain, resolver, deadline):
                found.append(domain)
        except NoAnswer as error:
            unanswered = error
        except Exception as error:  # noqa: BLE001 - whatever a hostile header does to the library, it signs nothing
            log.debug("a signature does not verify", error=error)
    if not found and unanswered is not None:
        raise unanswered
    return found


def _verifies(raw: bytes, number: int, domain: str, resolver: Resolver, deadline: float) -> bool:
    """``domain`` is what we read; the library must have read the same signature."""
    asked = []

    def key_of(name: bytes | str, timeout: int = 5) -> bytes | None:
        text = name.decode("ascii") if isinstance(name, bytes) else name
        records = resolver.txt(text, deadline)
        asked.extend(records)
        return records[0] if records else None

    signed = dkim.DKIM(raw, minkey=1024)
    passed = bool(signed.verify(idx=number, dnsfunc=key_of)) and signed.domain.decode("ascii").lower() == domain
    return passed and not any(_in_test(record) for record in asked)


def _in_test(record: bytes) -> bool:
    flags = {k.lower(): v for k, v in _TAG.findall(record)}.get(b"t", b"")
    return b"y" in flags.replace(b" ", b"").lower().split(b":")


def head_of(raw: bytes) -> bytes:
    """The header lines, each ending in LF."""
    ends = [at for at in (raw.find(b"\r\n\r\n"), raw.find(b"\n\n")) if at >= 0]
    return raw[: min(ends) + 2 if ends else len(raw)].replace(b"\r\n", b"\n")
