"""When a mail that could not leave is tried again, and when it is given up (RFC 5321 §4.5.4.1)."""

from __future__ import annotations

from datetime import datetime, timedelta

GIVE_UP_AFTER = timedelta(days=5)
TRIES = 24  # what five days hold at the least; fewer mean that the house stood still, or that its clock jumped
_MINUTES = (30, 45, 60, 120, 240)  # never less than half an hour: greylisting wants patience, a relay its rest
_SPREAD = 0.25


def next_try(attempts: int, created_at: datetime, now: datetime, chance: float) -> datetime | None:
    """The instant of the next try after ``attempts`` tries, or None when five days of trying are over.

    ``chance`` (0..1) spreads the tries of many mails that failed together; it only ever adds. A clock that went
    backwards, or ahead, gives nothing up early; nor is a mail given up at its first try because the house was closed
    for a week.
    """
    if attempts >= TRIES and now - created_at >= GIVE_UP_AFTER:
        return None
    minutes = _MINUTES[min(max(attempts, 1), len(_MINUTES)) - 1]
    wait = timedelta(minutes=minutes * (1 + _SPREAD * min(max(chance, 0.0), 1.0)))
    return now + wait
