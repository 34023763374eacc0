"""Staff's remarks on a case, under the key of the message that opened it: they go when it goes."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from intake.errors import NotFound
from intake.store.blobs import Blobs
from intake.store.context import Context
from intake.store.tables import cases, inbox, note

NOTE = "note"


class Notes:
    """NoteRepo."""

    def __init__(self, context: Context, blobs: Blobs) -> None:
        self._c, self._blobs = context, blobs

    def add(self, case_id: int, staff: str, text: str, at: datetime) -> int:
        """Keep a remark; returns its id. Raises NotFound for an unknown case, and after its erasure."""
        opened_by = sa.select(inbox.c.key_id).join(cases, cases.c.message_id == inbox.c.id)
        key_id = self._c.conn.execute(opened_by.where(cases.c.id == case_id)).scalar()
        if key_id is None:
            raise NotFound()
        blob_id = self._blobs.put(key_id, NOTE, text.encode("utf-8", "surrogatepass"))
        values = {"case_id": case_id, "staff": staff, "at": at, "blob_id": blob_id}
        return int(self._c.conn.execute(sa.insert(note).returning(note.c.id), values).scalar_one())

    def of_case(self, case_id: int) -> list[tuple[datetime, str, str]]:
        """(when, who, text), oldest first; erased ones are left out."""
        query = sa.select(note).where(note.c.case_id == case_id).order_by(note.c.id)
        rows = self._c.conn.execute(query).all()
        texts = self._blobs.get_many([r.blob_id for r in rows])
        return [(r.at, r.staff, texts[r.blob_id].decode("utf-8", "surrogatepass")) for r in rows if r.blob_id in texts]
