"""Terms by the calendar of Tokyo: leap years, short months, returns, floors, ceilings, holds."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.retention import Clock, Subject, add_term, calendar, completed_on, due_of, held_until

DAY = timedelta(days=1)
PERSONAL = Clock("personal", "個人情報", "withdrawn_on", "当社の規程", years=3, ceiling_years=4)
RESUME = Clock("resume", "履歴書", "withdrawn_on", "当社の規程", years=1, ceiling_years=2)
OFFICE = Clock("personal", "個人情報", "invalid_on", "当所の規程", years=5, else_since="withdrawn_on", ceiling_years=6)
REGISTER = Clock("register", "求職管理簿", "completed_on", "帳簿", years=2, floor_years=2)
AUDIT = Clock("audit", "操作の記録", "completed_on", "規程", at_end="keep")
LEFT = date(2024, 2, 29)
days = st.dates(date(2000, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    ("start", "term", "end"),
    [
        (date(2024, 2, 29), (3, 0, 0), date(2027, 3, 1)),  # no 29 February: no term ends early
        (date(2024, 2, 29), (4, 0, 0), date(2028, 2, 29)),
        (date(2023, 2, 28), (1, 0, 0), date(2024, 2, 28)),
        (date(2025, 8, 31), (0, 6, 0), date(2026, 3, 1)),
        (date(2025, 8, 31), (0, 1, 0), date(2025, 10, 1)),
        (date(2025, 12, 31), (0, 2, 1), date(2026, 3, 2)),
        (date(2026, 11, 16), (0, 0, 30), date(2026, 12, 16)),
    ],
)
def test_terms(start: date, term: tuple[int, int, int], end: date) -> None:
    assert add_term(start, *term) == end


@given(days, st.integers(0, 30), st.integers(0, 11))
def test_no_term_ends_early_nor_more_than_a_day_late(start: date, years: int, months: int) -> None:
    end = add_term(start, years, months)
    whole = (end.year - start.year) * 12 + end.month - start.month
    assert whole * 31 >= (end - start).days - 31
    term = years * 12 + months
    assert (end.day == start.day and whole == term) or (end.day == 1 and whole == term + 1)


def test_nothing_is_due_before_its_day_and_all_on_it() -> None:
    who = Subject(1, withdrawn_on=LEFT)
    assert due_of(who, [PERSONAL], 0, date(2027, 2, 28)) == ()
    (due,) = due_of(who, [PERSONAL], 0, date(2027, 3, 1))
    assert (due.action, due.due_on, due.ground) == ("erase", date(2027, 3, 1), "当社の規程")


def test_a_class_with_a_shorter_term_goes_first_and_once() -> None:
    who = Subject(1, withdrawn_on=LEFT)
    (due,) = due_of(who, [PERSONAL, RESUME], 0, date(2025, 3, 1))
    assert (due.data, due.action) == ("resume", "erase_part")
    gone = Subject(1, withdrawn_on=LEFT, parts_gone=("resume",))
    assert due_of(gone, [PERSONAL, RESUME], 0, date(2025, 3, 1)) == ()
    assert [d.data for d in due_of(who, [PERSONAL, RESUME], 0, date(2027, 3, 1))] == ["personal"]


def test_a_hold_beats_the_ceiling() -> None:
    who = Subject(1, withdrawn_on=LEFT, legal_hold=True)
    (due,) = due_of(who, [PERSONAL], 0, date(2060, 1, 1))
    assert (due.action, due.waits_for, due.is_done_today) == ("wait", "legal_hold", False)


def test_what_runs_is_waited_for_until_the_ceiling() -> None:
    who = Subject(1, withdrawn_on=LEFT, busy=True)
    assert [d.waits_for for d in due_of(who, [PERSONAL], 0, date(2027, 3, 1))] == ["busy"]
    assert [d.action for d in due_of(who, [PERSONAL], 0, date(2028, 2, 29))] == ["erase"]


def test_a_notice_goes_before_and_its_days_are_waited_for() -> None:
    invalid = date(2020, 4, 1)
    who = Subject(1, invalid_on=invalid)
    assert due_of(who, [OFFICE], 30, date(2025, 3, 1)) == ()
    assert [d.action for d in due_of(who, [OFFICE], 30, date(2025, 3, 2))] == ["notice"]
    told = Subject(1, invalid_on=invalid, noticed_on=date(2025, 3, 2))
    assert due_of(told, [OFFICE], 30, date(2025, 3, 31)) == ()
    assert [d.action for d in due_of(told, [OFFICE], 30, date(2025, 4, 1))] == ["erase"]


def test_a_late_notice_moves_the_day_but_not_beyond_the_ceiling() -> None:
    invalid = date(2020, 4, 1)
    told = Subject(1, invalid_on=invalid, noticed_on=date(2026, 3, 20))
    assert [d.waits_for for d in due_of(told, [OFFICE], 30, date(2026, 3, 25))] == ["notice_first"]
    assert [d.action for d in due_of(told, [OFFICE], 30, date(2026, 4, 1))] == ["erase"]


def test_nobody_is_waited_for_who_cannot_be_told() -> None:
    assert [d.action for d in due_of(Subject(1, invalid_on=date(2020, 4, 1), reachable=False), [OFFICE], 30,
                                     date(2025, 4, 1))] == ["erase"]  # fmt: skip


def test_a_notice_of_an_earlier_term_is_none() -> None:
    """Valid again, invalid again: the five years and their notice begin anew."""
    who = Subject(1, invalid_on=date(2024, 4, 1), noticed_on=date(2023, 3, 1))
    assert [d.action for d in due_of(who, [OFFICE], 30, date(2029, 4, 1))] == ["notice"]


def test_five_years_count_from_invalid_whoever_withdrew() -> None:
    """Two clocks: the withdrawal counts only where the status never became invalid."""
    both = Subject(1, withdrawn_on=date(2021, 1, 1), invalid_on=date(2023, 1, 1))
    assert due_of(both, [OFFICE], 0, date(2027, 12, 31)) == ()
    assert due_of(both, [OFFICE], 0, date(2028, 1, 1)) != ()
    assert due_of(Subject(1, withdrawn_on=date(2021, 1, 1)), [OFFICE], 0, date(2026, 1, 1)) != ()
    assert due_of(Subject(1), [OFFICE, PERSONAL], 0, date(2090, 1, 1)) == ()


def test_the_register_is_held_two_years_where_an_employer_was_involved() -> None:
    today = date(2026, 11, 16)
    left = Subject(1, withdrawn_on=date(2026, 3, 31), handled=True)
    assert held_until(left, [PERSONAL, REGISTER], today) == ((REGISTER, date(2028, 3, 31)),)
    assert held_until(Subject(1, handled=True), [REGISTER], today) == ((REGISTER, date(2028, 11, 16)),)
    assert held_until(Subject(1, withdrawn_on=date(2026, 3, 31)), [REGISTER], today) == ()
    old = Subject(1, withdrawn_on=date(2020, 3, 31), handled=True)
    assert held_until(old, [REGISTER], today) == ()


def test_the_calendar_names_what_runs_next_first() -> None:
    who = Subject(1, withdrawn_on=LEFT, handled=True)
    assert [(d.data, d.due_on) for d in calendar(who, [PERSONAL, RESUME, REGISTER, AUDIT])] == [
        ("resume", date(2025, 3, 1)),
        ("register", date(2026, 3, 1)),
        ("personal", date(2027, 3, 1)),
    ]


def test_the_later_day_completes() -> None:
    a, b = date(2025, 1, 1), date(2025, 6, 1)
    assert completed_on(handled=True, withdrawn_on=a, invalid_on=b) == b
    assert completed_on(handled=True, withdrawn_on=None, invalid_on=None) is None


subjects = st.builds(
    Subject,
    st.just(1),
    withdrawn_on=st.none() | days,
    invalid_on=st.none() | days,
    handled=st.booleans(),
    legal_hold=st.booleans(),
    busy=st.booleans(),
    reachable=st.booleans(),
    noticed_on=st.none() | days,
)


@given(subjects, days, st.integers(0, 60))
def test_hold_floor_and_ceiling_hold_for_any_history(who: Subject, today: date, notice: int) -> None:
    for clocks in ([PERSONAL, RESUME, REGISTER, AUDIT], [OFFICE, REGISTER]):
        rows = due_of(who, clocks, notice, today)
        assert due_of(who, clocks, notice, today) == rows
        goes = [r for r in rows if r.action in ("erase", "erase_part")]
        if who.legal_hold:
            assert not [r for r in rows if r.is_done_today]
        assert all(r.due_on <= today for r in goes)
        assert "register" not in {r.data for r in rows}
        for clock in clocks:
            start = who.invalid_on if clock.since == "invalid_on" else who.withdrawn_on
            start = start or (who.withdrawn_on if clock.else_since else None)
            past = start is not None and clock.ceiling_years and today >= add_term(start, clock.ceiling_years)
            if past and not who.legal_hold and clock.data in ("personal", "resume"):
                assert clock.data in {r.data for r in goes} or "personal" in {r.data for r in goes}
