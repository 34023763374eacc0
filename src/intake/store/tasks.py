"""Pieces of work for people."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from intake.errors import NotFound
from intake.model import Task, TaskPlan
from intake.store.context import Context
from intake.store.tables import task


class Tasks:
    """TaskRepo."""

    def __init__(self, context: Context) -> None:
        self._c = context

    def add(self, case_id: int, plan: TaskPlan, at: datetime) -> Task:
        """Keep a planned piece of work."""
        values = {
            "case_id": case_id,
            "kind": plan.kind,
            "subject": plan.subject,
            "due_on": plan.due_on,
            "assignee": plan.assignee,
            "created_at": at,
        }
        return Task(self._c.conn.execute(sa.insert(task).returning(task.c.id), values).scalar_one(), case_id, plan)

    def of_case(self, case_id: int) -> list[Task]:
        """All, oldest first."""
        return self._all(sa.select(task).where(task.c.case_id == case_id).order_by(task.c.id))

    def open(self, assignee: str | None = None, limit: int = 200, *, unassigned: bool = False) -> list[Task]:
        """Not done yet: those with the nearest day first, those without a day last."""
        query = sa.select(task).where(sa.text("done_at IS NULL"))
        if assignee is not None:
            theirs = task.c.assignee == assignee
            query = query.where(sa.or_(theirs, task.c.assignee.is_(None)) if unassigned else theirs)
        return self._all(query.order_by(task.c.due_on.is_(None), task.c.due_on, task.c.id).limit(limit))

    def get(self, task_id: int) -> Task:
        """Raises NotFound."""
        found = self._all(sa.select(task).where(task.c.id == task_id))
        if not found:
            raise NotFound()
        return found[0]

    def done(self, task_id: int, by: str, at: datetime) -> Task:
        """Mark done; who was first stays. Raises NotFound."""
        unfinished = sa.and_(task.c.id == task_id, task.c.done_at.is_(None))
        self._c.conn.execute(sa.update(task).where(unfinished).values(done_at=at, done_by=by))
        return self.get(task_id)

    def assign(self, task_id: int, assignee: str | None) -> Task:
        """Give it to somebody else. Raises NotFound."""
        self._c.conn.execute(sa.update(task).where(task.c.id == task_id).values(assignee=assignee))
        return self.get(task_id)

    def _all(self, query: sa.Select[Any]) -> list[Task]:
        return [
            Task(r.id, r.case_id, TaskPlan(r.kind, r.subject, r.due_on, r.assignee), r.done_at, r.done_by)
            for r in self._c.conn.execute(query)
        ]
