"""Keys for coming back: a few digits sent to the address on file (features.md B8). The pure part.

Counting the tries race-free is the store's work; what a try means is said here.
"""

from __future__ import annotations

import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from intake.keyring import Keyring

LEAST_DIGITS, MOST_DIGITS = 6, 8
PURPOSE = "return-key"


class KeyAnswer(StrEnum):
    """What became of a try. To strangers all but RIGHT look the same."""

    RIGHT = "right"
    WRONG = "wrong"
    EXPIRED = "expired"
    USED_UP = "used_up"


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """What is stored: never the key itself. ``subject`` binds it to one person and purpose."""

    subject: str
    digest: bytes
    expires_at: datetime
    tries_left: int


def new_key(digits: int = 6) -> str:
    """Digits from the system's source, zeros in front included. ValueError outside 6 to 8."""
    if not LEAST_DIGITS <= digits <= MOST_DIGITS:
        raise ValueError(f"a key has {LEAST_DIGITS} to {MOST_DIGITS} digits")
    return f"{secrets.randbelow(10**digits):0{digits}d}"


def issue(keyring: Keyring, subject: str, key: str, now: datetime, *, minutes: int = 10, tries: int = 3) -> IssuedKey:
    """The stored form of a key."""
    return IssuedKey(subject, _digest(keyring, subject, key), now + timedelta(minutes=minutes), tries)


def try_key(keyring: Keyring, issued: IssuedKey, typed: str, now: datetime) -> KeyAnswer:
    """Compare what was typed (full-width digits and blanks are fine). Takes the same time right or wrong.

    The caller takes one try away, in the same transaction, before it believes the answer.
    """
    same = hmac.compare_digest(_digest(keyring, issued.subject, _digits(typed)), issued.digest)
    if issued.tries_left <= 0:
        return KeyAnswer.USED_UP
    if now >= issued.expires_at:
        return KeyAnswer.EXPIRED
    return KeyAnswer.RIGHT if same else KeyAnswer.WRONG


def _digest(keyring: Keyring, subject: str, key: str) -> bytes:
    return keyring.hash(PURPOSE, f"{subject}\x00{key}")


def _digits(typed: str) -> str:
    folded = unicodedata.normalize("NFKC", typed[:64])
    return "".join(c for c in folded if c.isascii() and c.isdigit())
