"""A mail leaves at most once, or again with the same Message-ID; nobody sends what another has taken."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from intake.errors import LeaseLost, NotFound
from intake.model import MailClass, MailOrigin, MailState
from intake.ports import Wording
from intake.store import SqlStore
from tests.unit.store.given import KEYRING, MINUTE, NOW, add_message, new_case, new_mail, seeker


def test_what_is_queued_comes_back_whole(store: SqlStore) -> None:
    new = new_mail((3, 1, 3), in_message=9, needs_state=("review",), automatic=False, not_before=NOW + MINUTE)
    with store.write() as tx:
        item = tx.outbox.add(new, NOW)
    with store.read() as tx:
        assert tx.outbox.get(item.id) == item
        assert tx.outbox.of_case(1) == tx.outbox.of_case(3) == tx.outbox.of_message(9) == [item]
        assert tx.outbox.of_case(2) == []
    assert (item.mail, item.case_ids, item.state) == (new.mail, (1, 3), MailState.QUEUED)


def test_a_mail_waits_for_its_time_then_goes_once(store: SqlStore) -> None:
    with store.write() as tx:
        tx.outbox.add(new_mail((1,), not_before=NOW + MINUTE), NOW)
        assert tx.outbox.claim(NOW, 10, 60, "s") == []
    with store.write() as tx:
        (item,) = tx.outbox.claim(NOW + MINUTE, 10, 60, "s")
        assert (item.state, item.attempts, item.fence, item.case_ids) == (MailState.CLAIMED, 1, 1, (1,))
    with store.write() as tx:
        assert tx.outbox.claim(NOW + MINUTE, 10, 60, "other") == []
        tx.outbox.finish(item, MailState.SENT, NOW + 2 * MINUTE)
    with store.read() as tx:
        done = tx.outbox.get(item.id)
        assert (done.state, done.sent_at, done.error) == (MailState.SENT, NOW + 2 * MINUTE, "")
        assert tx.outbox.backlog(NOW).waiting == 0


def test_a_receipt_whose_sender_died_is_never_sent_again(store: SqlStore) -> None:
    with store.write() as tx:
        tx.outbox.add(new_mail(mail_class=MailClass.ONCE), NOW)
        (item,) = tx.outbox.claim(NOW, 10, 60, "died")
    with store.write() as tx:
        assert tx.outbox.claim(NOW + 2 * MINUTE, 10, 60, "other") == []
        assert tx.outbox.get(item.id).state is MailState.UNKNOWN
    with pytest.raises(LeaseLost), store.write() as tx:
        tx.outbox.finish(item, MailState.SENT, NOW)


def test_a_link_whose_sender_died_goes_again_under_a_new_fence(store: SqlStore) -> None:
    with store.write() as tx:
        tx.outbox.add(new_mail(mail_class=MailClass.AGAIN), NOW)
        (frozen,) = tx.outbox.claim(NOW, 10, 60, "frozen")
    with store.write() as tx:
        (again,) = tx.outbox.claim(NOW + 2 * MINUTE, 10, 60, "awake")
    assert again.mail == frozen.mail
    assert (again.fence, again.attempts) == (2, 2)
    for end in (
        lambda tx: tx.outbox.finish(frozen, MailState.SENT, NOW),
        lambda tx: tx.outbox.retry(frozen, NOW, "Timeout"),
    ):
        with pytest.raises(LeaseLost), store.write() as tx:
            end(tx)
    with store.write() as tx:
        tx.outbox.finish(again, MailState.SENT, NOW)


def test_a_retry_waits_and_then_is_taken(store: SqlStore) -> None:
    with store.write() as tx:
        tx.outbox.add(new_mail(), NOW)
        (item,) = tx.outbox.claim(NOW, 10, 60, "s")
        tx.outbox.retry(item, NOW + 30 * MINUTE, "451 greylisted")
    with store.write() as tx:
        assert tx.outbox.claim(NOW + 29 * MINUTE, 10, 60, "s") == []
        (again,) = tx.outbox.claim(NOW + 30 * MINUTE, 10, 60, "s")
        assert (again.attempts, again.error, again.not_before) == (2, "451 greylisted", NOW + 30 * MINUTE)
        assert tx.outbox.claim(NOW + 600 * MINUTE, 10, 60, "s") == []  # class ONCE: unknown after the lease


def test_only_what_is_queued_can_be_cancelled(store: SqlStore) -> None:
    with store.write() as tx:
        first, second = tx.outbox.add(new_mail(), NOW), tx.outbox.add(new_mail(), NOW)
        assert tx.outbox.cancel(second.id, NOW, "retracted")
        assert [i.id for i in tx.outbox.claim(NOW, 10, 60, "s")] == [first.id]
        assert not tx.outbox.cancel(first.id, NOW, "too late")
        assert not tx.outbox.cancel(second.id, NOW, "twice")
        assert tx.outbox.get(second.id).error == "retracted"
        counts = tx.outbox.counts()
    assert (counts["claimed"], counts["cancelled"], counts["queued"]) == (1, 1, 0)


def test_the_oldest_due_goes_first(store: SqlStore) -> None:
    with store.write() as tx:
        late = tx.outbox.add(new_mail(not_before=NOW + 2 * MINUTE), NOW)
        early = tx.outbox.add(new_mail(not_before=NOW + MINUTE), NOW)
        assert [i.id for i in tx.outbox.claim(NOW + 5 * MINUTE, 10, 60, "s")] == [early.id, late.id]


def test_the_budget_counts_one_address_however_it_is_written(store: SqlStore) -> None:
    mine = KEYRING.hash("address", "hanako@example.jp")
    with store.write() as tx:
        tx.outbox.add(new_mail(to="Hanako@EXAMPLE.jp"), NOW)
        tx.outbox.add(new_mail(to="taro@example.jp"), NOW)
        tx.outbox.add(new_mail(automatic=False), NOW)
        gone = tx.outbox.add(new_mail(), NOW)
        tx.outbox.cancel(gone.id, NOW, "")
        (item, *_) = tx.outbox.claim(NOW, 1, 60, "s")
        assert tx.outbox.automatic_since(mine, NOW) == 1
        assert tx.outbox.automatic_since(mine, NOW + timedelta(microseconds=1)) == 0
        tx.outbox.finish(item, MailState.STALE, NOW)
        assert tx.outbox.automatic_since(mine, NOW) == 0


def test_our_mails_are_found_by_what_comes_back(store: SqlStore) -> None:
    with store.write() as tx:
        first = tx.outbox.add(new_mail(message_id="<ab12.sig@example.com>"), NOW)
        second = tx.outbox.add(new_mail(message_id="<ab1.sig@example.com>"), NOW)
        found = tx.outbox.by_message_id(["<ab1.sig@example.com>", "<ab12.sig@example.com>", "<x@y>", ""])
        assert [i.id for i in found] == [first.id, second.id]
        assert [i.id for i in tx.outbox.by_unique("ab1")] == [second.id]
        assert tx.outbox.by_message_id(f"<{n}@example.com>" for n in range(5000)) == []


def test_pages_go_by_id(store: SqlStore) -> None:
    with store.write() as tx:
        ids = [tx.outbox.add(new_mail(), NOW).id for _ in range(5)]
        tx.outbox.cancel(ids[1], NOW, "")
        assert [i.id for i in tx.outbox.find((MailState.QUEUED,), limit=2)] == [ids[0], ids[2]]
        assert [i.id for i in tx.outbox.find((MailState.QUEUED,), after=ids[2])] == ids[3:]
        assert [i.id for i in tx.outbox.find()] == ids
        assert tx.outbox.backlog(NOW) == replace(tx.outbox.backlog(NOW), waiting=4, oldest_at=NOW)


def test_what_is_not_there_is_said(store: SqlStore) -> None:
    with store.read() as tx, pytest.raises(NotFound):
        tx.outbox.get(1)


def test_the_budgets_of_domain_thread_and_total(store: SqlStore) -> None:
    thread = b"t" * 16
    with store.write() as tx:
        tx.outbox.add(new_mail(domain="Example.com", thread=thread, message_id="<a.1@agency.example>"), NOW)
        tx.outbox.add(new_mail(domain="example.com"), NOW)
        tx.outbox.add(new_mail(thread=thread, automatic=False), NOW)
        gone = tx.outbox.add(new_mail(domain="example.com", thread=thread), NOW)
        tx.outbox.cancel(gone.id, NOW, "")
        tx.outbox.add(new_mail(domain="other.example"), NOW - timedelta(hours=2))
    with store.read() as tx:
        hour = NOW - timedelta(hours=1)
        assert tx.outbox.automatic_count(hour, 100) == 2
        assert tx.outbox.automatic_count(NOW - timedelta(days=1), 100) == 3
        assert tx.outbox.automatic_count(NOW - timedelta(days=1), 2) == 2
        assert tx.outbox.automatic_count(hour, 100, domain="EXAMPLE.com") == 2
        assert tx.outbox.automatic_count(hour, 100, domain="other.example") == 0
        assert tx.outbox.automatic_count(hour, 100, thread=thread) == 1
        assert tx.outbox.automatic_count(hour, 100, thread=b"x") == 0
        assert tx.outbox.thread_of(["<x@y>", "<a.1@agency.example>"]) == thread
        assert tx.outbox.thread_of(["<x@y>"]) == b""
        assert tx.outbox.thread_of([]) == b""


def test_what_a_mail_knew_comes_back(store: SqlStore) -> None:
    known = {"origin": MailOrigin.STAFF, "newest_message": 7, "seeker_status": "paused"}
    with store.write() as tx:
        added = tx.outbox.add(new_mail((1,), **known), NOW)
    with store.read() as tx:
        item = tx.outbox.get(added.id)
    assert item == added
    assert (item.origin, item.newest_message, item.seeker_status) == (MailOrigin.STAFF, 7, "paused")


def test_wordings_are_kept_once_by_version(store: SqlStore) -> None:
    first = Wording("receipt_other", "v1", NOW, {"receipt_other/body.txt": "見本"})
    later = Wording("receipt_other", "v2", NOW + MINUTE, {"receipt_other/body.txt": "変更"})
    with store.write() as tx:
        tx.wordings.keep(first)
        tx.wordings.keep(later)
        tx.wordings.keep(Wording("receipt_other", "v1", NOW + 2 * MINUTE, {"x": "never"}))
    with store.read() as tx:
        assert tx.wordings.of("receipt_other") == [later, first]
        assert tx.wordings.find("receipt_other", "v1") == first
        assert tx.wordings.find("receipt_other", "v3") is None
        assert tx.wordings.of("answer") == []


def test_the_newest_message_of_a_person(store: SqlStore) -> None:
    with store.write() as tx:
        mine, theirs = (tx.seekers.upsert(seeker(m))[0].id for m in ("M-1", "M-2"))
        ids = [add_message(tx, n) for n in range(1, 6)]
        case = tx.cases.add(new_case(ids[0], seeker_id=mine))
        other = tx.cases.add(new_case(ids[1], seeker_id=mine))
        stranger = tx.cases.add(new_case(ids[2], seeker_id=theirs))
        nobody = tx.cases.add(new_case(ids[3]))
        for found, message in ((case, ids[0]), (other, ids[1]), (stranger, ids[2]), (nobody, ids[3])):
            tx.cases.link_message(found.id, message, "opened")
        assert tx.cases.newest_message([case.id]) == ids[1]
        tx.cases.link_message(case.id, ids[4], "joined")
        assert tx.cases.newest_message([other.id]) == ids[4]
        assert tx.cases.newest_message([other.id], before=ids[4]) == ids[1]
        assert tx.cases.newest_message([stranger.id, nobody.id]) == ids[3]
        assert tx.cases.newest_message([]) is None


def test_what_no_relay_has_seen_was_no_try(store: SqlStore) -> None:
    with store.write() as tx:
        tx.outbox.add(new_mail(), NOW)
        for _ in range(3):
            (item,) = tx.outbox.claim(NOW, 10, 60, "s")
            assert item.attempts == 1
            tx.outbox.retry(item, NOW, "not begun", counted=False)
        (item,) = tx.outbox.claim(NOW, 10, 60, "s")
        tx.outbox.retry(item, NOW, "451 later")
        assert tx.outbox.get(item.id).attempts == 1
