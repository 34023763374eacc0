"""Delivery reports, receipts and old free-form bounces: what failed, and for whom."""

from __future__ import annotations

import re
from dataclasses import dataclass

from intake.parsing.limits import Notes
from intake.parsing.mime import Part
from intake.parsing.transfer import decode_transfer

_ACTION = re.compile(rb"(?im)^action\s*:\s*([a-z]+)")
_STATUS = re.compile(rb"(?im)^status\s*:\s*([245])\.")
_RECIPIENT = re.compile(
    rb"(?im)^(?:final|original)-recipient\s*:\s*(?:[a-z0-9-]+\s*;)?\s*<?([^\s<>;]{1,250}@[^\s<>;]{1,250})>?",
)
_ADDRESS = re.compile(r"<?([A-Za-z0-9._%+=/'\"-]{1,64}@[A-Za-z0-9.-]{3,255})>?")
_RETURNED = re.compile(
    r"(?:----- ?(?:original|returned|undelivered) message|-{2,} ?below this line is a copy"
    r"|-{2,}[^\n]{0,60}(?:returned|original|undelivered|unsent) (?:message|mail)"
    r"|message-id:|^received: from|---- ?元のメール|the following (?:address|recipient)|transcript of session"
    r"|original message follows|以下の(?:宛先|アドレス|メール)|次の(?:宛先|アドレス|受信者))",
    re.IGNORECASE | re.MULTILINE,
)  # fmt: skip
_MAX = 200_000


DELAYED = "delivery report, delayed"  # RFC 3464 2.3.3: still under way, nothing has come back


@dataclass(frozen=True, slots=True)
class Report:
    """A machine-readable report: whether anything failed, and the addresses."""

    failed: bool
    reason: str
    addresses: tuple[str, ...] = ()


def report(root: Part) -> Report | None:
    """RFC 3464 delivery reports, RFC 8098 receipts, RFC 5965 complaints, wherever they hang in the top levels."""
    kind = ""
    if root.media_type == "multipart/report":
        kind = next((value.decode("latin-1").lower() for key, value in root.params if key == "report-type"), "")
    for part in root.walk():
        if part.depth > 2 or (part.depth and part.main == "message" and part.children and part.depth > 1):
            continue
        media = part.media_type
        if media in ("message/delivery-status", "message/global-delivery-status"):
            return _delivery(part)
        if media == "message/disposition-notification":
            return Report(False, "read receipt")
        if media == "message/feedback-report":
            return Report(True, "complaint report")
    if "disposition" in kind:
        return Report(False, "read receipt")
    if root.media_type == "multipart/report" and kind in ("delivery-status", ""):
        return Report(True, "delivery report")
    return None


def _delivery(part: Part) -> Report:
    body = decode_transfer(part, Notes())[:_MAX]
    actions = {word.lower() for word in _ACTION.findall(body)}
    failed = not actions or bool(actions & {b"failed", b"failure", b"delayed", b"error"})
    if not failed and not actions & {b"delivered", b"relayed", b"expanded"}:
        failed = b"5" in _STATUS.findall(body)
    found = dict.fromkeys(item.decode("ascii", "replace") for item in _RECIPIENT.findall(body)[:100])
    if actions == {b"delayed"}:
        return Report(True, DELAYED, tuple(found))
    return Report(failed, "delivery report" if failed else "delivery report, nothing failed", tuple(found))


def encloses_mail(root: Part, text: str) -> bool:
    """The mail that came back hangs on it or is quoted below."""
    if any(part.media_type in ("message/rfc822", "text/rfc822-headers") for part in root.walk()):
        return True
    return bool(_RETURNED.search(text[:_MAX]))


def named(text: str, sender: str) -> tuple[str, ...]:
    """Addresses that a free-form bounce names above the mail it returns; the first few, without the sender's own."""
    head = text[:_MAX]
    returned = _RETURNED_MARK.search(head)
    head = head[: returned.start()] if returned else head[:4_000]
    found = dict.fromkeys(_ADDRESS.findall(head)[:20])
    own = sender.rpartition("@")[2].lower()
    return (
        tuple(item for item in found if not _NOT_SEEKER.match(item) and item.lower() != sender.lower())[:5]
        or tuple(item for item in found if item.lower().endswith(own))[:1]
    )


_NOT_SEEKER = re.compile(r"(?i)(?:postmaster|mailer-daemon|abuse|support|help\w*|no-?reply)@")
_RETURNED_MARK = re.compile(
    r"(?im)^[-\s>*=]{0,20}(?:below this line|(?:original|returned|undelivered|unsent|copy of) (?:message|mail)"
    r"|received: from|return-path:|message-id:|元のメール|以下は)"
)


def by_format(raw: bytes) -> tuple[str, ...]:
    """Addresses by the formats that flufl.bounce knows; only for mail whose sender or return path is a mail system's.

    Slow, and it takes ordinary Japanese mails for bounces, hence only for those.
    """
    return _flufl(raw) if len(raw) <= _MAX else ()


_SEVEN_BIT = bytes(code if code < 0x80 else 0x3F for code in range(256))  # its detectors take headers for text


def _flufl(raw: bytes) -> tuple[str, ...]:
    if max((len(line) for line in raw.split(b"\n")), default=0) > 4_000:
        return ()  # its patterns are not made for such lines
    try:
        import email
        import logging

        from flufl.bounce import all_failures

        logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)  # it logs a traceback for each detector that fails
        temporary, permanent = all_failures(email.message_from_bytes(raw.translate(_SEVEN_BIT)))
    except Exception:  # noqa: BLE001 - its detectors raise on a missing From, on odd charsets ...
        return ()
    names = [
        item.decode("ascii", "replace") if isinstance(item, bytes) else str(item) for item in (*permanent, *temporary)
    ]
    return tuple(dict.fromkeys(name for name in names if "@" in name))
