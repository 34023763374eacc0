"""The people as everybody but the store sees them: seekers and staff."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Protocol

from intake.model import Application, Role, Seeker, StaffMember
from intake.ports.rows import MatchKeys, Session


class SeekerRepo(Protocol):
    """The agency's register."""

    def candidates(self, keys: MatchKeys) -> list[Seeker]:
        """Every seeker that shares at least one key, by indexed look-ups only; at most 50."""
        ...

    def get(self, seeker_id: int) -> Seeker: ...

    def by_member_id(self, member_id: str) -> Seeker | None:
        """Whose number this is to the hyphen; in other letters only where it is nobody else's."""
        ...

    def find_like(self, member_id: str) -> Seeker | None:
        """The same, else the only one whose number is this without hyphens: for searching, never to act on."""
        ...

    def concierges(self) -> set[str]:
        """Names of those in charge, and of their deputies."""
        ...

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

    def forget_failures(self, now: datetime) -> None:
        """Those of more than 15 minutes ago."""
        ...
