"""Is everything that should run running? In words, with ages (reliability.md 18)."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from intake.errors import IntakeError
from intake.ports import Store

SILENT_SECONDS = 45
FAILING_SECONDS = 30
WAITING_SECONDS = 300
LEAST_FREE = 200_000_000  # bytes; on small disks a twentieth of them


class Health:
    """Collects beats of threads and asks the store; thread-safe."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock
        self._beats: dict[str, Callable[[], datetime]] = {}
        self._checks: dict[str, Callable[[], str | None]] = {}
        self._lock = threading.Lock()

    def watch(self, name: str, beat: Callable[[], datetime]) -> None:
        """``beat`` gives the last sign of life of a part."""
        with self._lock:
            self._beats[name] = beat

    def check(self, name: str, ask: Callable[[], str | None]) -> None:
        """``ask`` gives what is wrong with a part, or None."""
        with self._lock:
            self._checks[name] = ask

    def issues(self) -> list[str]:
        """Everything that a person should know, as sentences; empty when all is well."""
        now = self._clock()
        found = []
        for name, beat in list(self._beats.items()):
            age = (now - beat()).total_seconds()
            if age > SILENT_SECONDS:
                found.append(f"{name} has shown no sign of life for {age:.0f} seconds")
        for name, ask in list(self._checks.items()):
            trouble = ask()
            if trouble:
                found.append(f"{name}: {trouble}")
        return found + self._store_issues(now)

    def _store_issues(self, now: datetime) -> list[str]:
        found = []
        try:
            with self._store.read() as tx:
                inbox, outbox = tx.inbox.backlog(now), tx.outbox.backlog(now)
                unknown = tx.outbox.counts().get("unknown", 0)
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


def failing(since: tuple[datetime, str] | None, now: datetime) -> str | None:
    """What to say of a part that lives, and fails at every round since then; None where it is a passing trouble."""
    if since is None or (age := (now - since[0]).total_seconds()) < FAILING_SECONDS:
        return None
    return f"fails again and again, for {age:.0f} seconds ({since[1]})"


def disk_trouble(folder: Path) -> str | None:
    """What to say when the disk is full or nearly so; None while there is room. Mail is then answered 452."""
    try:
        disk = shutil.disk_usage(folder)
    except OSError as e:
        return f"cannot be looked at ({e.strerror})"
    if disk.free >= min(LEAST_FREE, disk.total // 20):
        return None
    return f"only {disk.free // 1_000_000} MB are free in {folder}; when none are left, nothing more is taken in"
