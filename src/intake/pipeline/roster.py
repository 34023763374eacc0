"""The agency's register comes in as CSV: UTF-8 or CP932, Japanese or English headings; a bad row stops only itself."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from intake.errors import BadInput, IntakeError
from intake.model import Actor, Application, Seeker, SeekerStatus, Stage
from intake.ports import Store

JST = timezone(timedelta(hours=9))
CHUNK = 500
CONTROL = dict.fromkeys([*range(32), 127])
SEEKER_HEADINGS = {
    "member_id": ("member_id", "会員番号", "会員ID", "求職者番号"),
    "name": ("name", "氏名", "名前", "お名前"),
    "kana": ("kana", "フリガナ", "ふりがな", "カナ", "氏名カナ"),
    "email": ("email", "メールアドレス", "メール", "E-mail"),
    "phone": ("phone", "電話番号", "電話", "TEL"),
    "status": ("status", "状態", "ステータス", "登録状態"),
    "status_since": ("status_since", "状態変更日", "状態の日付"),
    "registered_via": ("registered_via", "登録経路", "登録方法"),
    "concierge": ("concierge", "担当", "担当者", "転職コンシェルジュ"),
    "legal_hold": ("legal_hold", "法的保全", "保全"),
    "invalid_since": ("invalid_since", "無効日", "無効になった日"),
    "password_hash": ("password_hash", "パスワードハッシュ"),
}
APPLICATION_HEADINGS = {
    "member_id": SEEKER_HEADINGS["member_id"],
    "company": ("company", "企業", "企業名", "会社名", "応募先"),
    "stage": ("stage", "段階", "選考段階", "選考状況"),
    "self_applied": ("self_applied", "自主応募"),
    "interview_at": ("interview_at", "面接日時", "面接日"),
}
STATUS = {
    "active": "active", "paused": "paused", "withdrawn": "withdrawn", "invalid": "invalid", "": "active",
    "有効": "active", "登録中": "active", "利用中": "active", "停止": "paused", "停止中": "paused", "休止": "paused",
    "退会": "withdrawn", "退会済": "withdrawn", "退会済み": "withdrawn", "無効": "invalid",
}  # fmt: skip
VIA = {
    "office": "office",
    "online": "online",
    "": "",
    "窓口": "office",
    "来所": "office",
    "オンライン": "online",
    "Web": "online",
}
STAGES = {
    "introduced": Stage.INTRODUCED, "applied": Stage.APPLIED, "screening": Stage.SCREENING,
    "interview_fixed": Stage.INTERVIEW_FIXED, "final_pending": Stage.FINAL_PENDING, "offered": Stage.OFFERED,
    "closed": Stage.CLOSED, "求人紹介": Stage.INTRODUCED, "紹介": Stage.INTRODUCED, "紹介済み": Stage.INTRODUCED,
    "応募": Stage.APPLIED, "応募済み": Stage.APPLIED, "書類選考": Stage.SCREENING, "書類選考中": Stage.SCREENING,
    "面接": Stage.INTERVIEW_FIXED, "面接日程確定": Stage.INTERVIEW_FIXED, "最終結果待ち": Stage.FINAL_PENDING,
    "最終選考結果待ち": Stage.FINAL_PENDING, "内定": Stage.OFFERED, "終了": Stage.CLOSED, "選考終了": Stage.CLOSED,
}  # fmt: skip
YES = frozenset({"1", "true", "yes", "y", "はい", "有", "○", "〇", "あり"})
Rows = Callable[[Sequence[Any]], Iterable[Any]]


@dataclass(frozen=True, slots=True)
class Imported:
    """How an import went; ``errors`` name file and line."""

    added: int
    changed: int
    errors: tuple[str, ...]


def rows_of(data: bytes, name: str, headings: dict[str, tuple[str, ...]]) -> list[tuple[int, dict[str, str]]]:
    """(line, fields by English heading). Raises BadInput when the file or its headings cannot be used."""
    reader = csv.reader(io.StringIO(_text(data, name), newline=""))
    found: list[tuple[int, dict[str, str]]] = []
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


def _columns(cells: list[str], name: str, headings: dict[str, tuple[str, ...]]) -> list[str | None]:
    by_word = {w.lower(): k for k, words in headings.items() for w in words}
    columns = [by_word.get(c.strip().lower()) for c in cells]
    if "member_id" not in columns:
        raise BadInput(f"{name}, line 1: no heading member_id (会員番号); headings are {', '.join(headings)}")
    return columns


def seeker_of(row: dict[str, str]) -> Seeker:
    """A seeker from a row. Raises BadInput naming the field."""
    member = row.get("member_id", "")
    if not member:
        raise BadInput("member_id is empty")
    status = SeekerStatus(_one_of("status", row.get("status", ""), STATUS))
    since = _day("status_since", row.get("status_since", ""))
    emails = tuple(a.strip() for a in row.get("email", "").split(";") if a.strip())
    for a in emails:
        if a.count("@") < 1 or " " in a:
            raise BadInput(f"email: {a!r} is not an address")
    return Seeker(
        id=0,
        member_id=member,
        name=row.get("name", ""),
        kana=row.get("kana", ""),
        addresses=emails,
        phones=tuple(p.strip() for p in row.get("phone", "").split(";") if p.strip()),
        status=status,
        status_since=since,
        registered_via=_one_of("registered_via", row.get("registered_via", ""), VIA),
        concierge=row.get("concierge") or None,
        legal_hold=row.get("legal_hold") or None,
        invalid_on=_day("invalid_since", row.get("invalid_since", "")),
        withdrawn_on=since if status is SeekerStatus.WITHDRAWN else None,
        password_hash=row.get("password_hash") or None,
    )


def application_of(row: dict[str, str]) -> tuple[str, Application]:
    """(member number, application) from a row. Raises BadInput naming the field."""
    if not row.get("member_id"):
        raise BadInput("member_id is empty")
    if not row.get("company"):
        raise BadInput("company is empty")
    stage = STAGES.get(row.get("stage", ""))
    if stage is None:
        raise BadInput(f"stage: {row.get('stage', '')!r} is not one of {', '.join(list(STAGES)[:7])}")
    at = _instant("interview_at", row.get("interview_at", ""))
    own = row.get("self_applied", "").lower() in YES
    return row["member_id"], Application(0, row["company"], stage, own, at)


def _one_of(field: str, value: str, table: dict[str, str]) -> str:
    if value not in table:
        raise BadInput(f"{field}: {value!r} is not one of {', '.join(k for k in table if k.isascii() and k)}")
    return table[value]


def _day(field: str, value: str) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(value.replace("/", "-") if value.count("/") == 2 else value[:10])
    except ValueError:
        parts = value.replace("/", "-").split("-")
        if len(parts) == 3 and all(p.isdigit() for p in parts):
            return date(int(parts[0]), int(parts[1]), int(parts[2]))
        raise BadInput(f"{field}: {value!r} is not a date like 2026-04-01") from None


def _instant(field: str, value: str) -> datetime | None:
    if not value:
        return None
    try:
        at = datetime.fromisoformat(value.replace("/", "-"))
    except ValueError:
        raise BadInput(f"{field}: {value!r} is not a time like 2026-04-01 13:00") from None
    return (at if at.tzinfo else at.replace(tzinfo=JST)).astimezone(UTC)


def import_seekers(
    store: Store, data: bytes, name: str, now: datetime, *, dry_run: bool, progress: Rows = lambda rows: rows
) -> Imported:
    """Insert or update seekers, 500 rows a commit; what a new row leaves out of an old one is taken as given."""

    def one(tx: Any, row: dict[str, str]) -> bool:
        seeker = seeker_of(row)
        old = tx.seekers.by_member_id(seeker.member_id)
        if old is not None:
            seeker = _kept(seeker, old, row)
        return bool(tx.seekers.upsert(seeker)[1])

    return _import(store, rows_of(data, name, SEEKER_HEADINGS), name, one, "seekers.imported", now, dry_run, progress)


def _kept(new: Seeker, old: Seeker, row: dict[str, str]) -> Seeker:
    """Columns that the file does not have keep what the record says."""
    columns = {"kana": "kana", "email": "addresses", "phone": "phones", "concierge": "concierge",
               "registered_via": "registered_via", "legal_hold": "legal_hold", "password_hash": "password_hash",
               "invalid_since": "invalid_on", "name": "name", "status": "status"}  # fmt: skip
    keep = {field: getattr(old, field) for column, field in columns.items() if column not in row}
    if "status" not in row or new.status is old.status:
        keep |= {"status_since": new.status_since or old.status_since, "withdrawn_on": old.withdrawn_on}
    return replace(new, outreach_held_at=old.outreach_held_at, resume_on=old.resume_on, **keep)


def import_applications(
    store: Store, data: bytes, name: str, now: datetime, *, dry_run: bool, progress: Rows = lambda rows: rows
) -> Imported:
    """Insert or update applications by (member, company)."""

    def one(tx: Any, row: dict[str, str]) -> bool:
        member, application = application_of(row)
        seeker = tx.seekers.by_member_id(member)
        if seeker is None:
            raise BadInput(f"member_id: {member!r} is not registered")
        tx.seekers.upsert_application(member, application)
        return all(a.company != application.company for a in seeker.applications)

    rows = rows_of(data, name, APPLICATION_HEADINGS)
    return _import(store, rows, name, one, "applications.imported", now, dry_run, progress)


class _DryRun(Exception):
    """Undo what a dry run wrote."""


def _import(
    store: Store,
    rows: list[tuple[int, dict[str, str]]],
    name: str,
    one: Callable[[Any, dict[str, str]], bool],
    action: str,
    now: datetime,
    dry_run: bool,
    progress: Rows,
) -> Imported:
    added = changed = 0
    errors: list[str] = []
    chunks = [rows[i : i + CHUNK] for i in range(0, len(rows), CHUNK)]
    for chunk in progress(chunks):
        try:
            with store.write() as tx:
                for line, row in chunk:
                    try:
                        with tx.savepoint():
                            new = one(tx, row)
                    except IntakeError as e:
                        if e.temporary:
                            raise
                        errors.append(f"{name}, line {line}: {e}")
                        continue
                    added, changed = added + new, changed + (not new)
                if dry_run:
                    raise _DryRun
                tx.audit.append(now, Actor("system", "import"), action, detail={"count": len(chunk)})
        except _DryRun:
            continue
    return Imported(added, changed, tuple(errors))
