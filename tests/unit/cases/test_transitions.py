"""A case's steps: what the table has, and that nothing else happens."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from intake.cases import TABLE, Event, IllegalStep, check, joins
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
    mail, older = _case(1), _case(2, days=3)
    assert joins("withdrawal", [mail, older], NOW, 7, seeker_id=1) is older
    assert joins("withdrawal", [mail], NOW, 7, seeker_id=2) is None
    assert joins("pause", [mail], NOW, 7, seeker_id=1) is None
    assert joins("withdrawal", [_case(3, days=7)], NOW, 7, seeker_id=1) is not None
    assert joins("withdrawal", [_case(3, days=7.1)], NOW, 7, seeker_id=1) is None
    assert joins("withdrawal", [_case(4, state=CaseState.DONE)], NOW, 7, seeker_id=1) is None


def test_the_from_address_stands_for_an_unknown_person_only() -> None:
    stranger = _case(1, seeker_id=None, sender_hash=b"x")
    assert joins("withdrawal", [stranger], NOW, 7, sender_hash=b"x") is stranger
    assert joins("withdrawal", [stranger], NOW, 7, sender_hash=b"y") is None
    assert joins("withdrawal", [_case(2, seeker_id=None)], NOW, 7, sender_hash=b"") is None
    assert joins("withdrawal", [_case(3, sender_hash=b"x")], NOW, 7, sender_hash=b"x") is None


@pytest.mark.parametrize("hold", ["unverified", "not_on_file", "several_seekers", "unsure", "no_register"])
def test_a_forged_mail_never_swallows_the_true_one(hold: str) -> None:
    assert joins("withdrawal", [_case(1, hold=hold)], NOW, 7, seeker_id=1) is None


def test_nor_when_staff_have_put_another_reason_over_it() -> None:
    held = _case(1, hold="held", policy="authentication_fails")
    assert joins("withdrawal", [held], NOW, 7, seeker_id=1) is None
    assert joins("withdrawal", [_case(2, hold="call_first")], NOW, 7, seeker_id=1) is not None


@pytest.mark.parametrize("request_", ["decline", "preferences", "question", "other", "retraction"])
def test_what_may_mean_something_else_the_second_time_is_a_case_of_its_own(request_: str) -> None:
    assert joins(request_, [_case(1, request_)], NOW, 7, seeker_id=1) is None
