"""What comes in, as everybody but the store sees it: the inbox, its bytes, and what the mailboxes showed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from intake.model import Accepted, Arrival, End, Envelope, InboxItem, Meaning, Message
from intake.ports.rows import Backlog, ImapPlace, LedgerRow, Said


class InboxRepo(Protocol):
    """Arrivals: raw bytes first, meaning later."""

    def add(self, arrivals: Sequence[Arrival]) -> list[Accepted]:
        """Store arrivals with their exact bytes, in order.

        The same envelope and bytes, or the same (source, webhook-id), give the row that is there already with
        ``new=False``, also within one call.
        """
        ...

    def claim(self, now: datetime, limit: int, lease_seconds: int, worker: str) -> list[InboxItem]:
        """Take waiting rows, and rows whose lease ran out, oldest first; attempts and fence grow by one each."""
        ...

    def finish(self, message_id: int, fence: int, end: End, of: int | None, at: datetime) -> None:
        """Give a message its one end. Raises LeaseLost where ``fence`` is not the row's any more."""
        ...

    def give_back(self, message_id: int, fence: int, retry_at: datetime, error: str, *, counts: bool = True) -> None:
        """End a claim without result; ``error`` is a class name, never text of the message.

        ``counts=False``: it was no fault of the message (the database was away), so this try is as if it never was.
        """
        ...

    def envelope(self, message_id: int) -> Envelope:
        """The arrival as it came. Raises NotFound (also after erasure)."""
        ...

    def end_of(self, message_id: int) -> tuple[End | None, int | None]:
        """How it ended and to which case or message; (None, None) while it waits."""
        ...

    def save_reading(self, message_id: int, message: Message, meaning: Meaning | None) -> None:
        """Keep the parsed text and the reading, encrypted under the message's key; replaces an earlier one."""
        ...

    def reading(self, message_id: int) -> tuple[Message, Meaning | None] | None:
        """What was kept by save_reading."""
        ...

    def set_identity(self, message_id: int, content: bytes, rfc_id: bytes, sender: bytes) -> None:
        """Keyed hashes for finding twins and threads."""
        ...

    def find_twin(self, message_id: int, content: bytes, rfc_id: bytes, sender: bytes) -> int | None:
        """The first earlier message of the same sender with the same content and the same Message-ID."""
        ...

    def last_said(self, message_id: int, content: bytes, sender: bytes, since: datetime) -> Said | None:
        """The last earlier message of the same sender with the same content, neither with a Message-ID, received from
        ``since`` on; one that is itself a duplicate does not count."""
        ...

    def backlog(self, now: datetime) -> Backlog:
        """What still waits."""
        ...

    def counts(self) -> dict[str, int]:
        """Rows per end, and ``waiting``."""
        ...

    def ended(self, end: End, before: int | None = None, limit: int = 50) -> list[int]:
        """Ids of messages with this end, newest first, older than ``before`` (keyset)."""
        ...

    def without_end(self, limit: int = 100) -> list[int]:
        """Ids of messages that have none of the four ends."""
        ...


class BlobRepo(Protocol):
    """Encrypted bytes. A data key a message or mail; keys live in a store of their own."""

    def new_key(self) -> int:
        """The id of a data key that is durable already and used by nobody else."""
        ...

    def put(self, key_id: int, kind: str, data: bytes) -> int:
        """Encrypt and store; returns the blob's id."""
        ...

    def get(self, blob_id: int) -> bytes:
        """Decrypt. Raises NotFound where the blob or its key is gone."""
        ...

    def destroy_keys(self, key_ids: Sequence[int]) -> None:
        """Make everything under these keys unreadable for ever."""
        ...


class LedgerRepo(Protocol):
    """Every mail on the server and what became of it."""

    def add(self, place: ImapPlace, rows: Sequence[LedgerRow], at: datetime) -> None:
        """Write down rows; a UID that is there already is replaced."""
        ...

    def known(self, place: ImapPlace, above: int = 0) -> set[int]:
        """The UIDs of the place above ``above`` that have a row."""
        ...

    def highest(self, place: ImapPlace) -> int:
        """The highest UID that has a row; 0 if none."""
        ...

    def in_state(self, place: ImapPlace, state: str) -> list[int]:
        """UIDs in this state, lowest first."""
        ...

    def mark(self, place: ImapPlace, uids: Sequence[int], state: str) -> None:
        """Set the state of rows."""
        ...

    def by_bytes(self, account: str, hashes: Sequence[bytes]) -> dict[bytes, int | None]:
        """SHA-256 of mails that this account has brought before, in whatever folder, with their message's id."""
        ...
