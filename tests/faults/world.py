"""``audit_world``: the invariants I1 to I7 of reliability.md §3.1, looked at after every fault."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from typing import Any

import sqlalchemy as sa

from intake.errors import NotFound
from intake.model import Case, End, MailClass, MailState
from intake.ports import CaseQuery
from intake.ports.rows import AuditRow
from intake.store import SqlStore
from intake.store.tables import inbox, outbox, seeker, token

ENDED = {MailState.SENT, MailState.FAILED, MailState.UNKNOWN, MailState.STALE, MailState.CANCELLED}
TOLD = {MailState.FAILED, MailState.UNKNOWN, MailState.STALE}
PROOFS = {"link.answered", "proof.telephone"}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class Told:
    """What the outside was told, and what it got: the product is measured by this alone."""

    accepted: set[bytes] = field(default_factory=set)  # answered 250 or 202, or flagged on the server
    mails: list[bytes] = field(default_factory=list)  # everything the relay took
    withdrawn: set[str] = field(default_factory=set)  # members whose press was answered with the page of the end
    farewells: int = 4  # to somebody erased: receipt with link, "approved", a reminder, the last mail
    restored: bool = False  # a backup took the place of the data
    erased: dict[str, list[str]] = field(default_factory=dict)  # members whose erasure is due, and what names them


@dataclass
class Figures:
    """What the audit counted; a run that shows nothing must not pass for a good one."""

    messages: int = 0
    ends: Mapping[str, int] = field(default_factory=dict)
    cases: int = 0
    mails: Mapping[str, int] = field(default_factory=dict)
    once: int = 0  # mails of the class at most once that left
    again: int = 0  # links that left, and how often one left again
    repeated: int = 0
    withdrawals: int = 0
    erasures: int = 0


def audit_world(store: SqlStore, told: Told, *, settled: bool = True) -> Figures:
    """Raise AssertionError naming every invariant that does not hold. ``settled``: nothing should wait any more."""
    wrong: list[str] = []
    found = Figures()
    found.messages = _kept(store, told, wrong)
    _ended(store, found, wrong, settled=settled)
    _answered_once(store, told, found, wrong)
    _audited(store, found, wrong)
    _erased(store, told, found, wrong, settled=settled)
    _withdrawn_with_proof(store, told, found, wrong)
    _sent(store, found, wrong, settled=settled)
    wrong += [f"store: {p}" for p in store.problems()]
    assert not wrong, "\n".join(wrong[:20])
    return found


def _kept(store: SqlStore, told: Told, wrong: list[str]) -> int:
    """I1."""
    kept = Counter(raws_of(store))
    lost = [raw for raw in told.accepted if not kept[raw]]
    twice = [n for n in kept.values() if n > 1]
    if lost:
        wrong.append(f"I1: {len(lost)} of {len(told.accepted)} accepted messages are lost")
    if twice:
        wrong.append(f"I1: {len(twice)} messages are there twice")
    return sum(kept.values())


def raws_of(store: SqlStore) -> Iterable[bytes]:
    """The bytes of every inbox row."""
    with store.read() as tx:
        ids = list(tx.inbox._c.conn.execute(sa.select(inbox.c.id).order_by(inbox.c.id)).scalars())
        for message_id in ids:
            with suppress(NotFound):  # erased
                yield tx.inbox.envelope(message_id).raw


def _ended(store: SqlStore, found: Figures, wrong: list[str], *, settled: bool) -> None:
    """I2."""
    with store.read() as tx:
        found.ends = tx.inbox.counts()
        rows = tx.inbox._c.conn.execute(sa.select(inbox.c.id, inbox.c.ended_as, inbox.c.ended_of)).all()
        case_ids = {c.id for c in _all_cases(tx)}
        message_ids = {r.id for r in rows}
        for row in rows:
            if row.ended_as in (End.CASE.value, End.JOINED.value) and row.ended_of not in case_ids:
                wrong.append(f"I2: message {row.id} ended in case {row.ended_of}, which is not there")
            if row.ended_as == End.DUPLICATE.value and row.ended_of not in message_ids and not _is_erased(tx, row.id):
                wrong.append(f"I2: message {row.id} is the twin of {row.ended_of}, which is not there")
        if settled and (waiting := tx.inbox.without_end()):
            wrong.append(f"I2: messages without an end: {waiting[:5]}")
        if settled and (holders := tx.leases.holders()):
            wrong.append(f"I2: still claimed by {holders}")


def _is_erased(tx: Any, message_id: int) -> bool:
    """A message that waited when its sender was erased: its row says only that there was one."""
    try:
        tx.inbox.envelope(message_id)
    except NotFound:
        return True
    return False


def _answered_once(store: SqlStore, told: Told, found: Figures, wrong: list[str]) -> None:
    """I3: a receipt leaves at most once, through anything; a link may leave again, but only as the same mail."""
    copies: Counter[str] = Counter()
    farewells: dict[str, set[str]] = {}
    gone = {words[1] for words in told.erased.values()}
    answers: dict[str, set[str]] = {}
    for data in told.mails:
        mail = message_from_bytes(data)
        if mail["To"] in gone:  # nothing of it is known any more: at most the answer, and the last mail again as itself
            farewells.setdefault(mail["To"], set()).add(mail["Message-ID"])
            continue
        copies[mail["Message-ID"]] += 1
        if mail["In-Reply-To"] and "auto" in (mail["Auto-Submitted"] or ""):
            answers.setdefault(mail["In-Reply-To"], set()).add(mail["Message-ID"])
    with store.read() as tx:
        of = {i.mail.message_id: i for i in _all_mails(tx)}
    wrong += [
        f"I3: {len(ids)} mails went to somebody erased" for ids in farewells.values() if len(ids) > told.farewells
    ]
    receipts: Counter[int] = Counter()
    for message_id, count in copies.items():
        item = of.get(message_id)
        if item is None:
            wrong.append("I3: a mail left that the outbox does not know")
        elif item.mail.mail_class is MailClass.ONCE:
            found.once += 1
            if item.automatic:  # what staff wrote afterwards, a refusal say, is no acknowledgement
                receipts[item.in_message or -item.id] += 1
            if count > 1:
                wrong.append(f"I3: mail {item.id} ({item.mail.template}) left {count} times")
        else:
            found.again += 1
            found.repeated += count - 1
    wrong += [f"I3: message {m} was acknowledged {n} times" for m, n in receipts.items() if n > 1]


def _audited(store: SqlStore, found: Figures, wrong: list[str]) -> None:
    """I4: the rows of a case, read in order, lead to the state it is in."""
    with store.read() as tx:
        for case in _all_cases(tx):
            found.cases += 1
            problem = _replayed(case, tx.audit.of_case(case.id))
            if problem:
                wrong.append(f"I4: case {case.id}: {problem}")


def _replayed(case: Case, rows: list[AuditRow]) -> str | None:
    opened = [r for r in rows if r.action == "case.opened"]
    if len(opened) != 1:
        return f"opened {len(opened)} times"
    state = opened[0].detail["state"]
    for row in rows:
        if "before" in row.detail and "after" in row.detail:
            if row.detail["before"] != state:
                return f"row {row.seq} begins at {row.detail['before']}, the case was {state}"
            state = row.detail["after"]
    return None if state == case.state.value else f"is {case.state.value}, its rows say {state}"


def _erased(store: SqlStore, told: Told, found: Figures, wrong: list[str], *, settled: bool) -> None:
    """I5: an erasure is planned, under way, or done without residue; nobody is gone without one, or both."""
    with store.read() as tx:
        rows = tx.erasures.newest(limit=1_000_000)
        done = [row for row in rows if row.done_at is not None]
        found.erasures = len(done)
        certified = Counter(
            r.detail.get("erasure") for r in tx.audit.tail(1_000_000) if r.action == "erasure.certified"
        )
        for row in done:
            left = tx.erasure.residue(tx.erasure.reach(row.seeker_id))
            wrong += [f"I5: erased seeker {row.seeker_id}: {what}" for what in left]
            if row.certificate is None or tx.erasures.secret(row) is not None or certified[row.id] != 1:
                wrong.append(f"I5: erasure {row.id} is done without its one certificate, or its plan is left")
        if settled:
            wrong += [f"I5: erasure {row.id} stands at {row.step} {row.error}" for row in rows if row.done_at is None]
        planned = {row.seeker_id for row in rows}
        buried = [] if told.restored else store.keys.buried("seeker", EPOCH)  # an older backup knows no later plan
        wrong += [f"I5: seeker {s} is erased without a plan" for s in buried if s not in planned]
        here = [m for m in told.erased if settled and tx.seekers.by_member_id(m) is not None]
    if here:
        wrong.append(f"I5: {len(here)} whose erasure was due are still in the register: {here[:3]}")
    if settled and told.erased:
        words = [word.encode() for names in told.erased.values() for word in names]
        wrong += [f"I5: somebody erased is still named in {name}" for name in store.files_with(words)]


def _withdrawn_with_proof(store: SqlStore, told: Told, found: Figures, wrong: list[str]) -> None:
    """I6: a withdrawal on record has its audit row, a burnt link (or staff's check), and the row that says so."""
    with store.read() as tx:
        conn = tx.inbox._c.conn
        gone = set(conn.execute(sa.select(seeker.c.id).where(seeker.c.status == "withdrawn")).scalars())
        burnt = set(conn.execute(sa.select(token.c.case_id).where(token.c.used_at.is_not(None))).scalars())
        rows = [r for s in gone for r in tx.audit.of_seeker(s)]
        done = {r.seeker_id: r for r in rows if r.action == "seeker.withdraw"}
        proved = {r.case_id for r in rows if r.action in PROOFS}
        found.withdrawals = len(done)
        wrong += [f"I6: seeker {s} is withdrawn without a row" for s in gone - set(done)]
        wrong += [f"I6: case {r.case_id} withdrew without proof" for r in done.values() if r.case_id not in proved]
        by_link = {r.case_id for r in rows if r.action == "link.answered"}
        wrong += [f"I6: the link of case {r.case_id} is not burnt" for r in done.values()
                  if r.case_id in by_link and r.case_id not in burnt]  # fmt: skip
        for member in told.withdrawn:
            person = tx.seekers.by_member_id(member)
            if person is None or person.id not in gone:
                wrong.append("I6: somebody was told that they are withdrawn, and is not")


def _sent(store: SqlStore, found: Figures, wrong: list[str], *, settled: bool) -> None:
    """I7: every mail has its end, and of a bad one staff are told at its case; not where the person was erased, whose
    mail is nobody's business any more."""
    with store.read() as tx:
        found.mails = tx.outbox.counts()
        for item in _all_mails(tx):
            if settled and item.state not in ENDED:
                wrong.append(f"I7: mail {item.id} is {item.state.value}")
            if item.state in TOLD and item.error != "Erased":
                for case_id in item.case_ids:
                    said = [r for r in tx.audit.of_case(case_id) if r.action == f"mail.{item.state.value}"]
                    if not any(r.detail.get("outbox") == item.id for r in said):
                        wrong.append(f"I7: nobody was told that mail {item.id} is {item.state.value}")


def _all_cases(tx: Any) -> list[Case]:
    found: list[Case] = []
    while page := tx.cases.find(CaseQuery(limit=500, after=found[-1].id if found else None)):
        found += page
    return found


def _all_mails(tx: Any) -> list[Any]:
    found: list[Any] = []
    while page := tx.outbox.find(after=found[-1].id if found else None, limit=500):
        found += page
    return found


def rows_of(store: SqlStore) -> int:
    """How many messages are kept."""
    with store.read() as tx:
        return int(tx.inbox._c.conn.execute(sa.select(sa.func.count()).select_from(inbox)).scalar_one())


__all__ = ["Figures", "Told", "audit_world", "outbox", "raws_of", "rows_of"]
