"""What one person's erasure must reach, and taking it away.

The order is the caller's: reach (and write it down), destroy the keys, remove, compact, look for residue. Each step
may be done twice. Rows of messages, cases and mails stay as figures: codes, times and ids, joined to nobody.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from intake.model import MailState
from intake.ports.rows import Reach
from intake.store.context import Context
from intake.store.notes import NOTE
from intake.store.search import Search
from intake.store.tables import (
    blob,
    case_candidate,
    case_message,
    cases,
    erasure,
    inbox,
    note,
    outbox,
    outbox_case,
    seeker,
    seeker_key,
    task,
    token,
)

_CHUNK = 500
BEFORE_ALL = datetime(2000, 1, 1, tzinfo=UTC)
_is_queued = outbox.c.state == MailState.QUEUED.value
_END_MAILS = (
    sa.update(outbox)
    .where(outbox.c.state.in_([MailState.QUEUED.value, MailState.CLAIMED.value]))
    .values(
        state=sa.case((_is_queued, MailState.CANCELLED.value), else_=MailState.UNKNOWN.value),
        error="Erased",
        worker=None,
        fence=outbox.c.fence + 1,
    )
)


class Erasure:
    """ErasureRepo."""

    def __init__(self, context: Context, search: Search) -> None:
        self._c, self._search = context, search

    def reach(self, seeker_id: int) -> Reach:
        """Everything that is about this person: by their cases, by their addresses, by the threads of both.

        A message that is also another seeker's case is left out: it is named in ``shared``. An address that somebody
        else has too (a couple, a family) does not say whose a message is: what came from it is this person's only where
        they are the one candidate. Other cases of nobody that came from it are named in ``unclear``, for people.
        """
        case_ids = self._ids(sa.select(cases.c.id).where(cases.c.seeker_id == seeker_id))
        every = self._senders(seeker_id)
        senders = every - self._also_of_others(every, seeker_id)
        nobodys = self._nobodys(every - senders, seeker_id)
        found = self._of_cases(case_ids) | self._ids(sa.select(inbox.c.id).where(inbox.c.sender_hash.in_(senders)))
        found |= self._of_cases(c for c, is_theirs in nobodys.items() if is_theirs)
        found |= self._duplicates_of(found)
        shared = self._of_others(found, seeker_id)
        messages = found - shared
        case_ids |= self._unowned_cases(messages)
        mails = self._mails(case_ids, messages, senders)
        return Reach(
            seeker_id=seeker_id,
            message_ids=tuple(sorted(messages)),
            case_ids=tuple(sorted(case_ids)),
            outbox_ids=tuple(sorted(mails)),
            key_ids=tuple(sorted(self._keys(inbox, messages) | self._keys(outbox, mails) | self._own_key(seeker_id))),
            shared=tuple(sorted(shared)),
            unclear=tuple(sorted(nobodys.keys() - case_ids)),
        )

    def loose_mails(self, seeker_id: int) -> set[int]:
        """Mails of no case to an address that others have too: only their words say whom they were written to."""
        every = self._senders(seeker_id)
        shared = self._also_of_others(every, seeker_id)
        free = ~sa.exists().where(outbox_case.c.outbox_id == outbox.c.id)
        return self._ids(sa.select(outbox.c.id).where(outbox.c.address_hash.in_(shared), free))

    def latecomers(self, reach: Reach) -> Reach:
        """What became theirs after the plan was made: a worker had their message in its hands, or the plan is old."""
        case_ids = self._ids(sa.select(cases.c.id).where(cases.c.seeker_id == reach.seeker_id)) - set(reach.case_ids)
        messages = self._of_cases({*reach.case_ids, *case_ids}) - {*reach.message_ids, *reach.shared}
        messages -= self._of_others(messages, reach.seeker_id)
        mails = self._mails({*reach.case_ids, *case_ids}, messages, ()) - set(reach.outbox_ids)
        return Reach(
            seeker_id=reach.seeker_id,
            message_ids=tuple(sorted(messages)),
            case_ids=tuple(sorted(case_ids)),
            outbox_ids=tuple(sorted(mails)),
            key_ids=tuple(sorted(self._keys(inbox, messages) | self._keys(outbox, mails))),
            shared=(),
        )

    def keys_of(self, message_ids: Iterable[int], outbox_ids: Iterable[int]) -> set[int]:
        """Data keys of these messages and mails."""
        return self._keys(inbox, message_ids) | self._keys(outbox, outbox_ids)

    def bury(self, reaches: Sequence[Reach], at: datetime) -> None:
        """Write down beside the keys that these people are erased, so that a restored backup forgets them too.

        By their id, which a restored database may give again, and by their key's, which nobody gets again.
        """
        self._c.keys.bury(
            [
                *(("seeker", reach.seeker_id) for reach in reaches),
                *(("key", key_id) for reach in reaches for key_id in self._own_key(reach.seeker_id)),
            ],
            at,
        )

    def undead(self) -> list[int]:
        """Seekers who are here although they are erased: a backup from before has come back."""
        found: set[int] = set()
        for key_ids in _chunks(self._c.keys.buried("key", BEFORE_ALL)):
            found |= self._ids(sa.select(seeker.c.id).where(seeker.c.key_id.in_(key_ids)))
        return sorted(found)

    def end_keyless(self) -> int:
        """Messages that wait although their key is destroyed (a backup came back) end here; how many."""
        rows = self._c.conn.execute(sa.select(inbox.c.id, inbox.c.key_id).where(inbox.c.ended_as.is_(None))).all()
        keys = self._c.keys.find([r.key_id for r in rows])
        gone = [r.id for r in rows if r.key_id not in keys and r.key_id not in self._c.keys.damaged]
        self.remove_messages(gone)
        return len(gone)

    def remove(self, reach: Reach) -> None:
        """Delete the person's row, blobs, notes, links and search tokens; strip what stays as a figure."""
        self.remove_blobs(reach.key_ids)
        self.remove_messages(reach.message_ids)
        self.remove_cases(reach.case_ids)
        self.remove_mails(reach.outbox_ids)
        self.remove_person(reach.seeker_id)

    def remove_blobs(self, key_ids: Sequence[int]) -> None:
        """Everything under these keys, and the notes that name it: SQLite gives a blob's number again. A mail that
        still waits is over with its bytes: who holds it loses the lease, and whether that one has left is not known."""
        for ids in _chunks(key_ids):
            gone = sa.select(blob.c.id).where(blob.c.key_id.in_(ids), blob.c.kind == NOTE)
            self._run(sa.delete(note).where(note.c.blob_id.in_(gone)))
            self._run(sa.delete(blob).where(blob.c.key_id.in_(ids)))
            self._run(_END_MAILS.where(outbox.c.key_id.in_(ids)))

    def remove_messages(self, message_ids: Sequence[int]) -> None:
        """Strip the rows of what was blank by now; who still holds one loses the lease."""
        for ids in _chunks(message_ids):
            self._strip_messages(ids)

    def remove_cases(self, case_ids: Sequence[int]) -> None:
        """Notes, links, candidates and search tokens go; tasks keep neither company nor open end."""
        for ids in _chunks(case_ids):
            self._strip_cases(ids)

    def remove_mails(self, outbox_ids: Sequence[int]) -> None:
        """Strip outgoing mails."""
        bare = {"address_hash": b"", "domain_hash": None, "thread_hash": None, "newest_message": None}
        for ids in _chunks(outbox_ids):
            self._run(sa.update(outbox).where(outbox.c.id.in_(ids)).values(**bare))

    def remove_person(self, seeker_id: int) -> None:
        """The row of the register, with its keys, history, applications and notices."""
        self._run(sa.delete(seeker).where(seeker.c.id == seeker_id))

    def residue(self, reach: Reach) -> list[str]:
        """What is still there, as "what: how many"; empty after a whole erasure."""
        left = {
            "keys": len(self._c.keys.find(reach.key_ids)),
            "blobs": self._count(blob, blob.c.key_id, reach.key_ids),
            "search": sum(self._search.has(c) for c in reach.case_ids),
            "notes": self._count(note, note.c.case_id, reach.case_ids),
            "links": self._count(token, token.c.case_id, reach.case_ids),
            "seeker": self._count(seeker, seeker.c.id, (reach.seeker_id,)),
            "cases": self._count(cases, cases.c.seeker_id, (reach.seeker_id,)),
        }
        return [f"{what}: {count}" for what, count in left.items() if count]

    def _senders(self, seeker_id: int) -> set[bytes]:
        """Their addresses as hashes, also where the key to the rest is destroyed already."""
        mine = sa.and_(seeker_key.c.seeker_id == seeker_id, seeker_key.c.key.like("a:%"))
        return {bytes.fromhex(k[2:]) for k in self._c.conn.execute(sa.select(seeker_key.c.key).where(mine)).scalars()}

    def _also_of_others(self, senders: set[bytes], seeker_id: int) -> set[bytes]:
        """Which of these addresses somebody else has who stays; who is being erased as well keeps nothing back."""
        leaves = sa.exists().where(erasure.c.seeker_id == seeker_key.c.seeker_id, erasure.c.step != "done")
        theirs = sa.and_(seeker_key.c.key.in_([f"a:{s.hex()}" for s in senders]), seeker_key.c.seeker_id != seeker_id)
        found = self._c.conn.execute(sa.select(seeker_key.c.key).where(theirs, ~leaves)).scalars()
        return {bytes.fromhex(k[2:]) for k in found}

    def _nobodys(self, senders: set[bytes], seeker_id: int) -> dict[int, bool]:
        """Cases of nobody that came from these addresses: True where this person is the only candidate, and nothing
        that was said (a first name, a number) speaks against them."""
        came = sa.and_(cases.c.sender_hash.in_(senders), cases.c.seeker_id.is_(None))
        listed = sa.select(cases.c.id, case_candidate.c.seeker_id, case_candidate.c.reasons).where(came)
        found: dict[int, bool] = {}
        for r in self._c.conn.execute(listed.outerjoin(case_candidate, case_candidate.c.case_id == cases.c.id)):
            theirs = r.seeker_id == seeker_id and not any(reason.startswith("-") for reason in r.reasons)
            found[r.id] = theirs and found.get(r.id, True)
        return found

    def _own_key(self, seeker_id: int) -> set[int]:
        keyed = sa.and_(seeker.c.id == seeker_id, seeker.c.key_id.is_not(None))
        return self._ids(sa.select(seeker.c.key_id).where(keyed))

    def _of_cases(self, case_ids: Iterable[int]) -> set[int]:
        found: set[int] = set()
        for ids in _chunks(case_ids):
            found |= self._ids(sa.select(case_message.c.message_id).where(case_message.c.case_id.in_(ids)))
            found |= self._ids(sa.select(cases.c.message_id).where(cases.c.id.in_(ids)))
        return found

    def _duplicates_of(self, message_ids: Iterable[int]) -> set[int]:
        found: set[int] = set()
        for ids in _chunks(message_ids):
            same = sa.and_(inbox.c.ended_as == "duplicate", inbox.c.ended_of.in_(ids))
            found |= self._ids(sa.select(inbox.c.id).where(same))
        return found

    def _of_others(self, message_ids: Iterable[int], seeker_id: int) -> set[int]:
        found: set[int] = set()
        for ids in _chunks(message_ids):
            linked = sa.select(case_message.c.message_id).join(cases, cases.c.id == case_message.c.case_id)
            found |= self._ids(linked.where(case_message.c.message_id.in_(ids), cases.c.seeker_id != seeker_id))
        return found

    def _unowned_cases(self, message_ids: Iterable[int]) -> set[int]:
        """Cases that these messages opened while nobody knew whose they were."""
        found: set[int] = set()
        for ids in _chunks(message_ids):
            nobodys = sa.and_(cases.c.message_id.in_(ids), cases.c.seeker_id.is_(None))
            found |= self._ids(sa.select(cases.c.id).where(nobodys))
        return found

    def _mails(self, case_ids: Iterable[int], message_ids: Iterable[int], senders: Iterable[bytes]) -> set[int]:
        found = self._ids(sa.select(outbox.c.id).where(outbox.c.address_hash.in_(senders)))
        for ids in _chunks(case_ids):
            found |= self._ids(sa.select(outbox_case.c.outbox_id).where(outbox_case.c.case_id.in_(ids)))
        for ids in _chunks(message_ids):
            found |= self._ids(sa.select(outbox.c.id).where(outbox.c.in_message.in_(ids)))
        return found

    def _keys(self, table: sa.Table, ids: Iterable[int]) -> set[int]:
        found: set[int] = set()
        for chunk in _chunks(ids):
            found |= self._ids(sa.select(table.c.key_id).where(table.c.id.in_(chunk)))
        return found

    def _strip_messages(self, ids: list[int]) -> None:
        """The same bytes sent again must be a new message, not this row: its digest is thrown away."""
        waits = sa.and_(inbox.c.id.in_(ids), inbox.c.ended_as.is_(None))
        ended = {"ended_as": "duplicate", "fence": inbox.c.fence + 1, "worker": None, "ready_at": None}
        self._run(sa.update(inbox).where(waits).values(**ended))
        bare = {"content_hash": None, "rfc_hash": None, "sender_hash": None, "error": ""}
        statement = sa.update(inbox).where(inbox.c.id == sa.bindparam("row")).values(digest=sa.bindparam("new"), **bare)
        self._c.conn.execute(statement, [{"row": i, "new": os.urandom(16)} for i in ids])

    def _strip_cases(self, ids: list[int]) -> None:
        self._search.remove(ids)
        self._run(sa.delete(note).where(note.c.case_id.in_(ids)))
        self._run(sa.delete(token).where(token.c.case_id.in_(ids)))
        self._run(sa.delete(case_candidate).where(case_candidate.c.case_id.in_(ids)))
        open_tasks = sa.and_(task.c.case_id.in_(ids), task.c.done_at.is_(None))
        self._run(sa.update(task).where(open_tasks).values(done_at=sa.func.current_timestamp(), done_by="erasure"))
        self._run(sa.update(task).where(task.c.case_id.in_(ids)).values(subject=""))
        bare = {"seeker_id": None, "sender_hash": b"", "reasons": ()}
        self._run(sa.update(cases).where(cases.c.id.in_(ids)).values(**bare, version=cases.c.version + 1))

    def _count(self, table: sa.Table, column: sa.ColumnElement[Any], ids: Sequence[int]) -> int:
        query = sa.select(sa.func.count()).select_from(table)
        return sum(self._c.conn.execute(query.where(column.in_(chunk))).scalar_one() for chunk in _chunks(ids))

    def _ids(self, query: sa.Select[Any]) -> set[int]:
        return set(self._c.conn.execute(query).scalars())

    def _run(self, statement: sa.Executable) -> None:
        self._c.conn.execute(statement)


def _chunks(ids: Iterable[int]) -> list[list[int]]:
    every = sorted(ids)
    return [every[i : i + _CHUNK] for i in range(0, len(every), _CHUNK)]
