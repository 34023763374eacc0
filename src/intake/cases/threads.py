"""Which open case a further message belongs to: one person's one wish is one case, whatever the channel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from intake.model import Case


def joins(
    request: str,
    open_cases: Sequence[Case],
    now: datetime,
    within_days: int,
    *,
    seeker_id: int | None = None,
    sender_hash: bytes = b"",
) -> Case | None:
    """The oldest open case of this person and wish that arrived within ``within_days``; None if there is none.

    The person is the seeker; where no seeker is known, the same From address. What arrived from somebody who has not
    been told apart (``Case.is_doubtful``) is never joined: else a forged mail could swallow the true one.
    """
    mine = [
        c for c in open_cases if _is_theirs(c, seeker_id, sender_hash) and c.is_same_wish(request, now, within_days)
    ]
    return min(mine, key=lambda c: (c.received_at, c.id), default=None)


def _is_theirs(case: Case, seeker_id: int | None, sender_hash: bytes) -> bool:
    if seeker_id is not None:
        return case.seeker_id == seeker_id
    return case.seeker_id is None and bool(sender_hash) and case.sender_hash == sender_hash
