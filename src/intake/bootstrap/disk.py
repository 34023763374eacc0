"""The disk under the home: a reserve for its last hour, and no new mail while only that is left (reliability.md §3.2).

A full disk must not keep an erasure from its end, nor a decision of staff from the trail. So a file of some megabytes
lies in the home. When the disk is nearly full it is given up, and from then on what is free belongs to what was begun:
mail is answered 452, forms 503, mailboxes are left alone. When there is room again the file is made anew and everything
goes on by itself.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager, suppress
from enum import StrEnum
from pathlib import Path
from typing import Any

from intake.errors import StorageFull
from intake.journal import journal
from intake.model import Accepted, Arrival
from intake.ports import Store, Tx

NAME = "reserve"
RESERVE = 32_000_000  # bytes: both logs and an erasure; a tenth of small disks
LEAST_FREE = 200_000_000  # below this people are told; on small disks a twentieth of them
LOOK_SECONDS = 2.0
log = journal("disk")


class Room(StrEnum):
    """How the disk stands."""

    ENOUGH = "enough"
    FULL = "full"  # the reserve is given up: nothing new is taken in
    READ_ONLY = "read_only"  # mounted so: nothing at all can be kept


class Disk:
    """Looked at every few seconds by one thread; ``room`` may be read from any. ``keeps_data``: the database lies here.

    Several processes may look after one home: what each does to the reserve is the same.
    """

    def __init__(self, home: Path, *, keeps_data: bool = True) -> None:
        self._home, self._keeps_data = home, keeps_data
        self.room = Room.ENOUGH

    @property
    def refuses(self) -> bool:
        """Nothing new is taken in."""
        return self.room is Room.FULL

    def look(self) -> None:
        """See how much is left; give the reserve up or make it anew. Raises nothing."""
        try:
            disk = os.statvfs(self._home)
        except OSError:
            return
        free, total = disk.f_bavail * disk.f_frsize, disk.f_blocks * disk.f_frsize
        before, self.room = self.room, self._room(free, min(RESERVE, total // 10), bool(disk.f_flag & os.ST_RDONLY))
        if self.room is not before:
            log.warning("the room on the disk has changed", state=self.room.value, count=free)

    def _room(self, free: int, reserve: int, read_only: bool) -> Room:
        if read_only:
            return Room.READ_ONLY
        if not self._keeps_data:
            return Room.ENOUGH
        has_reserve = (self._home / NAME).exists()
        if free < reserve // 4 or (free < 2 * reserve and not has_reserve):
            self.give_up()
            return Room.FULL
        if not has_reserve:
            self._make(reserve)
        return Room.ENOUGH

    def _make(self, size: int) -> None:
        """Real blocks, not a hole; where the file system has none to give we go on without."""
        try:
            file = os.open(self._home / NAME, os.O_WRONLY | os.O_CREAT, 0o600)
        except OSError:
            return
        try:
            os.posix_fallocate(file, 0, max(size, 1))
        except OSError as e:
            log.warning("no reserve on this disk", code=e.errno)
            self.give_up()
        finally:
            os.close(file)

    def give_up(self) -> None:
        """Free the reserve; also at an orderly end, for a home that nobody works in needs none."""
        with suppress(OSError):
            (self._home / NAME).unlink(missing_ok=True)

    def trouble(self) -> str | None:
        """For /healthz: what is wrong, in words; None while there is room."""
        if self.room is Room.READ_ONLY:
            return f"{self._home} is mounted read-only; nothing can be kept, mail is answered 451"
        if self.room is Room.FULL:
            return f"full in {self._home}: mail is answered 452, forms 503, until there is room again"
        return _nearly_full(self._home)

    def loop(self, stop: threading.Event) -> None:
        """Until ``stop``."""
        while not stop.is_set():
            self.look()
            stop.wait(LOOK_SECONDS)
        self.give_up()


def _nearly_full(folder: Path) -> str | None:
    try:
        disk = os.statvfs(folder)
    except OSError as e:
        return f"cannot be looked at ({e.strerror})"
    free, total = disk.f_bavail * disk.f_frsize, disk.f_blocks * disk.f_frsize
    if free >= min(LEAST_FREE, total // 20):
        return None
    return f"only {free // 1_000_000} MB are free in {folder}; when none are left, nothing more is taken in"


class Doors:
    """The store as the ways in see it: while the disk has only its reserve, nothing new is kept.

    Everything else of the store is as it is.
    """

    def __init__(self, store: Store, disk: Disk) -> None:
        self._store, self._disk = store, disk

    def keep(self, arriving: Sequence[Arrival]) -> list[Accepted]:
        """Raises StorageFull while the disk has nothing but its reserve, and what the store raises."""
        self._ask()
        return self._store.keep(arriving)

    def write(self, failpoint: str | None = None) -> AbstractContextManager[Tx]:
        """The same for mails of a mailbox (``imap``); what is noted beside them may always be written."""
        if failpoint == "imap":
            self._ask()
        return self._store.write(failpoint)

    def _ask(self) -> None:
        if self._disk.refuses:
            raise StorageFull

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)
