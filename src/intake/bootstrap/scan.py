"""A look through files for byte strings: all of them at once, whatever their number, at the speed of reading."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from intake.store.live_files import blocks

FIRST = 6  # bytes of each string that are looked for together; shorter strings are not looked for


class Needles:
    """Byte strings made ready for looking."""

    def __init__(self, strings: Iterable[bytes]) -> None:
        self._by_start: dict[int, list[bytes]] = {}
        for s in strings:
            if len(s) >= FIRST:
                self._by_start.setdefault(int.from_bytes(s[:FIRST], "little"), []).append(s)
        self._starts = np.array(sorted(self._by_start), dtype=np.uint64)
        self.longest = max((len(s) for same in self._by_start.values() for s in same), default=0)

    def are_in(self, file: Path) -> tuple[bool, int]:
        """(one of them is in the file, bytes read)."""
        read, tail, found = 0, b"", False
        for block in blocks(file):
            read += len(block)
            window = tail + block
            found = found or self.found_in(window)
            tail = window[-self.longest :] if self.longest else b""
        return found, read

    def found_in(self, window: bytes) -> bool:
        """One of them is in these bytes."""
        if not len(self._starts) or len(window) < FIRST:
            return False
        bytes_ = np.frombuffer(window, dtype=np.uint8)
        for at in np.nonzero(np.isin(_windows(bytes_), self._starts))[0]:
            start = int.from_bytes(window[at : at + FIRST], "little")
            if any(window.startswith(s, int(at)) for s in self._by_start[start]):
                return True
        return False


def _windows(data: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint64]:
    """The first six bytes at every place as one number."""
    count = len(data) - FIRST + 1
    value = np.zeros(count, dtype=np.uint64)
    for n in range(FIRST):
        value |= data[n : n + count].astype(np.uint64) << np.uint64(8 * n)
    return value


def files_under(folders: Sequence[Path]) -> list[Path]:
    """Every regular file below, once."""
    found = {p.resolve() for folder in folders if folder.is_dir() for p in folder.rglob("*") if p.is_file()}
    return sorted(found)
