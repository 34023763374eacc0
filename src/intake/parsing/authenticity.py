"""What our own border said of the From line (RFC 8601): evidence only, and nothing from anybody else counts.

Our border puts its Authentication-Results on top of all. Below a Received, with any other id, or behind another such
header, everything may be forged (reliability.md A3).
"""

from __future__ import annotations

import re

from intake.model import Address, Authenticity, AuthVerdict
from intake.parsing.headers import Headers
from intake.parsing.organisation import organisation

_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"^\s*(dmarc|dkim|spf)\s*=\s*([a-z]+)", re.IGNORECASE)
_PROPERTY = re.compile(r"\b(header\.(?:from|d|i)|smtp\.(?:mailfrom|mail|helo))\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE)
_NONE = Authenticity()


def verdict(headers: Headers, senders: list[Address], from_headers: int, authserv_id: str) -> Authenticity:
    """PASS or FAIL only on the word of ``authserv_id`` in the topmost place, for exactly one From address."""
    if not authserv_id or from_headers != 1 or len(senders) != 1:
        return _NONE
    domain = senders[0].canonical.rpartition("@")[2]
    own = _topmost(headers, authserv_id)
    if own is None or "." not in domain:
        return _NONE
    results = _results(own)
    for method in ("dmarc", "dkim", "spf"):
        for name, result, claimed in results:
            if name == method and result == "pass" and _aligned(method, claimed, domain):
                failed = any(item[0] == "dmarc" and item[1] == "fail" for item in results)
                if not failed:
                    return Authenticity(AuthVerdict.PASS, domain, method)
    if any(name == "dmarc" and result in ("fail", "permerror") for name, result, _ in results):
        return Authenticity(AuthVerdict.FAIL, domain, "dmarc")
    return _NONE


def _topmost(headers: Headers, authserv_id: str) -> str | None:
    """The value of our own header if it is the topmost of its kind and stands above every Received.

    What lies below a Received was there before the mail reached our border, whoever it claims to be from. A second
    header with our id up there makes the whole doubtful.
    """
    found: str | None = None
    for name, value in headers.fields:
        if name == "received":
            break
        if name != "authentication-results":
            continue
        text = value.decode("ascii", "replace").replace("\r", " ").replace("\n", " ")
        ours = _is_from(text, authserv_id)
        if found is None and not ours:
            return None
        if found is not None and ours:
            return None
        found = found or text
    return found


def _is_from(text: str, authserv_id: str) -> bool:
    head = _COMMENT.sub(" ", text.partition(";")[0]).split()
    return bool(head) and head[0].strip('"').lower() == authserv_id.lower()


def _results(text: str) -> list[tuple[str, str, str]]:
    """(method, result, claimed domain or address) of each statement."""
    out: list[tuple[str, str, str]] = []
    for piece in _COMMENT.sub(" ", text[:8_000]).split(";")[1:]:
        match = _RESULT.match(piece)
        if match is None:
            continue
        method = match[1].lower()
        wanted = {"dmarc": ("header.from",), "dkim": ("header.d", "header.i"), "spf": ("smtp.mailfrom", "smtp.mail")}[
            method
        ]
        properties = {key.lower(): value for key, value in _PROPERTY.findall(piece)}
        claimed = next((properties[key] for key in wanted if key in properties), "")
        out.append((method, match[2].lower(), claimed.rpartition("@")[2].lower().rstrip(".")))
    return out


def _aligned(method: str, claimed: str, domain: str) -> bool:
    """DMARC speaks of From itself; DKIM and SPF count relaxed, by organisational domain."""
    if not claimed:
        return False
    if method == "dmarc":
        return claimed == domain
    return organisation(claimed) == organisation(domain)
