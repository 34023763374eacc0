"""Each request's row: what a sure reading of an identified person does by itself (decisions.md)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from intake.model import (
    Application,
    CaseState,
    Effect,
    Evidence,
    LinkPlan,
    Proof,
    ReplyPlan,
    SeekerStatus,
    Stage,
    TaskPlan,
)
from intake.policy import decide
from tests.unit.policy.situations import (
    AGENCY,
    DAY,
    NOW,
    OFFICE,
    PROFILES,
    STAGES,
    TODAY,
    WITHDRAWN,
    case,
    seeker,
    situation,
)

HOLD, PAUSE, WITHDRAW = Effect.HOLD_OUTREACH, Effect.PAUSE, Effect.WITHDRAW
RESUME, RELEASE, DROP = Effect.RESUME, Effect.RELEASE_OUTREACH, Effect.DROP_TARGETS


def stricter(**proofs: str):  # type: ignore[no-untyped-def]
    return AGENCY.model_copy(update={"proof": {**AGENCY.proof, **proofs}}, deep=True)


# --- withdrawal and deletion ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("request_", ["withdrawal", "deletion"])
@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_a_link_is_sent_at_every_stage(request_: str, stage: Stage, profile) -> None:  # type: ignore[no-untyped-def]
    for self_applied in (False, True):
        who = seeker(stage, self_applied=self_applied)
        for kind, effects in (("file", ()), ("aligned", (HOLD,)), ("phone", ())):
            d = decide(situation(request_, kind, who), profile)
            assert (d.state, d.effects) == (CaseState.AWAITING_PROOF, effects)
            assert d.reply == ReplyPlan(f"receipt_{request_}", "file", LinkPlan(request_))
            assert d.wake_on == date(2026, 4, 13)  # three office days after Wednesday the 8th


@pytest.mark.parametrize("stage", STAGES)
def test_the_app_carries_out_where_nobody_needs_a_warning_else_it_shows_what_ends(stage: Stage) -> None:
    d = decide(situation("withdrawal", "app", seeker(stage)), AGENCY)
    if stage <= Stage.INTRODUCED:
        assert (d.state, d.effects, d.reply) == (CaseState.DONE, (HOLD, WITHDRAW), ReplyPlan("done_withdrawal", "file"))
    else:
        assert (d.state, d.effects) == (CaseState.AWAITING_PROOF, (HOLD,))


def test_a_telephone_check_goes_by_the_stage_table() -> None:
    def outcome(stage: Stage, **more: object) -> tuple[CaseState, str | None]:
        d = decide(situation("withdrawal", "phone_checked", seeker(stage, **more)), OFFICE)
        return d.state, d.hold_reason

    assert outcome(Stage.SCREENING) == (CaseState.DONE, None)
    assert outcome(Stage.INTERVIEW_FIXED) == (CaseState.REVIEW, "staff_carries_out")
    assert outcome(Stage.OFFERED) == (CaseState.REVIEW, "call_first")
    assert outcome(Stage.APPLIED, self_applied=True) == (CaseState.SCHEDULED, "self_application")


def test_leaving_after_the_selection_by_telephone_is_put_off() -> None:
    d = decide(situation("withdrawal", "phone_checked", seeker(Stage.SCREENING), after_selection=True), AGENCY)
    assert (d.state, d.hold_reason, d.wake_on) == (CaseState.SCHEDULED, "after_selection", TODAY + DAY)
    nothing_runs = decide(situation("withdrawal", "phone_checked", after_selection=True), AGENCY)
    assert nothing_runs.state is CaseState.DONE


@pytest.mark.parametrize("request_", ["withdrawal", "deletion", "pause"])
def test_no_case_waits_on_a_link_that_cannot_arrive(request_: str) -> None:
    d = decide(situation(request_, "phone", seeker(addresses=())), AGENCY)
    assert (d.state, d.hold_reason, d.no_reply) == (CaseState.REVIEW, "no_address", "no_address")
    assert [t.kind for t in d.tasks] == ["call"]
    muted = decide(situation("withdrawal", "aligned", no_reply="auto-submitted"), AGENCY)
    assert (muted.state, muted.hold_reason, muted.effects) == (CaseState.REVIEW, "no_reply", (HOLD,))


def test_an_erasure_proved_by_the_app_goes_to_staff_and_ends_the_registration() -> None:
    d = decide(situation("deletion", "app"), AGENCY)
    assert (d.state, d.hold_reason, d.effects) == (CaseState.REVIEW, "approve_erasure", (HOLD, WITHDRAW))
    assert (d.assign, d.reply) == ("privacy_officer", ReplyPlan("done_deletion_confirmed", "file"))
    held = decide(situation("deletion", "app", seeker(legal_hold="係争中")), AGENCY)
    assert (held.hold_reason, held.reply, held.effects) == (
        "legal_hold",
        ReplyPlan("deletion_held", "file"),
        (HOLD, WITHDRAW),
    )


def test_an_old_resume_is_a_task_not_an_erasure() -> None:
    text = "以前お送りした古い履歴書を破棄していただけますか。新しいものを添付します。"
    why = (Evidence("deletion", "履歴書を破棄", 10, 16, "deletion.erase-record", 2.0),)
    d = decide(situation("deletion", new_text=text, why=why), AGENCY)
    assert (d.hold_reason, d.effects, [t.kind for t in d.tasks]) == ("one_document", (), ["erase_document"])
    whole = decide(situation("deletion", new_text="履歴書と個人情報をすべて破棄してください。", why=why), AGENCY)
    assert whole.state is CaseState.AWAITING_PROOF
    plain = decide(situation("deletion", new_text="履歴書を破棄してください。", why=why), AGENCY)
    assert plain.state is CaseState.AWAITING_PROOF


def test_one_item_of_somebody_who_stays_is_not_an_erasure() -> None:
    text = "以前お送りした職務経歴書のデータを1点、破棄してください。退会はしません。"
    why = (Evidence("deletion", "職務経歴書のデータを1点、破棄", 7, 21, "deletion.erase-record", 2.0),)
    assert decide(situation("deletion", new_text=text, why=why), AGENCY).hold_reason == "one_document"
    leaves = "以前お送りした職務経歴書を1点、破棄してください。退会もお願いします。"
    assert decide(situation("deletion", new_text=leaves, why=why), AGENCY).state is CaseState.AWAITING_PROOF


def test_who_has_left_already() -> None:
    gone = seeker(**WITHDRAWN)
    for request in ("withdrawal", "pause", "preferences"):
        assert decide(situation(request, who=gone), AGENCY).hold_reason == "already_withdrawn"
    assert decide(situation("deletion", who=gone), AGENCY).state is CaseState.AWAITING_PROOF


# --- pause and resume -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["file", "aligned", "app", "phone_checked"])
def test_a_pause_is_carried_out_at_once(kind: str) -> None:
    d = decide(situation("pause", kind), AGENCY)
    assert (d.state, d.effects) == (CaseState.DONE, (HOLD, PAUSE))
    assert d.reply is not None
    assert d.reply.template == "done_pause"


def test_the_concierge_is_reminded_of_the_day_of_return() -> None:
    d = decide(situation("pause", resume_on=date(2026, 7, 1)), AGENCY)
    assert d.tasks == (TaskPlan("remind", "resume_on", date(2026, 7, 1), "佐藤"),)
    last_day = decide(situation("pause", pause_until=date(2026, 6, 30)), AGENCY)
    assert last_day.tasks[0].due_on == date(2026, 7, 1)  # 「〜まで休み」 resumes the following day


def test_what_is_too_little_for_a_pause_gets_a_link() -> None:
    wanted = ReplyPlan("confirm_pause", "file", LinkPlan("pause"))
    assert decide(situation("pause", "phone"), AGENCY).reply == wanted
    d = decide(situation("pause", "file"), stricter(pause="E1"))
    assert (d.state, d.effects, d.reply) == (CaseState.AWAITING_PROOF, (), wanted)
    assert decide(situation("pause", "aligned"), stricter(pause="E1")).state is CaseState.DONE
    assert decide(situation("pause", "aligned"), stricter(pause="E2")).state is CaseState.AWAITING_PROOF


def test_resuming_ends_the_pause_and_what_was_still_to_be_paused() -> None:
    waiting = case("pause")
    d = decide(situation("resume", "file", seeker(status=SeekerStatus.PAUSED), open_cases=(waiting,)), AGENCY)
    assert (d.state, d.effects, d.targets) == (CaseState.DONE, (RESUME, RELEASE), (waiting.id,))
    assert decide(situation("resume", "phone"), AGENCY).reply == ReplyPlan("confirm_resume", "file", LinkPlan("resume"))


def test_who_wants_to_go_on_from_a_later_day_stays_paused_till_then() -> None:
    """domain.md: a date, if given, is kept and the concierge reminded."""
    day = TODAY + 20 * DAY
    named = {"resume_on": day, "pause_until": day - DAY}
    paused = seeker(status=SeekerStatus.PAUSED)
    d = decide(situation("resume", "file", paused, **named), AGENCY)
    assert (d.state, d.effects, d.reply) == (CaseState.DONE, (HOLD, PAUSE), ReplyPlan("done_pause", "file"))
    assert [(t.kind, t.subject, t.due_on) for t in d.tasks] == [("remind", "resume_on", day)]
    for who, evidence, facts in ((seeker(), "file", named), (paused, "phone", named),
                                 (paused, "file", {"pause_until": day - DAY})):  # fmt: skip
        unclear = decide(situation("resume", evidence, who, **facts), AGENCY)
        assert (unclear.state, unclear.hold_reason, unclear.effects) == (CaseState.REVIEW, "later_day", ())


def test_an_invalid_registration_is_switched_on_by_staff_only() -> None:
    lapsed = seeker(status=SeekerStatus.INVALID)
    for request in ("pause", "resume"):
        d = decide(situation(request, "aligned", lapsed), OFFICE)
        assert (d.state, d.hold_reason) == (CaseState.REVIEW, "status_invalid")
        assert not {PAUSE, RESUME} & set(d.effects)
    assert decide(situation("withdrawal", "app", lapsed), OFFICE).state is CaseState.DONE


def test_resuming_while_leaving_is_open_is_for_staff() -> None:
    d = decide(situation("resume", "aligned", open_cases=(case("withdrawal"),)), AGENCY)
    assert (d.hold_reason, d.effects) == ("leaving_is_open", ())
    forged = case("withdrawal", CaseState.REVIEW, hold_reason="unverified")
    assert decide(situation("resume", "aligned", open_cases=(forged,)), AGENCY).state is CaseState.DONE


# --- people and wishes ----------------------------------------------------------------------------------------------


def test_another_concierge_is_for_the_lead() -> None:
    d = decide(situation("concierge_change", "file"), AGENCY)
    assert (d.state, d.hold_reason, d.assign, d.tasks) == (CaseState.REVIEW, "lead_decides", "lead", ())
    assert d.reply == ReplyPlan("receipt_concierge_change", "file")


def test_preferences_are_a_task_for_the_concierge() -> None:
    d = decide(situation("preferences", "file"), AGENCY)
    assert (d.state, d.hold_reason, d.assign) == (CaseState.SCHEDULED, "conditions", "concierge")
    assert d.tasks == (TaskPlan("preferences", "", date(2026, 4, 13), "佐藤"),)
    assert d.reply == ReplyPlan("receipt_preferences", "file")
    assert (d.due_on, d.wake_on) == (date(2026, 4, 13), date(2026, 4, 14))
    assert d.effects == ()


TWO = (Application(1, "株式会社みほん商事", Stage.APPLIED), Application(2, "㈱アオバ", Stage.SCREENING))


@pytest.mark.parametrize(
    ("applications", "text", "told"),
    [
        (TWO, "みほん商事様の選考を辞退いたします。", ["株式会社みほん商事"]),
        (TWO, "ｱｵﾊﾞ社の面接を辞退します。", ["㈱アオバ"]),
        (TWO, "アオバとみほん商事、どちらも辞退します。", ["㈱アオバ", "株式会社みほん商事"]),
        (TWO, "選考を辞退します。", None),
        (TWO[:1], "選考を辞退します。", ["株式会社みほん商事"]),
        ((), "選考を辞退します。", None),
    ],
)
def test_the_employer_is_told_by_the_concierge(applications, text: str, told: list[str] | None) -> None:  # type: ignore[no-untyped-def]
    d = decide(situation("decline", "file", seeker(applications=applications), new_text=text), AGENCY)
    assert d.effects == ()
    assert d.reply == ReplyPlan("receipt_decline", "file")
    if told is None:
        assert d.hold_reason == ("which_application" if applications else "no_application")
    else:
        assert (d.state, d.hold_reason) == (CaseState.SCHEDULED, "employer_informed")
        assert [(t.kind, t.subject) for t in d.tasks] == [("tell_employer", name) for name in told]


def test_an_employer_who_expects_them_tomorrow_is_told_today() -> None:
    near = replace(TWO[0], interview_at=NOW + timedelta(hours=15))
    who = seeker(applications=(near, TWO[1]))
    d = decide(situation("decline", "file", who, new_text="みほん商事もアオバも辞退します。"), AGENCY)
    due = {t.subject: t.due_on for t in d.tasks}
    assert due[near.company] == TODAY
    assert due[TWO[1].company] == d.due_on != TODAY


@pytest.mark.parametrize("request_", ["concierge_change", "preferences", "decline", "retraction"])
def test_what_staff_typed_in_unchecked_is_confirmed_first(request_: str) -> None:
    d = decide(situation(request_, "phone", seeker(Stage.APPLIED), open_cases=(case(),)), AGENCY)
    assert (d.state, d.hold_reason, d.tasks, d.targets, d.effects) == (CaseState.REVIEW, "confirm_sender", (), (), ())
    assert d.reply == ReplyPlan("phone_confirmation", "file")


# --- taking back, coming back ---------------------------------------------------------------------------------------


def test_taking_back_drops_the_open_request() -> None:
    d = decide(situation("retraction", "file", open_cases=(case("withdrawal"),)), AGENCY)
    assert (d.state, d.targets, d.effects) == (CaseState.DONE, (7,), (DROP, RELEASE))
    assert d.reply == ReplyPlan("done_retraction", "file")


def test_the_one_that_is_named_is_dropped() -> None:
    leaving, change = (
        case("withdrawal", id=1, message_id=1),
        case("concierge_change", CaseState.REVIEW, id=2, message_id=2),
    )
    both = (leaving, change)
    d = decide(situation("retraction", "file", open_cases=both, mentioned=("withdrawal",)), AGENCY)
    assert d.targets == (1,)
    unclear = decide(situation("retraction", "file", open_cases=both), AGENCY)
    assert (unclear.state, unclear.hold_reason, unclear.targets) == (CaseState.REVIEW, "which_request", ())
    same_mail = (leaving, case("deletion", id=3, message_id=1))
    assert decide(situation("retraction", "file", open_cases=same_mail), AGENCY).targets == (1, 3)


def test_nothing_of_another_kind_than_the_named_one_is_dropped() -> None:
    """domain.md, Retraction: 「担当変更は取り消します」 leaves the decline of the same mail as it is."""
    change, decline = case("concierge_change", CaseState.REVIEW, id=1), case("decline", CaseState.SCHEDULED, id=2)
    d = decide(situation("retraction", open_cases=(change, decline), mentioned=("concierge_change",)), AGENCY)
    assert d.targets == (1,)
    for named in (("withdrawal",), ("pause",)):
        d = decide(situation("retraction", open_cases=(decline,), mentioned=named), AGENCY)
        assert (d.state, d.hold_reason, d.targets, d.effects) == (CaseState.REVIEW, "which_request", (), ())


def test_a_pause_that_holds_is_ended_where_it_is_named() -> None:
    who, change = seeker(status=SeekerStatus.PAUSED), case("concierge_change", CaseState.REVIEW)
    d = decide(situation("retraction", who=who, open_cases=(change,), mentioned=("pause",)), AGENCY)
    assert (d.state, d.targets, d.effects) == (CaseState.DONE, (), (RESUME, RELEASE))
    assert d.reply == ReplyPlan("done_resume", "file")
    leaving = decide(situation("retraction", who=who, open_cases=(case("withdrawal"),), mentioned=("pause",)), AGENCY)
    assert (leaving.hold_reason, leaving.effects) == ("leaving_is_open", ())
    last = (case("pause", CaseState.DONE),)
    other = decide(situation("retraction", who=who, closed_cases=last, mentioned=("concierge_change",)), AGENCY)
    assert (other.hold_reason, other.effects) == ("nothing_open", ())


def test_what_is_asked_anew_is_not_taken_back() -> None:
    wish = ("pause", "retraction")
    open_cases = (case("withdrawal", id=1), case("pause", id=2, message_id=2))
    d = decide(situation("retraction", requests=wish, open_cases=open_cases, mentioned=("pause", "withdrawal")), AGENCY)
    assert d.targets == (1,)


def test_outreach_stays_held_while_another_wish_holds_it() -> None:
    leaving, erasing = case("withdrawal", id=1), case("deletion", id=2, message_id=2, proof=Proof.E1)
    d = decide(situation("retraction", open_cases=(leaving, erasing), mentioned=("withdrawal",)), AGENCY)
    assert d.effects == (DROP,)


def test_with_nothing_open_staff_look_unless_it_was_a_pause() -> None:
    assert decide(situation("retraction"), AGENCY).hold_reason == "nothing_open"
    paused = seeker(status=SeekerStatus.PAUSED)
    d = decide(situation("retraction", who=paused, closed_cases=(case("pause", CaseState.DONE),)), AGENCY)
    assert (d.state, d.effects) == (CaseState.DONE, (RESUME, RELEASE))


@pytest.mark.parametrize("request_", ["reinstatement", "retraction", "resume"])
@pytest.mark.parametrize(
    ("days", "via", "hold", "template"),
    [
        (31, "office", None, "return_office"),
        (31, "online", None, "return_online"),
        (31, "", "ask_how_registered", "return_unknown"),
    ],
)
def test_coming_back_by_day_and_kind(request_: str, days: int, via: str, hold: str | None, template: str) -> None:
    who = seeker(status=SeekerStatus.WITHDRAWN, withdrawn_on=TODAY - days * DAY, registered_via=via)
    d = decide(situation(request_, "file", who), AGENCY)
    assert (d.hold_reason, d.reply, d.effects) == (hold, ReplyPlan(template, "file"), ())
    assert d.request == request_


@pytest.mark.parametrize("via", ["office", "online"])
@pytest.mark.parametrize("told", ["reinstatement", "resume", "retraction"])
def test_who_answers_the_mail_about_coming_back_is_seen_by_a_person(told: str, via: str) -> None:
    """「本メールへのご返信でお知らせください」: the same mail again would be an answer to nobody."""
    who = seeker(status=SeekerStatus.WITHDRAWN, withdrawn_on=TODAY - 40 * DAY, registered_via=via)
    before = case(told, CaseState.DONE, received_at=NOW - 2 * DAY, closed_at=NOW - 2 * DAY)
    d = decide(situation("reinstatement", "file", who, closed_cases=(before,)), AGENCY)
    assert (d.state, d.hold_reason) == (CaseState.REVIEW, "reopen")
    assert d.reply == ReplyPlan("receipt_reinstatement", "file")


def test_what_was_done_before_the_leaving_says_nothing_about_coming_back() -> None:
    who = seeker(status=SeekerStatus.WITHDRAWN, withdrawn_on=TODAY - 20 * DAY, registered_via="online")
    week = AGENCY.model_copy(update={"coming_back": AGENCY.coming_back.model_copy(update={"days": 7})})
    resumed = case("resume", CaseState.DONE, received_at=NOW - 25 * DAY, closed_at=NOW - 25 * DAY)
    other = case("deletion", CaseState.DONE, received_at=NOW - 2 * DAY, closed_at=NOW - 2 * DAY)
    for closed in ((), (resumed, other)):
        d = decide(situation("reinstatement", "file", who, closed_cases=closed), week)
        assert (d.state, d.reply) == (CaseState.DONE, ReplyPlan("return_online", "file"))


@pytest.mark.parametrize("request_", ["reinstatement", "retraction", "resume"])
@pytest.mark.parametrize("days", [0, 1, 29, 30])
def test_coming_back_alone_within_thirty_days(request_: str, days: int) -> None:
    who = seeker(status=SeekerStatus.WITHDRAWN, withdrawn_on=TODAY - days * DAY)
    d = decide(situation(request_, "file", who), AGENCY)
    assert (d.request, d.state, d.effects) == (request_, CaseState.AWAITING_PROOF, ())
    assert d.reply == ReplyPlan("reinstatement_link", "file", LinkPlan("reinstatement"))


def test_coming_back_where_the_return_page_is_off_is_for_staff() -> None:
    off = AGENCY.model_copy(update={"coming_back": AGENCY.coming_back.model_copy(update={"self_service": False})})
    d = decide(situation("reinstatement", "file", seeker(**WITHDRAWN)), off)
    assert (d.hold_reason, d.reply) == ("reopen", ReplyPlan("receipt_reinstatement", "file"))


def test_coming_back_of_somebody_who_never_left_is_for_staff() -> None:
    assert decide(situation("reinstatement"), AGENCY).hold_reason == "not_withdrawn"
    unknown = seeker(status=SeekerStatus.WITHDRAWN)
    assert decide(situation("reinstatement", who=unknown), AGENCY).hold_reason == "unknown_day"


def test_an_employer_with_an_interview_tomorrow_is_told_today() -> None:
    near = Application(1, "株式会社みほん", Stage.SCREENING, interview_at=NOW + DAY)
    far = replace(near, id=2, company="㈱アオバ", interview_at=NOW + 10 * DAY)
    idle = Application(3, "有限会社ただいま", Stage.INTRODUCED)
    d = decide(situation("withdrawal", "phone_checked", seeker(applications=(near, far, idle))), AGENCY)
    assert [(t.subject, t.due_on) for t in d.tasks] == [("株式会社みほん", TODAY), ("㈱アオバ", date(2026, 4, 9))]
