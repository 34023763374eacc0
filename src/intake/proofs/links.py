"""Confirm links: a secret of 128 bits that only the mail holds; we keep its hash (reliability.md A23, A24)."""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta

from intake.keyring import Keyring

TOKEN_BYTES = 16
TOKEN_CHARS = 22  # base64url of 16 bytes, no padding
_BREAK = r"(?:=?\r?\n[> \t]*)?"  # a mail program may fold a long line, and quote it
TOKEN = re.compile(rf"((?:/|%2F)c(?:\\?/|%2F)[\s>]*)((?:[A-Za-z0-9_-]{_BREAK}){{{TOKEN_CHARS}}})", re.IGNORECASE)
_KEY = re.compile(r"(認証キー[\s>:\uff1a]*)(\d{6,8})")
_SECRET_CHAR = re.compile(r"[A-Za-z_-]|\d")


def masked(text: str) -> str:
    """As long as it was, without the secrets of our mails: who reads one could act as the person it was sent to.

    For whatever shows people other than that one what was mailed, or what came back quoted.
    """
    for secret in (TOKEN, _KEY):
        text = secret.sub(lambda m: m[1] + _SECRET_CHAR.sub("…", m[2]), text)
    return text


def new_token() -> str:
    """A new secret for a URL, 128 bits from the system's source."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(keyring: Keyring, token: str) -> bytes:
    """What is stored and looked up in place of the token. Any text is taken; what is no token is found nowhere."""
    return keyring.hash("token", token[: 4 * TOKEN_CHARS])


def nonce_for(keyring: Keyring, token: str) -> str:
    """The value in the page's form, bound to the token, so that browsers without cookies can act.

    It shows that the form was read and posted; a machine that only follows links has none.
    """
    return keyring.sign("nonce", token)


def nonce_ok(keyring: Keyring, token: str, nonce: str) -> bool:
    """Constant-time check of a form's nonce; any text is taken, nothing raises."""
    return keyring.signed_by_us("nonce", token, nonce)


def expires_at(now: datetime, hours: int) -> datetime:
    """Until when a link issued now can be used."""
    return now + timedelta(hours=hours)


def is_expired(until: datetime, now: datetime) -> bool:
    """True from the very instant ``until`` on."""
    return now >= until
