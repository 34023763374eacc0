"""The dictionary's share of memory. It is a file of 250 MB that is mapped, not read: the kernel counts to this process
every page near a word that was ever looked up, although it may take them back at any time. We give them back."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

_MOST = 132 << 20  # bytes of mapped files, the dictionary nearly all of it, before they are given back
_EVERY = 16  # texts between two looks
_DONTNEED = 4  # MADV_DONTNEED of Linux: what is mapped read-only from a file is simply mapped again when asked for
_SHARE, _MAPS = Path("/proc/self/statm"), Path("/proc/self/maps")


class Share:
    """How much of the dictionary at ``folder`` this process holds; asked after every text."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._left = _EVERY
        self._watched = sys.platform == "linux" and _SHARE.exists()

    def told(self) -> None:
        """One more text was read. Now and then gives the dictionary's pages back, if they are too many."""
        self._left -= 1
        if self._left <= 0 and self._watched:
            self._left = _EVERY
            if mapped() > _MOST:
                give_back(self._folder)


def mapped() -> int:
    """Bytes of this process that are mapped files."""
    return int(_SHARE.read_bytes().split()[2]) * os.sysconf("SC_PAGE_SIZE")


def give_back(folder: str) -> None:
    """Unmap the files in ``folder``: to read them again costs a look, and no disk while the system has them."""
    libc = ctypes.CDLL(None)
    libc.madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    for line in _MAPS.read_text(encoding="utf-8", errors="replace").splitlines():
        if folder in line and " r--" in line:
            start, end = (int(place, 16) for place in line.split(" ", 1)[0].split("-"))
            libc.madvise(start, end - start, _DONTNEED)
