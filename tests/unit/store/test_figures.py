"""Counts for the page of figures, the same on both databases."""

from __future__ import annotations

from datetime import date, timedelta

from intake.model import Actor, CaseState, MailState
from intake.ports.figures import Arrivals, Endings
from intake.ports.rows import Correction
from intake.store import SqlStore
from tests.unit.store.given import MINUTE, NOW, add_message, new_case, new_mail

SINCE, UNTIL = NOW - timedelta(days=10), NOW + timedelta(days=10)
DAY = date(2026, 4, 1)


def test_arrivals_and_endings(store: SqlStore) -> None:
    with store.write() as tx:
        for n, wait in enumerate((timedelta(seconds=30), timedelta(minutes=50), timedelta(days=9), None), 1):
            case = tx.cases.add(new_case(add_message(tx, n), received_at=NOW))
            if wait is not None:
                tx.cases.change(case, state=CaseState.DONE, closed_at=NOW + wait)
            if n == 2:
                tx.audit.append(NOW, Actor("staff", "佐藤"), "case.close", case_id=case.id, detail={})
            tx.audit.append(NOW, Actor("system", "worker"), "case.opened", case_id=case.id, detail={})
        tx.cases.add(new_case(add_message(tx, 9), received_at=UNTIL))
    with store.read() as tx:
        assert tx.figures.arrivals(SINCE, UNTIL) == [Arrivals(DAY, "withdrawal", "email", 4)]
        assert sorted(tx.figures.endings(SINCE, UNTIL), key=lambda e: e.within) == [
            Endings("withdrawal", False, "hour", 1),
            Endings("withdrawal", True, "longer", 1),
            Endings("withdrawal", True, "minute", 1),
        ]


def test_days_are_of_tokyo(store: SqlStore) -> None:
    with store.write() as tx:
        for n, hour in enumerate((14, 15)):
            tx.cases.add(new_case(add_message(tx, n), received_at=NOW.replace(hour=hour, minute=59)))
    with store.read() as tx:
        assert sorted(a.day for a in tx.figures.arrivals(SINCE, UNTIL)) == [DAY, DAY + timedelta(days=1)]


def test_the_first_mail_for_a_message_counts(store: SqlStore) -> None:
    with store.write() as tx:
        message = add_message(tx)
        case = tx.cases.add(new_case(message))
        for _ in range(2):
            tx.outbox.add(new_mail((case.id,), in_message=message), NOW)
        mails = sorted(tx.outbox.claim(NOW + timedelta(days=1), 10, 60, "w"), key=lambda m: m.id)
        for mail, at in zip(mails, (NOW + MINUTE * 8, NOW + timedelta(days=2)), strict=True):
            tx.outbox.finish(mail, MailState.SENT, at)
    with store.read() as tx:
        assert tx.figures.acknowledged(SINCE, UNTIL) == {"ten_minutes": 1}


def test_reasons_corrections_and_who_was_left(store: SqlStore) -> None:
    with store.write() as tx:
        for n, reasons in enumerate((("family",), ("family", "busy"), ())):
            case = tx.cases.add(new_case(add_message(tx, n), reasons=reasons))
            tx.audit.append(NOW, Actor("staff", "鈴木"), "seeker.concierge_changed", case_id=case.id,
                            detail={"left": "佐藤" if n else ""})  # fmt: skip
            now = ("pause",) if n else ("withdrawal",)
            tx.corrections.add(Correction(case.id, case.message_id, ("withdrawal",), now, "鈴木", NOW))
    with store.read() as tx:
        assert tx.figures.reasons(SINCE, UNTIL) == {"family": 2, "busy": 1, "": 1}
        assert tx.figures.concierge_changes(SINCE, UNTIL) == {"佐藤": 2, "": 1}
        assert sorted(tx.figures.judged(SINCE, UNTIL)) == [(DAY, False, 2), (DAY, True, 1)]
        assert tx.figures.concierge_changes(UNTIL, UNTIL + MINUTE) == {}
