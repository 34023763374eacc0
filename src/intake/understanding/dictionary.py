"""The dictionary's share of memory. It is a file of 250 MB that is mapped, not read: the kernel counts to this process
every page near a word that was ever looked up, although it may take them back at any time. We give them back."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

_MOST = 100 << 20  # bytes of it that we hold before we give them back: some 150 letters' worth
_EVERY = 16  # texts between two looks
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
        self._others = mapped() if own else 0  # other mapped files: what is left when the dictionary is given back

    def told(self) -> None:
        """One more text was read."""
        self._left -= 1
        if self._left <= 0 and self._own:
            self._left = _EVERY
            if mapped() - self._others > _MOST:
                give_back(self._own)
                self._others = mapped()


def places(folder: str) -> _Places:
    """Where the files of ``folder`` are mapped in this process; none where the system does not tell."""
    if sys.platform != "linux" or not _SHARE.exists():
        return frozenset()
    lines = _MAPS.read_text(encoding="utf-8", errors="replace").splitlines()
    ends = [line.split(" ", 1)[0].split("-") for line in lines if folder in line and " r--" in line]
    return frozenset((int(start, 16), int(end, 16)) for start, end in ends)


def mapped() -> int:
    """Bytes of this process that are mapped files."""
    return int(_SHARE.read_bytes().split()[2]) * os.sysconf("SC_PAGE_SIZE")


def give_back(places: _Places) -> None:
    """Unmap what stands there: to read it again costs a look, and no disk while the system has it."""
    libc = ctypes.CDLL(None)
    libc.madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    for start, end in places:
        libc.madvise(start, end - start, _DONTNEED)
