"""Staff passwords: argon2id, constant time whether or not the account exists (A26, A32)."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

_HASHER = PasswordHasher()
_NOBODY = _HASHER.hash("nobody has this password")


def hash_password(password: str) -> str:
    """An argon2id hash."""
    return _HASHER.hash(password)


def password_fits(stored: str | None, password: str) -> bool:
    """Check in the same time for known and unknown accounts."""
    try:
        _HASHER.verify(stored or _NOBODY, password)
    except (Argon2Error, InvalidHashError):
        return False
    return stored is not None
