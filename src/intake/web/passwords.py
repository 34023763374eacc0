"""Staff passwords: argon2id, constant time whether or not the account exists (A26, A32)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import bcrypt
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from intake.errors import StoreBusy

MOST_ROUNDS = 5_000_000  # a record cannot ask for minutes of work

# OWASP's first choice is 46 MiB in one pass; three passes at 64 MiB by four threads, the library's own, cost a page
# that asks for the old password and sets a new one 0.3 s of two cores. Hashes of before say themselves how they fit.
_HASHER = PasswordHasher(time_cost=1, memory_cost=65_536, parallelism=1)
_NOBODY = _HASHER.hash("nobody has this password")
_HASHING = threading.BoundedSemaphore(2)  # argon2 takes 64 MiB each time: strangers must not use it all
_WAIT_SECONDS = 5.0


@contextmanager
def _one_of_few() -> Iterator[None]:
    if not _HASHING.acquire(timeout=_WAIT_SECONDS):
        raise StoreBusy("too many passwords at once")
    try:
        yield
    finally:
        _HASHING.release()


def hash_password(password: str) -> str:
    """An argon2id hash. Raises StoreBusy where too many are made at once."""
    with _one_of_few():
        return _HASHER.hash(_bytes(password))


def password_fits(stored: str | None, password: str) -> bool:
    """Check in the same time for known and unknown accounts. Raises StoreBusy where too many are checked at once."""
    try:
        with _one_of_few():
            _HASHER.verify(stored or _NOBODY, _bytes(password))
    except (Argon2Error, InvalidHashError):
        return False
    return stored is not None


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "replace")


def old_password_fits(stored: str | None, typed: str) -> bool:
    """The password of the agency's own old site: argon2, bcrypt, or PBKDF2 as Django writes it.

    True where the record has none. An unknown form of hash fits nothing: the person is helped by telephone.
    """
    if not stored:
        password_fits(None, typed or "nothing")  # the same work as for somebody who has one
        return True
    if stored.startswith("$argon2"):
        return password_fits(stored, typed)
    if stored.startswith(("$2a$", "$2b$", "$2y$")):
        return _bcrypt_fits(stored, typed)
    if stored.startswith(("pbkdf2_sha256$", "pbkdf2_sha1$")):
        return _pbkdf2_fits(stored, typed)
    return False


def _bcrypt_fits(stored: str, typed: str) -> bool:
    """bcrypt itself reads 72 bytes at most and no NUL."""
    password = typed.encode("utf-8", "replace")[:72]
    if not password or b"\0" in password:
        return False
    try:
        return bcrypt.checkpw(password, stored.encode("ascii"))
    except (ValueError, UnicodeEncodeError):
        return False


def _pbkdf2_fits(stored: str, typed: str) -> bool:
    """``pbkdf2_sha256$ITERATIONS$SALT$BASE64``."""
    try:
        name, rounds, salt, digest = stored.split("$")
        wanted = base64.b64decode(digest, validate=True)
        if not 1 <= int(rounds) <= MOST_ROUNDS or not wanted:
            return False
        kind = name.removeprefix("pbkdf2_")
        found = hashlib.pbkdf2_hmac(kind, typed.encode("utf-8", "replace"), salt.encode(), int(rounds), len(wanted))
    except (ValueError, binascii.Error):
        return False
    return hmac.compare_digest(found, wanted)
