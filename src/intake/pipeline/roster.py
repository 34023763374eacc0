"""The agency's register comes in as CSV: UTF-8 or CP932, Japanese or English headings; a bad row stops only itself."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from intake.errors import BadInput, IntakeError
from intake.model import Actor, Application, Seeker, SeekerStatus, Stage
from intake.pipeline.enrol import is_held_by_staff, merged
from intake.pipeline.roster_words import RosterWords, day_of, folded, instant_of
from intake.policy import today_of
from intake.ports import Store, Tx

CHUNK = 500
CONTROL = dict.fromkeys(i for i in [*range(32), 127] if i != 10)
SEPARATED = re.compile(r"[;；\n]")
_ADDRESS = re.compile(r"(?:\"[^\s]+\"|[^\s@]+)@[^\s@]+")
IMPORT = Actor("system", "import")
# A file of something else has member numbers too: what it knows of nobody must not become a person.
NOBODY = "a new person needs name, kana, email or phone; is this the file of the register?"
Row = tuple[int, dict[str, str]]
Rows = Callable[[Sequence[Any]], Iterable[Any]]
Put = Callable[[Tx, Sequence[Row]], "Outcome"]


@dataclass(frozen=True, slots=True)
class Imported:
    """How an import went; ``errors`` name file and line."""

    added: int
    changed: int
    unchanged: int
    errors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a piece of a file went: a word a row that went in, (line, why) for each that did not."""

    words: tuple[str, ...] = ()
    errors: tuple[tuple[int, str], ...] = ()


def rows_of(data: bytes, name: str, headings: Mapping[str, str]) -> list[Row]:
    """(line, fields by English heading). Raises BadInput when the file or its headings cannot be used."""
    reader = csv.reader(io.StringIO(_text(data, name), newline=""))
    found: list[Row] = []
    columns: list[str | None] = []
    try:
        for cells in reader:
            if not any(c.strip() for c in cells):
                continue
            if not columns:
                columns = _columns(cells, name, headings)
                continue
            row = {c: v.translate(CONTROL).strip() for c, v in zip(columns, cells, strict=False) if c}
            found.append((reader.line_num, row))
    except csv.Error as e:
        raise BadInput(f"{name}, line {reader.line_num}: {e}") from e
    if not columns:
        raise BadInput(f"{name}: the file is empty")
    return found


def _text(data: bytes, name: str) -> str:
    for charset in ("utf-8-sig", "cp932"):
        try:
            return data.decode(charset)
        except UnicodeDecodeError:
            continue
    raise BadInput(f"{name}: neither UTF-8 nor CP932; save it again as UTF-8")


def _columns(cells: list[str], name: str, headings: Mapping[str, str]) -> list[str | None]:
    columns = [headings.get(folded(c)) for c in cells]
    known = tuple(dict.fromkeys(headings.values()))
    if "member_id" not in columns:
        raise BadInput(f"{name}, line 1: no heading member_id (会員番号); headings are {', '.join(known)}")
    twice = next((c for c in known if columns.count(c) > 1), None)
    if twice:
        raise BadInput(f"{name}, line 1: two headings mean {twice}")
    return columns


def seeker_of(row: Mapping[str, str], words: RosterWords) -> Seeker:
    """A seeker from a row. Raises BadInput naming the field."""
    member = _line(row, "member_id")
    if not member:
        raise BadInput("member_id is empty")
    emails = _several(row.get("email", ""))
    for a in emails:
        if not _ADDRESS.fullmatch(a):
            raise BadInput(f"email: {a!r} is not an address")
    status, via = row.get("status", ""), row.get("registered_via", "")
    return Seeker(
        id=0,
        member_id=member,
        name=_line(row, "name"),
        kana=_line(row, "kana"),
        addresses=emails,
        phones=_several(row.get("phone", "")),
        status=SeekerStatus(words.value("status", "status", status) if status else "active"),
        status_since=day_of("status_since", row.get("status_since", "")),
        registered_via=words.value("registered_via", "registered_via", via) if via else "",
        concierge=_line(row, "concierge") or None,
        deputy=_line(row, "deputy") or None,
        legal_hold=None if words.is_no(row.get("legal_hold", "")) else _line(row, "legal_hold"),
        invalid_on=day_of("invalid_since", row.get("invalid_since", "")),
        password_hash=_line(row, "password_hash") or None,
    )


def application_of(row: Mapping[str, str], words: RosterWords) -> tuple[str, Application]:
    """(member number, application) from a row. Raises BadInput naming the field."""
    for field in ("member_id", "company"):
        if not _line(row, field):
            raise BadInput(f"{field} is empty")
    stage = Stage[words.value("stage", "stage", row.get("stage", "")).upper()]
    at = instant_of("interview_at", row.get("interview_at", ""))
    own = words.is_yes("self_applied", row.get("self_applied", ""))
    return _line(row, "member_id"), Application(0, _line(row, "company"), stage, own, at)


def _line(row: Mapping[str, str], field: str) -> str:
    return " ".join(row.get(field, "").split("\n")).strip()


def _several(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(t.strip() for t in SEPARATED.split(text) if t.strip()))


def import_seekers(
    store: Store,
    data: bytes,
    name: str,
    now: datetime,
    words: RosterWords,
    *,
    dry_run: bool,
    progress: Rows = lambda rows: rows,
) -> Imported:
    """Insert or update seekers, 500 rows a commit. Columns that the file lacks keep what the record says."""
    today = today_of(now)

    def put(tx: Tx, rows: Sequence[Row]) -> Outcome:
        known = tx.seekers.by_member_ids([_line(row, "member_id") for _, row in rows])
        people: list[tuple[Seeker, Seeker | None]] = []
        errors: list[tuple[int, str]] = []
        for line, row in rows:
            try:
                new = seeker_of(row, words)
            except BadInput as e:
                errors.append((line, str(e)))
                continue
            old = known.get(new.member_id)
            if old is None and not (new.name or new.kana or new.addresses or new.phones):
                errors.append((line, NOBODY))
                continue
            given = row.keys() - ({"legal_hold"} if is_held_by_staff(tx, old) else set())
            people.append((merged(new, old, given, today), old))
        return Outcome(tuple(tx.seekers.put_all(people)), tuple(errors))

    rows = rows_of(data, name, words.seekers)
    return _import(store, _apart(rows), name, put, "seekers.imported", now, dry_run, progress)


def import_applications(
    store: Store,
    data: bytes,
    name: str,
    now: datetime,
    words: RosterWords,
    *,
    dry_run: bool,
    progress: Rows = lambda rows: rows,
) -> Imported:
    """Insert or update applications by (member, company)."""

    def put(tx: Tx, rows: Sequence[Row]) -> Outcome:
        done: list[str] = []
        errors: list[tuple[int, str]] = []
        for line, row in rows:
            try:
                done.append(_put_application(tx, *application_of(row, words)))
            except IntakeError as e:
                if e.temporary:
                    raise
                errors.append((line, str(e)))
        return Outcome(tuple(done), tuple(errors))

    rows = rows_of(data, name, words.applications)
    chunks = [rows[i : i + CHUNK] for i in range(0, len(rows), CHUNK)]
    return _import(store, chunks, name, put, "applications.imported", now, dry_run, progress)


def _put_application(tx: Tx, member: str, application: Application) -> str:
    seeker = tx.seekers.by_member_id(member)
    if seeker is None:
        raise BadInput(f"member_id: {member!r} is not registered")
    old = next((a for a in seeker.applications if a.company == application.company), None)
    same = (application.stage, application.self_applied, application.interview_at)
    if old is not None and (old.stage, old.self_applied, old.interview_at) == same:
        return "unchanged"
    tx.seekers.upsert_application(member, application)
    return "changed" if old else "added"


def _apart(rows: Sequence[Row]) -> list[list[Row]]:
    """Pieces in which no member number stands twice: a later row of the same person comes in a later piece."""
    chunks: list[list[Row]] = []
    here: set[str] = set()
    for row in rows:
        member = _line(row[1], "member_id")
        if not chunks or len(chunks[-1]) == CHUNK or member in here:
            chunks.append([])
            here = set()
        chunks[-1].append(row)
        here.add(member)
    return chunks


class _DryRun(Exception):
    """Undo what a dry run wrote."""


def _import(
    store: Store,
    chunks: Sequence[Sequence[Row]],
    name: str,
    put: Put,
    action: str,
    now: datetime,
    dry_run: bool,
    progress: Rows,
) -> Imported:
    words: list[str] = []
    errors: list[str] = []
    for chunk in progress(chunks):
        try:
            with store.write() as tx:
                outcome = put(tx, chunk)
                if dry_run:
                    raise _DryRun
                tx.audit.append(now, IMPORT, action, detail={"count": len(outcome.words)})
        except _DryRun:
            pass
        words += outcome.words
        errors += [f"{name}, line {line}: {why}" for line, why in outcome.errors]
    return Imported(words.count("added"), words.count("changed"), words.count("unchanged"), tuple(errors))
