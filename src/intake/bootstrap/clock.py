"""A clock that is set wrong, and then right again (reliability.md 42: nothing early, nothing never).

Set back: what was made while it ran ahead must not wait until that day comes again. Far ahead: nobody is erased and no
wish falls due because of it, for what is erased cannot be brought back. A machine that slept looks the same; it costs a
day.
"""

from __future__ import annotations

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
SEEN = "clock.seen"
log = journal("clock")


class ClockWatch:
    """Compares the clock of the world with one that only counts. ``trusts`` may be asked from any thread."""

    def __init__(
        self, store: Store, clock: Callable[[], datetime], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._store, self._clock, self._monotonic = store, clock, monotonic
        self._lock = threading.Lock()
        self._at, self._count = clock(), monotonic()
        self._ahead = 0.0  # by how much it went ahead; 0 while it is trusted
        self._jumped = False  # under our eyes, rather than while nobody ran
        self._hold_until = 0.0
        self._is_set_back = True  # also whatever an earlier life has left
        self._noted: float | None = None

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
        """At the start: how long is it since anybody ran here? Raises what the store raises."""
        with self._store.read() as tx:
            seen = tx.meta.get(SEEN)
        if seen is not None:
            away = (self._clock() - datetime.fromisoformat(seen)).total_seconds()
            if away > AWAY_SECONDS:
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
        if (self._noted is None or self._monotonic() - self._noted > NOTE_SECONDS) and self.trusts():
            with self._store.write() as tx:
                tx.meta.put(SEEN, self._clock().isoformat())
            self._noted = self._monotonic()

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

    def _hold(self, ahead: float, *, jumped: bool) -> None:
        log.warning("the clock is far ahead: what cannot be taken back waits", seconds=round(ahead))
        with self._lock:
            self._jumped = jumped
            self._ahead, self._hold_until = ahead, self._monotonic() + HOLD_SECONDS
