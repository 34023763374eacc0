"""What the pages of staff keep and read besides the cases: views, who is looking, and lists read in one go."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from intake.model import Channel, InboxItem, Meaning, Message, Seeker


@dataclass(frozen=True, slots=True)
class SavedView:
    """A search kept under a name. ``query`` holds fields only, never words: nobody's name is kept here."""

    id: int
    staff: str  # whose it is
    name: str
    query: str
    shared: bool


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody whose page of a case is open; ``doing`` is ``looking`` or ``writing``."""

    staff: str
    doing: str


@dataclass(frozen=True, slots=True)
class StuckMessage:
    """A message that waits after a try that failed; ``error`` is a class name, ``retry_at`` None while it is tried."""

    id: int
    channel: Channel
    received_at: datetime
    size: int  # bytes
    attempts: int
    error: str
    retry_at: datetime | None


class StuckRepo(Protocol):
    """Messages that could not be handled yet."""

    def page(self, before: int | None = None, limit: int = 50) -> list[StuckMessage]:
        """Waiting messages whose last try failed, newest first, older than ``before`` (keyset)."""
        ...

    def get(self, message_id: int) -> StuckMessage | None:
        """One of them; None where it has ended, or nothing went wrong with it."""
        ...

    def again(self, message_id: int, now: datetime) -> bool:
        """Let it be tried at once, with all its tries before it. False where it has ended or is being tried."""
        ...

    def take(self, message_id: int, now: datetime, lease_seconds: int, worker: str) -> InboxItem | None:
        """Claim this very message. None where it has ended, is being tried, or its bytes cannot be opened."""
        ...

    def received(self, message_ids: Collection[int]) -> dict[int, datetime]:
        """When each of these messages came, whatever became of it."""
        ...


class ViewRepo(Protocol):
    """Saved views."""

    def of(self, staff: str) -> list[SavedView]:
        """One's own and the shared ones, by name."""
        ...

    def add(self, staff: str, name: str, query: str, at: datetime, *, shared: bool) -> None:
        """Keep it; one's earlier view of the same name is replaced. Raises NotFound for unknown staff."""
        ...

    def remove(self, staff: str, view_id: int) -> bool:
        """False where it is not theirs."""
        ...


class PresenceRepo(Protocol):
    """Who has a case open, for as long as their page says so."""

    def here(self, case_id: int, staff: str, doing: str, at: datetime) -> None:
        """Their page says so. Rows of before ``at`` minus a day are swept."""
        ...

    def gone(self, case_id: int, staff: str) -> None: ...

    def everybody(self, since: datetime) -> list[tuple[int, str, str]]:
        """(case, who, doing what) of everybody who said so since then."""
        ...

    def at(self, case_ids: Collection[int], since: datetime) -> dict[int, tuple[Present, ...]]:
        """Who said so since then, by case; writers first."""
        ...


class GlanceRepo(Protocol):
    """Many rows at a time for lists: a page of fifty costs a handful of queries."""

    def people(self, seeker_ids: Collection[int]) -> dict[int, Seeker]:
        """By id; erased ones are missing."""
        ...

    def messages(self, message_ids: Collection[int]) -> dict[int, Message]:
        """What was kept by ``InboxRepo.save_reading``; erased ones are missing."""
        ...

    def readings(self, message_ids: Collection[int]) -> dict[int, tuple[Message, Meaning | None]]:
        """The same with the readings."""
        ...

    def about(self, case_ids: Collection[int], concierge: str) -> frozenset[int]:
        """Those whose seeker has this concierge and where a complaint or a wish for another concierge was written."""
        ...

    def message_ids(self, case_ids: Collection[int]) -> dict[int, tuple[int, ...]]:
        """Messages of each case, oldest first."""
        ...

    def notes(self, case_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
        """Remarks of staff on each case, oldest first."""
        ...
