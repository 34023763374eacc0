"""Accounts and sessions."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from intake.errors import BadInput, NotFound
from intake.model import Role, StaffMember
from intake.ports.rows import Session
from intake.store.context import Context
from intake.store.tables import session, sign_in_failure, staff

FAILURE_WINDOW = timedelta(minutes=15)
HALF = "half"


class Staff:
    """StaffRepo."""

    def __init__(self, context: Context) -> None:
        self._c = context

    def add(self, name: str, role: Role, password_hash: str | None, lead: str | None = None) -> StaffMember:
        """A new account. Raises BadInput where the name is taken."""
        values = {"name": name, "role": role.value, "lead": lead, "active": True, "password_hash": password_hash}
        statement = self._c.insert(staff).values(values).on_conflict_do_nothing(index_elements=["name"])
        new_id = self._c.conn.execute(statement.returning(staff.c.id)).scalar()
        if new_id is None:
            raise BadInput(f"name: {name} is taken")
        return StaffMember(new_id, name, role, lead)

    def by_name(self, name: str) -> StaffMember | None:
        """Also those who are not active any more."""
        found = self._all(sa.select(staff).where(staff.c.name == name))
        return found[0] if found else None

    def all(self) -> list[StaffMember]:
        """By name."""
        return self._all(sa.select(staff).order_by(staff.c.name))

    def change(self, name: str, **fields: Any) -> StaffMember:
        """Set role, lead, active or away_until; an account that is closed loses its sessions. Raises NotFound."""
        old = self.by_name(name)
        if old is None:
            raise NotFound()
        new = replace(old, **fields)
        values = {"role": new.role.value, "lead": new.lead, "active": new.active, "away_until": new.away_until}
        self._c.conn.execute(sa.update(staff).where(staff.c.id == old.id).values(values))
        if not new.active:
            self.close_all_sessions(name)
        return new

    def password_hash(self, name: str) -> str | None:
        """None for unknown names, closed accounts and accounts without a password."""
        return self._c.conn.execute(
            sa.select(staff.c.password_hash).where(staff.c.name == name, staff.c.active)
        ).scalar()

    def set_password(self, name: str, password_hash: str) -> None:
        """Raises NotFound."""
        changed = sa.update(staff).where(staff.c.name == name).values(password_hash=password_hash)
        if self._c.conn.execute(changed).rowcount != 1:
            raise NotFound()

    def open_session(
        self, name: str, token_hash: bytes, csrf: str, now: datetime, expires_at: datetime, method: str = "password"
    ) -> Session:
        """Sign a browser in; ``half`` where the second factor is still to come. Raises NotFound."""
        member = self.by_name(name)
        if member is None or not member.active:
            raise NotFound()
        values = {
            "staff_id": member.id,
            "token_hash": token_hash,
            "csrf": csrf,
            "created_at": now,
            "expires_at": expires_at,
            "method": method,
        }
        self._c.conn.execute(sa.delete(session).where(session.c.expires_at <= now))
        new_id = self._c.conn.execute(sa.insert(session).returning(session.c.id), values).scalar_one()
        return Session(new_id, member, csrf, now, expires_at)

    def session(self, token_hash: bytes, now: datetime, *, half: bool = False) -> Session | None:
        """None where it is unknown, over, or its account closed. ``half``: one that lacks its second factor."""
        whole = session.c.method == HALF if half else session.c.method != HALF
        query = (
            sa.select(session, staff.c.name, staff.c.role, staff.c.lead)
            .join(staff, staff.c.id == session.c.staff_id)
            .where(session.c.token_hash == token_hash, session.c.expires_at > now, staff.c.active, whole)
        )
        r = self._c.conn.execute(query).first()
        if r is None:
            return None
        member = StaffMember(r.staff_id, r.name, Role(r.role), r.lead)
        return Session(r.id, member, r.csrf, r.created_at, r.expires_at)

    def close_session(self, token_hash: bytes) -> None:
        """Sign one browser out."""
        self._c.conn.execute(sa.delete(session).where(session.c.token_hash == token_hash))

    def close_all_sessions(self, name: str) -> None:
        """Sign a person out everywhere."""
        theirs = sa.select(staff.c.id).where(staff.c.name == name).scalar_subquery()
        self._c.conn.execute(sa.delete(session).where(session.c.staff_id == theirs))

    def note_failure(self, name: str, at: datetime) -> int:
        """Failed sign-ins of this name within the last 15 minutes, this one included."""
        self.forget_failures(at)
        self._c.conn.execute(sa.insert(sign_in_failure), {"name": self._counted(name), "at": at})
        return self.failures(name, at)

    def failures(self, name: str, now: datetime) -> int:
        """Failed sign-ins of this name within the last 15 minutes."""
        failed = sign_in_failure.c
        mine = sa.and_(failed.name == self._counted(name), failed.at > now - FAILURE_WINDOW)
        return self._c.conn.execute(sa.select(sa.func.count()).where(mine)).scalar_one()

    def forgive_failure(self, name: str) -> None:
        """The newest one was none after all."""
        mine = sign_in_failure.c.name == self._counted(name)
        newest = sa.select(sa.func.max(sign_in_failure.c.id)).where(mine).scalar_subquery()
        self._c.conn.execute(sa.delete(sign_in_failure).where(sign_in_failure.c.id == newest))

    def clear_failures(self, name: str) -> None:
        """After a sign-in that worked."""
        self._c.conn.execute(sa.delete(sign_in_failure).where(sign_in_failure.c.name == self._counted(name)))

    def forget_failures(self, now: datetime) -> None:
        """Those that count no more, by their time alone: older versions wrote down the names themselves."""
        self._c.conn.execute(sa.delete(sign_in_failure).where(sign_in_failure.c.at <= now - FAILURE_WINDOW))

    def _counted(self, name: str) -> str:
        """Anybody may type anything as a name, a seeker's address too: only a keyed hash of it is kept, else it would
        outlive that seeker's erasure (reliability.md §5)."""
        return self._c.keyring.hash("sign-in-failure", name).hex()

    def _all(self, query: sa.Select[Any]) -> list[StaffMember]:
        return [_member(r) for r in self._c.conn.execute(query)]


def _member(r: sa.Row[Any]) -> StaffMember:
    return StaffMember(r.id, r.name, Role(r.role), r.lead, r.active, r.away_until)
