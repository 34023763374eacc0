"""When a mail that could not leave is tried again, and when it is given up (RFC 5321 §4.5.4.1)."""

from __future__ import annotations

from datetime import datetime, timedelta

GIVE_UP_AFTER = timedelta(days=5)
_MINUTES = (30, 45, 60, 120, 240)  # never less than half an hour: greylisting wants patience, a relay its rest
_SPREAD = 0.25


def next_try(attempts: int, created_at: datetime, now: datetime, chance: float) -> datetime | None:
    """The instant of the next try after ``attempts`` tries, or None when five days are over.

    ``chance`` (0..1) spreads the tries of many mails that failed together; it only ever adds. A clock that went
    backwards gives nothing up early.
    """
    if now - created_at >= GIVE_UP_AFTER:
        return None
    minutes = _MINUTES[min(max(attempts, 1), len(_MINUTES)) - 1]
    wait = timedelta(minutes=minutes * (1 + _SPREAD * min(max(chance, 0.0), 1.0)))
    return now + wait
