"""Is everything that should run running? In words, with ages (reliability.md 18)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime, timedelta

from intake.errors import IntakeError
from intake.ports import Store

SILENT_SECONDS = 45
FAILING_SECONDS = 30
WAITING_SECONDS = 300
IN_DOUBT = timedelta(days=1)  # how long a mail of unknown end is spoken of, beside the piece of work it makes
LOOK_SECONDS = 8.0  # whoever watches us waits longer than that for an answer


class Health:
    """Collects beats of threads and asks the store; thread-safe. Answers in time, whatever it asks."""

    def __init__(
        self, store: Store, clock: Callable[[], datetime], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._store, self._clock, self._monotonic = store, clock, monotonic
        self._beats: dict[str, Callable[[], datetime]] = {}
        self._seen: dict[str, tuple[datetime, float]] = {}  # the last beat of each, and when we first saw it
        self._checks: dict[str, Callable[[], str | None]] = {}
        self._lock = threading.Lock()
        self._look: Future[list[str]] | None = None
        self._look_began = 0.0

    def watch(self, name: str, beat: Callable[[], datetime]) -> None:
        """``beat`` gives the last sign of life of a part."""
        with self._lock:
            self._beats[name] = beat

    def check(self, name: str, ask: Callable[[], str | None]) -> None:
        """``ask`` gives what is wrong with a part, or None."""
        with self._lock:
            self._checks[name] = ask

    def issues(self) -> list[str]:
        """Everything that a person should know, as sentences; empty when all is well. Raises nothing."""
        found = []
        for name, beat in list(self._beats.items()):
            age = self._age(name, beat())
            if age > SILENT_SECONDS:
                found.append(f"{name} has shown no sign of life for {age:.0f} seconds")
        return found + self._looked()

    def _age(self, name: str, at: datetime) -> float:
        """By the clock, and by our own count of the seconds since the beat moved: a clock set back hides nobody."""
        now = self._monotonic()
        with self._lock:
            if self._seen.get(name, (None,))[0] != at:
                self._seen[name] = (at, now)
            since = self._seen[name][1]
        return max((self._clock() - at).total_seconds(), now - since)

    def _looked(self) -> list[str]:
        """What the checks and the store say, if they say it in time. A look that hangs is waited for, not repeated."""
        with self._lock:
            if self._look is None or self._look.done():
                self._look, self._look_began = Future(), self._monotonic()
                threading.Thread(target=self._ask, args=(self._look,), name="health", daemon=True).start()
            look = self._look
        try:
            return look.result(LOOK_SECONDS)
        except TimeoutError:
            waited = self._monotonic() - self._look_began
            return [f"the database does not answer, for {waited:.0f} seconds until now"]

    def _ask(self, look: Future[list[str]]) -> None:
        try:
            found = [said for name, ask in list(self._checks.items()) if (said := _said(name, ask))]
            look.set_result(found + self._store_issues(self._clock()))
        except BaseException as e:  # noqa: BLE001 - whatever broke, somebody waits for words
            look.set_result([f"the look at ourselves broke ({type(e).__name__})"])

    def _store_issues(self, now: datetime) -> list[str]:
        found = []
        try:
            with self._store.read() as tx:
                inbox, outbox = tx.inbox.backlog(now), tx.outbox.backlog(now)
                unknown = tx.outbox.in_doubt(now - IN_DOUBT)
        except IntakeError as e:
            return [f"the database does not answer: {e}"]
        for what, backlog in (("messages wait to be read", inbox), ("mails wait to leave", outbox)):
            if backlog.oldest_at is None:
                continue
            age = (now - backlog.oldest_at).total_seconds()
            if age > WAITING_SECONDS:
                found.append(f"{backlog.waiting} {what}, the oldest for {age / 60:.0f} minutes")
        if unknown:
            found.append(f"{unknown} mails may or may not have left; see the outbox page")
        return found


def _said(name: str, ask: Callable[[], str | None]) -> str | None:
    """One that cannot be asked is named, and keeps no other from being asked."""
    try:
        trouble = ask()
    except Exception as e:  # noqa: BLE001 - its reason is said: it may be the database
        return f"{name}: cannot be asked ({e if isinstance(e, IntakeError) else type(e).__name__})"
    return f"{name}: {trouble}" if trouble else None


def failing(since: tuple[datetime, str] | None, now: datetime) -> str | None:
    """What to say of a part that lives, and fails at every round since then; None where it is a passing trouble.

    A beginning that lies ahead of us is the clock's, which was set back.
    """
    if since is None or 0 <= (age := (now - since[0]).total_seconds()) < FAILING_SECONDS:
        return None
    return f"fails again and again, for {max(age, 0):.0f} seconds ({since[1]})"
