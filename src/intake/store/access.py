"""Second factors, invitations and open sessions of staff."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from intake.errors import BadInput
from intake.model import Role, StaffMember
from intake.ports.access import OpenSession, Passkey
from intake.store.context import Context
from intake.store.staff import HALF
from intake.store.tables import invitation, session, staff, staff_passkey, staff_spare_code, used_challenge

TOUCH_EVERY = timedelta(minutes=1)
KEEP_CHALLENGES = timedelta(minutes=15)  # they end by themselves after five


def _whose(name: str) -> sa.ScalarSelect[Any]:
    return sa.select(staff.c.id).where(staff.c.name == name).scalar_subquery()


class Access:
    """AccessRepo."""

    def __init__(self, context: Context) -> None:
        self._c = context

    def sessions(self, name: str, now: datetime) -> list[OpenSession]:
        """Open ones, newest first."""
        theirs = sa.and_(session.c.staff_id == _whose(name), session.c.expires_at > now, session.c.method != HALF)
        rows = self._c.conn.execute(sa.select(session).where(theirs).order_by(session.c.id.desc()))
        return [OpenSession(r.id, r.created_at, r.seen_at, r.method, r.agent, r.where_from) for r in rows]

    def describe_session(self, session_id: int, method: str, agent: str, where: str) -> None:
        """How and where it was opened."""
        said = {"method": method, "agent": agent[:60], "where_from": where[:60]}
        self._run(sa.update(session).where(session.c.id == session_id).values(said))

    def touch(self, session_id: int, at: datetime) -> None:
        """It was used."""
        stale = sa.or_(session.c.seen_at.is_(None), session.c.seen_at < at - TOUCH_EVERY)
        self._run(sa.update(session).where(session.c.id == session_id, stale).values(seen_at=at))

    def end_session(self, name: str, session_id: int) -> bool:
        """False where it is not theirs."""
        return self._run(sa.delete(session).where(session.c.id == session_id, session.c.staff_id == _whose(name))) == 1

    def totp(self, name: str) -> bytes | None:
        """The sealed secret."""
        return self._c.conn.execute(sa.select(staff.c.totp_sealed).where(staff.c.name == name)).scalar()

    def set_totp(self, name: str, sealed: bytes | None) -> None:
        """Begin or end."""
        self._run(sa.update(staff).where(staff.c.name == name).values(totp_sealed=sealed, totp_used=None))
        if sealed is None:
            self.set_spare_codes(name, [])

    def use_step(self, name: str, step: int) -> bool:
        """One statement: two browsers with one code are told apart."""
        new = sa.or_(staff.c.totp_used.is_(None), staff.c.totp_used < step)
        return self._run(sa.update(staff).where(staff.c.name == name, new).values(totp_used=step)) == 1

    def set_spare_codes(self, name: str, hashes: list[bytes]) -> None:
        """These and no others."""
        self._run(sa.delete(staff_spare_code).where(staff_spare_code.c.staff_id == _whose(name)))
        for code_hash in hashes:
            self._run(sa.insert(staff_spare_code).values(staff_id=_whose(name), code_hash=code_hash))

    def use_spare_code(self, name: str, code_hash: bytes, at: datetime) -> bool:
        """True once for each."""
        c = staff_spare_code.c
        fits = sa.and_(c.staff_id == _whose(name), c.code_hash == code_hash, c.used_at.is_(None))
        return self._run(sa.update(staff_spare_code).where(fits).values(used_at=at)) == 1

    def spare_codes_left(self, name: str) -> int:
        """How many still open the account."""
        c = staff_spare_code.c
        left = sa.select(sa.func.count()).where(c.staff_id == _whose(name), c.used_at.is_(None))
        return self._c.conn.execute(left).scalar_one()

    def passkeys(self, name: str) -> list[Passkey]:
        """Oldest first."""
        return self._passkeys(staff.c.name == name)

    def ways_in(self) -> tuple[frozenset[str], frozenset[str]]:
        """Names that can sign in (password or the agency's own account), and that have a second factor."""
        has_key = sa.exists().where(staff_passkey.c.staff_id == staff.c.id)
        can = sa.or_(sa.and_(staff.c.password_hash.is_not(None), staff.c.active), staff.c.oidc_subject.is_not(None))
        query = sa.select(staff.c.name, can, sa.or_(staff.c.totp_sealed.is_not(None), has_key))
        rows = [tuple(r) for r in self._c.conn.execute(query)]
        return frozenset(n for n, signs_in, _ in rows if signs_in), frozenset(n for n, _, guarded in rows if guarded)

    def passkey(self, credential_id: bytes) -> Passkey | None:
        """Of an account that is open."""
        found = self._passkeys(sa.and_(staff_passkey.c.credential_id == credential_id, staff.c.active))
        return found[0] if found else None

    def add_passkey(
        self, name: str, credential_id: bytes, public_key: bytes, count: int, label: str, at: datetime
    ) -> None:
        """Raises BadInput where the credential is known."""
        values = {"staff_id": _whose(name), "credential_id": credential_id, "public_key": public_key,
                  "sign_count": count, "name": label[:60], "created_at": at}  # fmt: skip
        statement = self._c.insert(staff_passkey).values(values).on_conflict_do_nothing()
        if self._c.conn.execute(statement.returning(staff_passkey.c.id)).first() is None:
            raise BadInput("このパスキーは登録済みです")

    def passkey_used(self, passkey_id: int, sign_count: int, at: datetime) -> None:
        """It opened the account."""
        mine = staff_passkey.c.id == passkey_id
        self._run(sa.update(staff_passkey).where(mine).values(sign_count=sign_count, used_at=at))

    def use_challenge(self, challenge_hash: bytes, at: datetime) -> bool:
        """True once for each."""
        self._run(sa.delete(used_challenge).where(used_challenge.c.at < at - KEEP_CHALLENGES))
        new = self._c.insert(used_challenge).values(hash=challenge_hash, at=at).on_conflict_do_nothing()
        return self._c.conn.execute(new.returning(used_challenge.c.hash)).first() is not None

    def remove_passkey(self, name: str, passkey_id: int) -> bool:
        """False where it is not theirs."""
        c = staff_passkey.c
        return self._run(sa.delete(staff_passkey).where(c.id == passkey_id, c.staff_id == _whose(name))) == 1

    def invite(self, name: str, token_hash: bytes, now: datetime, expires_at: datetime) -> None:
        """An earlier one of the same person dies."""
        self._run(sa.delete(invitation).where(invitation.c.staff_id == _whose(name)))
        values = {"staff_id": _whose(name), "token_hash": token_hash, "created_at": now, "expires_at": expires_at}
        self._run(sa.insert(invitation).values(values))

    def invited(self, token_hash: bytes, now: datetime) -> StaffMember | None:
        """Whose it is; nothing is used up."""
        query = sa.select(staff).join(invitation).where(self._open(token_hash, now), staff.c.active)
        return self._member(query)

    def use_invitation(self, token_hash: bytes, now: datetime) -> StaffMember | None:
        """Whose it is, once."""
        found = self.invited(token_hash, now)
        used = self._run(sa.update(invitation).where(self._open(token_hash, now)).values(used_at=now))
        return found if used == 1 else None

    def link_subject(self, name: str, subject: str | None) -> None:
        """Raises BadInput where another account has it."""
        other = self.by_subject(subject) if subject else None
        if other is not None and other.name != name:
            raise BadInput("この社内アカウントは、ほかのスタッフとつながっています")
        self._run(sa.update(staff).where(staff.c.name == name).values(oidc_subject=subject))

    def by_subject(self, subject: str) -> StaffMember | None:
        """An open account."""
        return self._member(sa.select(staff).where(staff.c.oidc_subject == subject, staff.c.active))

    def subject(self, name: str) -> str | None:
        """What the account is linked with."""
        return self._c.conn.execute(sa.select(staff.c.oidc_subject).where(staff.c.name == name)).scalar()

    def _open(self, token_hash: bytes, now: datetime) -> sa.ColumnElement[bool]:
        c = invitation.c
        return sa.and_(c.token_hash == token_hash, c.used_at.is_(None), c.expires_at > now)

    def _passkeys(self, where: sa.ColumnElement[bool]) -> list[Passkey]:
        query = sa.select(staff_passkey, staff.c.name.label("staff")).join(staff).where(where)
        return [
            Passkey(r.id, r.staff, r.credential_id, r.public_key, r.sign_count, r.name, r.created_at, r.used_at)
            for r in self._c.conn.execute(query.order_by(staff_passkey.c.id))
        ]

    def _member(self, query: sa.Select[Any]) -> StaffMember | None:
        r = self._c.conn.execute(query).first()
        return StaffMember(r.id, r.name, Role(r.role), r.lead, r.active, r.away_until) if r else None

    def _run(self, statement: Any) -> int:
        return int(self._c.conn.execute(statement).rowcount)
