"""How often one caller, and everybody together, may ask in a minute. Kept in memory: it guards this process's work."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import datetime

ONE_MACHINE = ("127.0.0.1", "::1", "testclient")  # a proxy before us: everybody comes from there


class Pace:
    """Counts by the minute. ``each``: one caller's share; ``total``: everybody's."""

    def __init__(self, each: int, total: int) -> None:
        self._each, self._total = each, total
        self._lock = threading.Lock()
        self._minute, self._asked = 0, Counter[str]()

    def wait_seconds(self, caller: str, now: datetime) -> int:
        """0 if one more may be done now, else in how many seconds to ask again. "" is counted in the total only."""
        at = int(now.timestamp())
        with self._lock:
            if at // 60 != self._minute:
                self._minute, self._asked = at // 60, Counter()
            self._asked[""] += 1
            if caller:
                self._asked[caller] += 1
            over = self._asked[""] > self._total or (caller and self._asked[caller] > self._each)
        return 60 - at % 60 if over else 0
