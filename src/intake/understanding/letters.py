"""What a letter must be before it is read: whole characters, a day, and no longer than a person would write."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from intake.model import Segment

OWN = 6_000  # characters of the sender's own words; the longest of the corpus has 2,000. Reading is quadratic beyond
TOO_LONG = "very_long"
_TOKYO = ZoneInfo("Asia/Tokyo")
_HALVES = re.compile("[\ud800-\udfff]")


def whole(text: str) -> str:
    """Halves of characters (an emoji that a program cut in two) can be neither read nor written; offsets stay."""
    return _HALVES.sub("\ufffd", text)


def day(at: datetime | None) -> date | None:
    """The day in Japan; None at the ends of the calendar, where there is no such day."""
    try:
        return at.astimezone(_TOKYO).date() if at else None
    except OverflowError:
        return None


def beginning(segments: Sequence[Segment], length: int) -> tuple[Sequence[Segment], bool]:
    """The segments with no more than ``OWN`` new characters, and whether some had to be left out: one message of one
    letter a hundred thousand times must not keep all others waiting. What is left out is for a person to read."""
    own = sum(one.end - one.start for one in segments if one.kind == "new") if segments else length
    if own <= OWN:
        return segments, False
    left = OWN
    kept: list[Segment] = []
    for one in segments or (Segment(0, length, "new"),):
        if one.kind != "new":
            kept.append(one)
            continue
        end = min(one.end, one.start + left)
        left -= end - one.start
        kept += [Segment(one.start, end, "new")] if end > one.start else []
        kept += [Segment(end, one.end, "unread")] if one.end > end else []
    return kept, True
