"""What a list shows of its cases, in a handful of queries however many rows it has."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from intake.model import Meaning, Message, Seeker
from intake.store.blobs import Blobs
from intake.store.codec import loads
from intake.store.context import Context
from intake.store.inbox import MEANING, MESSAGE
from intake.store.seekers import Seekers
from intake.store.tables import case_message, cases, inbox, note, seeker


class Glance:
    """GlanceRepo."""

    def __init__(self, context: Context, blobs: Blobs) -> None:
        self._c, self._blobs = context, blobs

    def people(self, seeker_ids: Collection[int]) -> dict[int, Seeker]:
        """By id."""
        return Seekers(self._c).get_many(seeker_ids)

    def messages(self, message_ids: Collection[int]) -> dict[int, Message]:
        """By id."""
        keys = self._keys(message_ids)
        packed = self._blobs.of_keys(list(keys.values()), MESSAGE)
        return {i: loads(Message, packed[key]) for i, key in keys.items() if key in packed}

    def readings(self, message_ids: Collection[int]) -> dict[int, tuple[Message, Meaning | None]]:
        """By id."""
        keys = self._keys(message_ids)
        packed = self._blobs.of_keys(list(keys.values()), MEANING)
        found: dict[int, tuple[Message, Meaning | None]] = {}
        for i, message in self.messages(message_ids).items():
            meaning = packed.get(keys[i], b"null")
            found[i] = message, None if meaning == b"null" else loads(Meaning, meaning)
        return found

    def about(self, case_ids: Collection[int], concierge: str) -> frozenset[int]:
        """One message may have made several cases: a complaint in one of them is a complaint in all."""
        mine, other = case_message.alias(), case_message.alias()
        beside = cases.alias()
        told = (
            sa.exists()
            .select_from(
                mine.join(other, other.c.message_id == mine.c.message_id).join(beside, beside.c.id == other.c.case_id)
            )
            .where(mine.c.case_id == cases.c.id, _touchy(beside))
        )
        query = (
            sa.select(cases.c.id)
            .join(seeker, seeker.c.id == cases.c.seeker_id)
            .where(cases.c.id.in_(list(case_ids)), seeker.c.concierge == concierge, sa.or_(_touchy(cases), told))
        )
        return frozenset(self._c.conn.execute(query).scalars()) if case_ids else frozenset()

    def message_ids(self, case_ids: Collection[int]) -> dict[int, tuple[int, ...]]:
        """Oldest first."""
        query = sa.select(case_message.c.case_id, case_message.c.message_id).where(
            case_message.c.case_id.in_(list(case_ids))
        )
        found: dict[int, tuple[int, ...]] = {}
        for r in self._c.conn.execute(query.order_by(case_message.c.message_id)):
            found[r.case_id] = (*found.get(r.case_id, ()), r.message_id)
        return found

    def notes(self, case_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
        """Oldest first."""
        query = sa.select(note.c.case_id, note.c.blob_id).where(note.c.case_id.in_(list(case_ids))).order_by(note.c.id)
        rows = self._c.conn.execute(query).all()
        texts = self._blobs.get_many([r.blob_id for r in rows])
        found: dict[int, tuple[str, ...]] = {}
        for r in rows:
            if r.blob_id in texts:
                text = texts[r.blob_id].decode("utf-8", "surrogatepass")
                found[r.case_id] = (*found.get(r.case_id, ()), text)
        return found

    def _keys(self, message_ids: Collection[int]) -> dict[int, int]:
        wanted = sa.select(inbox.c.id, inbox.c.key_id).where(inbox.c.id.in_(list(message_ids)))
        return {r.id: r.key_id for r in self._c.conn.execute(wanted)} if message_ids else {}


def _touchy(table: sa.FromClause) -> sa.ColumnElement[bool]:
    return sa.or_(table.c.complaint, table.c.request == "concierge_change")
