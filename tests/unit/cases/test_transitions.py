"""A case's steps: what the table has, and that nothing else happens."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from intake.cases import TABLE, Event, IllegalStep, check
from intake.model import Case, CaseState, Channel

OPEN = {CaseState.REVIEW, CaseState.AWAITING_PROOF, CaseState.SCHEDULED}
NOW = datetime(2026, 4, 10, tzinfo=UTC)


def test_every_step_outside_the_table_is_refused() -> None:
    for old, event, new in itertools.product(CaseState, Event, CaseState):
        if new in TABLE.get((old, event), ()):
            check(old, new, event.value)
        else:
            with pytest.raises(IllegalStep):
                check(old, new, event.value)


def test_a_closed_case_takes_no_step() -> None:
    assert {old for old, _ in TABLE} == OPEN


def test_staff_can_end_or_take_over_every_open_case() -> None:
    for state in OPEN:
        for event in (Event.CLOSE, Event.REFUSE, Event.LAPSE, Event.RETRACT, Event.PROVE, Event.HOLD, Event.ASK):
            assert (state, event) in TABLE


def test_only_staff_let_a_case_lapse_and_only_they_refuse() -> None:
    for (_, event), to in TABLE.items():
        assert (CaseState.LAPSED in to) == (event is Event.LAPSE)
        assert (CaseState.REFUSED in to) == (event is Event.REFUSE)


def test_time_alone_never_ends_a_review() -> None:
    assert TABLE[CaseState.REVIEW, Event.FALL_DUE] == {CaseState.REVIEW}
    assert TABLE[CaseState.AWAITING_PROOF, Event.REMIND] == {CaseState.AWAITING_PROOF}


def test_an_unknown_event_is_no_step() -> None:
    with pytest.raises(IllegalStep, match="jump"):
        check(CaseState.REVIEW, CaseState.DONE, "jump")


def _case(
    number: int, request: str = "withdrawal", *, days: float = 1, hold: str | None = None, **more: object
) -> Case:
    state = CaseState.REVIEW if hold else CaseState.AWAITING_PROOF
    fields = {"seeker_id": 1, "hold_reason": hold, "state": state, **more}
    return Case(
        id=number,
        number=f"A-{number}",
        message_id=number,
        request=request,
        channel=Channel.EMAIL,
        received_at=NOW - timedelta(days=days),
        **fields,  # type: ignore[arg-type]
    )


def test_one_person_one_wish_one_case() -> None:
    mail = _case(1)
    assert mail.is_same_wish("withdrawal", NOW, 7)
    assert not mail.is_same_wish("pause", NOW, 7)
    assert _case(3, days=7).is_same_wish("withdrawal", NOW, 7)
    assert not _case(3, days=7.1).is_same_wish("withdrawal", NOW, 7)
    assert not _case(4, state=CaseState.DONE).is_same_wish("withdrawal", NOW, 7)


@pytest.mark.parametrize("hold", ["unverified", "not_on_file", "several_seekers", "unsure", "no_register"])
def test_a_forged_mail_never_swallows_the_true_one(hold: str) -> None:
    assert not _case(1, hold=hold).is_same_wish("withdrawal", NOW, 7)


def test_nor_when_staff_have_put_another_reason_over_it() -> None:
    held = _case(1, hold="held", policy="authentication_fails")
    assert not held.is_same_wish("withdrawal", NOW, 7)
    assert _case(2, hold="call_first").is_same_wish("withdrawal", NOW, 7)


@pytest.mark.parametrize("request_", ["decline", "preferences", "question", "other", "retraction"])
def test_what_may_mean_something_else_the_second_time_is_a_case_of_its_own(request_: str) -> None:
    assert not _case(1, request_).is_same_wish(request_, NOW, 7)
