"""Another person's message that names the erased one: their words stay, the name is blacked out, place for place."""

from __future__ import annotations

import dataclasses
import json
from email.header import Header
from enum import Enum
from typing import Any, TypeVar

from intake.model import Channel, Envelope, Meaning, Message
from intake.retention import Traces

T = TypeVar("T")


def names(message: Message, traces: Traces) -> bool:
    """True where anything in it names the person."""
    return any(traces.are_in(text) for text in _texts(message))


def masked(value: T, traces: Traces) -> T:
    """The same value with every text in it masked; texts keep their length, so evidence still lies where it lay."""
    return _mask(value, traces)  # type: ignore[no-any-return]


def masked_envelope(envelope: Envelope, message: Message | None, traces: Traces) -> Envelope:
    """The arrival without the person. Its exact bytes go: a mail is written anew from what was read of it, without
    its attachments, which nobody can look into; the fields of a form or a call are masked one by one."""
    is_mail = envelope.channel is Channel.EMAIL
    raw = _mail_of(message, traces) if is_mail else _fields_of(envelope.raw, traces)
    bare = dataclasses.replace(envelope, raw=b"")
    return dataclasses.replace(masked(bare, traces), raw=raw)


def without_attachments(envelope: Envelope, message: Message | None) -> Envelope:
    """A mail written anew from its text: what was attached is gone."""
    return dataclasses.replace(envelope, raw=_mail_of(message, Traces(())))


def _texts(value: Any) -> list[str]:
    if isinstance(value, Enum):
        return []
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [t for v in value.values() for t in _texts(v)]
    if isinstance(value, tuple | list):
        return [t for v in value for t in _texts(v)]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [t for f in dataclasses.fields(value) for t in _texts(getattr(value, f.name))]
    return []


def _mask(value: Any, traces: Traces) -> Any:
    if isinstance(value, Enum) or value is None:
        return value
    if isinstance(value, str):
        return traces.masked(value)
    if isinstance(value, dict):
        return {k: _mask(v, traces) for k, v in value.items()}
    if isinstance(value, tuple):
        return tuple(_mask(v, traces) for v in value)
    if isinstance(value, list):
        return [_mask(v, traces) for v in value]
    if isinstance(value, frozenset):
        return frozenset(_mask(v, traces) for v in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.replace(value, **{f.name: _mask(getattr(value, f.name), traces)
                                             for f in dataclasses.fields(value) if f.init})  # fmt: skip
    return value


def _mail_of(message: Message | None, traces: Traces) -> bytes:
    if message is None:
        return b""
    head = [f"From: {_header(traces.masked(message.sender.name))} <{traces.masked(message.sender.addr)}>",
            f"Subject: {_header(traces.masked(message.subject))}", "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit"]  # fmt: skip
    body = traces.masked(message.text).replace("\r\n", "\n").replace("\n", "\r\n")
    return "\r\n".join([*head, "", body]).encode("utf-8", "replace")


def _header(text: str) -> str:
    return Header(" ".join(text.split()), "utf-8").encode(linesep="\r\n")


def _fields_of(raw: bytes, traces: Traces) -> bytes:
    try:
        fields = json.loads(raw)
    except (ValueError, UnicodeDecodeError):
        return traces.masked(raw.decode("utf-8", "replace")).encode()
    return json.dumps(_mask(fields, traces), ensure_ascii=False).encode("utf-8", "surrogatepass")


def masked_meaning(meaning: Meaning | None, traces: Traces) -> Meaning | None:
    """What was understood, without the person."""
    return None if meaning is None else masked(meaning, traces)
