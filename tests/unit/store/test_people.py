"""Staff, their sessions, links, tasks, notes, corrections, meta."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from intake.errors import BadInput, NotFound
from intake.model import Role, StaffMember, Task, TaskPlan
from intake.ports.rows import Correction
from intake.store import SqlStore
from tests.unit.store.given import MINUTE, NOW, add_message, new_case

DAY = date(2026, 4, 1)


def test_accounts(store: SqlStore) -> None:
    with store.write() as tx:
        lead = tx.staff.add("佐藤", Role.LEAD, "hash1")
        tx.staff.add("鈴木", Role.REVIEWER, None, lead="佐藤")
        with pytest.raises(BadInput, match="佐藤"):
            tx.staff.add("佐藤", Role.ADMIN, "hash2")
        tx.staff.set_password("鈴木", "hash3")
        with pytest.raises(NotFound):
            tx.staff.set_password("田中", "x")
    with store.read() as tx:
        assert tx.staff.by_name("佐藤") == lead
        assert tx.staff.by_name("田中") is None
        assert {m.name: m.lead for m in tx.staff.all()} == {"佐藤": None, "鈴木": "佐藤"}
        assert (tx.staff.password_hash("佐藤"), tx.staff.password_hash("鈴木")) == ("hash1", "hash3")
        assert tx.staff.password_hash("田中") is None


def test_who_can_sign_in_and_who_has_a_second_factor(store: SqlStore) -> None:
    with store.write() as tx:
        for name, password in (("佐藤", "hash"), ("鈴木", None), ("田中", "hash"), ("木村", None), ("中村", "hash")):
            tx.staff.add(name, Role.REVIEWER, password)
        tx.staff.change("田中", active=False)
        tx.access.link_subject("木村", "issuer/1")
        tx.access.set_totp("佐藤", b"sealed")
        tx.access.add_passkey("木村", b"id", b"key", 0, "鍵", NOW)
        tx.access.add_passkey("木村", b"id 2", b"key", 0, "鍵", NOW)
        assert tx.access.ways_in() == ({"佐藤", "木村", "中村"}, {"佐藤", "木村"})


def test_sessions_end_by_time_sign_out_and_closing_the_account(store: SqlStore) -> None:
    end = NOW + 60 * MINUTE
    with store.write() as tx:
        member = tx.staff.add("佐藤", Role.LEAD, "h")
        for token in (b"1", b"2", b"3"):
            tx.staff.open_session("佐藤", token, "csrf", NOW, end)
        session = tx.staff.session(b"1", end - MINUTE)
        assert session is not None
        assert (session.staff, session.csrf, session.expires_at) == (member, "csrf", end)
        assert tx.staff.session(b"1", end) is None
        assert tx.staff.session(b"x", NOW) is None
        tx.staff.close_session(b"1")
        assert tx.staff.session(b"1", NOW) is None
        assert tx.staff.session(b"2", NOW) is not None
        tx.staff.close_all_sessions("佐藤")
        assert tx.staff.session(b"2", NOW) is None
        tx.staff.open_session("佐藤", b"4", "c", NOW, end)
        assert tx.staff.change("佐藤", active=False) == StaffMember(member.id, "佐藤", Role.LEAD, active=False)
        assert tx.staff.session(b"4", NOW) is None
        assert tx.staff.password_hash("佐藤") is None
        with pytest.raises(NotFound):
            tx.staff.open_session("佐藤", b"5", "c", NOW, end)


def test_what_is_typed_at_the_door_is_kept_as_a_keyed_hash_and_for_a_quarter_of_an_hour(store: SqlStore) -> None:
    """Anybody may type a seeker's address there; in plain text it would outlive that seeker's erasure."""
    with store.write() as tx:
        tx.staff.note_failure("canary@example.jp", NOW)
        kept = tx.erasures.mentions(lambda text: "canary" in text)
        rows = tx.erasures.mentions(lambda text: len(text) == 32)
        assert (kept, "sign_in_failure.name" in rows) == ([], True)
        tx.staff.forget_failures(NOW + 14 * MINUTE)
        assert tx.staff.failures("canary@example.jp", NOW + 14 * MINUTE) == 1
        tx.staff.forget_failures(NOW + 15 * MINUTE)
        assert "sign_in_failure.name" not in tx.erasures.mentions(lambda text: True)


def test_failed_sign_ins_are_counted_for_a_quarter_of_an_hour(store: SqlStore) -> None:
    with store.write() as tx:
        assert [tx.staff.note_failure("佐藤", NOW + n * MINUTE) for n in (0, 1, 14)] == [1, 2, 3]
        assert tx.staff.note_failure("鈴木", NOW + 14 * MINUTE) == 1
        assert tx.staff.note_failure("佐藤", NOW + 15 * MINUTE) == 3
        assert tx.staff.failures("佐藤", NOW + 16 * MINUTE) == 2
        tx.staff.clear_failures("佐藤")
        assert tx.staff.note_failure("佐藤", NOW + 16 * MINUTE) == 1


def test_a_link_burns_once(store: SqlStore) -> None:
    with store.write() as tx:
        case = tx.cases.add(new_case(add_message(tx)))
        token = tx.tokens.add(case.id, b"t" * 16, b"a" * 16, NOW, NOW + timedelta(hours=72))
        assert tx.tokens.find(b"t" * 16) == token
        assert tx.tokens.find(b"x") is None
    with store.write() as tx:
        assert tx.tokens.burn(token.id, "done", NOW + MINUTE)
        assert not tx.tokens.burn(token.id, "cancel", NOW + 2 * MINUTE)
        used = tx.tokens.find(b"t" * 16)
    assert used is not None
    assert (used.used_at, used.choice, used.expires_at) == (NOW + MINUTE, "done", NOW + timedelta(hours=72))


def test_links_of_a_case_are_revoked_together(store: SqlStore) -> None:
    with store.write() as tx:
        message_id = add_message(tx)
        case, other = tx.cases.add(new_case(message_id)), tx.cases.add(new_case(message_id))
        first, second = (tx.tokens.add(case.id, bytes([n]), b"", NOW, NOW) for n in (1, 2))
        kept = tx.tokens.add(other.id, b"o", b"", NOW, NOW)
        assert tx.tokens.burn(first.id, "done", NOW)
        assert tx.tokens.revoke(case.id, NOW) == 1
        assert tx.tokens.revoke(case.id, NOW) == 0
        last = tx.tokens.last_for_case(case.id)
        assert last is not None
        assert (last.id, last.choice) == (second.id, "revoked")
        assert tx.tokens.find(b"o") == kept
        assert tx.tokens.last_for_case(99) is None


def test_tasks(store: SqlStore) -> None:
    with store.write() as tx:
        case = tx.cases.add(new_case(add_message(tx)))
        undated = tx.tasks.add(case.id, TaskPlan("remind"), NOW)
        late = tx.tasks.add(case.id, TaskPlan("call", "株式会社例", date(2026, 5, 1), "佐藤"), NOW)
        soon = tx.tasks.add(case.id, TaskPlan("tell_employer", "", DAY, "鈴木"), NOW)
        assert tx.tasks.of_case(case.id) == [undated, late, soon]
        assert tx.tasks.open() == [soon, late, undated]
        assert tx.tasks.open("佐藤") == [late]
        assert tx.tasks.open(limit=1) == [soon]
        done = tx.tasks.done(soon.id, "佐藤", NOW)
        assert done == Task(soon.id, case.id, soon.plan, NOW, "佐藤")
        assert tx.tasks.done(soon.id, "鈴木", NOW + MINUTE) == done
        assert soon not in tx.tasks.open()
        assert tx.tasks.assign(undated.id, "鈴木").plan.assignee == "鈴木"
        for call in (lambda: tx.tasks.done(99, "x", NOW), lambda: tx.tasks.get(99)):
            with pytest.raises(NotFound):
                call()


def test_notes(store: SqlStore) -> None:
    with store.write() as tx:
        case = tx.cases.add(new_case(add_message(tx)))
        tx.notes.add(case.id, "佐藤", "電話済み", NOW)
        tx.notes.add(case.id, "鈴木", "", NOW + MINUTE)
        assert tx.notes.of_case(case.id) == [(NOW, "佐藤", "電話済み"), (NOW + MINUTE, "鈴木", "")]
        with pytest.raises(NotFound):
            tx.notes.add(99, "佐藤", "x", NOW)


def test_corrections(store: SqlStore) -> None:
    given = Correction(1, 2, ("other",), ("pause", "withdrawal"), "佐藤", NOW)
    with store.write() as tx:
        tx.corrections.add(given)
        assert tx.corrections.all() == [given]


def test_meta(store: SqlStore) -> None:
    with store.write() as tx:
        assert tx.meta.get("imap") is None
        tx.meta.put("imap", "1")
        tx.meta.put("imap", "2:受信")
        assert tx.meta.get("imap") == "2:受信"
        tx.meta.drop("imap")
        assert tx.meta.get("imap") is None
