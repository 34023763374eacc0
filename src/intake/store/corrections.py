"""Labelled examples from staff: labels and ids only; the text stays with its message."""

from __future__ import annotations

import sqlalchemy as sa

from intake.ports.rows import Correction
from intake.store.context import Context
from intake.store.tables import correction


class Corrections:
    """CorrectionRepo."""

    def __init__(self, context: Context) -> None:
        self._c = context

    def add(self, new: Correction) -> None:
        """Keep staff's word."""
        values = {
            "case_id": new.case_id,
            "message_id": new.message_id,
            "was": new.was,
            "now": new.now,
            "staff": new.staff,
            "at": new.at,
        }
        self._c.conn.execute(sa.insert(correction), values)

    def all(self) -> list[Correction]:
        """Oldest first."""
        rows = self._c.conn.execute(sa.select(correction).order_by(correction.c.id))
        return [Correction(r.case_id, r.message_id, r.was, r.now, r.staff, r.at) for r in rows]
