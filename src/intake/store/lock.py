"""One writer at a time, across processes: an flock-ed file beside the SQLite database.

SQLite 3.7.0 to 3.51.2 may damage the WAL when one connection writes while another checkpoints (decisions.md), so
write transactions and checkpoints never overlap. Readers take no part in this.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from intake.errors import StoreBusy, StoreUnavailable

_FIRST_WAIT = 0.0002
_LONGEST_WAIT = 0.005
_STARVING_AFTER = 0.1
_open_files: weakref.WeakSet[_Files] = weakref.WeakSet()


class WriterLock:
    """Held by one thread of one process. The kernel frees it when its process dies."""

    def __init__(self, database: Path, wait_seconds: float) -> None:
        self._path = database.with_name(database.name + ".lock")
        self._turn = database.with_name(database.name + ".turn")
        self._wait = wait_seconds
        self._threads = threading.Lock()
        self._owner: int | None = None
        self._files: _Files | None = None

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
            files = self._opened()
            self._poll(files.lock, files.turn, until)
            self._owner = me
            try:
                yield
            finally:
                self._owner = None
                fcntl.flock(files.lock, fcntl.LOCK_UN)
        finally:
            self._threads.release()

    def _opened(self) -> _Files:
        """Both files, opened once a process; anew where somebody has put others in their place."""
        if self._files is None or not self._files.are_those_of(self._path):
            self._files = _Files(self._path, self._turn)
        return self._files

    def _poll(self, file: int, turn: int, until: float) -> None:
        """Try, sleep, try. Who has waited long takes the turn, and newcomers stand back: nobody starves."""
        starving_at = time.monotonic() + _STARVING_AFTER
        wait, my_turn = _FIRST_WAIT, False
        polite = _is_free(turn)
        try:
            while not ((polite or my_turn) and _try(file, fcntl.LOCK_EX)):
                now = time.monotonic()
                if now > until:
                    raise StoreBusy()
                if not my_turn and now > starving_at:
                    my_turn = _try(turn, fcntl.LOCK_EX)
                polite = my_turn or _is_free(turn)
                time.sleep(wait)
                wait = min(wait * 2, _LONGEST_WAIT)
        finally:
            if my_turn:
                fcntl.flock(turn, fcntl.LOCK_UN)


class _Files:
    """The open files of one process; closed with their lock, and at once in a forked child.

    An flock belongs to the open file, which a child shares: kept open there, it would outlive its killed holder.
    """

    def __init__(self, lock: Path, turn: Path) -> None:
        self.lock = _open(lock)
        try:
            self.turn = _open(turn)
        except BaseException:
            os.close(self.lock)
            raise
        self._id = os.fstat(self.lock).st_ino
        self._open = {self.lock, self.turn}
        _open_files.add(self)
        weakref.finalize(self, _close, self._open)

    def are_those_of(self, path: Path) -> bool:
        """False after a fork, and where the file was replaced or removed."""
        try:
            return bool(self._open) and os.stat(path).st_ino == self._id  # noqa: PTH116 each write asks
        except OSError:
            return False

    def close(self) -> None:
        """Harmless twice."""
        _close(self._open)


def _close(files: set[int]) -> None:
    while files:
        os.close(files.pop())


def _let_go_in_child() -> None:
    for files in list(_open_files):
        files.close()


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
