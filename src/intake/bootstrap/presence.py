"""Who runs on a home: a file that every running intake holds a share of, so that nobody puts other data in its place.

A share is a POSIX record lock: the kernel ends it with its process, however that died, and a forked child has none.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FILE = "intake.running"


class Presence:
    """A share of the home, from now to the end of this process or until ``end``."""

    def __init__(self, home: Path) -> None:
        self._file = _open(home)
        fcntl.lockf(self._file, fcntl.LOCK_SH)

    def end(self) -> None:
        """Give it back. Harmless twice."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


@contextmanager
def alone(home: Path) -> Iterator[bool]:
    """True while nobody else on this machine runs on the home, whichever part and wherever it listens; who starts
    meanwhile waits. Never for a process that is present itself: closing the file would end its own share."""
    file = _open(home)
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        free = True
    except OSError:
        free = False
    try:
        yield free
    finally:
        os.close(file)


def _open(home: Path) -> int:
    return os.open(home / FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
