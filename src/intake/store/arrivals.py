"""An envelope as one blob: a line of JSON, then the bytes exactly as they came."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import datetime

from intake.model import Channel, Envelope

_NAMES = [f.name for f in fields(Envelope) if f.name != "raw"]


def pack(envelope: Envelope) -> bytes:
    """All but ``raw``, a line feed (JSON holds none), then ``raw``. By hand: every mail comes through here twice."""
    head = {name: getattr(envelope, name) for name in _NAMES}
    head["received_at"] = envelope.received_at.isoformat()
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass") + b"\n" + envelope.raw


def unpack(packed: bytes) -> Envelope:
    """What ``pack`` was given; names that this version does not know are dropped."""
    text, _, raw = packed.partition(b"\n")
    head = json.loads(text.decode("utf-8", "surrogatepass"))
    known = {name: head[name] for name in _NAMES if name in head}
    known["channel"] = Channel(head["channel"])
    known["received_at"] = datetime.fromisoformat(head["received_at"])
    known["rcpt_to"] = tuple(head["rcpt_to"])
    return Envelope(raw=raw, **known)
