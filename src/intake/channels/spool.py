"""Where a mail lies while it comes in: small ones in memory, large ones in a file without a name.

The file holds what people wrote, so it is encrypted under a key that only this object knows, and it is gone when
the object is closed or the process dies. Memory stays flat, however long a line or a mail is (reliability.md A18).
"""

from __future__ import annotations

import errno
import os
import tempfile
from typing import IO

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from intake.errors import StorageFull, StoreUnavailable

IN_MEMORY = 1_000_000
TOTAL_ON_DISK = 1_000_000_000
_STEP = 1 << 20
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Room:
    """How many bytes all spools of a port together may put on the disk; many large mails at once must not fill it."""

    def __init__(self, left: int = TOTAL_ON_DISK) -> None:
        self.left = left

    def take(self, size: int) -> None:
        """Raises StorageFull where that much is not left."""
        if size > self.left:
            raise StorageFull
        self.left -= size


class Spool:
    """Append bytes, then read them. Raises StorageFull or StoreUnavailable where the file cannot be written."""

    def __init__(self, room: Room, in_memory: int = IN_MEMORY) -> None:
        self._room = room
        self._on_disk = 0
        self._in_memory = in_memory
        self._buffer = bytearray()
        self._file: IO[bytes] | None = None

    @property
    def is_large(self) -> bool:
        """True if the bytes lie in a file."""
        return self._file is not None

    def write(self, data: bytes) -> None:
        """Append ``data``."""
        self._buffer += data
        if len(self._buffer) > self._in_memory or (self._file and len(self._buffer) > _STEP // 4):
            try:
                self._to_file()
            except OSError as e:
                raise (StorageFull() if e.errno in _FULL else StoreUnavailable()) from e

    def read(self) -> bytes:
        """All bytes in one piece."""
        if self._file is None:
            return bytes(self._buffer)
        decryptor = self._cipher.decryptor()
        whole = bytearray()
        self._file.seek(0)
        while step := self._file.read(_STEP):
            whole += decryptor.update(step)
        return bytes(whole + self._buffer)

    def close(self) -> None:
        """Forget everything; harmless twice."""
        self._buffer = bytearray()
        self._room.left += self._on_disk
        self._on_disk = 0
        if self._file is not None:
            self._file.close()
            self._file = None

    def _to_file(self) -> None:
        self._room.take(len(self._buffer))
        self._on_disk += len(self._buffer)
        if self._file is None:
            self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 closed by close()
            self._cipher = Cipher(algorithms.AES(os.urandom(32)), modes.CTR(os.urandom(16)))
            self._encryptor = self._cipher.encryptor()
        rest = memoryview(self._encryptor.update(bytes(self._buffer)))
        while rest:
            rest = rest[self._file.write(rest) :]
        self._buffer = bytearray()
