"""Not too many mails a minute to one domain: large providers turn away who comes in bursts."""

from __future__ import annotations

from collections import defaultdict, deque
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=1)


class Pace:
    """Counts what left within the last minute, in memory: after a restart a burst of one minute is possible."""

    def __init__(self, per_domain_minute: int) -> None:
        """0 means that nothing is held back."""
        self._limit = per_domain_minute
        self._left: dict[str, deque[datetime]] = defaultdict(deque)

    def wait_until(self, address: str, now: datetime) -> datetime | None:
        """None if a mail to this address may leave now (and it is counted), else when to try."""
        if not self._limit:
            return None
        times = self._left[address.rpartition("@")[2].lower()]
        while times and not timedelta(0) <= now - times[0] < WINDOW:  # also when the clock went backwards
            times.popleft()
        if len(times) >= self._limit:
            return times[0] + WINDOW
        times.append(now)
        return None
