"""What holds for every decision, whatever the situation: looked for by a machine, not thought of by us."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from intake.model import Application, CaseState, Decision, Effect, Proof, Seeker, SeekerStatus, Situation, Stage
from intake.model.ladder import Act, allowed
from intake.policy import Profile, decide, decide_due, decide_proved
from intake.policy.proved import ACT_OF
from intake.replies.contexts import CONTEXTS
from tests.unit.policy.situations import (
    DAY,
    EVIDENCE,
    NOW,
    PROFILES,
    REQUESTS,
    STAGES,
    TODAY,
    case,
    seeker,
    situation,
)

FILE_KINDS = ("file", "aligned")

applications = st.lists(
    st.builds(
        Application,
        id=st.integers(1, 9),
        company=st.sampled_from(["株式会社みほん", "㈱アオバ"]),
        stage=st.sampled_from(Stage),
        self_applied=st.booleans(),
        interview_at=st.sampled_from([None, NOW + DAY, NOW - DAY]),
    ),
    max_size=3,
).map(tuple)
seekers = st.builds(
    seeker,
    applications=applications,
    status=st.sampled_from(SeekerStatus),
    withdrawn_on=st.sampled_from([None, TODAY, TODAY - 30 * DAY, TODAY - 31 * DAY]),
    addresses=st.sampled_from([("hanako@example.jp",), ()]),
    legal_hold=st.sampled_from([None, "係争中"]),
    registered_via=st.sampled_from(["", "office", "online"]),
    concierge=st.sampled_from([None, "佐藤"]),
)
cases = st.lists(
    st.builds(
        case,
        request=st.sampled_from(REQUESTS),
        state=st.sampled_from([CaseState.REVIEW, CaseState.AWAITING_PROOF, CaseState.SCHEDULED]),
        id=st.integers(1, 9),
        message_id=st.integers(1, 3),
        hold_reason=st.sampled_from([None, "unverified", "unsure", "after_selection", "cooling_off"]),
        proof=st.sampled_from(Proof),
        received_at=st.sampled_from([NOW, NOW - 2 * DAY, NOW - 9 * DAY]),
    ),
    max_size=3,
    unique_by=lambda c: c.id,
).map(tuple)


@st.composite
def situations(draw: st.DrawFn) -> tuple[Situation, str]:
    """A situation and the evidence it was made from."""
    request, evidence = draw(st.sampled_from(REQUESTS)), draw(st.sampled_from(EVIDENCE))
    more: dict[str, Any] = {
        "sure": draw(st.booleans()),
        "thanks_only": draw(st.booleans()),
        "complaint": draw(st.booleans()),
        "after_selection": draw(st.booleans()),
        "answer": draw(st.sampled_from([None, "how_to_leave"])),
        "mentioned": tuple(draw(st.sets(st.sampled_from(REQUESTS), max_size=2))),
        "requests": tuple(sorted({request, *draw(st.sets(st.sampled_from(REQUESTS), max_size=2))})),
        "no_reply": draw(st.sampled_from(["", "", "", "list"])),
        "open_cases": draw(cases),
        "closed_cases": tuple(replace(c, state=CaseState.DONE) for c in draw(cases)),
        "seekers_known": draw(st.sampled_from([True, True, True, False])),
        "archive": draw(st.sampled_from([False, False, False, True])),
    }
    return situation(request, evidence, draw(seekers), **more), evidence


profiles = st.sampled_from(sorted(PROFILES)).map(PROFILES.__getitem__)


def well_formed(d: Decision) -> None:
    """Holds for a decision of any kind."""
    assert (d.reply is None) == bool(d.no_reply)
    assert d.state not in (CaseState.REFUSED, CaseState.LAPSED)
    assert len(set(d.targets)) == len(d.targets)
    if d.reply is not None:
        assert d.reply.template in CONTEXTS
        assert d.reply.to in ("file", "sender")
        assert d.reply.link is None or (d.reply.to == "file" and not d.reply.neutral)
        assert d.reply.neutral == (d.reply.to == "sender")


@settings(max_examples=600, deadline=None)
@given(situations(), profiles)
def test_every_decision_about_a_message(given_: tuple[Situation, str], profile: Profile) -> None:
    s, evidence = given_
    d = decide(s, profile)
    well_formed(d)
    assert d.request == s.request
    assert d.trail
    assert d.policy == d.trail[-1].partition(":")[0]
    on_file = evidence in FILE_KINDS
    for effect in d.effects:
        assert allowed(s.request, ACT_OF[effect], s.proof, on_file=on_file), effect
    if Effect.WITHDRAW in d.effects:
        assert s.proof >= Proof.E2
        assert Effect.REINSTATE not in d.effects
    if evidence in ("unknown", "unknown_pass", "named", "several", "failing"):
        assert (d.effects, d.tasks, d.targets, d.fulfils) == ((), (), (), ())
    if d.joins is None:
        if d.state is CaseState.AWAITING_PROOF:
            assert d.reply is not None
            assert d.reply.link is not None
            assert d.wake_on is not None
            assert d.wake_on > TODAY
        if d.state is CaseState.REVIEW:
            assert d.hold_reason
            assert d.due_on is not None
        if d.state is CaseState.SCHEDULED:
            assert d.hold_reason
            assert d.wake_on is not None
    if d.reply is not None and d.reply.to == "file":
        assert s.seeker is not None
        assert s.seeker.address is not None
    assert s.message.no_reply == "" or d.reply is None


@settings(max_examples=300, deadline=None)
@given(seekers, profiles, st.sampled_from(REQUESTS), st.sampled_from([Proof.E2, Proof.E3]), cases)
def test_every_decision_after_a_proof(
    who: Seeker, profile: Profile, request: str, proof: Proof, others: tuple[Any, ...]
) -> None:
    others = tuple(c for c in others if c.id != 7)
    for choice in ("complete", "cancel", *(("defer", "pause") if request == "withdrawal" else ())):
        d = decide_proved(case(request), who, choice, proof, profile, NOW, TODAY, others=others)
        well_formed(d)
        for effect in d.effects:
            assert allowed(request, ACT_OF[effect], proof), effect
        over = choice == "defer" and not who.running  # what was put off until the end can be done
        assert Effect.WITHDRAW not in d.effects or choice == "complete" or over
        assert d.state is not CaseState.REVIEW or (d.hold_reason and d.due_on)
        assert d.state is not CaseState.SCHEDULED or (d.hold_reason and d.wake_on)
        if who.furthest_stage >= Stage.INTERVIEW_FIXED and choice == "complete":
            assert Effect.WITHDRAW not in d.effects


@settings(max_examples=300, deadline=None)
@given(
    seekers,
    profiles,
    st.sampled_from(REQUESTS),
    st.sampled_from([CaseState.REVIEW, CaseState.AWAITING_PROOF, CaseState.SCHEDULED]),
    st.sampled_from([None, "after_selection", "self_application", "cooling_off", "employer_informed", "held"]),
    st.sampled_from(Proof),
    st.booleans(),
)
def test_every_decision_of_a_day(
    who: Seeker, profile: Profile, request: str, state: CaseState, hold: str | None, proof: Proof, reminded: bool
) -> None:
    held = case(request, state, hold_reason=hold, proof=proof, wake_on=TODAY)
    d = decide_due(held, who, profile, NOW, TODAY, reminded=reminded)
    assert d is not None
    well_formed(d)
    assert not d.effects or (proof >= Proof.E2 and state is CaseState.SCHEDULED)
    for effect in d.effects:
        assert allowed(request, ACT_OF[effect], proof)
    assert d.wake_on is None or d.wake_on > TODAY  # nothing wakes in a circle
    assert d.state is not CaseState.AWAITING_PROOF or (d.reply is not None and d.reply.link is not None)


def test_leaving_is_possible_for_everybody_at_every_stage() -> None:
    """From the message to the end, with the seeker pressing 完了 and staff doing their part: everybody gets out."""
    from intake.model import Role
    from intake.policy import decide_staff_approval

    for profile in PROFILES.values():
        for stage in STAGES:
            for own in (False, True):
                who = seeker(stage, self_applied=own)
                assert decide(situation("withdrawal", "file", who), profile).reply.link is not None  # type: ignore[union-attr]
                d = decide_proved(case(), who, "complete", Proof.E2, profile, NOW, TODAY)
                if d.state is CaseState.SCHEDULED:
                    over = replace(who, applications=())
                    waiting = case(state=d.state, hold_reason=d.hold_reason, wake_on=d.wake_on, proof=Proof.E2)
                    d = decide_due(waiting, over, profile, NOW + DAY, TODAY + DAY)  # type: ignore[assignment]
                if d.state is CaseState.REVIEW:
                    held = case(state=d.state, hold_reason=d.hold_reason, proof=Proof.E2)
                    d = decide_staff_approval(held, who, profile, NOW, TODAY, Role.LEAD)
                assert d.state is CaseState.DONE
                assert Effect.WITHDRAW in d.effects


def test_every_effect_has_its_act() -> None:
    assert set(ACT_OF) == set(Effect)
    assert set(ACT_OF.values()) <= set(Act)
