"""Staff say yes: never in place of the person's own proof, never beyond their role."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from intake.errors import BadInput, NotAllowed, NotProved, Permanent
from intake.model import (
    Application,
    CaseState,
    Effect,
    LinkPlan,
    Proof,
    ReplyPlan,
    Role,
    SeekerStatus,
    StaffMember,
    Stage,
    Task,
)
from intake.policy import assignee_of, decide_send_link, decide_staff_approval, decide_tasks_done, may_be_refused
from tests.unit.policy.situations import AGENCY, DAY, NOW, OFFICE, REQUESTS, STAGES, TODAY, WITHDRAWN, case, seeker

WITHDRAW, ERASERS = Effect.WITHDRAW, Role.PRIVACY_OFFICER
GONE = seeker(**WITHDRAWN)


def approve(request: str = "withdrawal", who=None, role: Role = Role.LEAD, profile=AGENCY, **more):  # type: ignore[no-untyped-def]
    told = ("override_reason", "approvers", "second_approved", "dropping", "others", "tasks")
    words = {k: more.pop(k) for k in told if k in more}
    fields = {"proof": Proof.E2, "hold_reason": "staff_carries_out", **more}
    held = case(request, CaseState.REVIEW, **fields)
    return decide_staff_approval(held, who or seeker(), profile, NOW, TODAY, role, **words)


def test_no_role_and_no_word_withdraws_or_erases_without_the_persons_proof() -> None:
    for request, proof, role, stage in itertools.product(
        ("withdrawal", "deletion"), (Proof.E0, Proof.E1), Role, STAGES
    ):
        for who in (seeker(stage), GONE) if request == "deletion" else (seeker(stage),):
            with pytest.raises((NotProved, NotAllowed)):
                approve(request, who, role, proof=proof, override_reason="急ぎ", second_approved=True)
    with pytest.raises(NotProved):
        approve(proof=Proof.E1)
    with pytest.raises(NotProved):
        approve("deletion", GONE, ERASERS, proof=Proof.E1)


@pytest.mark.parametrize("stage", STAGES)
def test_the_lead_carries_out_at_every_stage(stage: Stage) -> None:
    d = approve(who=seeker(stage))
    assert (d.state, WITHDRAW in d.effects, d.reply) == (CaseState.DONE, True, ReplyPlan("done_withdrawal", "file"))
    assert len(d.tasks) == (stage >= Stage.APPLIED)


def test_held_withdrawals_need_a_lead() -> None:
    for role in (Role.REVIEWER, Role.ADMIN, Role.AUDITOR, Role.PRIVACY_OFFICER):
        with pytest.raises(NotAllowed, match="リーダー"):
            approve(who=seeker(Stage.INTERVIEW_FIXED), role=role, hold_reason="mail_bounced")
    assert approve(role=Role.REVIEWER, hold_reason="mail_bounced").state is CaseState.DONE


def test_auditors_and_admins_approve_nothing() -> None:
    for request, role in itertools.product(REQUESTS, (Role.AUDITOR, Role.ADMIN)):
        with pytest.raises(Permanent):
            approve(request, role=role, dropping=(case(id=9),))


def test_a_self_made_application_is_overridden_with_a_reason_only() -> None:
    who = seeker(Stage.APPLIED, self_applied=True)
    with pytest.raises(NotAllowed, match="理由"):
        approve(who=who, profile=OFFICE, override_reason="  ")
    assert approve(who=who, profile=OFFICE, override_reason="応募先と合意済み").state is CaseState.DONE


def test_what_the_seeker_put_off_is_not_done_early_without_a_reason() -> None:
    with pytest.raises(NotAllowed, match="理由"):
        approve(who=seeker(Stage.APPLIED), hold_reason="after_selection")
    assert approve(who=seeker(Stage.APPLIED), hold_reason="after_selection", override_reason="本人の希望").effects
    assert approve(hold_reason="after_selection").state is CaseState.DONE


def test_an_approved_erasure_is_not_approved_again() -> None:
    for hold in ("cooling_off", "erasure_due"):
        with pytest.raises(NotAllowed, match="承認済み"):
            approve("deletion", GONE, ERASERS, hold_reason=hold)


def test_an_erasure_cools_off() -> None:
    for profile, days in ((AGENCY, 7), (OFFICE, 30)):
        d = approve("deletion", GONE, ERASERS, profile, hold_reason="approve_erasure")
        assert (d.state, d.hold_reason, d.wake_on) == (CaseState.SCHEDULED, "cooling_off", TODAY + days * DAY)
        link = LinkPlan("deletion")  # the page offers it sooner, or not at all
        assert (d.effects, d.reply) == ((), ReplyPlan("deletion_scheduled", "file", link))


def test_a_second_person_approves_where_there_is_one() -> None:
    words = {"hold_reason": "approve_erasure", "approvers": 2}
    first = approve("deletion", GONE, ERASERS, **words)
    assert (first.state, first.hold_reason) == (CaseState.REVIEW, "second_approval")
    assert approve("deletion", GONE, ERASERS, second_approved=True, **words).hold_reason == "cooling_off"
    always = AGENCY.model_copy(update={"erasure": AGENCY.erasure.model_copy(update={"second_approver": "always"})})
    assert approve("deletion", GONE, ERASERS, always, hold_reason="approve_erasure").hold_reason == "second_approval"


def test_a_legal_hold_stops_every_erasure() -> None:
    with pytest.raises(NotAllowed, match="法的保全"):
        approve("deletion", replace(GONE, legal_hold="係争中"), ERASERS, hold_reason="legal_hold")


def test_where_staff_decide_on_leaving_that_comes_before_the_erasure() -> None:
    held = seeker(Stage.OFFERED)
    with pytest.raises(NotAllowed):
        approve("deletion", held, ERASERS, hold_reason="call_first")
    d = approve("deletion", held, Role.LEAD, hold_reason="call_first")
    assert (d.state, d.hold_reason, WITHDRAW in d.effects) == (CaseState.REVIEW, "approve_erasure", True)
    assert d.assign == "privacy_officer"


@pytest.mark.parametrize(
    ("request_", "template"),
    [
        ("pause", "done_pause"),
        ("resume", "done_resume"),
        ("concierge_change", "done_concierge_change"),
        ("preferences", "done_preferences"),
    ],
)
def test_what_can_be_undone_needs_an_address_on_file(request_: str, template: str) -> None:
    d = approve(request_, proof=Proof.E0, hold_reason="unsure")
    assert (d.state, d.reply) == (CaseState.DONE, ReplyPlan(template, "file"))
    for doubt in (
        {"hold_reason": "unverified"},
        {"hold_reason": "not_on_file"},
        {"hold_reason": "corrected", "policy": "nobody_is_identified"},
        {"hold_reason": "held", "policy": "authentication_fails"},
    ):
        with pytest.raises(NotProved):
            approve(request_, proof=Proof.E0, **doubt)
        assert approve(request_, proof=Proof.E2, **doubt).state is CaseState.DONE


@pytest.mark.parametrize(
    ("running", "company"), [((), ""), ((Stage.SCREENING,), "株式会社0"), ((Stage.SCREENING, Stage.OFFERED), "")]
)
def test_a_declines_yes_is_work_until_somebody_has_told_the_employer(running: tuple[Stage, ...], company: str) -> None:
    """「応募先へは、担当者からお伝えいたしました」 is said when it is true, not when it is allowed."""
    who = replace(seeker(), applications=tuple(Application(n, f"株式会社{n}", s) for n, s in enumerate(running)))
    d = approve("decline", who, hold_reason="sender_confirmed", proof=Proof.E3)
    assert (d.state, d.hold_reason, d.reply) == (CaseState.SCHEDULED, "employer_informed", None)
    assert [(t.kind, t.subject) for t in d.tasks] == [("tell_employer", company)]
    asked = Task(1, 1, d.tasks[0])
    again = approve("decline", who, hold_reason="held", proof=Proof.E3, tasks=(asked,))
    assert (again.state, again.tasks) == (CaseState.SCHEDULED, ())
    told = replace(asked, done_at=NOW, done_by="佐藤 美咲")
    assert approve("decline", who, hold_reason="held", proof=Proof.E3, tasks=(told,)).reply == ReplyPlan(
        "done_decline", "file"
    )
    dropped = replace(told, done_by="needless:corrected")
    assert approve("decline", who, hold_reason="corrected", proof=Proof.E3, tasks=(dropped,)).tasks == d.tasks


def test_another_concierge_is_the_leads_word() -> None:
    with pytest.raises(NotAllowed):
        approve("concierge_change", role=Role.REVIEWER)


def test_who_has_left_is_not_paused() -> None:
    with pytest.raises(NotAllowed):
        approve("pause", GONE)


def test_staff_switch_an_invalid_registration_on_but_do_not_pause_it() -> None:
    lapsed = seeker(status=SeekerStatus.INVALID)
    assert Effect.RESUME in approve("resume", lapsed, hold_reason="status_invalid").effects
    with pytest.raises(NotAllowed, match="無効"):
        approve("pause", lapsed, hold_reason="status_invalid")


def test_staff_reopen_on_the_persons_proof() -> None:
    with pytest.raises(NotProved):
        approve("reinstatement", GONE, proof=Proof.E1, hold_reason="reopen")
    long_gone = seeker(status=SeekerStatus.WITHDRAWN, withdrawn_on=TODAY - 400 * DAY)
    for who in (GONE, long_gone):
        assert Effect.REINSTATE in approve("reinstatement", who, hold_reason="reopen").effects


def test_nobody_is_brought_back_into_what_is_about_to_be_erased() -> None:
    erasing = case("deletion", CaseState.REVIEW, hold_reason="approve_erasure", proof=Proof.E2, id=99)
    with pytest.raises(NotAllowed, match="取り消し"):
        approve("reinstatement", GONE, hold_reason="reopen", others=(erasing,))
    ended = case("deletion", CaseState.RETRACTED, id=99)
    assert Effect.REINSTATE in approve("reinstatement", GONE, hold_reason="reopen", others=(ended,)).effects


def test_a_retraction_drops_what_staff_chose() -> None:
    with pytest.raises(BadInput):
        approve("retraction", hold_reason="which_request")
    for nothing in (case("retraction"), case(id=9, state=CaseState.DONE)):  # itself, or what is over
        with pytest.raises(BadInput):
            approve("retraction", hold_reason="which_request", dropping=(nothing,))
    d = approve("retraction", hold_reason="which_request", proof=Proof.E0, dropping=(case(id=9),))
    assert (d.state, d.targets, d.effects) == (CaseState.DONE, (9,), (Effect.DROP_TARGETS, Effect.RELEASE_OUTREACH))


def test_without_a_seeker_only_questions_and_other_mail_are_closed() -> None:
    for request in REQUESTS:
        held = case(request, CaseState.REVIEW, hold_reason="no_register")
        if request in ("question", "other"):
            assert decide_staff_approval(held, None, AGENCY, NOW, TODAY, Role.REVIEWER).state is CaseState.DONE
        else:
            with pytest.raises(NotProved):
                decide_staff_approval(held, None, AGENCY, NOW, TODAY, Role.LEAD)


def test_one_key_sends_the_link_to_the_file_only() -> None:
    d = decide_send_link(case("withdrawal", CaseState.REVIEW), seeker(), AGENCY, TODAY)
    assert d.state is CaseState.AWAITING_PROOF
    assert d.reply is not None
    assert (d.reply.to, d.reply.template) == ("file", "receipt_withdrawal")
    assert d.reply.link is not None
    assert d.effects == ()
    read = case("withdrawal", CaseState.REVIEW, hold_reason="unsure", proof=Proof.E1)
    assert decide_send_link(read, seeker(), AGENCY, TODAY).effects == (Effect.HOLD_OUTREACH,)
    stranger = replace(read, policy="nobody_is_identified")
    assert decide_send_link(stranger, seeker(), AGENCY, TODAY).effects == ()
    with pytest.raises(NotAllowed):
        decide_send_link(case(state=CaseState.SCHEDULED), seeker(), AGENCY, TODAY)
    for nobody in (None, seeker(addresses=())):
        with pytest.raises(NotProved):
            decide_send_link(case(), nobody, AGENCY, TODAY)


def test_a_proved_wish_to_leave_is_not_refused() -> None:
    for request in ("withdrawal", "deletion"):
        assert may_be_refused(case(request, proof=Proof.E1))
        assert not may_be_refused(case(request, proof=Proof.E2))
    assert may_be_refused(case("decline", proof=Proof.E3))


def test_a_wish_that_is_not_clear_is_not_proved_whoever_pressed_the_key() -> None:
    unclear = case(state=CaseState.REVIEW, proof=Proof.E2, policy="reading_is_unsure", hold_reason="unsure")
    assert may_be_refused(unclear)
    assert not may_be_refused(replace(unclear, policy="withdrawal", hold_reason="call_first"))


def test_when_people_have_done_their_part() -> None:
    waiting = case("decline", CaseState.SCHEDULED, hold_reason="employer_informed")
    done = decide_tasks_done(waiting, seeker(), AGENCY)
    assert done is not None
    assert (done.state, done.reply) == (CaseState.DONE, ReplyPlan("done_decline", "file"))
    assert decide_tasks_done(replace(waiting, hold_reason="cooling_off"), seeker(), AGENCY) is None
    assert decide_tasks_done(case("withdrawal", CaseState.REVIEW, hold_reason="call_first"), seeker(), AGENCY) is None


def test_who_gets_a_case() -> None:
    staff = (
        StaffMember(1, "佐藤", Role.REVIEWER, lead="鈴木"),
        StaffMember(2, "鈴木", Role.LEAD),
        StaffMember(3, "田中", Role.LEAD),
        StaffMember(4, "高木", Role.PRIVACY_OFFICER),
    )
    who = seeker()
    assert assignee_of("concierge", who, "preferences") == "佐藤"
    assert assignee_of("concierge", who, "concierge_change") is None
    assert assignee_of("佐藤", who, "concierge_change") is None
    assert assignee_of("lead", who, "concierge_change", staff) == "鈴木"
    assert assignee_of("lead", seeker(concierge="鈴木"), "concierge_change", staff) == "田中"
    assert assignee_of("lead", seeker(concierge=None), "other", staff) is None
    assert assignee_of("privacy_officer", who, "deletion", staff) == "高木"
    assert assignee_of("lead", who, "concierge_change") is None
    assert assignee_of(None, who, "other") is None
