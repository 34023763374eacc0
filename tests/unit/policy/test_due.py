"""The passing of days: one reminder, then staff; silence never withdraws or erases anybody."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date

import pytest

from intake.model import Application, Case, CaseState, Decision, Effect, Proof, ReplyPlan, Seeker, Stage
from intake.policy import decide_bounced, decide_due
from tests.unit.policy.situations import AGENCY, DAY, NOW, OFFICE, REQUESTS, STAGES, TODAY, WITHDRAWN, case, seeker


def due(held: Case, who: Seeker | None = None, profile=AGENCY, **more) -> Decision | None:  # type: ignore[no-untyped-def]
    return decide_due(replace(held, wake_on=held.wake_on or TODAY), who or seeker(), profile, NOW, TODAY, **more)


def wait(hold: str, request: str = "withdrawal", **fields) -> Case:  # type: ignore[no-untyped-def]
    return case(request, CaseState.SCHEDULED, hold_reason=hold, **{"proof": Proof.E2, **fields})


def test_one_reminder_then_staff() -> None:
    first = due(case())
    assert first is not None
    assert (first.state, first.reason, first.wake_on) == (CaseState.AWAITING_PROOF, "reminder", date(2026, 4, 13))
    assert first.reply is not None
    assert (first.reply.template, first.reply.to) == ("reminder", "file")
    assert first.reply.link is not None
    second = due(case(), reminded=True)
    assert second is not None
    assert (second.state, second.hold_reason, second.reply, second.effects) == (CaseState.REVIEW, "no_answer", None, ())


def test_nothing_before_its_day_and_nothing_for_the_closed() -> None:
    assert decide_due(case(wake_on=TODAY + DAY), seeker(), AGENCY, NOW, TODAY) is None
    assert decide_due(case(), seeker(), AGENCY, NOW, TODAY) is None
    assert due(case(), link_unanswered=False) is None
    for state in CaseState:
        if not state.is_open:
            assert due(case("withdrawal", state)) is None


def test_silence_withdraws_and_erases_nobody() -> None:
    for request, reminded, stage, proof in itertools.product(REQUESTS, (False, True), STAGES, (Proof.E0, Proof.E1)):
        states = (CaseState.AWAITING_PROOF, CaseState.REVIEW, CaseState.SCHEDULED)
        holds = (None, "after_selection", "self_application", "cooling_off", "conditions")
        for state, hold in itertools.product(states, holds):
            d = due(case(request, state, proof=proof, hold_reason=hold), seeker(stage), reminded=reminded)
            assert d is None or not d.effects
            assert d is None or d.state is not CaseState.DONE


def test_put_off_until_the_selection_is_over() -> None:
    waits = due(wait("after_selection"), seeker(Stage.SCREENING))
    assert waits is not None
    assert (waits.state, waits.hold_reason, waits.wake_on) == (CaseState.SCHEDULED, "after_selection", TODAY + DAY)
    assert (waits.reply, waits.no_reply) == (None, "still_waiting")
    over = due(wait("after_selection"))
    assert over is not None
    assert (over.state, over.reply) == (CaseState.DONE, ReplyPlan("done_withdrawal", "file"))
    assert Effect.WITHDRAW in over.effects


def test_the_end_of_a_self_made_application_is_looked_at_by_stage() -> None:
    own = Application(1, "株式会社みほん", Stage.APPLIED, self_applied=True)
    other = Application(2, "㈱アオバ", Stage.OFFERED)
    assert due(wait("self_application"), seeker(applications=(own, other)), OFFICE).state is CaseState.SCHEDULED  # type: ignore[union-attr]
    left = due(wait("self_application"), seeker(applications=(other,)), OFFICE)
    assert left is not None
    assert (left.state, left.hold_reason) == (CaseState.REVIEW, "call_first")
    erasing = due(wait("self_application", "deletion"), seeker(), OFFICE)
    assert erasing is not None
    assert (erasing.state, erasing.hold_reason) == (CaseState.REVIEW, "approve_erasure")


def test_without_proof_a_wait_ends_with_staff() -> None:
    d = due(wait("after_selection", proof=Proof.E1))
    assert d is not None
    assert (d.state, d.hold_reason, d.effects) == (CaseState.REVIEW, "confirm_sender", ())


def test_cooling_off_ends_with_the_erasure_due_or_the_legal_hold() -> None:
    d = due(wait("cooling_off", "deletion"), seeker(**WITHDRAWN))
    assert d is not None
    assert (d.state, d.hold_reason, d.wake_on, d.effects) == (CaseState.SCHEDULED, "erasure_due", None, ())
    held = due(wait("cooling_off", "deletion"), seeker(legal_hold="係争中", **WITHDRAWN))
    assert held is not None
    assert (held.state, held.hold_reason, held.reply) == (
        CaseState.REVIEW,
        "legal_hold",
        ReplyPlan("deletion_held", "file"),
    )


@pytest.mark.parametrize("hold", ["employer_informed", "conditions"])
def test_what_people_did_not_do_in_time_is_seen(hold: str) -> None:
    d = due(wait(hold, "decline"))
    assert d is not None
    assert (d.state, d.hold_reason) == (CaseState.REVIEW, "task_overdue")


def test_who_left_meanwhile_is_not_reminded() -> None:
    gone = seeker(**WITHDRAWN)
    for held in (case(), wait("after_selection"), wait("self_application")):
        d = due(held, gone)
        assert d is not None
        assert (d.state, d.effects, d.reply) == (CaseState.DONE, (), None)


def test_without_an_address_staff_call() -> None:
    d = due(case(), seeker(addresses=()))
    assert d is not None
    assert (d.state, d.hold_reason) == (CaseState.REVIEW, "no_address")
    nobody = decide_due(replace(wait("cooling_off"), wake_on=TODAY), None, AGENCY, NOW, TODAY)
    assert nobody is not None
    assert nobody.hold_reason == "no_seeker"


def test_a_case_put_aside_comes_back_and_stays_as_doubtful_as_it_was() -> None:
    held = case("pause", CaseState.REVIEW, hold_reason="held", policy="authentication_fails")
    d = due(held)
    assert d is not None
    assert (d.state, d.hold_reason, d.policy, d.wake_on) == (CaseState.REVIEW, "held", "authentication_fails", None)


def test_a_complaint_comes_back_to_the_lead() -> None:
    for held in (case(complaint=True), case("concierge_change")):
        d = due(held, reminded=True)
        assert d is not None
        assert d.assign == "lead"
    plain = due(case(), reminded=True)
    assert plain is not None
    assert plain.assign is None


def test_a_bounce_brings_every_open_case_to_staff() -> None:
    for state in CaseState:
        d = decide_bounced(case(state=state), AGENCY, TODAY)
        assert (d is not None) == state.is_open
        assert d is None or (d.state, d.hold_reason) == (CaseState.REVIEW, "mail_bounced")
