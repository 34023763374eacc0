"""Erasures on their way, fields that a duty holds, mails that must not come in again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from intake.errors import NotFound
from intake.model import Envelope, Meaning, Message
from intake.ports.erasing import ErasureRow, HeldRow
from intake.retention.traces import MASK
from intake.store import arrivals
from intake.store.blobs import Blobs
from intake.store.codec import dumps, to_plain
from intake.store.context import Context
from intake.store.inbox import ARRIVAL, MEANING, MESSAGE
from intake.store.notes import NOTE
from intake.store.tables import (
    application,
    blob,
    erasure,
    held,
    imap_ledger,
    inbox,
    metadata,
    note,
    saved_view,
    seeker,
    task,
)
from intake.store.types import Codes

_TYPED = (saved_view.c.name, saved_view.c.query, task.c.subject, seeker.c.legal_hold, application.c.company)
PLAN, HELD, DONE = "erasure", "held", "done"
_CHUNK = 500


class Erasures:
    """ErasureRowRepo, but for the clocks (retention.py)."""

    def __init__(self, context: Context, blobs: Blobs) -> None:
        self._c, self._blobs = context, blobs

    def add(
        self, seeker_id: int, case_id: int | None, why: str, secret: bytes, figures: Mapping[str, Any], at: datetime
    ) -> ErasureRow:
        """Plan one; whom it reaches lies encrypted under a key of its own."""
        key_id = self._blobs.new_key()
        self._blobs.put(key_id, PLAN, secret)
        values = {"seeker_id": seeker_id, "case_id": case_id, "why": why, "step": "planned", "key_id": key_id,
                  "planned_at": at, "figures": _json(figures)}  # fmt: skip
        new_id = self._c.conn.execute(sa.insert(erasure).returning(erasure.c.id), values).scalar_one()
        return self.get(int(new_id))

    def get(self, erasure_id: int) -> ErasureRow:
        """Raises NotFound."""
        found = self._c.conn.execute(sa.select(erasure).where(erasure.c.id == erasure_id)).first()
        if found is None:
            raise NotFound()
        return _row(found)

    def claim(self, now: datetime, lease_seconds: int, worker: str, only: int | None = None) -> ErasureRow | None:
        """The oldest that is not done and whose lease, if any, is over."""
        free = sa.or_(erasure.c.ready_at.is_(None), erasure.c.ready_at <= now)
        query = sa.select(erasure.c.id).where(erasure.c.step != DONE, free).order_by(erasure.c.id).limit(1)
        if only is not None:
            query = sa.select(erasure.c.id).where(erasure.c.step != DONE, erasure.c.id == only, free)
        found = self._c.conn.execute(query.with_for_update(skip_locked=True)).scalar()
        if found is None:
            return None
        until = now + timedelta(seconds=lease_seconds)
        mine = sa.update(erasure).where(erasure.c.id == found)
        self._c.conn.execute(mine.values(worker=worker, ready_at=until))
        return self.get(int(found))

    def secret(self, row: ErasureRow) -> bytes | None:
        """What was kept of whom it reaches; None once it is done."""
        return self._blobs.of_keys([row.key_id], PLAN).get(row.key_id)

    def is_forgotten(self, row: ErasureRow) -> bool:
        """True where a backup brought back an erasure that had come to its end: person buried, plan destroyed."""
        if self._blobs.of_keys([row.key_id], PLAN) or row.key_id in self._blobs.damaged | self._c.keys.damaged:
            return False  # a damaged plan is no end: a person must look
        return row.seeker_id in self._c.keys.buried("seeker", row.planned_at)

    def advance(
        self, row: ErasureRow, step: str, figures: Mapping[str, Any], *, secret: bytes | None = None
    ) -> ErasureRow:
        """The step is done."""
        if secret is not None:
            self._blobs.replace(row.key_id, PLAN, secret)
        values = {"step": step, "figures": _json({**row.figures, **figures}), "error": ""}
        self._c.conn.execute(sa.update(erasure).where(erasure.c.id == row.id).values(values))
        return self.get(row.id)

    def put_off(self, row: ErasureRow, until: datetime, error: str) -> None:
        """It could not go on."""
        values = {"ready_at": until, "worker": None, "error": error[:500]}
        self._c.conn.execute(sa.update(erasure).where(erasure.c.id == row.id).values(values))

    def certify(self, row: ErasureRow, certificate: Mapping[str, Any], at: datetime) -> ErasureRow:
        """It is done; what was kept of whom it reached goes."""
        self._c.conn.execute(sa.delete(blob).where(blob.c.key_id == row.key_id))
        values = {"step": DONE, "certificate": _json(certificate), "done_at": at, "worker": None, "ready_at": None,
                  "error": ""}  # fmt: skip
        self._c.conn.execute(sa.update(erasure).where(erasure.c.id == row.id).values(values))
        return self.get(row.id)

    def open(self) -> list[ErasureRow]:
        """Those that are not done, oldest first."""
        return self._all(sa.select(erasure).where(erasure.c.step != DONE).order_by(erasure.c.id))

    def newest(self, limit: int = 50, before: int | None = None) -> list[ErasureRow]:
        """Newest first."""
        query = sa.select(erasure).order_by(erasure.c.id.desc()).limit(limit)
        return self._all(query if before is None else query.where(erasure.c.id < before))

    def open_of(self, seeker_id: int) -> ErasureRow | None:
        """The erasure of this person that is under way."""
        found = self._all(sa.select(erasure).where(erasure.c.seeker_id == seeker_id, erasure.c.step != DONE))
        return found[0] if found else None

    def hold(self, erasure_id: int, data: str, content: bytes, until: date, at: datetime) -> None:
        """Keep fields beyond an erasure; a second time for the same class is nothing."""
        same = sa.select(held.c.id).where(held.c.erasure_id == erasure_id, held.c.data == data)
        if self._c.conn.execute(same).first() is not None:
            return
        key_id = self._blobs.new_key()
        self._blobs.put(key_id, HELD, content)
        values = {"erasure_id": erasure_id, "data": data, "key_id": key_id, "until": until, "kept_at": at}
        self._c.conn.execute(sa.insert(held), values)

    def held(self, until: date | None = None) -> list[HeldRow]:
        """All, or those whose day has come."""
        query = sa.select(held).order_by(held.c.until, held.c.id)
        rows = self._c.conn.execute(query if until is None else query.where(held.c.until <= until))
        return [HeldRow(r.id, r.erasure_id, r.data, r.until, r.kept_at) for r in rows]

    def held_content(self, held_id: int) -> bytes | None:
        """What is held; None if it is gone."""
        key_id = self._c.conn.execute(sa.select(held.c.key_id).where(held.c.id == held_id)).scalar()
        return None if key_id is None else self._blobs.of_keys([key_id], HELD).get(key_id)

    def drop_held(self, held_id: int) -> None:
        """Key first, then content and row."""
        key_id = self._c.conn.execute(sa.select(held.c.key_id).where(held.c.id == held_id)).scalar()
        if key_id is not None:
            self._blobs.destroy_keys([key_id])
            self._c.conn.execute(sa.delete(blob).where(blob.c.key_id == key_id))
            self._c.conn.execute(sa.delete(held).where(held.c.id == held_id))

    def bury_mails(self, message_ids: Iterable[int], at: datetime) -> None:
        """Remember mails by their bytes, and by Message-ID, content and sender together; keyed hashes only."""
        hashes: list[bytes] = []
        for ids in _chunks(message_ids):
            for r in self._c.conn.execute(sa.select(inbox).where(inbox.c.id.in_(ids))):
                packed = self._blobs.of_keys([r.key_id], ARRIVAL).get(r.key_id)
                if packed is not None and r.channel == "email":
                    hashes.append(self._of_bytes(arrivals.unpack(packed).raw))
                if r.rfc_hash:
                    hashes.append(self._of_identity(r))
        self._c.keys.bury_mails(hashes, at)

    def is_erased(self, message_id: int, raw: bytes) -> bool:
        """By its bytes, or as a copy that came by another way."""
        row = self._c.conn.execute(sa.select(inbox).where(inbox.c.id == message_id)).first()
        hashes = [self._of_bytes(raw)]
        if row is not None and row.rfc_hash:
            hashes.append(self._of_identity(row))
        return self._c.keys.knows_mail(hashes)

    def forget_arrival(self, message_id: int) -> None:
        """Blobs and key of one message."""
        key_id = self._key_of(message_id)
        self._c.conn.execute(sa.delete(blob).where(blob.c.key_id == key_id))
        bare = {"content_hash": None, "rfc_hash": None, "sender_hash": None}
        self._c.conn.execute(sa.update(inbox).where(inbox.c.id == message_id).values(bare))
        self._blobs.destroy_keys([key_id])

    def rewrite(
        self, message_id: int, envelope: Envelope, message: Message | None, meaning: Meaning | None
    ) -> list[int]:
        """Everything of the message under a new key, notes too; the caller destroys the old key after the commit."""
        old, new = self._key_of(message_id), self._blobs.new_key()
        self._blobs.put(new, ARRIVAL, arrivals.pack(envelope))
        if message is not None:
            self._blobs.put(new, MESSAGE, dumps(message))
            self._blobs.put(new, MEANING, dumps(meaning))
        for n in self._c.conn.execute(sa.select(note.c.id, note.c.blob_id).join(blob, blob.c.id == note.c.blob_id)
                                      .where(blob.c.key_id == old)).all():  # fmt: skip
            moved = self._blobs.put(new, NOTE, self._blobs.get(n.blob_id))
            self._c.conn.execute(sa.update(note).where(note.c.id == n.id).values(blob_id=moved))
        self._c.conn.execute(sa.update(inbox).where(inbox.c.id == message_id).values(key_id=new))
        self._c.conn.execute(sa.delete(blob).where(blob.c.key_id == old))
        return [old]

    def rewrite_note(self, case_id: int, mask: Callable[[str], str]) -> int:
        """Notes of a case through ``mask``; how many changed."""
        changed = 0
        for n in self._c.conn.execute(sa.select(note).where(note.c.case_id == case_id)).all():
            kept = self._blobs.get_many([n.blob_id]).get(n.blob_id)
            if kept is None:
                continue
            text = kept.decode("utf-8", "surrogatepass")
            if mask(text) != text:
                key_id = self._c.conn.execute(sa.select(blob.c.key_id).where(blob.c.id == n.blob_id)).scalar_one()
                moved = self._blobs.put(key_id, NOTE, mask(text).encode("utf-8", "surrogatepass"))
                self._c.conn.execute(sa.update(note).where(note.c.id == n.id).values(blob_id=moved))
                self._c.conn.execute(sa.delete(blob).where(blob.c.id == n.blob_id))
                changed += 1
        return changed

    def forget_mentions(self, mask: Callable[[str], str]) -> int:
        """What staff type where it is not sealed, through ``mask``: names of saved searches, subjects of tasks, the
        ground of another's hold, companies; how many changed."""
        changed = 0
        for column in _TYPED:
            for text in self._c.conn.execute(sa.select(column).where(column.is_not(None)).distinct()).scalars().all():
                if mask(text) != text:
                    told = sa.update(column.table).where(column == text)
                    changed += self._c.conn.execute(told.values({column: self._free(column, mask(text))})).rowcount
        return changed

    def mentions(self, is_told: Callable[[str], bool]) -> list[str]:
        """Columns, as "table.column", whose plain text says it: where an operator must look by hand."""
        columns = [c for table in metadata.sorted_tables for c in table.c if isinstance(c.type, sa.Text | Codes)]
        return [
            f"{c.table.name}.{c.name}"
            for c in columns
            if any(is_told(str(v)) for v in self._c.conn.execute(sa.select(c).where(c.is_not(None))).scalars())
        ]

    def _free(self, column: sa.Column[Any], text: str) -> str:
        """Longer by as much as it takes where it must be the only one: an applicant has each company once."""
        taken = sa.select(sa.func.count()).where(column == sa.bindparam("text"))
        while column is application.c.company and self._c.conn.execute(taken, {"text": text}).scalar_one():
            text += MASK
        return text

    def waiting(self) -> list[int]:
        """Messages without an end, oldest first; not more than can be looked through."""
        query = sa.select(inbox.c.id).where(inbox.c.ended_as.is_(None)).order_by(inbox.c.id).limit(2000)
        return list(self._c.conn.execute(query).scalars())

    def copies(self, message_ids: Sequence[int]) -> list[tuple[int, str, str, int, int]]:
        """Where these messages lie on IMAP servers."""
        found: list[tuple[int, str, str, int, int]] = []
        for ids in _chunks(message_ids):
            rows = self._c.conn.execute(sa.select(imap_ledger).where(imap_ledger.c.message_id.in_(ids)))
            found += [(r.message_id, r.account, r.folder, r.uidvalidity, r.uid) for r in rows]
        return sorted(found)

    def _of_bytes(self, raw: bytes) -> bytes:
        """Line ends and blanks at the end differ between ways in."""
        return self._c.keyring.hash("erased.bytes", b"\n".join(raw.splitlines()).strip())

    def _of_identity(self, r: sa.Row[Any]) -> bytes:
        parts = b"".join(bytes(p or b"") for p in (r.content_hash, r.rfc_hash, r.sender_hash))
        return self._c.keyring.hash("erased.identity", parts)

    def _key_of(self, message_id: int) -> int:
        return int(self._c.conn.execute(sa.select(inbox.c.key_id).where(inbox.c.id == message_id)).scalar_one())

    def _all(self, query: sa.Select[Any]) -> list[ErasureRow]:
        return [_row(r) for r in self._c.conn.execute(query)]


def _row(r: sa.Row[Any]) -> ErasureRow:
    certificate = None if r.certificate is None else json.loads(r.certificate)
    row = ErasureRow(r.id, r.seeker_id, r.case_id, r.why, r.step, r.key_id, r.planned_at, json.loads(r.figures))
    return replace(row, certificate=certificate, done_at=r.done_at, ready_at=r.ready_at, error=r.error)


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(to_plain(dict(value)), ensure_ascii=False, sort_keys=True)


def _chunks(ids: Iterable[int]) -> list[list[int]]:
    every = sorted(ids)
    return [every[i : i + _CHUNK] for i in range(0, len(every), _CHUNK)]
