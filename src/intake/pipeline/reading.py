"""From an envelope to its message and meaning: no store, no clock, may take its time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from intake.model import Channel, Envelope, Meaning, Message
from intake.parsing import ParseOptions
from intake.pipeline.tools import Tools


class Parser(Protocol):
    """Opens mail in a limited child process."""

    def parse(self, envelope: Envelope, options: ParseOptions) -> Message: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Reading:
    """``meaning`` is None for machine mail and for what cannot be read."""

    message: Message
    meaning: Meaning | None
    unreadable: str | None = None  # the reason; the bytes are kept and a person looks


def understand(message: Message, envelope: Envelope, tools: Tools) -> Meaning:
    """What the sender newly asks for (GUIDE.md)."""
    return tools.understander.read(
        channel=message.channel.value,
        subject=message.subject,
        body=message.text,
        segments=message.segments,
        received_at=envelope.received_at,
        stated=message.stated,
        request_code=message.request_code,
        reason_code=message.reason_code,
        sender=message.sender.name,
        doubts=message.doubts,
    )


def unreadable(channel: Channel, reason: str) -> Reading:
    """A reading for bytes that nothing could open."""
    message = Message(channel=channel, error=reason)
    return Reading(message, Meaning(requests=("other",), doubts=("unreadable",)), unreadable=reason)
