"""A house with as many cases as an agency has after years, written straight into the tables."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from intake.model import (
    Actor,
    Address,
    Arrival,
    CaseState,
    Channel,
    Envelope,
    Evidence,
    Mail,
    MailClass,
    Meaning,
    Message,
    Segment,
)
from intake.store import letters
from intake.store.codec import dumps
from intake.store.tables import case_message, cases, correction, inbox, outbox, outbox_case, task
from tests.bench.people import people
from tests.house import TestHouse

BATCH = 2000
STAFF = ("佐藤 美咲", "田中 直樹", "山本 玲子", "")
REQUESTS = ("withdrawal", "withdrawal", "preferences", "question", "question", "other", "pause", "decline",
            "concierge_change", "deletion")  # fmt: skip
STATES = ("review",) * 6 + ("awaiting_proof",) * 3 + ("scheduled",) * 2 + ("done",) * 80 + ("refused", "lapsed")
SAID = ("お世話になっております。先日ご紹介いただいた求人の件でご連絡しました。", "退会の手続きをお願いいたします。",
        "面接の日程を変更していただけますか。", "履歴書の書き方を教えてください。", "希望条件を変更したいです。",
        "担当者の方によろしくお伝えください。", "個人情報の取り扱いについて伺います。", "山田と申します。",
        "転職活動を終えることにしました。", "どうぞよろしくお願いいたします。", "書類を紛失しました。")  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Plan:
    """One message and its case."""

    n: int
    seeker: int | None
    request: str
    state: str
    text: str
    name: str
    addr: str
    at: Any


def fill(house: TestHouse, size: int) -> None:
    """``size`` cases of ``size`` // 5 people, with messages, mails, tasks, an audit trail and the search index."""
    dice = random.Random(5)
    everybody = list(people(size // 5))
    for start in range(0, len(everybody), BATCH):
        with house.store.write() as tx:
            tx.seekers.put_all([(p, None) for p in everybody[start : start + BATCH]])
    for start in range(0, size, BATCH):
        plans = list(_plans(house, dice, everybody, start, min(size, start + BATCH), size))
        with house.store.write() as tx:
            _write(tx, house, plans, dice)
    _settle(house)


def _plans(house: TestHouse, dice: random.Random, everybody: list[Any], start: int, end: int,
           size: int) -> Iterator[_Plan]:  # fmt: skip
    for n in range(start, end):
        who = dice.randrange(len(everybody))
        known = dice.random() < 0.85
        person = everybody[who]
        text = "".join(dice.choices(SAID, k=dice.randint(2, 6))) + f"\n\n{person.name}"
        at = house.now - timedelta(minutes=(size - n) * 6)
        addr = person.addresses[0] if known else f"guest{n}@example.com"
        yield _Plan(
            n, who + 1 if known else None, dice.choice(REQUESTS), dice.choice(STATES), text, person.name, addr, at
        )


def _write(tx: Any, house: TestHouse, plans: list[_Plan], dice: random.Random) -> None:
    arriving = [Arrival(Envelope(Channel.EMAIL, "smtp", f"From: {p.addr}\r\n\r\n{p.text}\r\n{p.n}".encode(), p.at))
                for p in plans]  # fmt: skip
    ids = [a.message_id for a in tx.inbox.add(arriving)]
    _end_messages(tx, ids, plans)
    _keep_readings(tx, ids, plans)
    case_ids = _keep_cases(tx, ids, plans, dice)
    _keep_mails(tx, ids, case_ids, plans)
    for case_id, p in zip(case_ids, plans, strict=True):
        tx.search.index(case_id, [p.text, p.name, p.addr])
        tx.audit.append(p.at, Actor("system", "worker"), "case.opened", case_id=case_id, seeker_id=p.seeker)
        if dice.random() < 0.4:
            staff = Actor("staff", dice.choice(STAFF[:3]))
            tx.audit.append(p.at, staff, "case.approved_by", case_id=case_id, seeker_id=p.seeker)
    _keep_tasks(tx, case_ids, plans, dice)


def _end_messages(tx: Any, ids: list[int], plans: list[_Plan]) -> None:
    ends = [
        {"i": i, "as_": "machine" if p.n % 50 == 0 else "case", "at_": p.at} for i, p in zip(ids, plans, strict=True)
    ]
    done = sa.update(inbox).where(inbox.c.id == sa.bindparam("i"))
    tx._context.conn.execute(
        done.values(ended_as=sa.bindparam("as_"), ended_at=sa.bindparam("at_"), ready_at=None), ends
    )


def _keep_readings(tx: Any, ids: list[int], plans: list[_Plan]) -> None:
    rows = tx._context.conn.execute(sa.select(inbox.c.id, inbox.c.key_id).where(inbox.c.id.in_(ids)))
    of = {r.id: r.key_id for r in rows}
    keys = tx._context.keys.find(list(of.values()))
    found = [(of[i], keys[of[i]], *_reading(p)) for i, p in zip(ids, plans, strict=True)]
    tx.blobs.put_new("message", [(k, key, message) for k, key, message, _ in found])
    tx.blobs.put_new("meaning", [(k, key, meaning) for k, key, _, meaning in found])


def _reading(p: _Plan) -> tuple[bytes, bytes]:
    message = Message(Channel.EMAIL, subject="ご連絡", sender=Address(p.name, p.addr, p.addr), text=p.text,
                      new_text=p.text, segments=(Segment(0, len(p.text), "new"),))  # fmt: skip
    why = tuple(Evidence(p.request, p.text[k : k + 4], k, k + 4, "model:退会", 0.5) for k in range(0, 40, 5))
    return dumps(message), dumps(Meaning((p.request,), confidence=0.93, sure=True, why=why))


def _keep_cases(tx: Any, ids: list[int], plans: list[_Plan], dice: random.Random) -> list[int]:
    rows = []
    for i, p in zip(ids, plans, strict=True):
        is_open = CaseState(p.state).is_open
        rows.append({
            "message_id": i, "request": p.request, "state": p.state, "channel": dice.choice(("email", "email", "form")),
            "received_at": p.at, "seeker_id": p.seeker, "hold_reason": "unsure" if is_open else None,
            "due_on": p.at.date() + timedelta(days=3), "wake_on": None, "confidence": 0.93, "sure": True,
            "assignee": dice.choice(STAFF) or None, "proof": 0, "reasons": ("busy",), "policy": "staff",
            "sender_hash": b"x%d" % p.n, "complaint": dice.random() < 0.02,
            "closed_at": None if is_open else p.at + timedelta(hours=dice.choice((1, 30, 90))),
        })  # fmt: skip
    found = tx._context.conn.execute(sa.insert(cases).returning(cases.c.id, sort_by_parameter_order=True), rows)
    case_ids = list(found.scalars())
    links = [{"case_id": c, "message_id": i, "role": "opened"} for c, i in zip(case_ids, ids, strict=True)]
    tx._context.conn.execute(sa.insert(case_message), links)
    judged = [{"case_id": c, "message_id": i, "was": (p.request,), "now": (p.request,), "staff": STAFF[0], "at": p.at}
              for c, i, p in zip(case_ids, ids, plans, strict=True) if p.n % 3 == 0]  # fmt: skip
    tx._context.conn.execute(sa.insert(correction), judged)
    return case_ids


def _keep_mails(tx: Any, ids: list[int], case_ids: list[int], plans: list[_Plan]) -> None:
    taken = tx._context.keys.take(len(plans))
    mails = [Mail(p.addr, "", f"<b{p.n}.x@agency.example.jp>", "受付のご連絡", "receipt_neutral", "v1",
                  b"Subject: x\r\n\r\nx", "受け付けました。", MailClass.ONCE) for p in plans]  # fmt: skip
    tx.blobs.put_new("mail", [(k, key, letters.pack(m)) for (k, key), m in zip(taken, mails, strict=True)])
    blob_of = tx._context.conn.execute(sa.text("SELECT key_id, id FROM blob WHERE kind = 'mail' AND key_id >= :low"),
                                       {"low": taken[0][0]})  # fmt: skip
    blobs = dict(tuple(r) for r in blob_of)
    rows = [{"key_id": k, "blob_id": blobs[k], "message_id": m.message_id, "unique_part": f"b{p.n}",
             "template": m.template, "template_version": "v1", "mail_class": "once", "address_hash": b"a%d" % p.n,
             "state": "failed" if p.n % 500 == 0 else "sent", "created_at": p.at, "not_before": p.at, "ready_at": p.at,
             "in_message": i, "sent_at": p.at + timedelta(seconds=40), "needs_state": (), "automatic": True}
            for (k, _), m, p, i in zip(taken, mails, plans, ids, strict=True)]  # fmt: skip
    found = tx._context.conn.execute(sa.insert(outbox).returning(outbox.c.id, sort_by_parameter_order=True), rows)
    pairs = [{"outbox_id": o, "case_id": c} for o, c in zip(found.scalars(), case_ids, strict=True)]
    tx._context.conn.execute(sa.insert(outbox_case), pairs)


def _keep_tasks(tx: Any, case_ids: list[int], plans: list[_Plan], dice: random.Random) -> None:
    rows = [{"case_id": c, "kind": "call", "subject": "", "due_on": p.at.date(), "assignee": dice.choice(STAFF) or None,
             "created_at": p.at, "done_at": None if CaseState(p.state).is_open else p.at}
            for c, p in zip(case_ids, plans, strict=True) if p.n % 10 == 0]  # fmt: skip
    if rows:
        tx._context.conn.execute(sa.insert(task), rows)


def _settle(house: TestHouse) -> None:
    """What a running database does by itself in the course of a night."""
    store: Any = house.store
    with store._writer.connect() as c:
        c.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(
            "ANALYZE" if store.is_sqlite else "VACUUM ANALYZE"
        )
