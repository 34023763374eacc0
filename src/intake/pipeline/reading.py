"""From an envelope to its message and meaning: no store, no clock, may take its time."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import Protocol

from intake.model import Channel, Envelope, Kind, Meaning, Message
from intake.parsing import WORDINGS, ParseOptions
from intake.pipeline.tools import Tools

ASKS_NOTHING = {"question", "other"}
RESTS = {"pause", "resume"}  # what a note about one's holidays sounds like
_OF_OURS = re.compile(
    "求人|紹介|サービス|転職|配信|停止|休止|止めて|連絡[をは]?(?:し(?!ます|た)|差し?控え|お?控え|不要|結構)"
)
_ANSWER = re.compile(r"(?i)\A(?:(?:re|aw|fwd?|返信?|転送)(?:\[?\d+\]?)?\s*:\s*)+")
_NUMBER = re.compile(r"受付番号 *C-\d")


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
    """What the sender newly asks for (GUIDE.md). Our own subject says what a wish is taken back from: 「やめます」 in
    answer to a mail about leaving asks to stay; it asks for nothing else in their name."""
    own = own_subject(message.subject, tools.agency.name)
    meaning = _understand(message, envelope, tools, own)
    if meaning.sure or own == message.subject:
        return meaning
    beside = _understand(message, envelope, tools, message.subject)
    return beside if beside.requests == ("retraction",) else meaning


def _understand(message: Message, envelope: Envelope, tools: Tools, subject: str) -> Meaning:
    return tools.understander.read(
        channel=message.channel.value,
        subject=subject,
        body=message.text,
        segments=message.segments,
        received_at=envelope.received_at,
        stated=message.stated,
        request_code=message.request_code,
        reason_code=message.reason_code,
        sender=message.sender.name,
        doubts=message.doubts,
    )


def own_subject(subject: str, agency: str) -> str:
    """The subject, as far as the sender wrote it: 「Re: 【…】退会のお申し出を承りました（受付番号 C-000001）」 is ours.

    Everybody answers our mails with our subject. Read as theirs, a thank-you would ask to leave.
    """
    normal = unicodedata.normalize("NFKC", subject).strip()
    words = _ANSWER.sub("", normal)
    ours = words.startswith(unicodedata.normalize("NFKC", f"【{agency}】"))
    return "" if ours and (words != normal or _NUMBER.search(words)) else subject


def heard(message: Message, envelope: Envelope, tools: Tools) -> Message:
    """A mail that words alone make a machine's is a person's where it asks for something.

    Fed up with mails one writes 「配信停止を押しても止まりません。退会します」. No machine answers it (``no_reply``),
    so a person looks. What programs write asks for nothing and ends as before.
    """
    if message.kind is Kind.MESSAGE or message.kind_reason not in WORDINGS:
        return message
    asks = set(understand(message, envelope, tools).requests) - ASKS_NOTHING
    if not asks or (asks <= RESTS and not _OF_OURS.search(message.new_text)):
        return message
    return replace(message, kind=Kind.MESSAGE)


def unreadable(channel: Channel, reason: str) -> Reading:
    """A reading for bytes that nothing could open."""
    message = Message(channel=channel, error=reason)
    return Reading(message, Meaning(requests=("other",), doubts=("unreadable",)), unreadable=reason)
