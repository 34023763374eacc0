"""The agency's register, sealed row by row (register.py), found by hashes of normalised keys that are each indexed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from intake.errors import NotFound, Stale
from intake.model import Application, Seeker, SeekerStatus
from intake.model.numbers import owner_of
from intake.ports.rows import MatchKeys
from intake.store import enrolment
from intake.store.applications import Applications
from intake.store.context import Context
from intake.store.register import PERSONAL, hollow, key_hash, member_hash, opened, seal_plain_rows, sealed
from intake.store.tables import erasure, seeker_key, seeker_status
from intake.store.tables import seeker as register

MOST = 50
_TOKYO = ZoneInfo("Asia/Tokyo")
_COLUMNS = [c for c in register.c if c.name not in {"id", "version", "key_id", "sealed"}]
_CHANGEABLE = {c.name for c in _COLUMNS} - {"member_id"}
_KEYED = {"name", "kana", "addresses", "phones"}

# Everything that shares a key, the surest kind of key first, then who shares most. An address is never crowded out
# by hundreds of people of the same name.
_shared = (
    sa.select(seeker_key.c.seeker_id, sa.func.min(seeker_key.c.rank).label("rank"), sa.func.count().label("shared"))
    .where(seeker_key.c.key.in_(sa.bindparam("keys", expanding=True)))
    .group_by(seeker_key.c.seeker_id)
    .order_by(sa.text("rank"), sa.text("shared DESC"), seeker_key.c.seeker_id)
    .limit(MOST)
    .subquery()
)
_CANDIDATES = (
    sa.select(register)
    .join(_shared, _shared.c.seeker_id == register.c.id)
    .where(~sa.exists().where(erasure.c.seeker_id == register.c.id, erasure.c.step != "done"))  # no new case is theirs
    .order_by(_shared.c.rank, _shared.c.shared.desc(), register.c.id)
)
_BY_ID = sa.select(register).where(register.c.id == sa.bindparam("id_"))
_BY_MEMBER = sa.select(register).where(register.c.member_id == sa.bindparam("member"))


class Seekers:
    """SeekerRepo."""

    def __init__(self, context: Context) -> None:
        self._c = context
        self._applications = Applications(context)

    def candidates(self, keys: MatchKeys) -> list[Seeker]:
        """Every seeker that shares at least one key, by one indexed look-up; at most 50, the surest first.

        Whose erasure has begun is hidden: nothing that comes in now may become theirs.
        """
        kinds = (("a", keys.addresses), ("m", keys.member_ids), ("p", keys.phones), ("n", keys.names))
        wanted = [key_hash(self._c, kind, k) for kind, of_kind in kinds for k in of_kind if k]
        return self._load(self._c.conn.execute(_CANDIDATES, {"keys": wanted})) if wanted else []

    def get(self, seeker_id: int) -> Seeker:
        """Raises NotFound. One whose erasure is under way, the key being gone, has neither name nor address."""
        rows = self._c.conn.execute(_BY_ID, {"id_": seeker_id}).all()
        if not rows:
            raise NotFound()
        found = self._load(rows)
        return found[0] if found else _seeker(rows[0], hollow(), ())

    def get_many(self, seeker_ids: Collection[int]) -> dict[int, Seeker]:
        """By id; those that are gone or erased are missing."""
        wanted = sa.select(register).where(register.c.id.in_(list(seeker_ids)))
        return {s.id: s for s in self._load(self._c.conn.execute(wanted))} if seeker_ids else {}

    def by_member_id(self, member_id: str) -> Seeker | None:
        """By the number as it stands in the record; else in other letters, where it is still nobody else's.

        Never without its hyphens: what is done for 12-3, who may be erased, is done to 1-23 else.
        """
        rows = self._c.conn.execute(_BY_MEMBER, {"member": member_hash(self._c, member_id)}).all()
        if rows:
            return next(iter(self._load(rows)), None)
        return owner_of(member_id, self._like(member_id))

    def find_like(self, member_id: str) -> Seeker | None:
        """The same for a search, where it may also be by a number without hyphens, if only one has that."""
        exact = self.by_member_id(member_id)
        like = [] if exact else self._like(member_id)
        return exact or (like[0] if len(like) == 1 else None)

    def _like(self, member_id: str) -> list[Seeker]:
        return self.candidates(MatchKeys(member_ids=(self._c.maker.member(member_id),)))

    def concierges(self) -> set[str]:
        """Who is in charge of anybody, or stands in; they need no account."""
        found = [self._c.conn.execute(sa.select(c).where(c.is_not(None)).distinct()).scalars()
                 for c in (register.c.concierge, register.c.deputy)]  # fmt: skip
        return {name for names in found for name in names}

    def count(self) -> int:
        """How many are registered."""
        return self._c.conn.execute(sa.select(sa.func.count()).select_from(register)).scalar_one()

    def upsert(self, seeker: Seeker) -> tuple[Seeker, bool]:
        """Insert or replace by member_id (``id`` and applications are left alone). True if new."""
        old = self._c.conn.execute(_BY_MEMBER, {"member": member_hash(self._c, seeker.member_id)}).first()
        values = self._sealed(seeker, None if old is None else old.key_id)
        if old is None:
            new_id = self._c.conn.execute(sa.insert(register).returning(register.c.id), values).scalar_one()
            self._write_keys(new_id, seeker)
            self._note_status(new_id, seeker.status, seeker.status_since)
            return replace(seeker, id=new_id, version=1, applications=()), True
        self._c.conn.execute(
            sa.update(register).where(register.c.id == old.id).values(**values, version=register.c.version + 1)
        )
        self._drop_keys(old.id)
        self._write_keys(old.id, seeker)
        if old.status != seeker.status.value:
            self._note_status(old.id, seeker.status, seeker.status_since)
        return self.get(old.id), False

    def by_member_ids(self, member_ids: Sequence[str]) -> dict[str, Seeker]:
        """Those of these numbers that are registered, by the number as it stands in the record."""
        hashes = [member_hash(self._c, m) for m in member_ids]
        wanted = sa.select(register).where(register.c.member_id.in_(hashes))
        return {s.member_id: s for s in self._load(self._c.conn.execute(wanted))} if hashes else {}

    def put_all(self, people: Sequence[tuple[Seeker, Seeker | None]]) -> list[str]:
        """Many at once: (as it is to be, as it is or None). "added", "changed" or "unchanged" for each.

        Nobody may stand there twice. Unchanged rows are not touched: an import that is repeated writes nothing.
        """
        fresh = [new for new, old in people if old is None]
        changed = [(new, old) for new, old in people if old is not None and _values(new) != _values(old)]
        ids = enrolment.insert_all(self._c, [_values(new) for new in fresh])
        enrolment.update_all(self._c, [(old.id, _values(new)) for new, old in changed])
        renamed = [(new, old.id) for new, old in changed if any(getattr(new, f) != getattr(old, f) for f in _KEYED)]
        keys = [(i, _keys(self._c, new)) for new, i in [*zip(fresh, ids, strict=True), *renamed]]
        enrolment.write_keys(self._c, keys, anew=[i for _, i in renamed])
        moved = [(old.id, new) for new, old in changed if new.status is not old.status]
        enrolment.note_statuses(self._c, [*zip(ids, fresh, strict=True), *moved], datetime.now(_TOKYO).date())
        touched = {id(new) for new, _ in changed}
        return ["added" if old is None else "changed" if id(new) in touched else "unchanged" for new, old in people]

    def upsert_application(self, member_id: str, application: Application) -> Application:
        """Insert or replace by (member, company). Raises NotFound for an unknown member."""
        owner = self.by_member_id(member_id)
        if owner is None:
            raise NotFound()
        return self._applications.upsert(owner.id, application)

    def change(self, seeker: Seeker, **fields: Any) -> Seeker:
        """Set columns if ``seeker.version`` is still the row's, else Stale. Status changes go to the history."""
        unknown = fields.keys() - _CHANGEABLE
        if unknown:
            raise TypeError(f"not columns of a seeker: {sorted(unknown)}")
        new = replace(seeker, **fields)
        values = {k: v for k, v in _values(new).items() if k in fields}
        if set(PERSONAL) & fields.keys():
            values = {k: v for k, v in values.items() if k not in PERSONAL} | self._personal(new)
        done = self._c.conn.execute(
            sa.update(register)
            .where(register.c.id == seeker.id, register.c.version == seeker.version)
            .values(**values, version=seeker.version + 1)
        )
        if done.rowcount != 1:
            raise Stale()
        if _KEYED & fields.keys():
            self._drop_keys(seeker.id)
            self._write_keys(seeker.id, new)
        if new.status is not seeker.status:
            self._note_status(seeker.id, new.status, fields.get("status_since"))
        return replace(new, version=seeker.version + 1)

    def history(self, seeker_id: int) -> list[tuple[date, str]]:
        """(day, status), oldest first."""
        query = sa.select(seeker_status.c.since, seeker_status.c.status).where(seeker_status.c.seeker_id == seeker_id)
        return [(r.since, r.status) for r in self._c.conn.execute(query.order_by(seeker_status.c.id))]

    def due_to_resume(self, today: date) -> list[Seeker]:
        """Paused seekers whose resume_on has come."""
        due = sa.select(register).where(
            register.c.resume_on.is_not(None),
            register.c.resume_on <= today,
            register.c.status == SeekerStatus.PAUSED.value,
        )
        return self._load(self._c.conn.execute(due.order_by(register.c.resume_on, register.c.id)))

    def withdrawn_by(self, day: date) -> list[Seeker]:
        """Seekers whose withdrawal lies on or before ``day`` (retention)."""
        return self._listed(register.c.withdrawn_on <= day)

    def invalid_by(self, day: date) -> list[Seeker]:
        """Seekers whose status became invalid on or before ``day`` (retention)."""
        return self._listed(register.c.invalid_on <= day)

    def page(self, after: int | None = None, limit: int = 50) -> list[Seeker]:
        """The register by id, from the one after ``after``."""
        query = sa.select(register).where(register.c.id > (after or 0)).order_by(register.c.id).limit(limit)
        return self._load(self._c.conn.execute(query))

    def has_plain_rows(self) -> bool:
        """True while rows of an older version are not sealed yet."""
        plain = sa.select(register.c.id).where(register.c.key_id.is_(None)).limit(1)
        return self._c.conn.execute(plain).first() is not None

    def seal_plain_rows(self) -> int:
        """Seal some of them; how many."""
        return seal_plain_rows(self._c)

    def remove(self, seeker_id: int) -> bool:
        """Delete the row with its keys, history and applications (erasure). False if it is not there."""
        return self._c.conn.execute(sa.delete(register).where(register.c.id == seeker_id)).rowcount == 1

    def _listed(self, condition: sa.ColumnElement[bool]) -> list[Seeker]:
        return self._load(self._c.conn.execute(sa.select(register).where(condition).order_by(register.c.id)))

    def _load(self, rows: Iterable[sa.Row[Any]]) -> list[Seeker]:
        """Rows whose key is destroyed are nobody any more and left out."""
        found = list(rows)
        personal = opened(self._c, found)
        running = self._applications.of([r.id for r in found])
        return [_seeker(r, personal[i], running.get(r.id, ())) for i, r in enumerate(found) if i in personal]

    def _sealed(self, new: Seeker, key_id: int | None) -> dict[str, Any]:
        """All columns of a row; a new one gets a key of its own, an old one keeps its key unless that is destroyed."""
        key = None if key_id is None else self._c.keys.find([key_id]).get(key_id)
        if key_id is None or key is None:
            ((key_id, key),) = self._c.keys.take(1)
        return sealed(self._c, key_id, key, _values(new))

    def _personal(self, changed: Seeker) -> dict[str, Any]:
        key_id = self._c.conn.execute(sa.select(register.c.key_id).where(register.c.id == changed.id)).scalar()
        columns = self._sealed(changed, key_id)
        return {name: columns[name] for name in (*PERSONAL, "key_id", "sealed")}

    def _write_keys(self, seeker_id: int, new: Seeker) -> None:
        keys = _keys(self._c, new)
        rows = [{"key": k, "seeker_id": seeker_id, "rank": rank} for k, rank in keys.items()]
        if rows:
            self._c.conn.execute(sa.insert(seeker_key), rows)

    def _drop_keys(self, seeker_id: int) -> None:
        self._c.conn.execute(sa.delete(seeker_key).where(seeker_key.c.seeker_id == seeker_id))

    def _note_status(self, seeker_id: int, status: SeekerStatus, since: date | None) -> None:
        day = since or datetime.now(_TOKYO).date()
        values = {"seeker_id": seeker_id, "since": day, "status": status.value}
        self._c.conn.execute(sa.insert(seeker_status), values)


def _keys(context: Context, new: Seeker) -> dict[str, int]:
    maker = context.maker
    ranked: list[tuple[str, Sequence[str], int]] = [
        ("a", [maker.addresses(a) for a in new.addresses], 0),
        ("m", [maker.member(new.member_id)], 1),
        ("p", [maker.phone(p) for p in new.phones], 2),
        ("n", maker.names(new.name, new.kana), 3),
    ]
    return {key_hash(context, kind, key): rank for kind, keys, rank in ranked for key in keys if key}


def _values(s: Seeker) -> dict[str, Any]:
    values = {c.name: getattr(s, c.name) for c in _COLUMNS}
    return values | {"status": s.status.value}


def _seeker(r: sa.Row[Any], personal: dict[str, Any], applications: tuple[Application, ...]) -> Seeker:
    values = {c.name: getattr(r, c.name) for c in _COLUMNS} | personal
    values["status"] = SeekerStatus(r.status)
    return Seeker(id=r.id, version=r.version, applications=applications, **values)
