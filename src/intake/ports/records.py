"""The house's own records, as everybody but the store sees them: audit, erasure's reach, leases, small facts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from intake.model import Actor
from intake.ports.rows import AuditRow, Reach


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


class ErasureRepo(Protocol):
    """Taking one person out of everything. Order: reach, bury, blobs.destroy_keys, remove, Store.compact, residue."""

    def reach(self, seeker_id: int) -> Reach:
        """Everything that is about this person: by their cases, their own addresses and the threads of both."""
        ...

    def loose_mails(self, seeker_id: int) -> set[int]:
        """Mails of no case to an address that others have too; ``reach`` has none of them."""
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
