"""The keeper: erasures whose time has come, and once a day what the terms of keeping bring."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from intake.bootstrap.erasing import make_eraser
from intake.bootstrap.house import House
from intake.journal import journal
from intake.model import CaseState
from intake.pipeline import keeping
from intake.pipeline.erasing import begin_due
from intake.policy import today_of
from intake.ports import CaseQuery, Tx
from intake.worker import utc_now

PAUSE_SECONDS = 10.0
FROM_HOUR = 3  # of the night, in Tokyo
RAN_ON = "retention.ran_on"
TOKYO = ZoneInfo("Asia/Tokyo")
log = journal("keeper")


class Keeper:
    """One thread's worth; several may run, also on other machines: each erasure is claimed by one of them."""

    def __init__(self, house: House, clock: Callable[[], datetime] = utc_now, *, daily: bool = True,
                 trusts: Callable[[], bool] = lambda: True) -> None:  # fmt: skip
        """``trusts``: the clock may be believed. While it may not nothing is begun; what was begun is carried on."""
        self._house, self._clock, self._daily, self._trusts = house, clock, daily, trusts
        self._eraser = make_eraser(house, clock=clock)
        self.beat_at = clock()
        self.trouble: str | None = None  # for /healthz
        self.failing: tuple[datetime, str] | None = None  # since when each round fails, and how it began

    def run_once(self) -> int:
        """Begin what is due, carry on what was begun; how many ended."""
        self.beat_at = self._clock()
        with self._house.store.read() as tx:
            due = _is_due(tx)
        if due and self._trusts():
            with self._house.store.write() as tx:
                begin_due(tx, self._house.tools(), self._clock())
        ended = len(self._eraser.run())
        if self._daily and self._trusts() and self._is_night():
            self._run_the_day()
        self.trouble = self._what_is_stuck()
        return ended

    def _is_night(self) -> bool:
        """Once a day from three o'clock on. The very first night is let pass: an operator looks at the calendar first,
        for a register that was just imported may hold people whose time was over long ago. A day that lies ahead was
        noted by a clock that was wrong: waited for, it would stop the terms for years, so it begins as the first one.
        """
        here = self._clock().astimezone(TOKYO)
        today = here.date().isoformat()
        with self._house.store.read() as tx:
            ran_on = tx.meta.get(RAN_ON)
        if ran_on is None or ran_on > today:
            self._note_day()
            return False
        return here.hour >= FROM_HOUR and ran_on < today

    def _run_the_day(self) -> None:
        keeping.run(self._house.store, self._eraser, self._house.tools(), self._clock())
        self._note_day()

    def _note_day(self) -> None:
        with self._house.store.write() as tx:
            tx.meta.put(RAN_ON, today_of(self._clock()).isoformat())

    def _what_is_stuck(self) -> str | None:
        with self._house.store.read() as tx:
            stuck = [row.id for row in tx.erasures.open() if row.error]
        names = ", ".join(map(str, stuck))
        return f"erasures {names} found something left over; see their page" if stuck else None

    def loop(self, stop: threading.Event) -> None:
        """Until ``stop``; whatever goes wrong, the next round may go well."""
        pause = PAUSE_SECONDS
        while not stop.is_set():
            try:
                self.run_once()
                pause = PAUSE_SECONDS
                self.failing = None
            except Exception as e:  # noqa: BLE001 - supervised: one erasure that breaks must not end the thread
                log.error("an erasure could not go on", error=e)
                self.failing = self.failing or (self._clock(), type(e).__name__)
                pause = min(pause * 2, 600.0)
            if stop.wait(pause):
                return


def _is_due(tx: Tx) -> bool:
    waiting = tx.cases.find(CaseQuery(states=(CaseState.SCHEDULED,), request="deletion", limit=500))
    return any(c.hold_reason == "erasure_due" for c in waiting)
