"""Mail that lies in files: .eml, mbox, Maildir. Each mail goes in once; nothing on disk is ever changed."""

from __future__ import annotations

import re
import stat
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from intake.channels.inbox import InboxWriter
from intake.errors import IntakeError
from intake.model import Accepted, Arrival, Channel, Envelope

MAX_BYTES = 35_000_000
WINDOW = 64  # mails on their way to the inbox at a time
WINDOW_BYTES = 32_000_000
_LINE = 1 << 20
_FROM = re.compile(rb"From [^\r\n]*\d:\d\d")  # the separator ends with a date; a sentence hardly ever does
_QUOTED_FROM = re.compile(rb"^>(>*From )")


@dataclass(slots=True)
class Summary:
    """What became of the mails; ``failed`` says where and why, in words."""

    stored: int = 0
    duplicate: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)


def ingest(
    paths: Iterable[str | Path],
    writer: InboxWriter,
    now: datetime,
    *,
    max_bytes: int = MAX_BYTES,
    progress: Callable[[int], None] = lambda _: None,
) -> Summary:
    """Put every mail of ``paths`` into the inbox. A mail that is there already counts as duplicate.

    A folder is a Maildir (its cur and new are read) or is searched for *.eml. What cannot be read is named in the
    summary and stops nothing. ``progress`` is told the number of bytes of each mail done.
    """
    summary = Summary()
    waiting: deque[tuple[str, int, Future[Accepted]]] = deque()
    held = 0
    for where, raw in _mails(paths, summary, max_bytes):
        arrival = Arrival(Envelope(Channel.EMAIL, "file", raw, now))
        waiting.append((where, len(raw), writer.submit(arrival)))
        held += len(raw)
        while len(waiting) > WINDOW or held > WINDOW_BYTES:
            held -= _settle(waiting.popleft(), summary, progress)
    while waiting:
        _settle(waiting.popleft(), summary, progress)
    return summary


def _settle(one: tuple[str, int, Future[Accepted]], summary: Summary, progress: Callable[[int], None]) -> int:
    where, size, future = one
    try:
        if future.result().new:
            summary.stored += 1
        else:
            summary.duplicate += 1
    except IntakeError as e:
        summary.failed.append((where, str(e)))
    except Exception as e:  # noqa: BLE001 one mail that cannot be stored stops nothing
        summary.failed.append((where, type(e).__name__))
    progress(size)
    return size


def _mails(paths: Iterable[str | Path], summary: Summary, max_bytes: int) -> Iterator[tuple[str, bytes]]:
    for given in paths:
        for path in _files(Path(given), summary):
            try:
                with path.open("rb") as f:
                    yield from _of_file(path, f, summary, max_bytes)
            except OSError as e:
                summary.failed.append((str(path), e.strerror or type(e).__name__))


def _files(path: Path, summary: Summary) -> Iterator[Path]:
    try:
        mode = path.stat().st_mode
        if stat.S_ISREG(mode):
            yield path
        elif not stat.S_ISDIR(mode):
            summary.failed.append((str(path), "is neither a file nor a folder"))
        elif (path / "cur").is_dir() or (path / "new").is_dir():
            folders = [path / name for name in ("cur", "new") if (path / name).is_dir()]
            yield from sorted(p for folder in folders for p in folder.iterdir() if p.is_file())
        else:
            found = sorted(p for p in path.rglob("*") if p.suffix.lower() == ".eml" and p.is_file())
            yield from found
            if not found:
                summary.failed.append((str(path), "holds no .eml and is no Maildir"))
    except OSError as e:
        summary.failed.append((str(path), e.strerror or type(e).__name__))


def _of_file(path: Path, f: BinaryIO, summary: Summary, max_bytes: int) -> Iterator[tuple[str, bytes]]:
    if f.read(5) == b"From ":
        f.seek(0)
        yield from _of_mbox(path, f, summary, max_bytes)
        return
    f.seek(0)
    raw = f.read(max_bytes + 1)
    if len(raw) > max_bytes:
        summary.failed.append((str(path), f"is larger than {max_bytes} bytes"))
    elif not raw:
        summary.failed.append((str(path), "is empty"))
    else:
        yield str(path), raw


class _Gathering:
    """The lines of one mail of an mbox, bounded."""

    def __init__(self, max_bytes: int) -> None:
        self._max = max_bytes
        self.lines: list[bytes] = []
        self.size = 0

    def add(self, line: bytes) -> None:
        self.size += len(line)
        if self.size <= self._max:
            self.lines.append(line)
        else:
            self.lines.clear()

    @property
    def raw(self) -> bytes:
        """The mail without the empty line that belongs to the mbox, not to it."""
        if self.lines and self.lines[-1] in (b"\n", b"\r\n"):
            self.lines.pop()
        return b"".join(self.lines)


def _of_mbox(path: Path, f: BinaryIO, summary: Summary, max_bytes: int) -> Iterator[tuple[str, bytes]]:
    """mboxrd: a separator follows an empty line (or begins the file), ``>From `` loses one ``>``."""
    number, gathering, after_empty, at_line_start = 0, _Gathering(max_bytes), True, True
    while line := f.readline(_LINE):  # a line without an end is taken in pieces
        if at_line_start and after_empty and _FROM.match(line):
            if number:
                yield from _finished(f"{path}#{number}", gathering, summary, max_bytes)
            number, gathering = number + 1, _Gathering(max_bytes)
        elif number:
            gathering.add(_QUOTED_FROM.sub(rb"\1", line) if at_line_start else line)
        after_empty = at_line_start and line in (b"\n", b"\r\n")
        at_line_start = line.endswith(b"\n")
    if number:
        yield from _finished(f"{path}#{number}", gathering, summary, max_bytes)
    else:
        summary.failed.append((str(path), "begins like an mbox and holds no mail"))


def _finished(where: str, gathering: _Gathering, summary: Summary, max_bytes: int) -> Iterator[tuple[str, bytes]]:
    if gathering.size > max_bytes:
        summary.failed.append((where, f"is larger than {max_bytes} bytes"))
    elif raw := gathering.raw:
        yield where, raw
    else:
        summary.failed.append((where, "is empty"))
