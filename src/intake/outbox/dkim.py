"""DKIM signatures (RFC 6376, rsa-sha256, relaxed/relaxed) over the final bytes of our own mails."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from intake.errors import SettingError
from intake.journal import journal
from intake.model import Mail
from intake.outbox import dkim_keys
from intake.outbox.last_look import LooksLast
from intake.ports import Courier, Delivery

log = journal("dkim")
# In the order that they are signed. Those in _TWICE are named once more than they occur: nobody can add another.
_SIGNED = (
    "From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Reply-To", "Cc", "Auto-Submitted",
    "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
)  # fmt: skip
_TWICE = frozenset({"From", "To", "Subject", "Reply-To", "Cc", "Date"})
_BLANKS = re.compile(rb"[ \t]+")
_FROM_DOMAIN = re.compile(rb"@([A-Za-z0-9.-]+)>?\s*$")


@dataclass(frozen=True, slots=True)
class Signer:
    """One key and the name of its DNS record."""

    selector: str
    key: rsa.RSAPrivateKey

    def sign(self, data: bytes, at: datetime) -> bytes:
        """``data`` (a whole mail with CRLF) with a DKIM-Signature before it, for the domain of its From line."""
        head, _, body = data.partition(b"\r\n\r\n")
        fields = _fields(head)
        domain = _domain_of(fields)
        names = _names(fields)
        body_hash = base64.b64encode(sha256(_relaxed_body(body)).digest()).decode()
        unsigned = (
            f"v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s={self.selector};\r\n"
            f" t={int(at.timestamp())}; h={_folded_names(names)};\r\n bh={body_hash};\r\n b="
        )
        signed = _signed_headers(fields, names) + _relaxed("DKIM-Signature", unsigned.encode())
        signature = base64.b64encode(self.key.sign(signed, padding.PKCS1v15(), hashes.SHA256())).decode()
        return f"DKIM-Signature: {unsigned}{_folded(signature)}\r\n".encode() + data


class SigningCourier:
    """A courier whose mails are signed on their way out, by the key that is in use at that moment."""

    def __init__(self, inner: Courier, home: Path, clock: Callable[[], datetime]) -> None:
        """Raises SettingError for a key that cannot be used."""
        self._inner, self._home, self._clock = inner, home, clock
        self._stamp, self._signer = dkim_keys.stamp(home), load_signer(home)

    @property
    def inner(self) -> Courier:
        """Who carries the signed mail."""
        return self._inner

    def deliver(self, mail: Mail) -> Delivery:
        """Sign, then hand on; raises what the inner courier raises."""
        return self._inner.deliver(self._signed(mail))

    def deliver_after(self, mail: Mail, look: Callable[[], None]) -> Delivery:
        """The same, with a last look as late as the inner courier can."""
        if isinstance(self._inner, LooksLast):
            return self._inner.deliver_after(self._signed(mail), look)
        look()
        return self._inner.deliver(self._signed(mail))

    def _signed(self, mail: Mail) -> Mail:
        self._take_up_new_keys()
        if self._signer is None:
            return mail
        return replace(mail, data=self._signer.sign(mail.data, self._clock()))

    def _take_up_new_keys(self) -> None:
        """A key that was made or chosen while we run; one that cannot be used leaves the old one in place."""
        stamp = dkim_keys.stamp(self._home)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._signer = load_signer(self._home)
        except SettingError as e:
            log.error("the key cannot be used, the old one goes on signing", error=e)

    def close(self) -> None:
        """Close the inner courier."""
        self._inner.close()


def signed(courier: Courier, home: Path) -> Courier:
    """The courier, signing where the home has a key. Raises SettingError for a key that cannot be used."""
    return SigningCourier(courier, home, lambda: datetime.now(UTC))


def load_signer(home: Path) -> Signer | None:
    """The key in use; None where there is none. Raises SettingError."""
    key = dkim_keys.key_in_use(home)
    return None if key is None else Signer(key.selector, key.private)


def _fields(head: bytes) -> list[tuple[str, bytes]]:
    """(name, value with its folds) in order."""
    unfolded = re.split(rb"\r\n(?![ \t])", head)
    return [(name.decode("ascii"), value) for name, _, value in (line.partition(b":") for line in unfolded)]


def _domain_of(fields: list[tuple[str, bytes]]) -> str:
    values = [value for name, value in fields if name.lower() == "from"]
    found = _FROM_DOMAIN.search(values[0]) if len(values) == 1 else None
    if found is None:
        raise SettingError("dkim: the mail has no plain From address")
    return found.group(1).decode("ascii").lower()


def _names(fields: list[tuple[str, bytes]]) -> list[str]:
    have = [name.lower() for name, _ in fields]
    names: list[str] = []
    for name in _SIGNED:
        names += [name] * (have.count(name.lower()) + (name in _TWICE))
    return names


def _signed_headers(fields: list[tuple[str, bytes]], names: list[str]) -> bytes:
    """RFC 6376 §5.4.2: each name takes the lowest occurrence that is left; one too many takes nothing."""
    left: dict[str, list[bytes]] = {}
    for name, value in fields:
        left.setdefault(name.lower(), []).append(value)
    taken = [(name, left[name.lower()].pop()) for name in names if left.get(name.lower())]
    return b"".join(_relaxed(name, value) + b"\r\n" for name, value in taken)


def _relaxed(name: str, value: bytes) -> bytes:
    """RFC 6376 §3.4.2."""
    return name.lower().encode() + b":" + _BLANKS.sub(b" ", value.replace(b"\r\n", b"")).strip(b" \t")


def _relaxed_body(body: bytes) -> bytes:
    """RFC 6376 §3.4.4."""
    lines = [_BLANKS.sub(b" ", line).rstrip(b" ") for line in body.split(b"\r\n")]
    while lines and not lines[-1]:
        lines.pop()
    return b"".join(line + b"\r\n" for line in lines)


def _folded_names(names: list[str]) -> str:
    """Folded behind colons: within a name a blank would be part of it."""
    return ":\r\n ".join(":".join(names[i : i + 6]) for i in range(0, len(names), 6))


def _folded(text: str) -> str:
    """Folded anywhere, at 70 characters; blanks within base64 mean nothing (RFC 6376 §3.2)."""
    return "\r\n ".join(text[i : i + 70] for i in range(0, len(text), 70))
