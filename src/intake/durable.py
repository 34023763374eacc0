"""Small files that must not be lost or torn: keys and secrets. Whole and on the disk under their name, or not there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def put(path: Path, data: bytes) -> None:
    """``path`` holds ``data``, readable by us alone, when this returns. On a full disk it is what it was before.

    Raises OSError.
    """
    with _part(path, data) as part:
        part.replace(path)


def make(path: Path, data: bytes) -> bool:
    """The same for a file that is not there yet; False where one is, also one that somebody else made meanwhile."""
    if path.exists():
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    with _part(path, data) as part:
        try:
            path.hardlink_to(part)
        except FileExistsError:
            return False
        except OSError:  # a file system without such links
            part.replace(path)
    return True


@contextmanager
def _part(path: Path, data: bytes) -> Iterator[Path]:
    """The bytes, synced, under a name of this process; gone afterwards, whatever happened."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            rest = memoryview(data)
            while rest:  # a disk that is nearly full takes a part of it, and says so only by the number
                rest = rest[os.write(file, rest) :]
            os.fsync(file)
        finally:
            os.close(file)
        yield part
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
