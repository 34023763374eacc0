"""What gathers beside the cases in the course of years: people who left, erasures, deliveries, and a few monsters.

The monsters are what no agency has on its first day and each has some time: a person with thousands of cases, a
stranger who writes for ever, a case of hundreds of messages, a case with a trail that does not end.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from intake.model import Actor, Arrival, Channel, Envelope, Role, Stage
from intake.ports import Wording
from intake.store.tables import (
    application,
    audit,
    case_message,
    cases,
    erasure,
    inbox,
    saved_view,
    seeker,
    staff,
    template_version,
    webhook_out,
)
from tests.house import TestHouse

COLLEAGUES = 40
GONE = ("withdrawn", "invalid")
VIEWS = ("state:review request:withdrawal", "state:review is:late", "state:done request:deletion", "assignee:me",
         "is:complaint", "older:7d state:review", "channel:form", "request:question state:review")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Monsters:
    """Ids of what is too large for anybody's taste."""

    person: int  # a seeker with a thirtieth of all cases
    person_case: int  # one of theirs that waits
    long_case: int  # hundreds of messages, thousands of events


def add_years(house: TestHouse, size: int) -> None:
    """Over a house that ``fill`` has filled."""
    dice = random.Random(7)
    with house.store.write() as tx:
        _colleagues(tx, house)
        _people_who_left(tx, house, dice)
        _applications(tx, dice)
    with house.store.write() as tx:
        _views(tx, house)
        _wordings(tx, house)
        _erasures(tx, house, size)
        _deliveries(tx, house, size)
        _stuck(tx, house, size)
    with house.store.write() as tx:
        _monsters(tx, house, size)
    store: Any = house.store
    with store._writer.connect() as c:
        c.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("ANALYZE")


def monsters(house: TestHouse) -> Monsters:
    """Where they are in a house that has them."""
    with house.store.read() as tx:
        conn: Any = tx._context.conn  # type: ignore[attr-defined]
        person = _most(conn, cases.c.seeker_id, cases.c.seeker_id.is_not(None))
        waits = sa.select(sa.func.min(cases.c.id)).where(cases.c.seeker_id == person, cases.c.state == "review")
        long_case = _most(conn, case_message.c.case_id, sa.true())
        return Monsters(person, int(conn.execute(waits).scalar_one()), long_case)


def _most(conn: Any, column: Any, where: Any) -> int:
    return int(
        conn.execute(
            sa.select(column).where(where).group_by(column).order_by(sa.func.count().desc()).limit(1)
        ).scalar_one()
    )


def _colleagues(tx: Any, house: TestHouse) -> None:
    for n in range(COLLEAGUES):
        tx.staff.add(f"担当 {n:02d}", Role.REVIEWER, None, None)
    for who in ("佐藤 美咲", "山本 玲子"):
        for n in range(60):
            tx.staff.open_session(who, b"old%d" % n + who.encode(), "x", house.now, house.now + timedelta(hours=12))


def _people_who_left(tx: Any, house: TestHouse, dice: random.Random) -> None:
    """Three of ten, in the course of six years; some of them are under a hold."""
    conn, rows = tx._context.conn, []
    for (seeker_id,) in conn.execute(sa.select(seeker.c.id).where(seeker.c.id > 1)).all():
        if dice.random() < 0.3:
            status = dice.choice(GONE)
            day = house.now.date() - timedelta(days=dice.randrange(1, 2200))
            rows.append({"i": seeker_id, "status_": status, "since": day, "w": day if status == "withdrawn" else None,
                         "v": day if status == "invalid" else None,
                         "h": "訴訟" if dice.random() < 0.01 else None})  # fmt: skip
    put = sa.update(seeker).where(seeker.c.id == sa.bindparam("i"))
    conn.execute(put.values(status=sa.bindparam("status_"), status_since=sa.bindparam("since"),
                            withdrawn_on=sa.bindparam("w"), invalid_on=sa.bindparam("v"),
                            legal_hold=sa.bindparam("h")), rows)  # fmt: skip


def _applications(tx: Any, dice: random.Random) -> None:
    ids = tx._context.conn.execute(sa.select(seeker.c.id)).scalars().all()
    stages = [s for s in Stage if s is not Stage.NONE]
    rows = [{"seeker_id": i, "company": f"株式会社{dice.choice('甲乙丙丁戊己庚辛')}{n}", "stage": int(stage),
             "self_applied": False}
            for i in ids if i % 2 for n, stage in enumerate(dice.sample(stages, 2))]  # fmt: skip
    tx._context.conn.execute(sa.insert(application), rows)


def _views(tx: Any, house: TestHouse) -> None:
    conn = tx._context.conn
    for staff_id, name in conn.execute(sa.select(staff.c.id, staff.c.name)).all():
        mine = name in ("佐藤 美咲", "山本 玲子", "個人情報 係", "監査 人", "管理 者")
        rows = [{"staff_id": staff_id, "name": f"検索 {n}", "query": query, "shared": name == "山本 玲子",
                 "created_at": house.now} for n, query in enumerate(VIEWS)]  # fmt: skip
        if mine:
            conn.execute(sa.insert(saved_view), rows)


def _wordings(tx: Any, house: TestHouse) -> None:
    """Every template was changed forty times."""
    book = house.tools.templates
    for name in book.names():
        files = book.files_of([name])
        for n in range(40):
            older = {path: f"{text}\n版 {n}\n" for path, text in files.items()}
            tx.wordings.keep(Wording(name, f"v{n}", house.now - timedelta(days=30 * (41 - n)), older))
    assert tx._context.conn.execute(sa.select(sa.func.count()).select_from(template_version)).scalar_one() > 40


def _erasures(tx: Any, house: TestHouse, size: int) -> None:
    """One erased for fifty cases; of each something is held by duty; a few are under way."""
    deletions = sa.select(cases.c.id).where(cases.c.request == "deletion", cases.c.state == "done")
    found = tx._context.conn.execute(deletions.limit(size // 50)).scalars().all()
    for n, case_id in enumerate(found):
        at = house.now - timedelta(hours=len(found) - n)
        row = tx.erasures.add(10_000_000 + n, case_id, "request", b"{}", {"cases": 2, "messages": 3}, at)
        tx.audit.append(at, Actor("system", "keeper"), "erasure.planned", seeker_id=row.seeker_id)
        if n % 10 == 9 and n > len(found) - 200:
            continue
        counted = dict.fromkeys(("messages", "cases", "mails", "keys", "masked", "caught", "deleted"), 2)
        told = {"why": "request", "case": "", "asked_on": "2026-09-01", "approved": [], "last_mail": "sent",
                "erased": counted, "scan": {"files": 4, "bytes": 10_000, "spellings": 40, "hits": 0},
                "held": [], "left_to_staff": 0}  # fmt: skip
        tx.erasures.certify(row, told, at)
        tx.audit.append(at, Actor("system", "keeper"), "erasure.certified", seeker_id=row.seeker_id, detail=told)
        tx.erasures.hold(row.id, "register", b'{"name": "x"}', house.now.date() + timedelta(days=n % 700), at)
    soon = sa.update(cases).where(cases.c.request == "deletion", cases.c.state == "scheduled")
    tx._context.conn.execute(soon.values(hold_reason="erasure_due", wake_on=house.now.date() + timedelta(days=5)))
    assert tx._context.conn.execute(sa.select(sa.func.count()).select_from(erasure)).scalar_one() == len(found)


def _deliveries(tx: Any, house: TestHouse, size: int) -> None:
    """The agency's own system was told of everything; once in a thousand times it did not listen."""
    opened = sa.select(audit.c.seq).where(audit.c.action == "case.opened")
    seqs = tx._context.conn.execute(opened).scalars().all()
    rows = [{"seq": s, "state": "failed" if n % 1000 == 999 else "sent", "attempts": 1, "queued_at": house.now,
             "ready_at": house.now, "ended_at": house.now} for n, s in enumerate(seqs[: size // 2])]  # fmt: skip
    for start in range(0, len(rows), 5000):
        tx._context.conn.execute(sa.insert(webhook_out), rows[start : start + 5000])


def _stuck(tx: Any, house: TestHouse, size: int) -> None:
    """What broke before it was a case, and what is a case that nobody could open."""
    many = max(5, size // 500)
    raw = [f"From: broken{n}@example.com\r\n\r\n退会を希望します。{n}".encode() for n in range(many)]
    came = [Arrival(Envelope(Channel.EMAIL, "smtp", r, house.now)) for r in raw]
    ids = [a.message_id for a in tx.inbox.add(came)]
    later = {"attempts": 3, "error": "ParserDied", "ready_at": house.now + timedelta(hours=1)}
    for start in range(0, len(ids), 500):
        tx._context.conn.execute(sa.update(inbox).where(inbox.c.id.in_(ids[start : start + 500])).values(**later))
    shut = sa.update(cases).where(cases.c.id % 150 == 7, cases.c.state == "review")
    tx._context.conn.execute(shut.values(hold_reason="unreadable"))


def _monsters(tx: Any, house: TestHouse, size: int) -> None:
    conn, many = tx._context.conn, size // 30
    theirs = conn.execute(sa.select(cases.c.id).where(cases.c.id % 30 == 0).order_by(cases.c.id)).scalars().all()
    conn.execute(sa.update(cases).where(cases.c.id % 30 == 0).values(seeker_id=1, complaint=False))
    conn.execute(sa.update(cases).where(cases.c.id % 30 == 15, cases.c.seeker_id.is_(None)).values(sender_hash=b"one"))
    long_case = theirs[-1]
    state = {"state": "review", "request": "question", "hold_reason": "unsure", "closed_at": None}
    conn.execute(sa.update(cases).where(cases.c.id.in_(theirs[-3:])).values(**state))
    inside = sa.select(cases.c.message_id).order_by(cases.c.id).limit(min(300, size // 10))
    for message_id in conn.execute(inside).scalars().all():
        tx.cases.link_message(long_case, message_id, "joined")
    for n in range(min(2000, many)):
        tx.audit.append(house.now - timedelta(minutes=many - n), Actor("staff", "佐藤 美咲"), "case.noted",
                        case_id=long_case, seeker_id=1)  # fmt: skip
    for n in range(100):
        tx.notes.add(long_case, "佐藤 美咲", f"電話しました。{n}", house.now)
