"""The queue: pages by id, never by offset."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import fields as fields_of
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from intake.errors import NotFound, Stale
from intake.model import Candidate, Case, CaseState, Channel, Proof
from intake.model.case import DOUBTFUL_HOLDS, DOUBTFUL_POLICIES, SAID_TWICE_IS_SAID_ONCE
from intake.ports.rows import CaseQuery, NewCase
from intake.store.context import Context
from intake.store.queue import ids_of, matching
from intake.store.register import members
from intake.store.seekers import Seekers
from intake.store.tables import OPEN, case_candidate, case_message, cases

PREFIX = "C"
_FIXED = {"id", "number", "message_id", "member_id", "version"}
_CHANGEABLE = {f.name for f in fields_of(Case)} - _FIXED
_SELECT = sa.select(cases)
_BY_ID = _SELECT.where(cases.c.id == sa.bindparam("id_"))
# A sender whom nobody stops must not make each further mail dearer: what is read of one has an end.
MOST_OF_ONE, MOST_SURE = 100, 100
_whose: sa.BindParameter[Any] = sa.bindparam("whose")
_newest = _SELECT.order_by(cases.c.id.desc()).limit(MOST_OF_ONE)
_NEWEST_OF_SEEKER = _newest.where(cases.c.seeker_id == _whose)
_NEWEST_OF_SENDER = _newest.where(cases.c.sender_hash == _whose)
_doubtful = sa.and_(
    cases.c.state == CaseState.REVIEW.value,
    sa.or_(
        sa.func.coalesce(cases.c.hold_reason, "").in_(sorted(DOUBTFUL_HOLDS)),
        cases.c.policy.in_(sorted(DOUBTFUL_POLICIES)),
    ),
)
_sure = sa.select(cases.c.id).where(cases.c.seeker_id == _whose, sa.text(OPEN), ~_doubtful)
# Of these one person has one of each open; questions in somebody's name, also from a sender who fits, have no end.
_wishes_first = cases.c.request.not_in(sorted(SAID_TWICE_IS_SAID_ONCE))
_SURE_OF_SEEKER = _SELECT.where(
    # "+ 0": in the order of its ids SQLite would walk through all of somebody's cases, open or not
    cases.c.id.in_(_sure.order_by(_wishes_first, (cases.c.id + 0).desc()).limit(MOST_SURE))
)
_UNSETTLED = (CaseState.REVIEW.value, CaseState.AWAITING_PROOF.value)
_INSERT = sa.insert(cases).returning(cases.c.id)
_LINK = sa.insert(case_message)


def number_of(case_id: int) -> str:
    """The number shown to people: short, grows with the id, says nothing of the day."""
    return f"{PREFIX}-{case_id:06d}"


def id_of(number: str) -> int | None:
    """The id behind a number however it is typed ("c-123", "Ｃ－０００１２３", "123"); None if it is none."""
    plain = unicodedata.normalize("NFKC", number).strip().upper()
    found = re.fullmatch(rf"(?:{PREFIX}\s*[-‐−ー]?\s*)?0*([1-9][0-9]{{0,15}})", plain)
    return int(found[1]) if found else None


class Cases:
    """CaseRepo."""

    def __init__(self, context: Context) -> None:
        self._c = context
        self._seekers = Seekers(context)

    def add(self, new: NewCase) -> Case:
        """Store a case and join its message to it as ``opened``."""
        values = {f.name: getattr(new, f.name) for f in fields_of(NewCase)}
        values |= {"state": new.state.value, "channel": new.channel.value, "proof": int(new.proof)}
        case_id = self._c.conn.execute(_INSERT, values).scalar_one()
        self._c.conn.execute(_LINK, {"case_id": case_id, "message_id": new.message_id, "role": "opened"})
        member = None
        if new.seeker_id is not None:
            member = members(self._c, [new.seeker_id]).get(new.seeker_id)
        given = {f.name: getattr(new, f.name) for f in fields_of(NewCase)}
        return Case(id=case_id, number=number_of(case_id), member_id=member, **given)

    def get(self, case_id: int) -> Case:
        """Raises NotFound."""
        row = self._c.conn.execute(_BY_ID, {"id_": case_id}).first()
        if row is None:
            raise NotFound()
        return _cases(self._c, [row])[0]

    def by_number(self, number: str) -> Case | None:
        """By the number shown to people, typed in any width."""
        case_id = id_of(number)
        row = None if case_id is None else self._c.conn.execute(_BY_ID, {"id_": case_id}).first()
        return None if row is None else _cases(self._c, [row])[0]

    def change(self, case: Case, **fields: Any) -> Case:
        """Set columns if ``case.version`` is still the row's, else Stale."""
        unknown = fields.keys() - _CHANGEABLE
        if unknown:
            raise TypeError(f"not columns of a case: {sorted(unknown)}")
        new = replace(case, **fields, version=case.version + 1)
        values = {k: getattr(new, k) for k in fields}
        values |= {
            k: int(v) if k == "proof" else v.value for k, v in values.items() if k in {"state", "proof", "channel"}
        }
        done = self._c.conn.execute(
            sa.update(cases)
            .where(cases.c.id == case.id, cases.c.version == case.version)
            .values(**values, version=new.version)
        )
        if done.rowcount != 1:
            raise Stale()
        if new.seeker_id != case.seeker_id:
            return self.get(case.id)
        return new

    def find(self, query: CaseQuery) -> list[Case]:
        """A page by id, from the one after ``query.after``."""
        order = cases.c.id.desc() if query.newest_first else cases.c.id
        return self._all(_SELECT.where(cases.c.id.in_(ids_of(query))).order_by(order).limit(query.limit))

    def count(self, query: CaseQuery, cap: int = 1000) -> int:
        """How many, counted no further than ``cap``."""
        capped = sa.select(cases.c.id).where(*matching(query)).limit(cap).subquery()
        return self._c.conn.execute(sa.select(sa.func.count()).select_from(capped)).scalar_one()

    def of_seeker(self, seeker_id: int) -> list[Case]:
        """The newest, and every open one that nobody doubts, newest first: thousands of forged mails hide none."""
        rows = {r.id: r for r in self._c.conn.execute(_NEWEST_OF_SEEKER, {"whose": seeker_id})}
        if len(rows) == MOST_OF_ONE:
            rows |= {r.id: r for r in self._c.conn.execute(_SURE_OF_SEEKER, {"whose": seeker_id})}
        return _cases(self._c, [rows[i] for i in sorted(rows, reverse=True)])

    def unsettled_of(self, seeker_id: int, agreeing: Collection[str]) -> list[Case]:
        """Those that wait for staff or for a proof and do not surely ask one of ``agreeing``, newest first; also those
        that nobody knows the owner of and whose message may be this person's."""
        c, whose = cases.c, case_candidate.c
        maybe = sa.select(whose.case_id).join(cases, c.id == whose.case_id).where(c.seeker_id.is_(None))
        known = sa.select(c.id).where(c.seeker_id == seeker_id, sa.text(OPEN))
        either = sa.union_all(known, maybe.where(whose.seeker_id == seeker_id))
        differs = sa.or_(c.sure.is_(False), c.request.not_in(sorted(agreeing)))
        query = _SELECT.where(c.id.in_(either), c.state.in_(_UNSETTLED), differs)
        return self._all(query.order_by((c.id + 0).desc()).limit(MOST_OF_ONE))

    def of_sender(self, sender_hash: bytes) -> list[Case]:
        """The newest of one From address, newest first. Cases without one are nobody's."""
        if not sender_hash:
            return []
        return _cases(self._c, self._c.conn.execute(_NEWEST_OF_SENDER, {"whose": sender_hash}).all())

    def of_message(self, message_id: int) -> list[Case]:
        """The cases that this message made or joined, oldest first."""
        linked = sa.select(case_message.c.case_id).where(case_message.c.message_id == message_id)
        return self._all(_SELECT.where(cases.c.id.in_(linked)).order_by(cases.c.id))

    def link_message(self, case_id: int, message_id: int, role: str) -> None:
        """``opened``, ``joined``, ``retracted``, ``closed``: a further message belongs to a case. Twice is once."""
        statement = self._c.insert(case_message).values(case_id=case_id, message_id=message_id, role=role)
        key = ["case_id", "message_id"]
        self._c.conn.execute(statement.on_conflict_do_update(index_elements=key, set_={"role": role}))

    def messages_of(self, case_id: int) -> list[tuple[int, str]]:
        """(message id, role), oldest first."""
        query = sa.select(case_message.c.message_id, case_message.c.role).where(case_message.c.case_id == case_id)
        return [(r.message_id, r.role) for r in self._c.conn.execute(query.order_by(case_message.c.message_id))]

    def newest_message(self, case_ids: Sequence[int], before: int | None = None) -> int | None:
        """The newest message (older than ``before``) of these cases, and of the other cases of the same seekers."""
        ids = list(case_ids)
        people = sa.select(cases.c.seeker_id).where(cases.c.id.in_(ids), cases.c.seeker_id.is_not(None))
        theirs = sa.select(cases.c.id).where(sa.or_(cases.c.id.in_(ids), cases.c.seeker_id.in_(people)))
        query = sa.select(sa.func.max(case_message.c.message_id)).where(case_message.c.case_id.in_(theirs))
        if before is not None:
            query = query.where(case_message.c.message_id < before)
        found: int | None = self._c.conn.execute(query).scalar()
        return found

    def due(self, today: date) -> list[Case]:
        """Open cases whose wake_on has come."""
        waiting = [state.value for state in CaseState if state.is_open]
        query = _SELECT.where(cases.c.wake_on.is_not(None), cases.c.wake_on <= today, cases.c.state.in_(waiting))
        return self._all(query.order_by(cases.c.wake_on, cases.c.id))

    def keep_candidates(self, case_id: int, candidates: Sequence[Candidate]) -> None:
        """Whom the case's message may be from; goes with each seeker's row."""
        rows = [{"case_id": case_id, "seeker_id": c.seeker.id, "score": c.score, "reasons": c.reasons}
                for c in candidates]  # fmt: skip
        if rows:
            self._c.conn.execute(sa.insert(case_candidate), rows)

    def candidates(self, case_id: int) -> list[Candidate]:
        """The same, best first, with the seekers as they are now."""
        mine = sa.select(case_candidate).where(case_candidate.c.case_id == case_id)
        rows = self._c.conn.execute(mine.order_by(case_candidate.c.score.desc(), case_candidate.c.seeker_id)).all()
        return [Candidate(self._seekers.get(r.seeker_id), r.score, r.reasons) for r in rows]

    def counts(self, since: datetime | None = None) -> dict[tuple[str, str], int]:
        """Cases per (request, state), received since then if given."""
        query = sa.select(cases.c.request, cases.c.state, sa.func.count()).group_by(cases.c.request, cases.c.state)
        if since is not None:
            query = query.where(cases.c.received_at >= since)
        return {(request, state): n for request, state, n in self._c.conn.execute(query)}

    def _all(self, query: sa.Select[Any]) -> list[Case]:
        return _cases(self._c, self._c.conn.execute(query).all())


def _cases(context: Context, rows: Sequence[sa.Row[Any]]) -> list[Case]:
    numbers = members(context, (r.seeker_id for r in rows if r.seeker_id is not None))
    return [_case(r, numbers.get(r.seeker_id)) for r in rows]


def _case(r: sa.Row[Any], member_id: str | None) -> Case:
    values = dict(r._mapping)
    values["state"] = CaseState(r.state)
    values["channel"] = Channel(r.channel)
    values["proof"] = Proof(r.proof)
    values["sender_hash"] = bytes(r.sender_hash)
    return Case(number=number_of(r.id), member_id=member_id, **values)
