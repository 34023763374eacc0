"""Behind the link, in the app, at the telephone: what 完了 leads to. No path ends in "cannot leave"."""

from __future__ import annotations

from datetime import date

import pytest

from intake.errors import BadInput, NotProved, Stale
from intake.model import Application, CaseState, Effect, Proof, ReplyPlan, SeekerStatus, Stage
from intake.policy import choices_for, decide_proved
from tests.unit.policy.situations import (
    AGENCY,
    DAY,
    NOW,
    OFFICE,
    PROFILES,
    REQUESTS,
    STAGES,
    TODAY,
    WITHDRAWN,
    case,
    seeker,
)

HOLD, WITHDRAW, RELEASE = Effect.HOLD_OUTREACH, Effect.WITHDRAW, Effect.RELEASE_OUTREACH


def proved(request: str = "withdrawal", choice: str = "complete", who=None, profile=AGENCY, **more):  # type: ignore[no-untyped-def]
    proof = more.pop("proof", Proof.E2)
    return decide_proved(case(request), who or seeker(), choice, proof, profile, NOW, TODAY, **more)


@pytest.mark.parametrize("stage", STAGES)
def test_leaving_by_stage(stage: Stage) -> None:
    d = proved(who=seeker(stage))
    if stage < Stage.INTERVIEW_FIXED:
        assert (d.state, d.effects, d.reply) == (CaseState.DONE, (HOLD, WITHDRAW), ReplyPlan("done_withdrawal", "file"))
        assert [t.kind for t in d.tasks] == (["tell_employer"] if stage >= Stage.APPLIED else [])
    else:
        assert (d.state, d.effects, d.assign) == (CaseState.REVIEW, (HOLD,), "lead")
        assert d.reply == ReplyPlan("done_withdrawal_held", "file")
        held = stage is Stage.INTERVIEW_FIXED
        assert d.hold_reason == ("staff_carries_out" if held else "call_first")
        assert [t.kind for t in d.tasks] == ([] if held else ["call"])


@pytest.mark.parametrize("stage", STAGES[1:])
def test_a_self_made_application_waits_at_the_public_office_only(stage: Stage) -> None:
    d = proved(who=seeker(stage, self_applied=True), profile=OFFICE)
    assert (d.state, d.hold_reason, d.effects) == (CaseState.SCHEDULED, "self_application", (HOLD,))
    assert d.wake_on == TODAY + DAY
    assert proved(who=seeker(stage, self_applied=True)).hold_reason != "self_application"


def test_putting_off_pausing_and_cancelling() -> None:
    running = seeker(Stage.OFFERED)
    later = proved(choice="defer", who=running)
    assert (later.state, later.hold_reason, later.wake_on) == (CaseState.SCHEDULED, "after_selection", TODAY + DAY)
    assert later.reply == ReplyPlan("done_deferred", "file")
    assert proved(choice="defer").state is CaseState.DONE  # nothing runs any more: what was asked can be done
    instead = proved(choice="pause", who=running)
    assert (instead.state, instead.effects) == (CaseState.DONE, (HOLD, Effect.PAUSE))
    assert instead.reply == ReplyPlan("done_pause", "file")
    cancelled = proved(choice="cancel", who=running)
    assert (cancelled.state, cancelled.effects) == (CaseState.RETRACTED, (RELEASE,))
    assert cancelled.reply == ReplyPlan("done_retraction", "file")
    other = case("deletion", id=8, proof=Proof.E1)
    assert proved(choice="cancel", others=(case(), other)).effects == ()
    assert proved("decline", "cancel").effects == ()


def test_the_page_offers_only_what_can_be_chosen() -> None:
    assert choices_for(case(), seeker()) == ("complete", "cancel", "pause")
    assert choices_for(case(), seeker(Stage.APPLIED)) == ("complete", "cancel", "defer", "pause")
    assert choices_for(case(), seeker(**WITHDRAWN)) == ("complete", "cancel")
    assert choices_for(case("deletion"), seeker(Stage.APPLIED)) == ("complete", "cancel")
    for request, choice in (("deletion", "defer"), ("pause", "pause"), ("withdrawal", "erase"), ("withdrawal", "")):
        with pytest.raises(BadInput):
            proved(request, choice)


@pytest.mark.parametrize("request_", REQUESTS)
@pytest.mark.parametrize("choice", ["complete", "cancel"])
@pytest.mark.parametrize("proof", [Proof.E0, Proof.E1])
def test_less_than_a_link_is_no_proof(request_: str, choice: str, proof: Proof) -> None:
    with pytest.raises(NotProved):
        proved(request_, choice, proof=proof)


def test_what_changed_since_the_page_was_shown_is_shown_anew() -> None:
    who = seeker(Stage.APPLIED)
    assert proved(who=who, consequences_seen=(11,)).state is CaseState.DONE
    for seen in ((), (12,), (11, 12)):
        with pytest.raises(Stale):
            proved(who=who, consequences_seen=seen)
    assert proved(choice="cancel", who=who, consequences_seen=()).state is CaseState.RETRACTED


def test_an_erasure_goes_to_staff_and_ends_the_registration_by_stage() -> None:
    plain = proved("deletion")
    assert (plain.state, plain.hold_reason, plain.effects) == (CaseState.REVIEW, "approve_erasure", (HOLD, WITHDRAW))
    assert (plain.assign, plain.reply) == ("privacy_officer", ReplyPlan("done_deletion_confirmed", "file"))
    late = proved("deletion", who=seeker(Stage.OFFERED))
    assert (late.hold_reason, late.effects, late.assign) == ("call_first", (HOLD,), "lead")
    own = proved("deletion", who=seeker(Stage.APPLIED, self_applied=True), profile=OFFICE)
    assert (own.state, own.hold_reason, own.effects) == (CaseState.SCHEDULED, "self_application", (HOLD,))
    gone = proved("deletion", who=seeker(**WITHDRAWN))
    assert (gone.hold_reason, gone.effects) == ("approve_erasure", ())


def test_a_cooling_off_can_be_shortened_by_the_seeker_alone() -> None:
    def again(profile):  # type: ignore[no-untyped-def]
        waiting = case("deletion", CaseState.SCHEDULED, hold_reason="cooling_off", wake_on=TODAY + 5 * DAY)
        return decide_proved(waiting, seeker(**WITHDRAWN), "complete", Proof.E2, profile, NOW, TODAY)

    assert (again(AGENCY).state, again(AGENCY).hold_reason) == (CaseState.SCHEDULED, "erasure_due")
    strict = AGENCY.model_copy(update={"erasure": AGENCY.erasure.model_copy(update={"seeker_may_shorten": False})})
    assert (again(strict).hold_reason, again(strict).wake_on) == ("cooling_off", TODAY + 5 * DAY)


def test_an_interview_tomorrow_is_decided_today() -> None:
    near = Application(1, "株式会社みほん", Stage.INTERVIEW_FIXED, interview_at=NOW + DAY)
    assert proved(who=seeker(applications=(near,))).due_on == TODAY
    assert proved(who=seeker(Stage.INTERVIEW_FIXED)).due_on == date(2026, 4, 13)
    assert proved("deletion", who=seeker(applications=(near,))).due_on == TODAY


def test_a_legal_hold_stops_the_erasure_not_the_leaving() -> None:
    d = proved("deletion", who=seeker(legal_hold="係争中のため"))
    assert (d.state, d.hold_reason, d.effects) == (CaseState.REVIEW, "legal_hold", (HOLD, WITHDRAW))
    assert d.reply == ReplyPlan("deletion_held", "file")


def test_leaving_twice_is_leaving_once() -> None:
    d = proved(who=seeker(**WITHDRAWN))
    assert (d.state, d.effects, d.tasks, d.reply) == (CaseState.DONE, (), (), None)


def test_resuming_while_leaving_is_open_is_for_staff() -> None:
    leaving = case("withdrawal", id=9)
    for request in ("resume", "reinstatement"):
        d = proved(request, others=(leaving,))
        assert (d.state, d.hold_reason, d.effects) == (CaseState.REVIEW, "leaving_is_open", ())
        assert proved(request, others=(case("withdrawal", id=9, state=CaseState.DONE),)).state is CaseState.DONE


def test_pause_resume_and_coming_back() -> None:
    assert proved("pause").effects == (HOLD, Effect.PAUSE)
    assert proved("pause", who=seeker(**WITHDRAWN)).effects == ()
    assert proved("resume", who=seeker(status=SeekerStatus.PAUSED)).effects == (Effect.RESUME, RELEASE)
    assert proved("reinstatement", who=seeker(**WITHDRAWN)).effects == (Effect.REINSTATE, RELEASE)
    late = seeker(status=SeekerStatus.WITHDRAWN, withdrawn_on=TODAY - 31 * DAY)
    assert (proved("reinstatement", who=late).state, proved("reinstatement", who=late).effects) == (
        CaseState.REVIEW,
        (),
    )


def test_who_was_told_that_staff_reopen_is_not_told_again_by_the_proof() -> None:
    late = seeker(status=SeekerStatus.WITHDRAWN, withdrawn_on=TODAY - 31 * DAY)
    for state, hold, told in (
        (CaseState.AWAITING_PROOF, None, ReplyPlan("receipt_reinstatement", "file")),
        (CaseState.REVIEW, "reopen", None),
    ):
        asked = case("reinstatement", state, hold_reason=hold)
        d = decide_proved(asked, late, "complete", Proof.E3, AGENCY, NOW, TODAY)
        assert (d.state, d.hold_reason, d.reply) == (CaseState.REVIEW, "reopen", told)


def test_a_confirmed_retraction_drops_what_is_open() -> None:
    one, two = case(id=1, message_id=1), case("pause", id=2, message_id=2)
    d = proved("retraction", others=(one,))
    assert (d.state, d.targets, d.effects) == (CaseState.DONE, (1,), (Effect.DROP_TARGETS, RELEASE))
    assert proved("retraction", others=(one, two)).hold_reason == "which_request"
    assert proved("retraction", others=(one, two), mentioned=("pause",)).targets == (2,)
    assert proved("retraction", others=(one,), mentioned=("pause",)).hold_reason == "which_request"
    assert proved("retraction").hold_reason == "nothing_open"
    itself, over, question = case("retraction"), case(id=3, state=CaseState.DONE), case("question", id=4)
    assert proved("retraction", others=(itself, over, question)).hold_reason == "nothing_open"


def test_an_invalid_registration_can_be_left_but_not_paused() -> None:
    lapsed = seeker(status=SeekerStatus.INVALID)
    assert choices_for(case(), lapsed) == ("complete", "cancel")
    assert proved(who=lapsed).effects == (HOLD, WITHDRAW)
    for request, choice in (("withdrawal", "pause"), ("pause", "complete"), ("resume", "complete")):
        d = proved(request, choice, who=lapsed)
        assert (d.state, d.hold_reason, d.effects) == (CaseState.REVIEW, "status_invalid", ())


@pytest.mark.parametrize("request_", ["concierge_change", "preferences", "decline", "question", "other"])
def test_what_people_do_goes_to_people_once_the_sender_is_confirmed(request_: str) -> None:
    d = proved(request_)
    assert (d.state, d.hold_reason, d.effects, d.reply) == (CaseState.REVIEW, "sender_confirmed", (), None)


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_nobody_is_told_that_they_cannot_leave(profile) -> None:  # type: ignore[no-untyped-def]
    for stage in STAGES:
        for own in (False, True):
            for request in ("withdrawal", "deletion"):
                d = proved(request, who=seeker(stage, self_applied=own), profile=profile)
                assert d.state in (CaseState.DONE, CaseState.REVIEW, CaseState.SCHEDULED)
                assert d.reply is not None
                if d.state is CaseState.SCHEDULED:
                    assert d.wake_on is not None  # looked at again by itself
                if d.state is CaseState.REVIEW:
                    assert (d.assign, d.due_on is not None) in (("lead", True), ("privacy_officer", True))


def test_without_an_address_it_is_done_and_not_told() -> None:
    d = proved(who=seeker(addresses=()), proof=Proof.E3)
    assert (d.state, d.reply, d.no_reply) == (CaseState.DONE, None, "no_address")
