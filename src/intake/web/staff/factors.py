"""One-time codes of an authenticator app (RFC 6238) and the spare codes for the day it is lost."""

from __future__ import annotations

import hmac
import secrets
import unicodedata
from datetime import datetime

import pyotp
import segno
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from markupsafe import Markup

from intake.keyring import Keyring

STEP_SECONDS = 30
DRIFT = 1  # steps before and after: a telephone's clock may be half a minute off
SPARE_CODES = 10
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that looks like something else


def new_secret() -> str:
    """160 bits as base32, as apps want it."""
    return pyotp.random_base32()


def seal(keyring: Keyring, secret: str, name: str) -> bytes:
    """Encrypted under the master secret and bound to the account: a row copied to another account opens nothing."""
    nonce = secrets.token_bytes(12)
    return nonce + AESGCM(keyring.key("totp")).encrypt(nonce, secret.encode("ascii"), name.encode())


def unseal(keyring: Keyring, sealed: bytes, name: str) -> str:
    """The secret; "" where it was not sealed by us for this account."""
    try:
        return AESGCM(keyring.key("totp")).decrypt(sealed[:12], sealed[12:], name.encode()).decode("ascii")
    except (InvalidTag, ValueError):
        return ""


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step that ``code`` is for, None where it fits none near ``now``."""
    digits = unicodedata.normalize("NFKC", code).replace(" ", "").replace("-", "")
    if not secret or len(digits) != 6 or not digits.isascii() or not digits.isdigit():
        return None
    current, totp = int(now.timestamp()) // STEP_SECONDS, pyotp.TOTP(secret)
    fitting = [
        step
        for step in range(current - DRIFT, current + DRIFT + 1)
        if hmac.compare_digest(totp.generate_otp(step), digits)
    ]
    return fitting[0] if fitting else None


def picture(secret: str, name: str, issuer: str) -> Markup:
    """The QR code that an app scans, as SVG without styles."""
    uri = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)
    drawn = segno.make(uri, error="m").svg_inline(scale=4, border=3, omitsize=True, dark="#000", light="#fff")
    return Markup(drawn)  # noqa: S704 - made here, of a QR code: rectangles only


def spare_codes() -> list[str]:
    """``k7md-x2pq`` ten times: 39 bits each, each opens once."""
    return [
        "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(2)) for _ in range(SPARE_CODES)
    ]


def spare_hash(keyring: Keyring, name: str, code: str) -> bytes:
    """What is kept of a spare code."""
    plain = unicodedata.normalize("NFKC", code).lower().replace("-", "").replace(" ", "")
    return keyring.hash("spare-code", f"{name}\0{plain}")
