"""Who wrote, may it count, is it sure, is it new: what comes before any request is looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from intake.model import (
    Address,
    AuthVerdict,
    CaseState,
    Channel,
    Decision,
    Effect,
    Match,
    MatchKind,
    Proof,
    ReplyPlan,
    Stage,
)
from intake.policy import CHAIN, decide
from intake.policy.chain import name_of
from tests.unit.policy.situations import AGENCY, DAY, NOW, PROFILES, REQUESTS, case, seeker, situation

NEUTRAL = ReplyPlan("receipt_neutral", "sender", neutral=True)


def does_nothing(d: Decision) -> bool:
    return not (d.effects or d.tasks or d.targets or d.fulfils or d.reply or d.joins or d.assign)


@pytest.mark.parametrize("request_", REQUESTS)
@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_a_failing_mail_opens_a_case_and_does_nothing_else(request_: str, profile) -> None:  # type: ignore[no-untyped-def]
    for more in ({}, {"open_cases": (case(request_),)}, {"closed_cases": (case(state=CaseState.DONE),)}):
        s = situation(request_, "failing", thanks_only=bool(more), answer="how_to_leave", complaint=True, **more)
        d = decide(s, profile)
        assert (d.state, d.hold_reason) == (CaseState.REVIEW, "unverified")
        assert does_nothing(d)
        assert d.no_reply == "unverified"


@pytest.mark.parametrize("request_", REQUESTS)
def test_a_mail_from_a_strange_address_does_nothing_even_where_it_names_somebody(request_: str) -> None:
    for kind in ("unknown", "named"):
        d = decide(situation(request_, kind), AGENCY)
        assert (d.state, d.hold_reason) == (CaseState.REVIEW, "not_on_file")
        assert (d.effects, d.tasks, d.targets, d.assign) == ((), (), (), None)


def test_who_gets_a_receipt() -> None:
    def reply(kind: str, **more: object) -> ReplyPlan | None:
        return decide(situation("other", kind, **more), AGENCY).reply

    assert reply("unknown") is None
    assert reply("unknown_pass") == NEUTRAL == reply("named")
    assert reply("failing") is None
    assert reply("several") == NEUTRAL  # their address is on file, whoever of them wrote
    assert reply("file") == ReplyPlan("receipt_other", "file")
    assert reply("app") == ReplyPlan("receipt_other", "file")
    assert reply("phone") == ReplyPlan("phone_confirmation", "file")
    assert reply("unknown_pass", forwarded_by="staff@agency.example") is None
    assert reply("file", no_reply="list") is None
    assert reply("unknown_pass", no_reply="list") is None
    assert reply("unknown_pass", sender=Address()) is None


def test_nothing_personal_and_no_link_leaves_for_another_address_than_the_one_on_file() -> None:
    for request in REQUESTS:
        for kind in ("unknown", "unknown_pass", "named", "several", "failing"):
            reply = decide(situation(request, kind), AGENCY).reply
            assert reply is None or (reply.neutral and reply.link is None and reply.to == "sender")


def test_known_and_unknown_are_told_the_same() -> None:
    known = decide(situation("withdrawal", "named"), AGENCY)
    unknown = decide(situation("withdrawal", "unknown_pass"), AGENCY)
    assert (known.reply, known.state, known.hold_reason) == (unknown.reply, unknown.state, unknown.hold_reason)


def test_several_seekers_are_for_staff() -> None:
    d = decide(situation("pause", "several"), AGENCY)
    assert (d.state, d.hold_reason, d.effects) == (CaseState.REVIEW, "several_seekers", ())


def test_keys_that_disagree_say_so() -> None:
    s = situation("pause", "several")
    s = replace(s, match=Match(MatchKind.NONE, candidates=s.match.candidates[:1]))
    assert decide(s, AGENCY).hold_reason == "keys_disagree"
    app = replace(situation("pause", "app"), match=Match(MatchKind.NONE), app_authenticated=False, proof=Proof.E0)
    assert decide(app, AGENCY).hold_reason == "unknown_member"


@pytest.mark.parametrize("request_", REQUESTS)
def test_with_an_empty_register_everything_is_queued(request_: str) -> None:
    d = decide(situation(request_, "unknown_pass", seekers_known=False, answer="how_to_leave"), AGENCY)
    assert (d.state, d.hold_reason, d.reply) == (CaseState.REVIEW, "no_register", NEUTRAL)
    silent = decide(situation(request_, "unknown", seekers_known=False), AGENCY)
    assert (silent.reply, silent.no_reply) == (None, "no_register")


@pytest.mark.parametrize("request_", REQUESTS)
def test_an_unsure_reading_waits_for_a_person(request_: str) -> None:
    d = decide(situation(request_, "aligned", sure=False, thanks_only=True, answer="x", closed_cases=(case(),)), AGENCY)
    assert (d.state, d.hold_reason, d.effects, d.tasks) == (CaseState.REVIEW, "unsure", (), ())
    assert d.reply == ReplyPlan("receipt_other", "file")


def test_a_code_from_the_app_or_from_staff_needs_no_reading() -> None:
    assert decide(situation("pause", "app", sure=False), AGENCY).state is CaseState.DONE
    assert decide(situation("pause", "phone_checked", sure=False), AGENCY).state is CaseState.DONE
    mail = situation("pause", "aligned", sure=False, request_code="pause")
    assert decide(mail, AGENCY).hold_reason == "unsure"  # a mail cannot bring a code


@pytest.mark.parametrize("request_", ["withdrawal", "deletion"])
def test_a_comment_that_speaks_against_the_key_is_not_overruled(request_: str) -> None:
    d = decide(situation(request_, "app", sure=False), AGENCY)
    assert (d.state, d.hold_reason, d.effects) == (CaseState.REVIEW, "unsure", (Effect.HOLD_OUTREACH,))
    assert d.reply == ReplyPlan("receipt_other", "file")
    plain = decide(situation(request_, "app", sure=False, new_text=" "), AGENCY)
    assert plain.policy == request_  # the key alone: carried out as it always was


@pytest.mark.parametrize("pair", [("pause", "resume"), ("resume", "withdrawal"), ("deletion", "reinstatement")])
def test_wishes_that_contradict_each_other_are_for_staff(pair: tuple[str, str]) -> None:
    for request in pair:
        d = decide(situation(request, requests=pair), AGENCY)
        assert (d.hold_reason, d.effects) == ("contradiction", ())
    both = ("deletion", "withdrawal")
    assert decide(situation("withdrawal", requests=both), AGENCY).state is CaseState.AWAITING_PROOF


def test_archived_mail_is_kept_and_answered_by_nobody() -> None:
    d = decide(situation("withdrawal", archive=True), AGENCY)
    assert (d.state, d.effects, d.reply, d.no_reply) == (CaseState.DONE, (), None, "archive")


def test_a_lone_thank_you_after_the_end_closes_quietly() -> None:
    closed = case(state=CaseState.DONE)
    d = decide(situation("other", thanks_only=True, closed_cases=(closed,)), AGENCY)
    assert (d.joins, d.closes_quietly, d.reply, d.state) == (closed.id, True, None, CaseState.DONE)
    assert decide(situation("other", thanks_only=True), AGENCY).hold_reason == "staff_read"
    assert decide(situation("other", closed_cases=(closed,)), AGENCY).hold_reason == "staff_read"


def test_a_question_with_a_fixed_answer_needs_no_identity() -> None:
    d = decide(situation("question", "file", answer="how_to_leave"), AGENCY)
    assert (d.state, d.reply) == (CaseState.DONE, ReplyPlan("answer", "file"))
    stranger = decide(situation("question", "unknown_pass", answer="how_to_leave"), AGENCY)
    assert stranger.reply == ReplyPlan("answer", "sender", neutral=True)
    assert stranger.state is CaseState.DONE
    assert decide(situation("question", "unknown", answer="how_to_leave"), AGENCY).hold_reason == "not_on_file"
    assert decide(situation("question", "file"), AGENCY).hold_reason == "staff_answer"
    angry = decide(situation("question", "file", answer="how_to_leave", complaint=True), AGENCY)
    assert (angry.state, angry.assign) == (CaseState.REVIEW, "lead")


def test_a_complaint_goes_to_the_lead() -> None:
    for request in ("other", "question", "preferences", "decline"):
        d = decide(situation(request, complaint=True, who=seeker()), AGENCY)
        assert d.assign == "lead"
        assert all(t.assignee is None for t in d.tasks)


# --- one person, one wish, one case ---------------------------------------------------------------------------------


def test_the_same_wish_by_another_channel_joins() -> None:
    first = case("withdrawal", received_at=NOW - timedelta(hours=3))
    d = decide(situation("withdrawal", "file", channel=Channel.FORM, open_cases=(first,)), AGENCY)
    assert (d.joins, d.reply, d.no_reply, d.effects) == (first.id, None, "joined", ())
    better = decide(situation("withdrawal", "aligned", open_cases=(first,)), AGENCY)
    assert (better.joins, better.effects) == (first.id, (Effect.HOLD_OUTREACH,))
    as_good = decide(situation("withdrawal", "aligned", open_cases=(replace(first, proof=Proof.E1),)), AGENCY)
    assert as_good.effects == ()
    assert decide(situation("deletion", "file", open_cases=(first,)), AGENCY).joins is None
    old = replace(first, received_at=NOW - 8 * DAY)
    assert decide(situation("withdrawal", "file", open_cases=(old,)), AGENCY).joins is None


def test_who_asks_again_after_a_day_gets_a_new_link() -> None:
    d = decide(situation("withdrawal", "file", open_cases=(case(received_at=NOW - DAY),)), AGENCY)
    assert d.joins == 7
    assert d.reply is not None
    assert (d.reply.template, d.reply.to) == ("reminder", "file")
    assert d.reply.link is not None


def test_a_stronger_proof_goes_on_instead_of_joining() -> None:
    waiting = case("withdrawal", proof=Proof.E1)
    d = decide(situation("withdrawal", "app", open_cases=(waiting,)), AGENCY)
    assert (d.joins, d.state, d.fulfils) == (None, CaseState.DONE, (waiting.id,))
    assert Effect.WITHDRAW in d.effects


def test_a_stronger_proof_that_is_asked_about_its_consequences_takes_over_too() -> None:
    """domain.md: a mail today, the app tomorrow are one case: no second link, no second reminder."""
    waiting = case("withdrawal", proof=Proof.E1)
    d = decide(situation("withdrawal", "app", who=seeker(Stage.SCREENING), open_cases=(waiting,)), AGENCY)
    assert (d.joins, d.state, d.reason) == (None, CaseState.AWAITING_PROOF, "consequences")
    assert d.fulfils == (waiting.id,)


@pytest.mark.parametrize("hold", ["unverified", "not_on_file", "several_seekers", "unsure", "contradiction"])
def test_what_is_in_doubt_swallows_nothing(hold: str) -> None:
    forged = case("withdrawal", CaseState.REVIEW, hold_reason=hold)
    d = decide(situation("withdrawal", "aligned", open_cases=(forged,)), AGENCY)
    assert (d.joins, d.state) == (None, CaseState.AWAITING_PROOF)


def test_who_put_it_off_and_now_wants_it_at_once_is_heard() -> None:
    put_off = case("withdrawal", CaseState.SCHEDULED, hold_reason="after_selection", proof=Proof.E2)
    assert decide(situation("withdrawal", "aligned", open_cases=(put_off,)), AGENCY).joins is None
    again = situation("withdrawal", "aligned", open_cases=(put_off,), after_selection=True)
    assert decide(again, AGENCY).joins == put_off.id


@pytest.mark.parametrize("hold", ["self_application", "cooling_off", "after_selection"])
def test_what_is_written_to_a_case_that_waits_for_a_day_is_read_by_a_person(hold: str) -> None:
    """Our mail asks for it: 「ご応募を取りやめられた際は、お知らせください」; a waiting case is on nobody's list."""
    waiting = case("withdrawal", CaseState.SCHEDULED, hold_reason=hold, proof=Proof.E2, assignee="佐藤")
    d = decide(situation("withdrawal", "aligned", open_cases=(waiting,), after_selection=True), AGENCY)
    assert (d.joins, d.state) == (waiting.id, CaseState.SCHEDULED)
    assert [(t.kind, t.assignee) for t in d.tasks] == [("read_message", "佐藤")]
    assert d.tasks[0].due_on is not None
    again = replace(waiting, state=CaseState.AWAITING_PROOF, hold_reason=None)  # the link asks again there
    assert decide(situation("withdrawal", "aligned", open_cases=(again,)), AGENCY).tasks == ()


def test_a_key_pressed_again_without_a_word_is_nothing_to_read() -> None:
    waiting = case("withdrawal", CaseState.SCHEDULED, hold_reason="self_application", proof=Proof.E2)
    for text, kinds in (("", []), ("応募は取りやめました。", ["read_message"])):
        d = decide(situation("withdrawal", "app", new_text=text, open_cases=(waiting,)), AGENCY)
        assert (d.joins, [t.kind for t in d.tasks]) == (waiting.id, kinds)


# --- the table itself -----------------------------------------------------------------------------------------------


def test_the_trail_names_every_policy_asked_in_order() -> None:
    d = decide(situation("other"), AGENCY)
    asked = [step.partition(":")[0] for step in d.trail]
    assert asked == [name_of(p) for p in CHAIN][: len(asked)]
    assert d.trail[-1] == f"{d.policy}: {d.reason}" == "other: staff_read"
    assert all(step.endswith(": no") for step in d.trail[:-1])


def test_an_unknown_request_waits_for_a_person() -> None:
    s = situation("other")
    d = decide(replace(s, request="withdrawl"), _lenient())
    assert (d.policy, d.state, d.hold_reason, d.effects) == ("in_doubt", CaseState.REVIEW, "in_doubt", ())


def _lenient():  # type: ignore[no-untyped-def]
    return AGENCY.model_copy(update={"due_days": {**AGENCY.due_days, "withdrawl": 2}})


def test_forwarded_mail_proves_nothing_but_is_the_seekers() -> None:
    s = situation("withdrawal", "aligned", forwarded_by="staff@agency.example", proof=Proof.E0)
    d = decide(s, AGENCY)
    assert (d.state, d.effects) == (CaseState.AWAITING_PROOF, ())
    assert (
        decide(
            replace(s, message=replace(s.message, auth=replace(s.message.auth, verdict=AuthVerdict.FAIL))), AGENCY
        ).hold_reason
        == "unverified"
    )
