"""The wordings that mails were written with: the agency's own words, kept as long as the mails are."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from intake.ports.rows import Wording
from intake.store.context import Context
from intake.store.tables import template_version as table


class Wordings:
    """WordingRepo."""

    def __init__(self, context: Context) -> None:
        self._c = context

    def keep(self, wording: Wording) -> None:
        """Write it down unless it is there."""
        known = sa.select(table.c.at).where(table.c.version == wording.version, table.c.template == wording.template)
        if self._c.conn.execute(known).first() is not None:
            return
        files = json.dumps(dict(sorted(wording.files.items())), ensure_ascii=False)
        values = {"version": wording.version, "template": wording.template, "at": wording.at, "files": files}
        self._c.conn.execute(self._c.insert(table).values(**values).on_conflict_do_nothing())

    def find(self, template: str, version: str) -> Wording | None:
        """None where no mail was written with it."""
        row = self._c.conn.execute(
            sa.select(table).where(table.c.version == version, table.c.template == template)
        ).first()
        return None if row is None else _wording(row)

    def of(self, template: str, limit: int = 50) -> list[Wording]:
        """The versions of a template, newest first."""
        query = sa.select(table).where(table.c.template == template).order_by(table.c.at.desc()).limit(limit)
        return [_wording(row) for row in self._c.conn.execute(query)]


def _wording(row: sa.Row[Any]) -> Wording:
    return Wording(row.template, row.version, row.at, json.loads(row.files))
