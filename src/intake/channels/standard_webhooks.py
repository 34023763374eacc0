"""Standard Webhooks 1.0.0: a signature over ``id.timestamp.body``, checked on the bytes as they came (A22)."""

from __future__ import annotations

import base64
import binascii
import secrets as random
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from hmac import compare_digest
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from intake.errors import BadInput, NotAllowed, SettingError

PREFIX = b"whsec_"
VERSION = b"v1"
TOLERANCE_SECONDS = 300
MIN_KEY_BYTES = 24  # the standard's own lower bound
MAX_ID = 256
LOOK_SECONDS = 1.0  # how soon a changed file of secrets counts
_ID, _TIMESTAMP, _SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"


class BadSignature(NotAllowed):
    """The webhook is not signed by a key of ours, or not now."""


class BadBody(BadInput):
    """The body of the webhook cannot be used; ``field`` says which part of it."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field
        self.why = why


def new_secret() -> str:
    """A fresh ``whsec_…`` of 32 random bytes."""
    return (PREFIX + base64.b64encode(random.token_bytes(32))).decode("ascii")


def key_of(secret: bytes) -> bytes:
    """The key that a ``whsec_…`` secret stands for; bytes without that prefix are the key itself, to the last one.

    One key in twenty begins or ends with a byte that is white space as text: nothing is cut off here.
    Raises SettingError where it is no base64, or shorter than 24 bytes.
    """
    key = secret
    if key.startswith(PREFIX):
        try:
            key = base64.b64decode(key[len(PREFIX) :], validate=True)
        except binascii.Error as e:
            raise SettingError("INTAKE_WEBHOOK_SECRET_FILE: what follows whsec_ is not base64") from e
    if len(key) < MIN_KEY_BYTES:
        raise SettingError(f"INTAKE_WEBHOOK_SECRET_FILE: a secret needs at least {MIN_KEY_BYTES} bytes")
    return key


def load_secrets(path: Path) -> tuple[bytes, ...]:
    """The secrets of a file, one a line, ``#`` begins a remark. Several are valid at a time, to change them.

    Raises SettingError where the file is missing, empty or holds a bad one.
    """
    try:
        lines = [line.strip() for line in path.read_bytes().splitlines()]
    except OSError as e:
        raise SettingError(f"{path}: cannot read the webhook secret ({e.strerror}); run `intake init`") from e
    found = tuple(key_of(line) for line in lines if line and not line.startswith(b"#"))
    if not found:
        raise SettingError(f"{path}: holds no webhook secret; run `intake init`")
    return found


class SecretFile:
    """The secrets of one file for those who ask at each request: read anew at most once a second."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: tuple[bytes, ...] = ()
        self._until = 0.0

    def secrets(self) -> tuple[bytes, ...]:
        """What ``load_secrets`` gives, or gave within the last second. Raises SettingError as it does."""
        now = time.monotonic()
        if now >= self._until:
            self._known = load_secrets(self._path)
            self._until = now + LOOK_SECONDS
        return self._known


def sign(secret: bytes, webhook_id: str, timestamp: int, body: bytes) -> str:
    """The value of ``webhook-signature`` for one key."""
    return _signature(secret, _signed(webhook_id, timestamp, body)).decode("ascii")


def _signed(webhook_id: str, timestamp: int, body: bytes) -> bytes:
    return f"{webhook_id}.{timestamp}.".encode() + body


def _signature(secret: bytes, content: bytes) -> bytes:
    mac = _keyed(secret).copy()
    mac.update(content)
    return VERSION + b"," + binascii.b2a_base64(mac.finalize(), newline=False)


@lru_cache(maxsize=16)
def _keyed(secret: bytes) -> HMAC:
    """Made ready once: the key's own part costs more than a form."""
    return HMAC(key_of(secret), SHA256())


def verify(headers: Mapping[str, str], body: bytes, secrets: Sequence[bytes], now: datetime) -> str:
    """The ``webhook-id`` of a rightly signed body. Raises BadSignature; with no secret at all nothing is right."""
    is_lower = _ID in headers and _TIMESTAMP in headers and _SIGNATURE in headers
    found = headers if is_lower else {name.lower(): value for name, value in headers.items()}
    webhook_id = found.get(_ID, "")
    if not webhook_id or len(webhook_id) > MAX_ID or not (webhook_id.isascii() and webhook_id.isprintable()):
        raise BadSignature("webhook-id is missing or malformed")
    timestamp = _timestamp(found.get(_TIMESTAMP, ""))
    if abs(now.timestamp() - timestamp) > TOLERANCE_SECONDS:
        raise BadSignature("webhook-timestamp is too far from our clock")
    given = found.get(_SIGNATURE, "").encode("utf-8", "replace").split()[:16]
    content, fits = _signed(webhook_id, timestamp, body), False
    for secret in secrets:
        right = _signature(secret, content)
        for one in given:  # all of them: the time tells nothing
            fits |= compare_digest(one, right)
    if not fits:
        raise BadSignature("webhook-signature does not fit")
    return webhook_id


def _timestamp(value: str) -> int:
    if not (value.isascii() and value.isdigit()) or len(value) > 12:
        raise BadSignature("webhook-timestamp is missing or malformed")
    return int(value)
