"""Saved views, and who has which case open."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

import sqlalchemy as sa

from intake.errors import NotFound
from intake.ports.desk import Present, SavedView
from intake.store.context import Context
from intake.store.tables import presence, saved_view, staff

_SWEEP = timedelta(days=1)


class Views:
    """ViewRepo."""

    def __init__(self, context: Context) -> None:
        self._c = context

    def of(self, name: str) -> list[SavedView]:
        """One's own and the shared ones, by name."""
        query = sa.select(saved_view, staff.c.name.label("owner")).join(staff)
        query = query.where(sa.or_(staff.c.name == name, saved_view.c.shared)).order_by(
            saved_view.c.name, saved_view.c.id
        )
        return [SavedView(r.id, r.owner, r.name, r.query, r.shared) for r in self._c.conn.execute(query)]

    def add(self, owner: str, name: str, query: str, at: datetime, *, shared: bool) -> None:
        """In the place of one's earlier view of this name."""
        staff_id = self._c.conn.execute(sa.select(staff.c.id).where(staff.c.name == owner)).scalar()
        if staff_id is None:
            raise NotFound()
        same = sa.and_(saved_view.c.staff_id == staff_id, saved_view.c.name == name)
        self._c.conn.execute(sa.delete(saved_view).where(same))
        values = {"staff_id": staff_id, "name": name, "query": query, "shared": shared, "created_at": at}
        self._c.conn.execute(sa.insert(saved_view), values)

    def remove(self, owner: str, view_id: int) -> bool:
        """False where it is not theirs."""
        mine = sa.select(staff.c.id).where(staff.c.name == owner).scalar_subquery()
        this = sa.and_(saved_view.c.id == view_id, saved_view.c.staff_id == mine)
        return self._c.conn.execute(sa.delete(saved_view).where(this)).rowcount == 1


class Presence:
    """PresenceRepo."""

    def __init__(self, context: Context) -> None:
        self._c = context

    def here(self, case_id: int, name: str, doing: str, at: datetime) -> None:
        """One row a person and case; what nobody renewed for a day goes."""
        self._c.conn.execute(sa.delete(presence).where(presence.c.at < at - _SWEEP))
        row = {"case_id": case_id, "staff": name, "doing": doing, "at": at}
        statement = self._c.insert(presence).values(row)
        new = {"doing": doing, "at": at}
        self._c.conn.execute(statement.on_conflict_do_update(index_elements=["case_id", "staff"], set_=new))

    def gone(self, case_id: int, name: str) -> None:
        """They have left it."""
        self._c.conn.execute(sa.delete(presence).where(presence.c.case_id == case_id, presence.c.staff == name))

    def everybody(self, since: datetime) -> list[tuple[int, str, str]]:
        """(case, who, doing what) of everybody who said so since then."""
        p = presence.c
        query = sa.select(p.case_id, p.staff, p.doing).where(p.at >= since).order_by(p.case_id, p.staff)
        return [(r.case_id, r.staff, r.doing) for r in self._c.conn.execute(query)]

    def at(self, case_ids: Collection[int], since: datetime) -> dict[int, tuple[Present, ...]]:
        """Writers first."""
        if not case_ids:
            return {}
        here = sa.and_(presence.c.case_id.in_(list(case_ids)), presence.c.at >= since)
        query = sa.select(presence).where(here).order_by(presence.c.doing.desc(), presence.c.staff)
        found: dict[int, tuple[Present, ...]] = {}
        for r in self._c.conn.execute(query):
            found[r.case_id] = (*found.get(r.case_id, ()), Present(r.staff, r.doing))
        return found
