"""Keys for coming back, API tokens, deliveries, candidates: rows behind the doors to the outside."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest

from intake.errors import BadInput, LeaseLost
from intake.model import Actor, Candidate, Seeker
from intake.ports import ApiAnswer
from intake.store import SqlStore
from tests.unit.store.given import NOW, add_message, new_case

LATER = NOW + timedelta(minutes=10)


def test_tries_are_taken_one_by_one_however_many_ask_at_once(store: SqlStore) -> None:
    with store.write() as tx:
        tx.return_keys.open(b"handle", b"address", NOW, LATER, 3)
    got: list[bool] = []

    def ask() -> None:
        with store.write() as tx:
            got.append(tx.return_keys.take_try(b"handle") is not None)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sorted(got) == [False] * 5 + [True] * 3


def test_a_new_key_ends_the_older_ones_of_the_person(store: SqlStore) -> None:
    with store.write() as tx:
        seeker, _ = tx.seekers.upsert(Seeker(0, "M-1", "山田 太郎", addresses=("taro@example.jp",)))
        for handle in (b"one", b"two"):
            tx.return_keys.open(handle, b"address", NOW, LATER, 3)
            assert tx.return_keys.issue(handle, seeker.id, handle)
        assert tx.return_keys.issued_since(seeker.id, NOW) == 2
        older = tx.return_keys.take_try(b"one")
        assert older is not None
        assert older.digest == b""  # nothing fits; its tries are counted like those of a stranger's page
        key = tx.return_keys.take_try(b"two")
        assert key is not None
        assert (key.seeker_id, key.digest, key.tries_left, key.expires_at) == (seeker.id, b"two", 2, LATER)
        assert tx.return_keys.use(key.id, NOW) is True
        assert tx.return_keys.use(key.id, NOW) is False
        assert tx.return_keys.take_try(b"two") is None
        assert tx.return_keys.forget_before(NOW) == 0
        assert tx.return_keys.forget_before(LATER) == 2


def test_a_stranger_has_a_row_that_nothing_fits(store: SqlStore) -> None:
    with store.write() as tx:
        tx.return_keys.open(b"handle", b"address", NOW, LATER, 3)
        key = tx.return_keys.take_try(b"handle")
        assert key is not None
        assert (key.seeker_id, key.digest) == (None, None)
        assert tx.return_keys.issue(b"nowhere", 1, b"d") is False


def test_a_token_is_found_by_its_hash_until_it_is_revoked(store: SqlStore) -> None:
    with store.write() as tx:
        made = tx.api_tokens.add("ats", b"hash", ("seekers:write",), NOW)
        with pytest.raises(BadInput, match="ats"):
            tx.api_tokens.add("ats", b"other", (), NOW)
        assert tx.api_tokens.find(b"hash") == made
        tx.api_tokens.note_use(made, date(2026, 11, 16))
        assert tx.api_tokens.all()[0].used_on == date(2026, 11, 16)
        assert tx.api_tokens.revoke("ats", NOW) == 1
        assert tx.api_tokens.revoke("ats", NOW) == 0
        assert tx.api_tokens.find(b"hash") is None
        tx.api_tokens.add("ats", b"other", (), NOW)


def test_an_answer_is_kept_once_per_key(store: SqlStore) -> None:
    with store.write() as tx:
        token = tx.api_tokens.add("ats", b"hash", (), NOW)
        assert tx.api_tokens.answer(token.id, b"key") is None
        assert tx.api_tokens.keep_answer(token.id, b"key", ApiAnswer(b"r", 201, 7), NOW) is True
        assert tx.api_tokens.keep_answer(token.id, b"key", ApiAnswer(b"s", 200, 8), NOW) is False
        assert tx.api_tokens.answer(token.id, b"key") == ApiAnswer(b"r", 201, 7)
        assert tx.api_tokens.forget_answers_before(LATER) == 1


def test_a_delivery_is_claimed_once_and_again_when_its_lease_is_over(store: SqlStore) -> None:
    with store.write() as tx:
        assert tx.webhooks.enqueue([3, 5], NOW) == 2
        assert tx.webhooks.enqueue([5, 6], NOW) == 1
        first = tx.webhooks.claim(NOW, 2, 60)
        assert [j.seq for j in first] == [3, 5]
        assert [j.seq for j in tx.webhooks.claim(NOW, 9, 60)] == [6]
        again = tx.webhooks.claim(NOW + timedelta(seconds=61), 9, 60)
        assert [(j.seq, j.attempts) for j in again] == [(3, 2), (5, 2), (6, 2)]
        with pytest.raises(LeaseLost):
            tx.webhooks.finish(first[0], "sent", NOW)
        tx.webhooks.finish(again[0], "sent", NOW)
        tx.webhooks.retry(again[1], LATER, "503")
        tx.webhooks.finish(again[2], "failed", NOW, "404")
        assert tx.webhooks.counts() == {"sent": 1, "queued": 1, "failed": 1}
        assert [j.seq for j in tx.webhooks.find("failed")] == [6]
        assert tx.webhooks.replay(NOW, failed=True) == 1
        assert tx.webhooks.replay(NOW, seqs=[3, 99]) == 1
        assert [j.attempts for j in tx.webhooks.find("queued")] == [0, 2, 0]


def test_the_cursor_of_the_chain_goes_forward(store: SqlStore) -> None:
    with store.write() as tx:
        for n in range(5):
            tx.audit.append(NOW, Actor("system", "test"), f"a.{n}")
        assert [r.action for r in tx.audit.after(0, 2)] == ["a.0", "a.1"]
        assert [r.seq for r in tx.audit.after(2, 9)] == [3, 4, 5]
        assert tx.audit.after(5) == []


def test_candidates_stay_with_the_case_and_go_with_the_seeker(store: SqlStore) -> None:
    with store.write() as tx:
        people = [tx.seekers.upsert(Seeker(0, f"M-{n}", "山田 太郎"))[0] for n in (1, 2)]
        case = tx.cases.add(new_case(add_message(tx)))
        given = [Candidate(people[0], 0.3, ("name",)), Candidate(people[1], 0.6, ("member_id", "-name"))]
        tx.cases.keep_candidates(case.id, given)
        found = tx.cases.candidates(case.id)
        assert [(c.seeker.member_id, c.score, c.reasons) for c in found] == [
            ("M-2", 0.6, ("member_id", "-name")),
            ("M-1", 0.3, ("name",)),
        ]
        tx.seekers.remove(people[1].id)
        assert [c.seeker.member_id for c in tx.cases.candidates(case.id)] == ["M-1"]


def test_deputy_conditions_and_absence_are_kept(store: SqlStore) -> None:
    from intake.model import Role

    with store.write() as tx:
        made, _ = tx.seekers.upsert(Seeker(0, "M-1", "山田", deputy="鈴木", preferences=(("place", "東京都"),)))
        assert tx.seekers.get(made.id).preferences == (("place", "東京都"),)
        tx.staff.add("佐藤", Role.REVIEWER, None)
        tx.staff.change("佐藤", away_until=date(2026, 11, 20))
        member = tx.staff.all()[0]
        assert [member.is_here(date(2026, 11, d)) for d in (19, 20, 21)] == [False, False, True]
