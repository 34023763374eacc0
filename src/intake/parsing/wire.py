"""A message as plain JSON values and back: what crosses from the child, and what the store keeps."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from intake.model import (
    Address,
    Attachment,
    Authenticity,
    AuthVerdict,
    Channel,
    Kind,
    Message,
    Segment,
)


def to_dict(message: Message) -> dict[str, Any]:
    """JSON values only; equal messages give equal dicts."""
    found = asdict(message)
    found["channel"] = message.channel.value
    found["kind"] = message.kind.value
    found["auth"]["verdict"] = message.auth.verdict.value
    found["sent_at"] = message.sent_at.isoformat() if message.sent_at else None
    return found


def from_dict(found: dict[str, Any]) -> Message:
    """The message that ``to_dict`` wrote, also by an older version (unknown keys are ignored, missing ones default).

    Raises KeyError, TypeError or ValueError where this is no message at all.
    """
    values = {key: found[key] for key in Message.__dataclass_fields__ if key in found}
    values["channel"] = Channel(values["channel"])
    if "kind" in values:
        values["kind"] = Kind(values["kind"])
    if "sender" in values:
        values["sender"] = Address(**values["sender"])
    if values.get("reply_to") is not None:
        values["reply_to"] = Address(**values["reply_to"])
    if values.get("sent_at") is not None:
        values["sent_at"] = datetime.fromisoformat(values["sent_at"])
    if "auth" in values:
        auth = values["auth"]
        values["auth"] = Authenticity(AuthVerdict(auth["verdict"]), auth["domain"], auth["how"])
    values["segments"] = tuple(Segment(**item) for item in values.get("segments", ()))
    values["attachments"] = tuple(Attachment(**item) for item in values.get("attachments", ()))
    for key in ("in_reply_to", "references", "charset_steps", "bounced", "doubts"):
        values[key] = tuple(values.get(key, ()))
    return Message(**values)
