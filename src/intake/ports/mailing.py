"""Outgoing mails and their wording, as everybody but the store sees them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from intake.model import MailState, OutboxItem
from intake.ports.rows import Backlog, NewMail, Wording


class OutboxRepo(Protocol):
    """Mails that wait to leave or have left."""

    def add(self, new: NewMail, now: datetime) -> OutboxItem: ...

    def claim(self, now: datetime, limit: int, lease_seconds: int, worker: str) -> list[OutboxItem]:
        """Take queued rows that are due.

        A row of class ONCE whose lease ran out while claimed is not taken: it becomes ``unknown``. A row of class
        AGAIN is taken again. The claim is committed before anything is sent.
        """
        ...

    def finish(self, item: OutboxItem, state: MailState, at: datetime, error: str = "") -> None:
        """End a claim. Raises LeaseLost where the fence has moved on."""
        ...

    def retry(self, item: OutboxItem, at: datetime, error: str, *, counted: bool = True) -> None:
        """Back to queued, not before ``at``. Not ``counted``: no relay has seen it, so this was no try."""
        ...

    def cancel(self, item_id: int, at: datetime, reason: str) -> bool:
        """Queued only: never leaves. False if it has left or is just leaving."""
        ...

    def postpone(self, item_id: int, until: datetime) -> bool:
        """Queued only: does not leave before ``until``. False if it has left or is just leaving."""
        ...

    def get(self, item_id: int) -> OutboxItem: ...
    def of_case(self, case_id: int) -> list[OutboxItem]: ...
    def find(
        self,
        states: tuple[MailState, ...] = (),
        after: int | None = None,
        limit: int = 100,
        *,
        newest_first: bool = False,
    ) -> list[OutboxItem]:
        """Oldest (or newest) first; ``after`` is the id of the last mail of the page before (keyset)."""
        ...

    def automatic_since(self, address_hash: bytes, since: datetime) -> int:
        """How many automatic mails this address was written since then (any state but cancelled and stale)."""
        ...

    def automatic_count(
        self, since: datetime, cap: int, *, domain: str | None = None, thread: bytes | None = None
    ) -> int:
        """Automatic mails of all since then, counted up to ``cap``; to strangers of one domain; in one thread."""
        ...

    def thread_of(self, message_ids: Iterable[str]) -> bytes:
        """The thread of the first of our mails among these Message-IDs; b"" if none is ours."""
        ...

    def by_message_id(self, message_ids: Iterable[str]) -> list[OutboxItem]:
        """Our mails with these Message-IDs (for In-Reply-To, References and bounces)."""
        ...

    def by_unique(self, unique: str) -> list[OutboxItem]:
        """Our mails whose Message-ID begins with this, up to its first dot (signed return paths name it)."""
        ...

    def backlog(self, now: datetime) -> Backlog: ...
    def counts(self) -> dict[str, int]: ...

    def in_doubt(self, since: datetime) -> int:
        """How many may or may not have left: those written since then, and those that staff have still to look at."""
        ...


class WordingRepo(Protocol):
    """The wordings that mails were written with."""

    def keep(self, wording: Wording) -> None:
        """Write it down unless it is there."""
        ...

    def find(self, template: str, version: str) -> Wording | None: ...
    def of(self, template: str, limit: int = 50) -> list[Wording]:
        """The versions of a template, newest first."""
        ...
