"""An envelope as one blob: a line of JSON, then the bytes exactly as they came."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from intake.model import Envelope
from intake.store.codec import dumps, loads

_EMPTY = b""


def row(digest: bytes, key_id: int, envelope: Envelope) -> dict[str, Any]:
    """The columns of an inbox row: nothing that anybody wrote."""
    return {
        "digest": digest,
        "key_id": key_id,
        "channel": envelope.channel.value,
        "via": envelope.via,
        "received_at": envelope.received_at,
        "size": len(envelope.raw),
    }


def pack(envelope: Envelope) -> bytes:
    """The head without ``raw``, a line feed (JSON holds none), then ``raw``."""
    return dumps(replace(envelope, raw=_EMPTY)) + b"\n" + envelope.raw


def unpack(packed: bytes) -> Envelope:
    """What ``pack`` was given."""
    head, _, raw = packed.partition(b"\n")
    return replace(loads(Envelope, head), raw=raw)
