"""A disk that loses what was not synced: every write of SQLite is noted, and the disk can be had as a cut left it.

``Disk`` is a VFS of apsw. Writes go through to the real files (the running program sees them) and into a journal; at
a chosen moment ``images`` gives the files as they would lie there after the power went: what was synced, and of the
rest nothing, some, or all but the last sector.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

SECTOR = 512


@dataclass(frozen=True, slots=True)
class Op:
    """One thing that happened: ``write``, ``sync``, ``cut`` (truncate), ``gone`` (delete), or a ``mark`` of a test."""

    kind: str
    name: str = ""
    at: int = 0
    data: bytes = b""
    mark: Any = None


@dataclass
class Disk:
    """The journal, and the VFS under this name. ``fail_at``: the n-th call from then on raises ``fails_with``."""

    name: str
    ops: list[Op] = field(default_factory=list)
    fail_at: int = 0
    fails_with: type[Exception] = apsw.IOError
    calls: int = 0

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._vfs = _Vfs(self)

    def note(self, op: Op) -> None:
        """In the order of the world: also called between a commit and its 250."""
        with self._lock:
            self.ops.append(op)

    def mark(self, what: Any) -> None:
        """Something that the outside learned at this moment."""
        self.note(Op("mark", mark=what))

    def call(self) -> None:
        """Count a call that reaches the disk, and fail it where that is asked for."""
        with self._lock:
            self.calls += 1
            fails = self.fail_at and self.calls >= self.fail_at
        if fails:
            raise self.fails_with("the disk")

    def unregister(self) -> None:
        """No further connection is opened on it."""
        self._vfs.unregister()


class _Vfs(apsw.VFS):
    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        super().__init__(disk.name, "")

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:
        return _File(self._disk, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:
        super().xDelete(filename, syncdir)
        self._disk.note(Op("gone", Path(filename).name))


class _File(apsw.VFSFile):
    def __init__(self, disk: Disk, name: Any, flags: list[int]) -> None:
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self._disk, self._name = disk, Path(path).name if path else ""
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        self._disk.call()
        super().xWrite(data, offset)
        if self._name:
            self._disk.note(Op("write", self._name, offset, bytes(data)))

    def xSync(self, flags: int) -> None:
        self._disk.call()
        super().xSync(flags)
        if self._name:
            self._disk.note(Op("sync", self._name))

    def xTruncate(self, size: int) -> None:
        self._disk.call()
        super().xTruncate(size)
        if self._name:
            self._disk.note(Op("cut", self._name, size))


@dataclass
class Image:
    """The disk after the power went at ``moment``; ``marks`` is what the outside had learned by then."""

    moment: int
    files: dict[str, bytes]
    marks: list[Any]

    def lay_down(self, folder: Path, others: Sequence[Path] = ()) -> None:
        """As files; ``others`` (never changed in the run) are copied along."""
        folder.mkdir(parents=True)
        for name, data in self.files.items():
            (folder / name).write_bytes(data)
        for other in others:
            (folder / other.name).write_bytes(other.read_bytes())


def images(start: dict[str, bytes], ops: Sequence[Op], moments: Sequence[int], seed: int = 0) -> Iterator[Image]:
    """The disk at each moment (a number of operations), in order. ``start``: the files before the first one."""
    dice = random.Random(seed)
    safe = {name: bytearray(data) for name, data in start.items()}
    waiting: dict[str, list[Op]] = {}
    marks: list[Any] = []
    done = 0
    for moment in sorted(moments):
        for op in ops[done:moment]:
            _happened(op, safe, waiting, marks)
        done = moment
        yield Image(moment, _after_the_cut(safe, waiting, dice), list(marks))


def _happened(op: Op, safe: dict[str, bytearray], waiting: dict[str, list[Op]], marks: list[Any]) -> None:
    if op.kind == "mark":
        marks.append(op.mark)
    elif op.kind == "gone":
        safe.pop(op.name, None)
        waiting.pop(op.name, None)
    elif op.kind == "sync":
        for old in waiting.pop(op.name, []):
            _apply(safe.setdefault(op.name, bytearray()), old)
        safe.setdefault(op.name, bytearray())
    else:
        waiting.setdefault(op.name, []).append(op)


def _apply(file: bytearray, op: Op) -> None:
    if op.kind == "cut":
        del file[op.at :]
        return
    if len(file) < op.at + len(op.data):
        file.extend(bytes(op.at + len(op.data) - len(file)))
    file[op.at : op.at + len(op.data)] = op.data


def _after_the_cut(safe: dict[str, bytearray], waiting: dict[str, list[Op]], dice: random.Random) -> dict[str, bytes]:
    """Of what was not synced a disk may have kept any part, in any order, the last write torn."""
    how = dice.choice(("nothing", "nothing", "some", "torn"))
    files = {name: bytearray(data) for name, data in safe.items()}
    if how != "nothing":
        for name, ops in waiting.items():
            file = files.setdefault(name, bytearray())
            kept = [op for op in ops if dice.random() < 0.5] if how == "some" else ops[: dice.randint(0, len(ops))]
            for op in kept:
                _apply(file, op)
            if how == "torn" and kept and kept[-1].kind == "write" and len(kept[-1].data) > SECTOR:
                last = kept[-1]
                _apply(file, Op("write", name, last.at + SECTOR, bytes(len(last.data) - SECTOR)))
    return {name: bytes(data) for name, data in files.items()}
