"""An envelope as one blob: a line of JSON, then the bytes exactly as they came."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import datetime
from json.encoder import encode_basestring as _text

from intake.model import Channel, Envelope

_NAMES = [f.name for f in fields(Envelope) if f.name != "raw"]


def pack(envelope: Envelope, received_at: str = "") -> bytes:
    """All but ``raw``, a line feed (JSON holds none), then ``raw``. By hand: every mail comes through here.

    ``received_at``: the envelope's instant in ISO format, where it is known already.
    """
    e, at = envelope, received_at or envelope.received_at.isoformat()
    member = "null" if e.app_member is None else _text(e.app_member)
    by = "null" if e.entered_by is None else _text(e.entered_by)
    head = (
        f'{{"channel":{_text(e.channel)},"via":{_text(e.via)},"received_at":"{at}",'
        f'"mail_from":{_text(e.mail_from)},"rcpt_to":[{",".join(map(_text, e.rcpt_to))}],"peer":{_text(e.peer)},'
        f'"content_type":{_text(e.content_type)},"app_member":{member},"entered_by":{by},'
        f'"archive":{"true" if e.archive else "false"}}}\n'
    )
    return head.encode("utf-8", "surrogatepass") + e.raw


def unpack(packed: bytes) -> Envelope:
    """What ``pack`` was given; names that this version does not know are dropped."""
    text, _, raw = packed.partition(b"\n")
    head = json.loads(text.decode("utf-8", "surrogatepass"))
    known = {name: head[name] for name in _NAMES if name in head}
    known["channel"] = Channel(head["channel"])
    known["received_at"] = datetime.fromisoformat(head["received_at"])
    known["rcpt_to"] = tuple(head["rcpt_to"])
    return Envelope(raw=raw, **known)
