"""Who runs on a home: a file that every running intake holds a share of, so that nobody puts other data in its place.

A share is a POSIX record lock: the kernel ends it with its process, however that died, and a forked child has none.
"""

from __future__ import annotations

import fcntl
import os
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


def somebody_runs(home: Path) -> bool:
    """Whether another process on this machine runs on the home, whichever of its parts it runs and wherever it
    listens. Never to be asked by a process that is present itself: closing the file would end its own share."""
    if not (home / FILE).exists():
        return False
    file = _open(home)
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(file)
    return False


def _open(home: Path) -> int:
    return os.open(home / FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
