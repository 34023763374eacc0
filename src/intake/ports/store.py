"""The store as everybody else sees it: one unit of work with one repository a noun.

Rules that hold for every implementation:
- ``write()`` is serial (one writer at a time on SQLite, across processes), commits when the block ends well and
  rolls back on any exception. It waits up to ten seconds, then raises StoreBusy. A full disk raises StorageFull,
  a database that is gone StoreUnavailable; all three are Temporary and leave nothing behind.
- What people wrote or were written goes through ``Tx.blobs`` only, under the data key of its message or mail.
- Every change of a case's or a seeker's state writes its audit row in the same transaction (invariant I4): the
  caller says why by ``Tx.audit.append``; repositories never do it silently.
- Instants are aware UTC, days are ``date`` in Asia/Tokyo.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Any, Protocol

from intake.model import (
    Accepted,
    Actor,
    Application,
    Arrival,
    Candidate,
    Case,
    End,
    Envelope,
    InboxItem,
    MailState,
    Meaning,
    Message,
    OutboxItem,
    Role,
    Seeker,
    StaffMember,
    Task,
    TaskPlan,
)
from intake.ports.access import AccessRepo
from intake.ports.desk import GlanceRepo, PresenceRepo, StuckRepo, ViewRepo
from intake.ports.erasing import ClockRepo, ErasureRowRepo
from intake.ports.figures import FiguresRepo
from intake.ports.outside import ApiTokenRepo, ReturnKeyRepo, WebhookRepo
from intake.ports.rows import (
    AuditRow,
    Backlog,
    CaseQuery,
    Correction,
    ImapPlace,
    LedgerRow,
    MatchKeys,
    NewCase,
    NewMail,
    Reach,
    Session,
    Token,
    Wording,
)


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

    def find_twin(
        self, message_id: int, content: bytes, rfc_id: bytes, sender: bytes, since: datetime | None = None
    ) -> int | None:
        """An earlier message of the same sender with the same content and the same Message-ID (or none in either)."""
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


class SeekerRepo(Protocol):
    """The agency's register."""

    def candidates(self, keys: MatchKeys) -> list[Seeker]:
        """Every seeker that shares at least one key, by indexed look-ups only; at most 50."""
        ...

    def get(self, seeker_id: int) -> Seeker: ...
    def by_member_id(self, member_id: str) -> Seeker | None: ...
    def count(self) -> int: ...

    def upsert(self, seeker: Seeker) -> tuple[Seeker, bool]:
        """Insert or replace by member_id (``id`` is ignored; applications are left alone). True if new."""
        ...

    def by_member_ids(self, member_ids: Sequence[str]) -> dict[str, Seeker]:
        """Those of these numbers that are registered, by the number as it stands in the record."""
        ...

    def put_all(self, people: Sequence[tuple[Seeker, Seeker | None]]) -> list[str]:
        """Many at once: (as it is to be, as it is or None). "added", "changed" or "unchanged" for each."""
        ...

    def upsert_application(self, member_id: str, application: Application) -> Application:
        """Insert or replace by (member, company). Raises NotFound for an unknown member."""
        ...

    def change(self, seeker: Seeker, **fields: Any) -> Seeker:
        """Set columns if ``seeker.version`` is still the row's, else Stale. Status changes go to the history."""
        ...

    def history(self, seeker_id: int) -> list[tuple[date, str]]:
        """(day, status), oldest first."""
        ...

    def page(self, after: int | None = None, limit: int = 50) -> list[Seeker]:
        """The register by id, from the one after ``after``."""
        ...

    def due_to_resume(self, today: date) -> list[Seeker]:
        """Paused seekers whose resume_on has come."""
        ...


class CaseRepo(Protocol):
    """The queue."""

    def add(self, new: NewCase) -> Case: ...
    def get(self, case_id: int) -> Case: ...
    def by_number(self, number: str) -> Case | None: ...

    def change(self, case: Case, **fields: Any) -> Case:
        """Set columns if ``case.version`` is still the row's, else Stale."""
        ...

    def find(self, query: CaseQuery) -> list[Case]: ...
    def count(self, query: CaseQuery, cap: int = 1000) -> int: ...

    def of_seeker(self, seeker_id: int) -> list[Case]:
        """The newest hundred whatever became of them, and open ones that nobody doubts; newest first."""
        ...

    def of_sender(self, sender_hash: bytes) -> list[Case]:
        """The newest hundred of one From address, newest first."""
        ...

    def of_message(self, message_id: int) -> list[Case]:
        """The cases that this message made or joined."""
        ...

    def link_message(self, case_id: int, message_id: int, role: str) -> None:
        """``opened``, ``joined``, ``retracted``, ``closed``: a further message belongs to a case."""
        ...

    def messages_of(self, case_id: int) -> list[tuple[int, str]]:
        """(message id, role), oldest first."""
        ...

    def newest_message(self, case_ids: Sequence[int]) -> int | None:
        """The newest message of these cases, and of the other cases of the same seekers."""
        ...

    def due(self, today: date) -> list[Case]:
        """Open cases whose wake_on has come."""
        ...

    def keep_candidates(self, case_id: int, candidates: Sequence[Candidate]) -> None:
        """Whom the case's message may be from; goes with each seeker's row."""
        ...

    def candidates(self, case_id: int) -> list[Candidate]:
        """The same, best first, with the seekers as they are now."""
        ...


class TokenRepo(Protocol):
    """Confirm links and return keys."""

    def add(
        self, case_id: int, token_hash: bytes, address_hash: bytes, now: datetime, expires_at: datetime
    ) -> Token: ...
    def find(self, token_hash: bytes) -> Token | None: ...

    def burn(self, token_id: int, choice: str, at: datetime) -> bool:
        """Mark used if unused; False if it was used already (race-free)."""
        ...

    def revoke(self, case_id: int, at: datetime) -> int:
        """Burn all unused tokens of a case; how many."""
        ...

    def last_for_case(self, case_id: int) -> Token | None: ...


class TaskRepo(Protocol):
    """Pieces of work for people."""

    def add(self, case_id: int, plan: TaskPlan, at: datetime) -> Task: ...
    def of_case(self, case_id: int) -> list[Task]: ...
    def open(self, assignee: str | None = None, limit: int = 200) -> list[Task]: ...

    def get(self, task_id: int) -> Task:
        """Raises NotFound."""
        ...

    def done(self, task_id: int, by: str, at: datetime) -> Task: ...


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


class WordingRepo(Protocol):
    """The wordings that mails were written with."""

    def keep(self, wording: Wording) -> None:
        """Write it down unless it is there."""
        ...

    def find(self, template: str, version: str) -> Wording | None: ...
    def of(self, template: str, limit: int = 50) -> list[Wording]:
        """The versions of a template, newest first."""
        ...


class AuditRepo(Protocol):
    """Append-only, hash-chained."""

    def append(
        self,
        at: datetime,
        actor: Actor,
        action: str,
        *,
        case_id: int | None = None,
        seeker_id: int | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> AuditRow: ...

    def head(self) -> str:
        """Number and hash of the last row. Until this write ends nobody else can add a row."""
        ...

    def of_seeker(self, seeker_id: int) -> list[AuditRow]:
        """Oldest first."""
        ...

    def of_case(self, case_id: int) -> list[AuditRow]: ...

    def tail_of_case(self, case_id: int, limit: int, before: int | None = None) -> list[AuditRow]:
        """The newest rows of a case, oldest first; those below ``before`` if given."""
        ...

    def after(self, seq: int, limit: int = 100) -> list[AuditRow]:
        """Rows above ``seq``, oldest first: a cursor that never skips, for rows are added one after the other."""
        ...

    def rows(self, seqs: Collection[int]) -> dict[int, AuditRow]:
        """These rows by their number; those that there are none of are missing."""
        ...

    def tail(self, limit: int = 100, before: int | None = None) -> list[AuditRow]: ...

    def verify(self, looked: Callable[[int], None] | None = None) -> tuple[bool, str]:
        """(True, "… rows") or (False, the place that does not fit). ``looked`` hears now and then how far it is."""
        ...


class StaffRepo(Protocol):
    """Accounts and sessions."""

    def add(self, name: str, role: Role, password_hash: str | None, lead: str | None = None) -> StaffMember: ...
    def by_name(self, name: str) -> StaffMember | None: ...
    def all(self) -> list[StaffMember]: ...
    def password_hash(self, name: str) -> str | None: ...
    def set_password(self, name: str, password_hash: str) -> None: ...

    def change(self, name: str, **fields: Any) -> StaffMember:
        """Set role, lead or active; an account that is closed loses its sessions. Raises NotFound."""
        ...

    def open_session(
        self, name: str, token_hash: bytes, csrf: str, now: datetime, expires_at: datetime, method: str = "password"
    ) -> Session: ...
    def session(self, token_hash: bytes, now: datetime, *, half: bool = False) -> Session | None: ...
    def close_session(self, token_hash: bytes) -> None: ...
    def close_all_sessions(self, name: str) -> None: ...

    def note_failure(self, name: str, at: datetime) -> int:
        """Failed sign-ins of this name within the last 15 minutes, this one included."""
        ...

    def failures(self, name: str, now: datetime) -> int:
        """Failed sign-ins of this name within the last 15 minutes."""
        ...

    def forgive_failure(self, name: str) -> None:
        """The newest one was none after all."""
        ...

    def clear_failures(self, name: str) -> None: ...


class SearchRepo(Protocol):
    """Search over keyed hashes of character pairs; candidates are rechecked by the caller after decryption."""

    def index(self, case_id: int, texts: Sequence[str]) -> None:
        """Add texts of a case (subject, body, names, notes)."""
        ...

    def remove(self, case_ids: Iterable[int]) -> None:
        """Forget cases; ``Store.compact`` takes the last traces out of the index."""
        ...

    def find(self, words: str, limit: int = 50, before: int | None = None) -> list[int]:
        """Case ids whose texts may hold ``words`` (NFKC, width, kana and case folded), newest first."""
        ...


class NoteRepo(Protocol):
    """Staff's remarks on a case, encrypted."""

    def add(self, case_id: int, staff: str, text: str, at: datetime) -> int: ...
    def of_case(self, case_id: int) -> list[tuple[datetime, str, str]]: ...


class CorrectionRepo(Protocol):
    """Labelled examples from staff."""

    def add(self, correction: Correction) -> None: ...
    def all(self) -> list[Correction]: ...


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


class ErasureRepo(Protocol):
    """Taking one person out of everything. Order: reach, bury, blobs.destroy_keys, remove, Store.compact, residue."""

    def reach(self, seeker_id: int) -> Reach:
        """Everything that is about this person: by their cases, their addresses and the threads of both."""
        ...

    def bury(self, reaches: Sequence[Reach], at: datetime) -> None:
        """Write down beside the keys who is erased, so that a restored backup forgets them too."""
        ...

    def latecomers(self, reach: Reach) -> Reach:
        """What became this person's after ``reach`` was looked up; empty in all its parts as a rule."""
        ...

    def keys_of(self, message_ids: Iterable[int], outbox_ids: Iterable[int]) -> set[int]:
        """Data keys of these messages and mails."""
        ...

    def undead(self) -> list[int]:
        """Seekers who are here although they are erased: a backup from before has come back."""
        ...

    def remove(self, reach: Reach) -> None:
        """Delete row, blobs, notes, links and search tokens; cases and messages stay as figures joined to nobody.

        The same in five steps, each of which may be done twice:
        """
        ...

    def remove_blobs(self, key_ids: Sequence[int]) -> None: ...
    def remove_messages(self, message_ids: Sequence[int]) -> None: ...
    def remove_cases(self, case_ids: Sequence[int]) -> None: ...
    def remove_mails(self, outbox_ids: Sequence[int]) -> None: ...
    def remove_person(self, seeker_id: int) -> None: ...

    def residue(self, reach: Reach) -> list[str]:
        """What is still there, as "what: how many"; empty after a whole erasure."""
        ...


class LeaseRepo(Protocol):
    """Claims of the inbox and the outbox by holder (``host:pid``)."""

    def holders(self) -> list[str]:
        """Names under which anything is claimed now."""
        ...

    def end(self, holder: str, now: datetime) -> int:
        """What a dead holder claimed is as if its lease had just run out; how many rows."""
        ...

    def put_right(self, now: datetime) -> int:
        """What was made, claimed or put off by a clock that ran ahead, and so lies in the future, is due; how many.

        For the moment after the clock was set back. A claim that may be somebody's who still works is left alone.
        """
        ...


class MetaRepo(Protocol):
    """Small facts about the installation."""

    def get(self, key: str) -> str | None: ...
    def put(self, key: str, value: str) -> None: ...


class Tx(Protocol):
    """One transaction."""

    @property
    def inbox(self) -> InboxRepo: ...
    @property
    def blobs(self) -> BlobRepo: ...
    @property
    def seekers(self) -> SeekerRepo: ...
    @property
    def cases(self) -> CaseRepo: ...
    @property
    def tokens(self) -> TokenRepo: ...
    @property
    def tasks(self) -> TaskRepo: ...
    @property
    def outbox(self) -> OutboxRepo: ...
    @property
    def wordings(self) -> WordingRepo: ...
    @property
    def audit(self) -> AuditRepo: ...
    @property
    def staff(self) -> StaffRepo: ...
    @property
    def search(self) -> SearchRepo: ...
    @property
    def notes(self) -> NoteRepo: ...
    @property
    def corrections(self) -> CorrectionRepo: ...
    @property
    def ledger(self) -> LedgerRepo: ...
    @property
    def erasure(self) -> ErasureRepo: ...
    @property
    def erasures(self) -> ErasureRowRepo: ...
    @property
    def clocks(self) -> ClockRepo: ...
    @property
    def meta(self) -> MetaRepo: ...
    @property
    def leases(self) -> LeaseRepo: ...
    @property
    def return_keys(self) -> ReturnKeyRepo: ...
    @property
    def api_tokens(self) -> ApiTokenRepo: ...
    @property
    def webhooks(self) -> WebhookRepo: ...
    @property
    def figures(self) -> FiguresRepo: ...
    @property
    def access(self) -> AccessRepo: ...
    @property
    def views(self) -> ViewRepo: ...
    @property
    def presence(self) -> PresenceRepo: ...
    @property
    def glance(self) -> GlanceRepo: ...
    @property
    def stuck(self) -> StuckRepo: ...

    def savepoint(self) -> AbstractContextManager[None]:
        """Undo only what happened inside, if it raises."""
        ...


class Store(Protocol):
    """The database."""

    def write(self, failpoint: str | None = None) -> AbstractContextManager[Tx]:
        """A unit of work; ``failpoint`` names its ``….before_commit`` and ``….committed`` (failpoints.py)."""
        ...

    def keep(self, arriving: Sequence[Arrival], failpoint: str = "inbox") -> list[Accepted]:
        """``inbox.add`` in a unit of work of its own, the quickest way: every mail comes through here."""
        ...

    def read(self) -> AbstractContextManager[Tx]: ...

    def compact(self) -> None:
        """Take the last traces of what was deleted out of index, file and log."""
        ...

    def ping(self) -> None: ...
    def close(self) -> None: ...
