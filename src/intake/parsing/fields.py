"""The headers that a case needs: subject, people, thread, date."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from intake.model import Address
from intake.parsing import addresses, words
from intake.parsing.headers import Headers
from intake.parsing.limits import STRUCTURED_BYTES, Notes

_ID = re.compile(r"<[^<>\s]{1,900}>")
_MAX_IDS = 100
_NEVER = dict.fromkeys(map(ord, "\0\r\n"))  # in no id, whatever stands in the header


def subject(headers: Headers, notes: Notes, forced: str | None = None, hint: str | None = None) -> str:
    """The subject on one line; ``hint`` is the charset of the body, for raw bytes."""
    value = headers.first("subject")
    return "" if value is None else words.header_text(value, notes, "subject", forced, hint)


def people(headers: Headers, name: str, notes: Notes, forced: str | None = None) -> list[Address]:
    """All addresses of the first header of that name."""
    value = headers.first(name)
    return [] if value is None else addresses.read(value, notes, name, forced)


def ids(headers: Headers, name: str) -> tuple[str, ...]:
    """Message ids in a header, with their brackets."""
    value = headers.first(name)
    if value is None:
        return ()
    text = words.unfold(value[: STRUCTURED_BYTES * 2]).decode("latin-1").translate(_NEVER)
    found = _ID.findall(text)
    if not found and text.strip() and " " not in text.strip():
        found = [text.strip()[:900]]
    return tuple(dict.fromkeys(found))[:_MAX_IDS]


def sent_at(headers: Headers) -> datetime | None:
    """The Date header as an aware instant; None if absent or nonsense."""
    value = headers.first("date")
    if value is None:
        return None
    try:
        found = parsedate_to_datetime(words.unfold(value)[:100].decode("latin-1"))
        if found.tzinfo is None:
            found = found.replace(tzinfo=UTC)
        return found.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
