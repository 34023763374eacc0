"""What the clocks of retention ask of the register, and what they have done so far."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from intake.model import SeekerStatus, Stage
from intake.ports.erasing import ClockRow
from intake.store.context import Context
from intake.store.tables import OPEN, application, cases, retention_notice, retention_part, seeker, seeker_key

_GONE = [SeekerStatus.WITHDRAWN.value, SeekerStatus.INVALID.value]


class Clocks:
    """ClockRepo. Days and switches only: nobody's name is opened for it."""

    def __init__(self, context: Context) -> None:
        self._c = context

    def running(self, seeker_id: int | None = None) -> list[ClockRow]:
        """Everybody who has left or is invalid, by id; one person alone, whatever their status, if given."""
        s, a = seeker.c, application.c
        handled = sa.exists().where(a.seeker_id == s.id, sa.or_(a.stage >= Stage.APPLIED, a.stage < 0))
        runs = sa.exists().where(a.seeker_id == s.id, a.stage > 0)
        waits = sa.exists().where(cases.c.seeker_id == s.id, sa.text(f"cases.{OPEN}"))
        k = seeker_key.c
        address = sa.exists().where(k.seeker_id == s.id, k.key.like("a:%"))
        query = sa.select(s.id, s.status, s.status_since, s.withdrawn_on, s.invalid_on, s.legal_hold.is_not(None),
                          handled, runs, waits, address).order_by(s.id)  # fmt: skip
        has_left = sa.or_(s.withdrawn_on.is_not(None), s.invalid_on.is_not(None), s.status.in_(_GONE))
        query = query.where(has_left if seeker_id is None else s.id == seeker_id)
        return [_row(tuple(r)) for r in self._c.conn.execute(query)]

    def notice(self, seeker_id: int, noticed_on: date, due_on: date) -> None:
        """The person was told; the last time counts."""
        statement = self._c.insert(retention_notice).values(seeker_id=seeker_id, noticed_on=noticed_on, due_on=due_on)
        new = {"noticed_on": noticed_on, "due_on": due_on}
        self._c.conn.execute(statement.on_conflict_do_update(index_elements=["seeker_id"], set_=new))

    def notices(self, seeker_id: int | None = None) -> dict[int, date]:
        """Who was told, and when; one person alone, if given."""
        query = sa.select(retention_notice)
        query = query if seeker_id is None else query.where(retention_notice.c.seeker_id == seeker_id)
        return {r.seeker_id: r.noticed_on for r in self._c.conn.execute(query)}

    def take_part(self, seeker_id: int, data: str, at: datetime) -> None:
        """A class of data went."""
        statement = self._c.insert(retention_part).values(seeker_id=seeker_id, data=data, at=at)
        self._c.conn.execute(statement.on_conflict_do_nothing(index_elements=["seeker_id", "data"]))

    def parts_gone(self, seeker_id: int | None = None) -> dict[int, tuple[str, ...]]:
        """Which classes went, by person; one person's alone, if given."""
        found: dict[int, tuple[str, ...]] = {}
        query = sa.select(retention_part).order_by(retention_part.c.data)
        query = query if seeker_id is None else query.where(retention_part.c.seeker_id == seeker_id)
        for r in self._c.conn.execute(query):
            found[r.seeker_id] = (*found.get(r.seeker_id, ()), r.data)
        return found


def _row(r: tuple[Any, ...]) -> ClockRow:
    """A status without its own day counts from the day on which the status was set."""
    seeker_id, status, since, withdrawn_on, invalid_on, hold, handled, runs, waits, address = r
    left = withdrawn_on or (since if status == SeekerStatus.WITHDRAWN.value else None)
    invalid = invalid_on or (since if status == SeekerStatus.INVALID.value else None)
    is_here = status not in _GONE
    return ClockRow(seeker_id, status, left if not is_here else None, invalid if not is_here else None, bool(hold),
                    bool(handled), bool(waits) or (is_here and bool(runs)), bool(address))  # fmt: skip
