"""Mail that the agency's own staff passed on: the forwarded mail is the message, its sender the seeker."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from intake.model import Address, Authenticity, AuthVerdict, Message
from intake.parsing import addresses, attribution, quotes
from intake.parsing.limits import Notes
from intake.parsing.mime import Part

_FROM = ("from", "差出人", "送信者", "送信元", "発信者")
_ANSWER = re.compile(r"^\s*(?:re|返信)\s*(?:\[?\d+\]?)?\s*[:：]", re.IGNORECASE)
_SUBJECT = ("subject", "件名", "題名")


def unwrapped(message: Message, root: Part, read: Callable[[Part], Message]) -> Message:
    """The enclosed or quoted mail with ``forwarded_by`` set and no authenticity; unchanged if none is found."""
    found = _enclosed(root, read) or _quoted(message)
    if found is None:
        return message
    passed = message.auth.verdict is AuthVerdict.PASS
    return replace(found, forwarded_by=message.sender.addr, forward_passed=passed, auth=Authenticity())


def _enclosed(root: Part, read: Callable[[Part], Message]) -> Message | None:
    """A forward as an attachment."""
    for part in root.walk():
        if part.media_type == "message/rfc822" and part.children:
            return read(part.children[0])
    return None


def _quoted(message: Message) -> Message | None:
    """A forward in the text: the first header block that names somebody else, and what follows it.

    Outlook writes only the name of whom it knows; then a person looks whose it is, never at a block further down the
    thread. An answer (Re:) with the desk in Cc is the colleague's own word.
    """
    if _ANSWER.match(message.subject):
        return None
    lines = message.text.split("\n")
    for at in range(min(len(lines), 400)):
        end = attribution.header_block_end(lines, at)
        if end is None:
            continue
        sender, subject = _headers(lines[at:end])
        if sender is None or sender.canonical == message.sender.canonical:
            continue
        body = [line.removeprefix("> ").removeprefix(">") for line in lines[end:]]
        text = "\n".join(body).strip("\n")
        found = quotes.split(text)
        return replace(
            message,
            sender=sender,
            subject=subject or message.subject,
            reply_to=None,
            text=text,
            segments=found.segments,
            new_text=quotes.new_text(text, found.segments),
            doubts=("quoted_only",) if found.only_quoted else (),
        )
    return None


def _headers(lines: list[str]) -> tuple[Address | None, str]:
    sender: Address | None = None
    subject = ""
    for line in lines:
        name, sep, value = line.strip("> 　*").replace("：", ":", 1).partition(":")
        key = name.strip("* 　").lower()
        if sep and key in _FROM and sender is None:
            found = addresses.read(value.strip(" *").encode("utf-8", "replace"), Notes(), "from")
            named = Address(value.strip(" *\"'"), "") if value.strip(" *\"'") else None
            sender = found[0] if found and "@" in found[0].addr else named
        elif sep and key in _SUBJECT and not subject:
            subject = value.strip(" 　*")
    return sender, subject
