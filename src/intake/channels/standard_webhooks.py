"""Standard Webhooks 1.0.0: a signature over ``id.timestamp.body``, checked on the bytes as they came (A22)."""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import secrets as random
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from intake.errors import BadInput, NotAllowed, SettingError

PREFIX = b"whsec_"
VERSION = "v1"
TOLERANCE_SECONDS = 300
MIN_KEY_BYTES = 24  # the standard's own lower bound
MAX_ID = 256


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
    """The key that a ``whsec_…`` secret stands for; bytes without that prefix are the key itself.

    Raises SettingError where it is no base64, or shorter than 24 bytes.
    """
    key = secret.strip()
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
        found = os.stat(path)  # noqa: PTH116 each request asks
        return _secrets_of(path, found.st_mtime_ns, found.st_size, found.st_ino)
    except OSError as e:
        raise SettingError(f"{path}: cannot read the webhook secret ({e.strerror}); run `intake init`") from e


@lru_cache(maxsize=16)
def _secrets_of(path: Path, *_: int) -> tuple[bytes, ...]:
    """Read anew when the file is another one."""
    lines = [line.strip() for line in path.read_bytes().splitlines()]
    found = tuple(key_of(line) for line in lines if line and not line.startswith(b"#"))
    if not found:
        raise SettingError(f"{path}: holds no webhook secret; run `intake init`")
    return found


def sign(secret: bytes, webhook_id: str, timestamp: int, body: bytes) -> str:
    """The value of ``webhook-signature`` for one key."""
    content = f"{webhook_id}.{timestamp}.".encode() + body
    return f"{VERSION},{base64.b64encode(hmac.digest(key_of(secret), content, 'sha256')).decode('ascii')}"


def verify(headers: Mapping[str, str], body: bytes, secrets: Sequence[bytes], now: datetime) -> str:
    """The ``webhook-id`` of a rightly signed body. Raises BadSignature; with no secret at all nothing is right."""
    found = {name.lower(): value for name, value in headers.items()}
    webhook_id = found.get("webhook-id", "")
    if not webhook_id or len(webhook_id) > MAX_ID or not (webhook_id.isascii() and webhook_id.isprintable()):
        raise BadSignature("webhook-id is missing or malformed")
    timestamp = _timestamp(found.get("webhook-timestamp", ""))
    if abs(now.timestamp() - timestamp) > TOLERANCE_SECONDS:
        raise BadSignature("webhook-timestamp is too far from our clock")
    given = [s.encode("utf-8", "replace") for s in found.get("webhook-signature", "").split()[:16]]
    right = [sign(secret, webhook_id, timestamp, body).encode() for secret in secrets]
    matches = [hmac.compare_digest(g, r) for g in given for r in right]  # all of them: the time tells nothing
    if not any(matches):
        raise BadSignature("webhook-signature does not fit")
    return webhook_id


def _timestamp(value: str) -> int:
    if not (value.isascii() and value.isdigit()) or len(value) > 12:
        raise BadSignature("webhook-timestamp is missing or malformed")
    return int(value)
