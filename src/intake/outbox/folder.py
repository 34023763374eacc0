"""A folder that catches mail: what ``folder:`` means, for the demo, for tests and for a first look."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from intake.errors import RelayTemporary
from intake.model import Mail, MailClass
from intake.ports import Delivery

DEFAULT_NAME = "mails"
STEM = 32


class FolderCourier:
    """Writes each mail as a file of its own, durable and complete or not at all.

    A file is named after its Message-ID. A link that goes again takes the place of its first copy, as in a mailbox
    that knows the id; a receipt that left twice would stand there twice, for all to see.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def deliver(self, mail: Mail) -> Delivery:
        """Write the file, flushed to disk under its name. Raises RelayTemporary where the disk refuses."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            path, again = self._place(mail)
            _write(path, _with_envelope(mail))
        except OSError as e:
            raise RelayTemporary(f"folder: {e.strerror or type(e).__name__}") from e
        return Delivery("250 caught again" if again else "250 caught")

    def close(self) -> None:
        """Nothing is kept open."""

    def _place(self, mail: Mail) -> tuple[Path, bool]:
        stem = _stem(mail.message_id)
        path, count = self.folder / f"{stem}.eml", 1
        if mail.mail_class is MailClass.AGAIN:
            return path, path.exists()
        while path.exists():
            count += 1
            path = self.folder / f"{stem}-{count}.eml"
        return path, count > 1


def _stem(message_id: str) -> str:
    return hashlib.sha256(message_id.encode()).hexdigest()[:STEM]


def _with_envelope(mail: Mail) -> bytes:
    """What a final delivery adds (RFC 5321 §4.4): the return path, which is nowhere else in the file."""
    return f"Return-Path: <{mail.mail_from}>\r\n".encode("ascii") + mail.data


def _write(path: Path, data: bytes) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        _sync_folder(path.parent)
    finally:
        with contextlib.suppress(OSError):
            part.unlink()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def forget(folder: Path, message_ids: Sequence[str], holds: Callable[[Path], bool]) -> int:
    """Remove caught mails with these Message-IDs, and all for which ``holds`` says so (an erasure); how many."""
    if not folder.is_dir():
        return 0
    stems = {_stem(m) for m in message_ids}
    gone = 0
    for path in sorted(folder.iterdir()):
        if not path.is_file():
            continue
        if path.name.lstrip(".")[:STEM] in stems or holds(path):
            path.unlink(missing_ok=True)
            gone += 1
    if gone:
        _sync_folder(folder)
    return gone
