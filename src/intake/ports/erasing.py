"""An erasure on its way: its row, what it keeps by duty, and what it asks of the outside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from intake.model import Envelope, Mail, Meaning, Message


@dataclass(frozen=True, slots=True)
class ErasureRow:
    """One erasure. ``step`` is the last one that is done; ``figures`` and ``certificate`` hold nothing personal."""

    id: int
    seeker_id: int
    case_id: int | None
    why: str  # request, operator, retention
    step: str
    key_id: int
    planned_at: datetime
    figures: Mapping[str, Any] = field(default_factory=dict)
    certificate: Mapping[str, Any] | None = None
    done_at: datetime | None = None
    ready_at: datetime | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class HeldRow:
    """Fields that a duty keeps after an erasure; what they say is read by ``ErasureRowRepo.held_content`` alone."""

    id: int
    erasure_id: int
    data: str
    until: date
    kept_at: datetime


@dataclass(frozen=True, slots=True)
class MailboxCopy:
    """A mail that lies on an IMAP server too. ``sha256`` (hex) and ``message_id`` find it where it was moved."""

    account: str
    folder: str
    uidvalidity: int
    uid: int
    sha256: str
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class Scan:
    """A look through files: how much was read, which of ours hold something, which others in the home do."""

    files: int
    bytes: int
    ours: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()


class ErasureRowRepo(Protocol):
    """Rows of erasures, of fields held, of mails that must not come in again."""

    def add(
        self, seeker_id: int, case_id: int | None, why: str, secret: bytes, figures: Mapping[str, Any], at: datetime
    ) -> ErasureRow:
        """Plan one. ``secret`` (whom it reaches) lies encrypted under a key of its own until it is done."""
        ...

    def get(self, erasure_id: int) -> ErasureRow:
        """Raises NotFound."""
        ...

    def claim(self, now: datetime, lease_seconds: int, worker: str, only: int | None = None) -> ErasureRow | None:
        """One that is not done and that nobody works on; None if there is none."""
        ...

    def secret(self, row: ErasureRow) -> bytes | None:
        """None once it is done."""
        ...

    def is_forgotten(self, row: ErasureRow) -> bool:
        """True where a backup brought back an erasure that had come to its end: person buried, plan destroyed."""
        ...

    def advance(
        self, row: ErasureRow, step: str, figures: Mapping[str, Any], *, secret: bytes | None = None
    ) -> ErasureRow:
        """The step is done. ``secret`` replaces what is kept of whom it reaches."""
        ...

    def put_off(self, row: ErasureRow, until: datetime, error: str) -> None:
        """It could not go on; ``error`` holds codes and file names only."""
        ...

    def certify(self, row: ErasureRow, certificate: Mapping[str, Any], at: datetime) -> ErasureRow:
        """It is done; what was kept of whom it reached is dropped (its key is destroyed by the caller before)."""
        ...

    def open(self) -> list[ErasureRow]:
        """Those that are not done."""
        ...

    def newest(self, limit: int = 50, before: int | None = None) -> list[ErasureRow]:
        """Newest first, by id."""
        ...

    def open_of(self, seeker_id: int) -> ErasureRow | None:
        """The erasure of this person that is under way."""
        ...

    def hold(self, erasure_id: int, data: str, content: bytes, until: date, at: datetime) -> None:
        """Keep fields beyond an erasure, encrypted under a key of their own."""
        ...

    def held(self, until: date | None = None) -> list[HeldRow]:
        """All of them, or those whose day has come."""
        ...

    def held_content(self, held_id: int) -> bytes | None: ...

    def drop_held(self, held_id: int) -> None:
        """Their day has come: key, content and row go."""
        ...

    def bury_mails(self, message_ids: Iterable[int], at: datetime) -> None:
        """Remember these messages as keyed hashes beside the keys: met again they open nothing."""
        ...

    def is_erased(self, message_id: int, raw: bytes) -> bool:
        """True where this arrival is a mail of somebody who was erased."""
        ...

    def forget_arrival(self, message_id: int) -> None:
        """Its bytes go and its key is destroyed."""
        ...

    def rewrite(
        self, message_id: int, envelope: Envelope, message: Message | None, meaning: Meaning | None
    ) -> list[int]:
        """Another person's message without what it said of the erased one, under a new key; the old keys' ids."""
        ...

    def rewrite_note(self, case_id: int, mask: Callable[[str], str]) -> int:
        """Notes of a case through ``mask`` (text → text); how many changed."""
        ...

    def forget_mentions(self, mask: Callable[[str], str]) -> int:
        """What staff type where it is not sealed (searches, tasks, holds, companies), through ``mask``; how many
        changed."""
        ...

    def mentions(self, is_told: Callable[[str], bool]) -> list[str]:
        """Columns ("table.column") whose plain text says it; reads all of them, for an operator who must look."""
        ...

    def waiting(self) -> list[int]:
        """Messages that nobody has looked at yet."""
        ...

    def copies(self, message_ids: Sequence[int]) -> list[tuple[int, str, str, int, int]]:
        """(message, account, folder, uidvalidity, uid) of what lies on IMAP servers too."""
        ...


@dataclass(frozen=True, slots=True)
class ClockRow:
    """What the clocks ask of one person: days and switches, no name."""

    seeker_id: int
    status: str
    withdrawn_on: date | None
    invalid_on: date | None
    legal_hold: bool
    handled: bool  # an employer was involved
    busy: bool  # a case is open, or a selection runs
    reachable: bool = True  # an address is on file


class ClockRepo(Protocol):
    """What retention asks, and what it has done."""

    def running(self, seeker_id: int | None = None) -> list[ClockRow]:
        """Everybody who has left or is invalid; one person alone, if given."""
        ...

    def notice(self, seeker_id: int, noticed_on: date, due_on: date) -> None:
        """The person was told that their time is over on ``due_on``."""
        ...

    def notices(self, seeker_id: int | None = None) -> dict[int, date]:
        """Who was told, and when; one person alone, if given."""
        ...

    def take_part(self, seeker_id: int, data: str, at: datetime) -> None:
        """A class of data went."""
        ...

    def parts_gone(self, seeker_id: int | None = None) -> dict[int, tuple[str, ...]]:
        """Classes of data that an earlier run took from somebody who is still there; one person's alone, if given."""
        ...


class Outside(Protocol):
    """What an erasure needs beyond the database."""

    def post(self, mail: Mail) -> str:
        """Try to send once: "sent", or a code that says why not. Raises nothing."""
        ...

    def delete_copies(self, copies: Sequence[MailboxCopy]) -> tuple[MailboxCopy, ...]:
        """Delete and expunge on the servers; what is left to people. Raises nothing."""
        ...

    def forget_caught(self, message_ids: Sequence[str], spellings: Sequence[bytes]) -> int:
        """Remove caught mails with these ids, and any that hold one of these byte strings; how many."""
        ...

    def scan(self, spellings: Sequence[Sequence[bytes]]) -> Sequence[Scan]:
        """Look once through every file of the home for the byte strings of each person; one answer each, in order."""
        ...
