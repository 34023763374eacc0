"""Cases and what hangs on them, as everybody but the store sees them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any, Protocol

from intake.model import Candidate, Case, Task, TaskPlan
from intake.ports.rows import CaseQuery, Correction, NewCase, Token


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

    def unsettled_of(self, seeker_id: int, agreeing: Collection[str]) -> list[Case]:
        """The newest hundred that wait for staff or for a proof, of this person or perhaps of them (candidates), but
        for those that surely ask one of ``agreeing``: thousands of forged ones hide none."""
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

    def newest_message(self, case_ids: Sequence[int], before: int | None = None) -> int | None:
        """The newest message (older than ``before``) of these cases, and of the other cases of the same seekers."""
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
    def open(self, assignee: str | None = None, limit: int = 200, *, unassigned: bool = False) -> list[Task]:
        """Not done yet, the nearest day first; with an assignee theirs, and ``unassigned``: also nobody's."""
        ...

    def get(self, task_id: int) -> Task:
        """Raises NotFound."""
        ...

    def done(self, task_id: int, by: str, at: datetime) -> Task: ...
    def assign(self, task_id: int, assignee: str | None) -> Task:
        """Raises NotFound."""
        ...


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
