"""When a mail leaves: receipts at once, the rest in office hours or at least in waking ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from intake.replies.agency import Timing

JST = timezone(timedelta(hours=9), "JST")  # Japan has had no summer time since 1951
AT_ONCE = ("receipt_", "confirm_", "reinstatement_link", "alarm", "deletion_final", "deletion_expired")


def earliest(
    template: str,
    now: datetime,
    timing: Timing,
    first_hour: Callable[[datetime], datetime] = lambda at: at,
    *,
    asked_now: bool = False,
) -> datetime:
    """The instant before which an automatic mail made ``now`` (aware) does not leave.

    ``asked_now``: somebody waits for it (a message is answered, a key was asked, a page was pressed).
    ``first_hour`` gives the next instant at which the office is open: mails that may be answered by telephone wait
    for it, the others for the end of the quiet hours.
    """
    if asked_now or template.startswith(AT_ONCE):
        return now
    if template.startswith(tuple(timing.in_office_hours)):
        return first_hour(now)
    return _after_quiet_hours(now, timing)


def _after_quiet_hours(now: datetime, timing: Timing) -> datetime:
    here = now.astimezone(JST)
    if not is_quiet(here.hour, timing):
        return now
    morning = here.replace(hour=timing.quiet_until % 24, minute=0, second=0, microsecond=0)
    if morning <= here:
        morning += timedelta(days=1)
    return morning.astimezone(now.tzinfo)


def is_quiet(hour: int, timing: Timing) -> bool:
    """Whether no mail of the slower kind leaves in this hour. The same hour twice means: no quiet hours."""
    if timing.quiet_from <= timing.quiet_until:
        return timing.quiet_from <= hour < timing.quiet_until
    return hour >= timing.quiet_from or hour < timing.quiet_until
