"""One writer at a time, across processes: an flock-ed file beside the SQLite database.

SQLite 3.7.0 to 3.51.2 may damage the WAL when one connection writes while another checkpoints (decisions.md), so
write transactions and checkpoints never overlap. Readers take no part in this.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from intake.errors import StoreBusy, StoreUnavailable

_FIRST_WAIT = 0.0002
_LONGEST_WAIT = 0.005
_STARVING_AFTER = 0.1
_held: set[int] = set()  # open files that hold a lock in this process


class WriterLock:
    """Held by one thread of one process. The kernel frees it when its process dies."""

    def __init__(self, database: Path, wait_seconds: float) -> None:
        self._path = database.with_name(database.name + ".lock")
        self._turn = database.with_name(database.name + ".turn")
        self._wait = wait_seconds
        self._threads = threading.Lock()
        self._owner: int | None = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Wait up to the limit, then StoreBusy. Never taken twice by one thread: that would be a nested write."""
        me = threading.get_ident()
        if self._owner == me:
            raise RuntimeError("a write within a write")
        until = time.monotonic() + self._wait
        if not self._threads.acquire(timeout=self._wait):
            raise StoreBusy()
        try:
            file = self._take(until)
            self._owner = me
            _held.add(file)
            try:
                yield
            finally:
                self._owner = None
                _give_up(file)
        finally:
            self._threads.release()

    def _take(self, until: float) -> int:
        """The open file that holds the flock; opened anew each time, so that a forked child shares nothing."""
        file = _open(self._path)
        turn = _open(self._turn)
        try:
            self._poll(file, turn, until)
        except BaseException:
            os.close(file)
            raise
        finally:
            os.close(turn)
        return file

    def _poll(self, file: int, turn: int, until: float) -> None:
        """Try, sleep, try. Who has waited long takes the turn, and newcomers stand back: nobody starves."""
        starving_at = time.monotonic() + _STARVING_AFTER
        wait, my_turn = _FIRST_WAIT, False
        polite = _try(turn, fcntl.LOCK_SH)
        if polite:
            fcntl.flock(turn, fcntl.LOCK_UN)
        while not ((polite or my_turn) and _try(file, fcntl.LOCK_EX)):
            now = time.monotonic()
            if now > until:
                raise StoreBusy()
            if not my_turn and now > starving_at:
                my_turn = _try(turn, fcntl.LOCK_EX)
            polite = my_turn or _is_free(turn)
            time.sleep(wait)
            wait = min(wait * 2, _LONGEST_WAIT)


def _give_up(file: int) -> None:
    """Unlock by name, not by closing alone: a child forked meanwhile holds a copy of the same open file."""
    _held.discard(file)
    fcntl.flock(file, fcntl.LOCK_UN)
    os.close(file)


def _let_go_in_child() -> None:
    """A forked child must not keep its parent's lock alive after the parent was killed."""
    for file in _held:
        os.close(file)
    _held.clear()


os.register_at_fork(after_in_child=_let_go_in_child)


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as e:
        raise StoreUnavailable(f"{path.name}: {e.strerror}") from e


def _try(file: int, how: int) -> bool:
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_free(turn: int) -> bool:
    if not _try(turn, fcntl.LOCK_SH):
        return False
    fcntl.flock(turn, fcntl.LOCK_UN)
    return True
