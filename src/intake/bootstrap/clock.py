"""A clock that is set wrong, and then right again (reliability.md 42: nothing early, nothing never).

Set back: what was made while it ran ahead must not wait until that day comes again. Far ahead: nobody is erased and no
wish falls due because of it, for what is erased cannot be brought back. A virtual machine that was frozen looks the
same; it costs a day. That day is counted over restarts: they neither shorten it nor begin it again, so that a house
that is started anew each night still erases.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from datetime import datetime

from intake.errors import IntakeError
from intake.journal import journal
from intake.ports import Store

LOOK_SECONDS = 2.0
SET_BACK_SECONDS = 30.0  # less is the daily work of whoever keeps the clock right
AHEAD_SECONDS = 6 * 3600.0
AWAY_SECONDS = 3 * 86_400.0  # nobody ran here for so long, or the clock was wrong at the start
HOLD_SECONDS = 86_400.0  # time for people to look at the clock
NOTE_SECONDS = 3600.0
KEPT_SECONDS = 600.0  # how often it is written down how long it still waits
SEEN, HELD = "clock.seen", "clock.held"
log = journal("clock")


def counted() -> float:
    """Seconds since the machine was started, those that it slept among them: a machine put to sleep has not jumped."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class ClockWatch:
    """Compares the clock of the world with one that only counts. ``trusts`` may be asked from any thread."""

    def __init__(self, store: Store, clock: Callable[[], datetime], monotonic: Callable[[], float] = counted) -> None:
        self._store, self._clock, self._monotonic = store, clock, monotonic
        self._lock = threading.Lock()
        self._at, self._count = clock(), monotonic()
        self._ahead = 0.0  # by how much it went ahead; 0 while it is trusted
        self._jumped = False  # under our eyes, rather than while nobody ran
        self._hold_until = 0.0
        self._is_set_back = True  # also whatever an earlier life has left
        self._noted: float | None = None
        self._is_kept = False  # a hold stands in the store
        self._keep_at = 0.0

    def trusts(self) -> bool:
        """False for a day after the clock went far ahead, or until it is right again."""
        self._compare()
        with self._lock:
            if self._ahead and self._monotonic() >= self._hold_until:
                self._ahead = 0.0
            return not self._ahead

    def trusts_dates(self) -> bool:
        """The same for what can be taken back: a house that was closed for a week goes on at once."""
        return self.trusts() or not self._jumped

    def trouble(self) -> str | None:
        """For /healthz."""
        if self.trusts():
            return None
        days = self._ahead / 86_400
        waits = "erasures, terms and dates wait" if self._jumped else "erasures and terms wait"
        return f"went ahead by {days:.1f} days since it was last seen; {waits} for a day: is it right?"

    def begin(self) -> None:
        """At the start: how long is it since anybody ran here, and did they wait? Raises what the store raises."""
        with self._store.read() as tx:
            seen, held = tx.meta.get(SEEN), json.loads(tx.meta.get(HELD) or "null")
        if seen is None:
            return
        away = (self._clock() - datetime.fromisoformat(seen)).total_seconds()
        self._is_kept = held is not None
        if held and AHEAD_SECONDS < away <= held["ahead"] + AWAY_SECONDS:
            self._hold(away, jumped=held["jumped"], seconds=held["left"])
        elif away > AWAY_SECONDS:
            self._hold(away, jumped=False)

    def look(self) -> None:
        """Put the queues right where the clock was set back; note each hour when this was. Raises what the store
        raises; the next look then tries again."""
        self._compare()
        if self._is_set_back:
            with self._store.write() as tx:
                moved = tx.leases.put_right(self._clock())
            self._is_set_back = False
            if moved:
                log.info("what lay in the future is due now", count=moved)
        if not self.trusts():
            self._keep_hold()
        elif self._is_kept or self._noted is None or self._monotonic() - self._noted > NOTE_SECONDS:
            with self._store.write() as tx:
                tx.meta.put(SEEN, self._clock().isoformat())
                if self._is_kept:
                    tx.meta.put(HELD, "")
            self._noted, self._is_kept = self._monotonic(), False

    def _keep_hold(self) -> None:
        if self._monotonic() < self._keep_at:
            return
        with self._lock:
            held = {"ahead": self._ahead, "jumped": self._jumped, "left": self._hold_until - self._monotonic()}
        with self._store.write() as tx:
            tx.meta.put(HELD, json.dumps(held))
        self._is_kept, self._keep_at = True, self._monotonic() + KEPT_SECONDS

    def loop(self, stop: threading.Event) -> None:
        """Until ``stop``."""
        while not stop.is_set():
            try:
                self.look()
            except IntakeError as e:
                log.warning("the queues could not be put right yet", error=e)
            stop.wait(LOOK_SECONDS)

    def _compare(self) -> None:
        with self._lock:
            now, count = self._clock(), self._monotonic()
            jumped = (now - self._at).total_seconds() - (count - self._count)
            self._at, self._count = now, count
        if jumped > AHEAD_SECONDS:
            self._hold(jumped, jumped=True)
        elif jumped < -SET_BACK_SECONDS:
            log.warning("the clock was set back", seconds=round(-jumped))
            self._is_set_back = True
            self._ahead = 0.0 if -jumped > self._ahead / 2 else self._ahead

    def _hold(self, ahead: float, *, jumped: bool, seconds: float = HOLD_SECONDS) -> None:
        log.warning("the clock is far ahead: what cannot be taken back waits", seconds=round(ahead))
        with self._lock:
            self._jumped = jumped
            self._ahead, self._hold_until = ahead, self._monotonic() + seconds
            self._keep_at = 0.0
