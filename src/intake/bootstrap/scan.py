"""A look through files for byte strings: those of many people in one pass, at the speed of reading."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from intake.store.live_files import blocks

FIRST = 6  # bytes of each string that are looked for together; shorter strings are not looked for
_SIX_BYTES = np.uint64((1 << 8 * FIRST) - 1)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)  # 2^64 divided by the golden ratio: neighbours come to lie far apart
_TABLE_BITS = 20  # a megabyte of flags stays near the processor; ten thousand strings fill a hundredth of it
_DROP = np.uint64(64 - _TABLE_BITS)

Same = dict[int, dict[bytes, set[int]]]  # of one start: by length, then by the string itself, whose it is


class Needles:
    """Byte strings made ready for looking, each remembered with those whose it is."""

    def __init__(self, strings: Iterable[bytes] = (), *, of_each: Sequence[Iterable[bytes]] = ()) -> None:
        """Either one lot of strings, or one lot for each person; people are told apart by their place."""
        lots = of_each or (strings,)
        self._by_start: dict[int, Same] = {}
        self._owners: set[int] = set()
        self.longest = 0
        for owner, lot in enumerate(lots):
            for s in lot:
                if len(s) >= FIRST:
                    self._add(s, owner)
        self._starts = np.array(sorted(self._by_start), dtype=np.uint64)
        self._flags = np.zeros(1 << _TABLE_BITS, dtype=bool)
        self._flags[_slots(self._starts)] = True

    def _add(self, s: bytes, owner: int) -> None:
        same_start = self._by_start.setdefault(int.from_bytes(s[:FIRST], "little"), {})
        same_start.setdefault(len(s), {}).setdefault(s, set()).add(owner)
        self._owners.add(owner)
        self.longest = max(self.longest, len(s))

    def are_in(self, file: Path) -> tuple[bool, int]:
        """(one of them is in the file, bytes read)."""
        owners, read = self.whose_are_in(file)
        return bool(owners), read

    def whose_are_in(self, file: Path) -> tuple[set[int], int]:
        """(the people of whom something is in the file, bytes read). Raises OSError."""
        read, tail = 0, b""
        found: set[int] = set()
        for block in blocks(file):
            read += len(block)
            if len(found) < len(self._owners):
                window = tail + block
                found |= self.whose_are_found_in(window)
                tail = window[-self.longest :]
        return found, read

    def found_in(self, window: bytes) -> bool:
        """One of them is in these bytes."""
        return next(self._hits(window), None) is not None

    def whose_are_found_in(self, window: bytes) -> set[int]:
        """The people of whom something is in these bytes."""
        return set[int]().union(*self._hits(window))

    def _hits(self, window: bytes) -> Iterator[set[int]]:
        for at, start in self._candidates(window):
            for length, same in self._by_start[start].items():
                owners = same.get(window[at : at + length])
                if owners is not None:
                    yield owners

    def _candidates(self, window: bytes) -> list[tuple[int, int]]:
        """Where one may begin, and with which six bytes: first by a table of flags, then exactly."""
        if not len(self._starts) or len(window) < FIRST:
            return []
        values = _windows(window)
        places = np.flatnonzero(self._flags[_slots(values)])
        values = values[places]
        nearest = np.minimum(np.searchsorted(self._starts, values), len(self._starts) - 1)
        exact = self._starts[nearest] == values
        return list(zip(places[exact].tolist(), values[exact].tolist(), strict=True))


def _windows(data: bytes) -> npt.NDArray[np.uint64]:
    """The first six bytes at every place as one number."""
    padded = data + b"\0\0"  # eight are read at each place
    eight = np.ndarray((len(data) - FIRST + 1,), dtype="<u8", buffer=padded, strides=(1,))
    return eight & _SIX_BYTES


def _slots(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Where in the table of flags each number stands."""
    return (values * _SPREAD) >> _DROP


def files_under(folders: Sequence[Path]) -> list[Path]:
    """Every regular file below, once."""
    found = {p.resolve() for folder in folders if folder.is_dir() for p in folder.rglob("*") if p.is_file()}
    return sorted(found)
