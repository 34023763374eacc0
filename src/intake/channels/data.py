"""What stands between DATA and the final dot, read in large pieces.

The end is CRLF.CRLF and nothing else (SMTP smuggling, reliability.md A19). Lines may be as long as they like. The
result is the sender's bytes, with only the transparency dots of RFC 5321 §4.5.2 taken away.
"""

from __future__ import annotations

import re
from enum import Enum

from intake.channels.spool import Room, Spool
from intake.errors import Temporary

END = b"\r\n.\r\n"
_BARE = re.compile(rb"\r(?!\n)|(?<!\r)\n")


class State(Enum):
    """How the reading stands."""

    MORE = "more"
    END = "end"
    FLOOD = "flood"  # so far past the limit that the connection is dropped


class DataReader:
    """Fed with pieces as they come off the wire; never holds more than ``Spool`` does in memory.

    After END: ``rest`` is what followed the final dot; ``too_big``, ``has_bare`` and ``failure`` say why the mail
    cannot be taken; else ``read()`` gives it.
    """

    def __init__(self, limit: int, *, normalize: bool = False, room: Room | None = None) -> None:
        self._limit = limit
        self._flood = limit + limit // 10
        self._normalize = normalize
        self._held = b"\r\n"  # as if a line had just ended: a dot may be the first byte of all
        self._spool = Spool(room or Room())
        self._count = -len(self._held)
        self.has_bare = False
        self.normalized = False
        self.failure: Temporary | None = None  # no room for it: the rest is read and thrown away
        self.rest = b""

    @property
    def too_big(self) -> bool:
        """More than the limit has come."""
        return self._count > self._limit

    @property
    def is_large(self) -> bool:
        """The mail lies in a file and will cost its size in memory when read."""
        return self._spool.is_large

    def feed(self, piece: bytes) -> State:
        """Take the next piece; raises nothing."""
        buffer = self._held + piece
        end = buffer.find(END)
        if end >= 0:
            self._emit(buffer[: end + 2])
            self.rest = buffer[end + len(END) :]
            return State.END
        cut = _safe_cut(buffer)
        self._held = buffer[cut:]
        self._emit(buffer[:cut])
        return State.FLOOD if self._count > self._flood else State.MORE

    def read(self) -> bytes:
        """The mail, from its first header byte to the CRLF before the dot."""
        return self._spool.read()

    def close(self) -> None:
        """Forget the bytes."""
        self._spool.close()

    def _emit(self, piece: bytes) -> None:
        first = self._count < 0
        self._count += len(piece)
        if not piece:
            return
        if self.too_big or self.failure:
            self._spool.close()
            return
        piece = self._unstuffed(piece)
        try:
            self._spool.write(piece[2:] if first else piece)
        except Temporary as e:
            self.failure = e

    def _unstuffed(self, piece: bytes) -> bytes:
        lines = piece.count(b"\r\n")
        if piece.count(b"\n") != lines or piece.count(b"\r") != lines:
            if self._normalize:
                self.normalized = True
                return _BARE.sub(b"\r\n", piece.replace(b"\r\n.", b"\r\n"))
            self.has_bare = True
        return piece.replace(b"\r\n.", b"\r\n")


def _safe_cut(buffer: bytes) -> int:
    """Where ``buffer`` may be cut so that neither the end mark nor a CRLF with its dot is torn."""
    cut = max(0, len(buffer) - (len(END) - 1))
    if buffer[:cut].endswith(b"\r\n"):
        return cut - 2
    if buffer[:cut].endswith(b"\r"):
        return cut - 1
    return cut
