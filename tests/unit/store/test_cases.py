"""The queue: numbers people can say, pages that cost the same everywhere, changes nobody overwrites."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import pytest
import sqlalchemy as sa

from intake.errors import NotFound, Stale
from intake.model import Case, CaseState, Proof
from intake.ports.rows import CaseQuery
from intake.store import SqlStore, SqlTx
from intake.store.cases import _SURE_OF_SEEKER, MOST_OF_ONE, MOST_SURE, id_of, number_of
from tests.unit.store.given import NOW, add_message, new_case, plan_of, seeker

DAY = date(2026, 4, 1)


def test_what_is_stored_comes_back(store: SqlStore) -> None:
    with store.write() as tx:
        owner, _ = tx.seekers.upsert(seeker())
        new = new_case(
            add_message(tx),
            seeker_id=owner.id,
            hold_reason="unverified",
            due_on=DAY,
            wake_on=DAY,
            confidence=0.75,
            sure=True,
            assignee="佐藤",
            proof=Proof.E2,
            reasons=("job_found", "other"),
            policy="proof_is_missing",
            sender_hash=b"h" * 16,
            complaint=True,
        )
        case = tx.cases.add(new)
    assert (case.number, case.member_id, case.version) == (number_of(case.id), "M-001", 1)
    with store.read() as tx:
        assert tx.cases.get(case.id) == case
        assert tx.cases.messages_of(case.id) == [(case.message_id, "opened")]
        with pytest.raises(NotFound):
            tx.cases.get(99)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("C-000123", 123),
        ("c-123", 123),
        ("Ｃ－０００１２３", 123),
        ("Cー123", 123),
        (" C123 ", 123),
        ("123", 123),
        ("C-1234567", 1234567),
        ("C-0", None),
        ("A-123", None),
        ("C-12x", None),
        ("", None),
        ("C-99999999999999999999", None),
        ("C-²", 2),
    ],
)
def test_a_number_is_understood_however_it_is_typed(typed: str, found: int | None) -> None:
    assert id_of(typed) == found


def test_numbers_grow_and_are_found(store: SqlStore) -> None:
    with store.write() as tx:
        message_id = add_message(tx)
        first, second = tx.cases.add(new_case(message_id)), tx.cases.add(new_case(message_id, request="deletion"))
        assert tx.cases.by_number(first.number) == first
        assert tx.cases.by_number(second.number.lower()) == second
        assert tx.cases.by_number("C-999999") is None
        assert tx.cases.by_number("x") is None
    assert first.number < second.number


def test_a_change_needs_the_version_that_was_read(store: SqlStore) -> None:
    with store.write() as tx:
        old = tx.cases.add(new_case(add_message(tx)))
        new = tx.cases.change(
            old, state=CaseState.DONE, closed_at=NOW, proof=Proof.E3, reasons=("x",), hold_reason=None
        )
    with pytest.raises(Stale), store.write() as tx:
        tx.cases.change(old, assignee="佐藤")
    with store.read() as tx:
        assert tx.cases.get(old.id) == new
    assert (new.version, new.state, new.proof) == (2, CaseState.DONE, Proof.E3)


def test_a_change_of_seeker_shows_the_member_number(store: SqlStore) -> None:
    with store.write() as tx:
        owner, _ = tx.seekers.upsert(seeker())
        case = tx.cases.add(new_case(add_message(tx)))
        assert tx.cases.change(case, seeker_id=owner.id).member_id == "M-001"


@pytest.mark.parametrize("fields", [{"id": 2}, {"number": "C-2"}, {"message_id": 2}, {"version": 2}, {"colour": 1}])
def test_what_is_no_column_to_change_is_refused(store: SqlStore, fields: dict[str, object]) -> None:
    with store.write() as tx:
        case = tx.cases.add(new_case(add_message(tx)))
        with pytest.raises(TypeError):
            tx.cases.change(case, **fields)


@pytest.fixture
def queue(store: SqlStore) -> list[Case]:
    """Cases of all states, two requests and three assignees, mixed."""
    made = []
    with store.write() as tx:
        message_id = add_message(tx)
        mine, _ = tx.seekers.upsert(seeker("M-1", concierge="佐藤"))
        other, _ = tx.seekers.upsert(seeker("M-2", concierge="鈴木"))
        kinds = product(
            CaseState, ("withdrawal", "concierge_change"), (None, "佐藤", "鈴木"), (mine.id, other.id, None)
        )
        for state, request, assignee, seeker_id in kinds:
            new = new_case(message_id, state=state, request=request, assignee=assignee, seeker_id=seeker_id)
            made.append(tx.cases.add(new))
        made.append(tx.cases.add(new_case(message_id, complaint=True, seeker_id=mine.id)))
    return made


QUERIES = [
    CaseQuery(),
    CaseQuery(states=(CaseState.REVIEW,)),
    CaseQuery(states=(CaseState.REVIEW, CaseState.SCHEDULED, CaseState.AWAITING_PROOF)),
    CaseQuery(assignee="佐藤"),
    CaseQuery(assignee="佐藤", states=(CaseState.REVIEW, CaseState.DONE)),
    CaseQuery(unassigned=True, states=(CaseState.REVIEW,)),
    CaseQuery(request="concierge_change"),
    CaseQuery(request="withdrawal", states=(CaseState.DONE,)),
    CaseQuery(seeker_id=1),
    CaseQuery(seeker_id=1, states=(CaseState.REVIEW,)),
    CaseQuery(not_concierge="佐藤"),
    CaseQuery(not_concierge="佐藤", states=(CaseState.REVIEW,)),
    CaseQuery(assignee="田中"),
]


def _fits(query: CaseQuery, case: Case) -> bool:
    about_them = case.complaint or case.request == "concierge_change"
    return (
        (not query.states or case.state in query.states)
        and query.assignee in (None, case.assignee)
        and not (query.unassigned and case.assignee)
        and query.request in (None, case.request)
        and query.seeker_id in (None, case.seeker_id)
        and not (query.not_concierge and about_them and case.member_id == "M-1")
    )


@pytest.mark.parametrize("newest_first", [False, True])
def test_pages_hold_exactly_what_fits_in_order(store: SqlStore, queue: list[Case], newest_first: bool) -> None:
    with store.read() as tx:
        for query in QUERIES:
            expected = sorted((c for c in queue if _fits(query, c)), key=lambda c: -c.id if newest_first else c.id)
            assert _page_by_page(tx, replace(query, newest_first=newest_first, limit=5)) == expected, query
            assert tx.cases.count(query) == len(expected)
            assert tx.cases.count(query, cap=3) == min(3, len(expected))


def _page_by_page(tx: SqlTx, query: CaseQuery) -> list[Case]:
    found: list[Case] = []
    while page := tx.cases.find(query):
        assert len(page) <= query.limit
        found += page
        query = replace(query, after=page[-1].id)
    return found


def test_cases_of_a_person_and_of_an_address(store: SqlStore) -> None:
    with store.write() as tx:
        message_id = add_message(tx)
        owner, _ = tx.seekers.upsert(seeker())
        first = tx.cases.add(new_case(message_id, seeker_id=owner.id, sender_hash=b"a"))
        second = tx.cases.add(new_case(message_id, seeker_id=owner.id))
        third = tx.cases.add(new_case(message_id, sender_hash=b"a"))
        assert tx.cases.of_seeker(owner.id) == [second, first]
        assert tx.cases.of_sender(b"a") == [third, first]
        assert tx.cases.of_sender(b"") == []


def test_what_is_read_of_one_person_has_an_end_and_hides_no_open_wish(store: SqlStore) -> None:
    """Thousands of mails under somebody's name: each further one costs the same, and the real wish is still seen."""
    doubtful = {"hold_reason": "unverified", "policy": "authentication_fails", "sender_hash": b"a"}
    with store.write() as tx:
        owner, _ = tx.seekers.upsert(seeker())
        message_id = add_message(tx)
        wish = tx.cases.add(new_case(message_id, seeker_id=owner.id, request="withdrawal", sender_hash=b"a"))
        for _ in range(3):
            tx.cases.add(new_case(message_id, seeker_id=owner.id, **doubtful))
        few = reads(tx, owner.id)
        for _ in range(5 * MOST_OF_ONE):
            tx.cases.add(new_case(message_id, seeker_id=owner.id, **doubtful))
        newest = tx.cases.add(new_case(message_id, seeker_id=owner.id, state=CaseState.DONE))
        many = reads(tx, owner.id)
        assert tx.cases.of_seeker(owner.id)[0] == newest
        assert tx.cases.of_seeker(owner.id)[-1] == wish
        assert len(tx.cases.of_seeker(owner.id)) == MOST_OF_ONE + 1
        assert len(tx.cases.of_sender(b"a")) == MOST_OF_ONE
    assert (few[1], many[1]) == (2 * 4, 2 * MOST_OF_ONE + 1)
    assert many[0] <= few[0] + 1


def test_nobody_hides_a_wish_behind_questions_that_are_not_in_doubt(store: SqlStore) -> None:
    """A From that is on file and not shown to be forged: its questions and declines are each a case of their own."""
    with store.write() as tx:
        owner, _ = tx.seekers.upsert(seeker())
        message_id = add_message(tx)
        wish = tx.cases.add(new_case(message_id, seeker_id=owner.id, request="withdrawal", hold_reason=None,
                                     state=CaseState.AWAITING_PROOF, policy="withdrawal"))  # fmt: skip
        for n in range(MOST_OF_ONE + MOST_SURE + 1):
            tx.cases.add(new_case(message_id, seeker_id=owner.id, request=("question", "decline", "other")[n % 3],
                                  hold_reason="question", policy="question"))  # fmt: skip
        found = tx.cases.of_seeker(owner.id)
        assert found[-1] == wish
        assert len(found) <= MOST_OF_ONE + MOST_SURE


def reads(tx: SqlTx, seeker_id: int) -> tuple[int, int]:
    """(statements, cases) of what a message asks about its sender."""
    seen: list[str] = []
    note = lambda c, cursor, sql, *_: seen.append(sql)  # noqa: E731
    sa.event.listen(tx.inbox._c.conn, "before_cursor_execute", note)
    found = len(tx.cases.of_seeker(seeker_id)) + len(tx.cases.of_sender(b"a"))
    sa.event.remove(tx.inbox._c.conn, "before_cursor_execute", note)
    return len(seen), found


def test_neither_walks_through_all_cases_of_somebody(sqlite_store: SqlStore) -> None:
    plan = plan_of(sqlite_store, lambda tx: reads(tx, 1))
    assert not [step for step in plan if step.startswith("SCAN cases")], plan
    first, *_ = plan
    assert first == "SEARCH cases USING INDEX ix_cases_seeker_id_id (seeker_id=?)"
    sure = plan_of(sqlite_store, lambda tx: tx.inbox._c.conn.execute(_SURE_OF_SEEKER, {"whose": 1}).all())
    assert [step for step in sure if "COVERING INDEX ix_cases_open_of_seeker" in step], sure


def test_messages_and_cases_know_each_other(store: SqlStore) -> None:
    with store.write() as tx:
        first, second = add_message(tx, 1), add_message(tx, 2)
        case, other = tx.cases.add(new_case(first)), tx.cases.add(new_case(first))
        tx.cases.link_message(case.id, second, "joined")
        tx.cases.link_message(case.id, second, "retracted")
        assert tx.cases.of_message(first) == [case, other]
        assert tx.cases.of_message(second) == [case]
        assert tx.cases.messages_of(case.id) == [(first, "opened"), (second, "retracted")]


def test_what_is_due(store: SqlStore) -> None:
    with store.write() as tx:
        message_id = add_message(tx)
        for state, day in product(CaseState, (None, DAY, date(2026, 4, 2))):
            tx.cases.add(new_case(message_id, state=state, wake_on=day))
        due = tx.cases.due(DAY)
    assert {c.wake_on for c in due} == {DAY}
    assert [c.state for c in due] == [s for s in CaseState if s.is_open]


def test_figures(store: SqlStore, queue: list[Case]) -> None:
    with store.read() as tx:
        counts = tx.cases.counts()
        assert sum(counts.values()) == len(queue)
        assert counts["withdrawal", "review"] == 10
        assert tx.cases.counts(since=NOW.replace(year=2027)) == {}


@pytest.mark.parametrize("query", [q for q in QUERIES if q.states or q.assignee or q.request])
def test_a_page_is_read_from_an_index(sqlite_store: SqlStore, query: CaseQuery) -> None:
    plan = plan_of(sqlite_store, lambda tx: tx.cases.find(query))
    assert not [step for step in plan if step.startswith("SCAN cases")], plan
    assert sum("USE TEMP B-TREE FOR ORDER BY" in step for step in plan) <= 1, plan  # of the page alone
