"""How many cases a kept search shows. A page has a dozen of them: what is dear to count is not counted each time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable

CAP = 100  # beside a name on a list nobody reads a fourth digit
DEAR_SECONDS = 0.01  # cheaper ones are counted anew each time
TIMES_ITS_COST = 200  # a count is kept so much longer than it took: keeping it new costs half a per cent of a core
KEPT_AT_MOST = 60.0  # seconds
BUDGET_SECONDS = 0.04  # of one page; beyond it the last known count is shown, or none


class Counts:
    """Dear counts of this process by what was counted."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[Hashable, tuple[float, int]] = {}
        self._marked: dict[Hashable, tuple[Hashable, int]] = {}

    def budget(self) -> float:
        """Until when this page may count."""
        return self._clock() + BUDGET_SECONDS

    def of(self, key: Hashable, budget: float, count: Callable[[], int]) -> int | None:
        """The count as it is now, or as it was a moment ago; None where nobody knows it and time is up."""
        started = self._clock()
        with self._lock:
            until, known = self._kept.get(key, (0.0, None))
        if known is not None and started < until:
            return known
        if started > budget:
            return known
        found = count()
        self._keep(key, found, self._clock() - started)
        return found

    def unchanged(self, key: Hashable, mark: Hashable, count: Callable[[], int]) -> int:
        """The count for as long as ``mark`` is the same; nothing that is counted changes without it."""
        with self._lock:
            known = self._marked.get(key)
        if known is not None and known[0] == mark:
            return known[1]
        found = count()
        with self._lock:
            if len(self._marked) > 5000:
                self._marked.clear()
            self._marked[key] = mark, found
        return found

    def _keep(self, key: Hashable, found: int, cost: float) -> None:
        with self._lock:
            if cost < DEAR_SECONDS:
                self._kept.pop(key, None)
                return
            if len(self._kept) > 5000:
                self._kept.clear()
            self._kept[key] = self._clock() + min(KEPT_AT_MOST, TIMES_ITS_COST * cost), found


COUNTS = Counts()
