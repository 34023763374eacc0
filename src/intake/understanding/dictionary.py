"""The dictionary's share of memory. It is a file of 250 MB that is mapped, not read: the kernel counts to this process
every page near a word that was ever looked up, although it may take them back at any time. We give them back."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

_MOST = 208 << 20  # bytes of this process, without what others map in it, before the dictionary is given back
_WORTH = 64 << 20  # bytes of the dictionary that are worth giving back: less is read again within a few letters
_EVERY = 8  # texts between two looks
_DONTNEED = 4  # MADV_DONTNEED of Linux: what is mapped read-only from a file is simply mapped again when asked for
_SHARE, _MAPS = Path("/proc/self/statm"), Path("/proc/self/maps")
_Places = frozenset[tuple[int, int]]


class Share:
    """How much of a dictionary this process holds. Asked after every text; gives back what is too much.

    ``own``: where it is mapped (another tagger of the process has its own mapping of the same files).
    """

    def __init__(self, own: _Places) -> None:
        self._own = own
        self._left = _EVERY
        self._first = self._others = held()[1] if own else 0  # mapped files other than the dictionary: at first, now

    def told(self) -> None:
        """One more text was read."""
        self._left -= 1
        if self._left <= 0 and self._own:
            self._left = _EVERY
            whole, mapped = held()
            if whole - self._others + self._first > _MOST and mapped - self._others > _WORTH:
                give_back(self._own)
                self._others = held()[1]


def places(folder: str) -> _Places:
    """Where the files of ``folder`` are mapped in this process; none where the system does not tell."""
    if sys.platform != "linux" or not _SHARE.exists():
        return frozenset()
    lines = _MAPS.read_text(encoding="utf-8", errors="replace").splitlines()
    ends = [line.split(" ", 1)[0].split("-") for line in lines if folder in line and " r--" in line]
    return frozenset((int(start, 16), int(end, 16)) for start, end in ends)


def held() -> tuple[int, int]:
    """Bytes of memory that this process holds, and how many of them are mapped files."""
    _, whole, mapped, *_ = map(int, _SHARE.read_bytes().split())
    page = os.sysconf("SC_PAGE_SIZE")
    return whole * page, mapped * page


def give_back(places: _Places) -> None:
    """Unmap what stands there: to read it again costs a look, and no disk while the system has it."""
    libc = ctypes.CDLL(None)
    libc.madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    for start, end in places:
        libc.madvise(start, end - start, _DONTNEED)
