"""What our own border said of the From line (RFC 8601): evidence only, and nothing from anybody else counts.

A border puts its Authentication-Results on top of all (RFC 8601 §4.1). Below a Received, with any other id, or behind
another such header, everything may be forged (reliability.md A3).

Some borders write theirs beneath their own Received (Google's, milters that insert at the second place). That place is
believed only where the agency says that its border is one of them (``below``): a border that neither adds a result to
every mail nor strips the sender's own would let anybody write there. Even then only: beneath the topmost Received that
our border itself wrote (its ``by`` is the authserv-id, and all above it is our own house's), before the next Received,
as the only header with our id in the whole mail.
"""

from __future__ import annotations

import re

from intake.model import Address, Authenticity, AuthVerdict
from intake.parsing.addresses import canonical
from intake.parsing.headers import Headers
from intake.parsing.organisation import organisation

_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"^\s*(dmarc|dkim|spf)\s*=\s*([a-z]+)", re.IGNORECASE)
_PROPERTY = re.compile(r"\b(header\.(?:from|d|i)|smtp\.(?:mailfrom|mail|helo))\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE)
_NONE = Authenticity()


def verdict(
    headers: Headers, senders: list[Address], from_headers: int, authserv_id: str, below: bool = False
) -> Authenticity:
    """PASS or FAIL only on the word of ``authserv_id`` in its place; PASS for exactly one From address.

    With several the border may have judged another than the one we read first (RFC 7489 §6.6.1): that is a failure,
    or a second From would be the way around one. So is a ``header.from`` (RFC 7489 §11.1) that we did not read.
    """
    if not authserv_id or not senders:
        return _NONE
    domain = senders[0].canonical.rpartition("@")[2]
    own = _topmost(headers, authserv_id) or (_beneath(headers, authserv_id) if below else None)
    if own is None or "." not in domain:
        return _NONE
    if from_headers != 1 or len(senders) != 1:
        return Authenticity(AuthVerdict.FAIL, domain, "dmarc")
    results = _results(own)
    if any(name == "dmarc" and _is_another(claimed, domain) for name, _, claimed in results):
        return Authenticity(AuthVerdict.FAIL, domain, "dmarc")
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
        text = _flat(value)
        ours = _is_from(text, authserv_id)
        if found is None and not ours:
            return None
        if found is not None and ours:
            return None
        found = found or text
    return found


def _beneath(headers: Headers, authserv_id: str) -> str | None:
    """The value of our own header right under our border's own Received; None if anything about it is doubtful."""
    results = [_flat(value) for name, value in headers.fields if name == "authentication-results"]
    if sum(_is_from(text, authserv_id) for text in results) != 1:
        return None  # a border that always adds makes a forged one the second
    at_border = False
    for name, value in headers.fields:
        if name == "received":
            if at_border or not _is_of_house(_flat(value), authserv_id):
                return None
            at_border = _by(_flat(value)) == authserv_id.lower() and not _LOCAL.match(_flat(value))
        elif name == "authentication-results":
            text = _flat(value)
            return text if at_border and _is_from(text, authserv_id) else None
    return None


def _is_of_house(received: str, authserv_id: str) -> bool:
    """A hop of the border itself, over its loopback, or Google's last (no sender, an IPv6 address of its own).

    Other hosts of the same domain are not enough: where the border calls itself otherwise than its id, a sender's own
    line "by <id>" further down would pass for the border's.
    """
    host = _by(received)
    if host == authserv_id.lower():
        return True
    if host in ("localhost", "localhost.localdomain"):
        return bool(_LOCAL.match(received))
    return received.lower().startswith("by ") and ":" in host


def _by(received: str) -> str:
    """The host that wrote a Received: the name after its one ``by`` outside comments, "" if that is not plain."""
    clauses = _BY.findall(_COMMENT.sub(" ", _COMMENT.sub(" ", received)))
    return clauses[0].lower().rstrip(".;") if len(clauses) == 1 else ""


def _flat(value: bytes) -> str:
    return value[:8_000].decode("utf-8", "replace").replace("\r", " ").replace("\n", " ").strip()


_BY = re.compile(r"(?:^|\s)by\s+(\S+)", re.IGNORECASE)
_LOCAL = re.compile(  # handed over on the same machine: the address in brackets is the border's own observation
    r"^from\s+\S+\s+\((?!(?:HELO|EHLO)\b)(?:[^()\s\[]+\s+)?\[(?:127\.\d+\.\d+\.\d+|(?:IPv6:)?::1)\](?::\d+)?\)\s+by\s",
    re.IGNORECASE,
)


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
        out.append((method, match[2].lower(), canonical("@" + claimed.rpartition("@")[2])[1:]))
    return out


def _is_another(claimed: str, domain: str) -> bool:
    """The border read a From of somebody else than we did: whatever it found is not about the sender we would believe.

    By organisational domain, for some borders name that one.
    """
    return "." in claimed and organisation(claimed) != organisation(domain)


def _aligned(method: str, claimed: str, domain: str) -> bool:
    """DMARC speaks of From itself; DKIM and SPF count relaxed, by organisational domain."""
    if not claimed:
        return False
    if method == "dmarc":
        return claimed == domain
    return organisation(claimed) == organisation(domain)
