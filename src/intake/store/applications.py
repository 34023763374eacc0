"""Applications of seekers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from intake.model import Application, Stage
from intake.store.context import Context
from intake.store.tables import application

_OF = (
    sa.select(application)
    .where(application.c.seeker_id.in_(sa.bindparam("seekers", expanding=True)))
    .order_by(application.c.id)
)


class Applications:
    """Part of SeekerRepo."""

    def __init__(self, context: Context) -> None:
        self._c = context

    def of(self, seeker_ids: Sequence[int]) -> dict[int, tuple[Application, ...]]:
        """Applications by seeker; seekers without any are missing."""
        found: dict[int, tuple[Application, ...]] = {}
        if seeker_ids:
            for r in self._c.conn.execute(_OF, {"seekers": list(seeker_ids)}):
                found[r.seeker_id] = (*found.get(r.seeker_id, ()), _application(r))
        return found

    def upsert(self, seeker_id: int, new: Application) -> Application:
        """Insert or replace by (seeker, company)."""
        values = {
            "stage": int(new.stage),
            "self_applied": new.self_applied,
            "interview_at": new.interview_at,
        }
        statement = (
            self._c.insert(application)
            .values(seeker_id=seeker_id, company=new.company, **values)
            .on_conflict_do_update(index_elements=["seeker_id", "company"], set_=values)
            .returning(application.c.id)
        )
        return replace(new, id=self._c.conn.execute(statement).scalar_one())


def _application(r: sa.Row[Any]) -> Application:
    return Application(r.id, r.company, Stage(r.stage), r.self_applied, r.interview_at)
