"""Envelope → Message: any mail since 1995, and the fields of form, app and telephone, made readable."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from typing import Any

from intake.model import Channel, Envelope, Message
from intake.parsing import forms, mail, mime, tnef
from intake.parsing.automatic import WORDINGS
from intake.parsing.bodies import INSIDE, file_name
from intake.parsing.bounces import DELAYED
from intake.parsing.daemons import sounds_like_one
from intake.parsing.limits import Notes
from intake.parsing.mail import ParseOptions
from intake.parsing.transfer import decode_transfer, uudecode

__all__ = [
    "DELAYED",
    "WORDINGS",
    "ParseOptions",
    "attachment_bytes",
    "normalised_content",
    "parse",
    "parse_file_record",
    "read",
    "record",
    "sounds_like_one",
]

_NOT_CONTENT = re.compile(r"[\s\u200b\ufeff]+")
_DEFAULT = ParseOptions()
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse(envelope: Envelope, options: ParseOptions = _DEFAULT) -> Message:
    """Make an arrival of any channel readable. Never raises: at worst the message says in ``error`` what failed."""
    try:
        return read(envelope, options)
    except MemoryError:
        return Message(channel=envelope.channel, error="could not be read (too much memory needed)")


def read(envelope: Envelope, options: ParseOptions = _DEFAULT) -> Message:
    """The same, but MemoryError passes: in the limited child it means that the mail is over the limit."""
    try:
        if envelope.channel is Channel.EMAIL:
            return mail.read(envelope, options)
        return forms.read(envelope)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - a bug of ours must not lose the case: staff get it, unread
        return Message(channel=envelope.channel, error=f"could not be read ({type(error).__name__})")


def parse_file_record(path_label: str, raw: bytes) -> dict[str, Any]:
    """One line of ``intake parse --json`` (contract.md); never raises."""
    message = parse(Envelope(Channel.EMAIL, "file", raw, _EPOCH))
    return record(path_label, message)


def record(path_label: str, message: Message) -> dict[str, Any]:
    """A message as ``intake parse --json`` shows it."""
    return {
        "file": path_label,
        "subject": message.subject,
        "from_addr": message.sender.addr,
        "from_name": message.sender.name,
        "text": message.text,
        "new_text": message.new_text,
        "attachments": [item.name for item in message.attachments if item.name],
        "kind": message.kind.value,
        "charset_steps": list(message.charset_steps),
        "error": message.error,
    }


def attachment_bytes(raw: bytes, part: int) -> tuple[str, str, bytes]:
    """Name, media type and content of ``Attachment.part`` of this raw mail. Raises KeyError if there is none."""
    notes = Notes()
    number, index = (part, -1) if part < INSIDE else (part // INSIDE - 1, part % INSIDE)
    for found in mime.read(raw, notes).walk():
        if found.number == number:
            if index < 0:
                return file_name(found, notes), found.media_type, decode_transfer(found, notes)
            return _inside(found.media_type, decode_transfer(found, notes), index)
    raise KeyError(part)


def _inside(media_type: str, data: bytes, index: int) -> tuple[str, str, bytes]:
    """A file within winmail.dat or between uuencode marks."""
    if media_type.startswith("text/"):
        files = [(name.decode("ascii", "replace"), body) for name, body in uudecode(data)[0]]
    else:
        files = tnef.read(data).files
    if index >= len(files):
        raise KeyError(index)
    return files[index][0], "application/octet-stream", files[index][1]


def normalised_content(message: Message) -> str:
    """Subject and new words without regard to line ends, width and case: equal for one mail by two routes.

    Without a Message-ID nothing else tells two sendings apart: the bytes of files (a corrected one has the name of the
    first), the fields of a form (two of a family use one address) and the key pressed in the app count too. With one, a
    route may have coded files anew; and what is remembered of erased mails rests on the words and names alone.
    """
    parts = [message.subject, message.new_text, "/".join(item.name for item in message.attachments)]
    if not message.message_id:
        parts += [item.digest for item in message.attachments]
        parts += [f"{key}={message.stated[key]}" for key in sorted(message.stated)]
        parts += [code for code in (message.request_code, message.reason_code) if code]
    return _NOT_CONTENT.sub("", unicodedata.normalize("NFKC", "\0".join(parts))).casefold()
