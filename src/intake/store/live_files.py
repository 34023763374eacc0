"""Reading the bytes of database files that this process has open.

SQLite's locks are POSIX locks: whenever a process closes *any* handle of a file, all its locks on that file are gone
(sqlite.org/howtocorrupt.html §2.2). Another process then takes the database for unused, folds the log and removes it
under our feet. So a file that SQLite may have open is opened here once and never closed.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

BLOCK = 1 << 20
_LOCK = threading.Lock()
_OPEN: dict[tuple[int, int], int] = {}  # device and inode: our handle


def blocks(file: Path) -> Iterator[bytes]:
    """The file piece by piece. Raises OSError."""
    if _is_live(file):
        handle, at = _kept(file), 0
        while block := os.pread(handle, BLOCK, at):
            at += len(block)
            yield block
        return
    with file.open("rb") as f:
        while block := f.read(BLOCK):
            yield block


def _is_live(file: Path) -> bool:
    """A database in WAL mode has its index beside it while anybody uses it."""
    return file.name.endswith(("-wal", "-shm")) or file.with_name(f"{file.name}-shm").exists()


def _kept(file: Path) -> int:
    with _LOCK:
        found = file.stat()
        handle = _OPEN.get((found.st_dev, found.st_ino))
        if handle is None:
            handle = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
            opened = os.fstat(handle)  # another file may have taken the name in between
            _OPEN[opened.st_dev, opened.st_ino] = handle
        return handle
