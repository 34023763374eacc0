"""After a proof: 完了, キャンセル, put off or pause instead; behind the link, in the app, at the telephone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from intake.errors import BadInput, NotProved, Stale
from intake.model import Case, CaseState, Decision, Effect, Proof, ReplyPlan, Seeker
from intake.model.ladder import Act, allowed
from intake.policy.deadlines import may_return_alone
from intake.policy.declined import to_be_told
from intake.policy.leaving import Course, course_of, is_invalid, is_registered, put_off
from intake.policy.objecting import OBJECTION
from intake.policy.profile import Profile
from intake.policy.retracting import (
    NEVER_TAKEN_BACK,
    effects_of_ending,
    leaving_is_open,
    meant_cases,
    release_after,
)

COMPLETE, CANCEL, DEFER, PAUSE = "complete", "cancel", "defer", "pause"
TO_PEOPLE = {"concierge_change": "lead", "preferences": "concierge", "decline": "concierge"}


def choices_for(case: Case, seeker: Seeker) -> tuple[str, ...]:
    """What the page offers: put off only while a selection runs, a pause only in place of leaving."""
    if case.request != "withdrawal" or not is_registered(seeker):
        return (COMPLETE, CANCEL)
    later, instead = (DEFER,) if seeker.running else (), () if is_invalid(seeker) else (PAUSE,)
    return (COMPLETE, CANCEL, *later, *instead)


def decide_proved(
    case: Case,
    seeker: Seeker,
    choice: str,
    proof: Proof,
    profile: Profile,
    now: datetime,
    today: date,
    *,
    consequences_seen: tuple[int, ...] | None = None,
    others: Sequence[Case] = (),
    mentioned: tuple[str, ...] = (),
) -> Decision:
    """The person has shown who they are (E2 link or app, E3 staff's check) and chosen.

    ``consequences_seen`` are the ids of the running applications that the page showed: other ones now → Stale, and
    nothing is done. ``others`` are the person's other open cases, ``mentioned`` what a retraction names. Raises
    NotProved below E2, BadInput for a choice that this case does not offer.
    """
    if proof < Proof.E2:
        raise NotProved("this needs the link, the app, or staff's recorded check")
    if choice == CANCEL:
        effects = effects_of_ending(case, others)
        return _decision(case, Course("cancelled", CaseState.RETRACTED, "done_retraction", effects=effects), seeker)
    if choice != COMPLETE and (choice not in (DEFER, PAUSE) or case.request != "withdrawal"):
        raise BadInput(f"{choice}: not offered for {case.request}")
    if consequences_seen is not None and set(consequences_seen) != {a.id for a in seeker.running}:
        raise Stale("the running selections have changed since the page was shown")
    if case.request == "retraction":
        return taken_back(case, seeker, others, profile, today, mentioned)
    if case.request in ("resume", "reinstatement") and leaving_is_open(others):
        due = profile.due_on(case.request, today)
        return _decision(case, Course("leaving_is_open", CaseState.REVIEW, None, "leaving_is_open", due_on=due), seeker)
    course = _course(case, seeker, choice, profile, now, today)
    return _checked(case, seeker, _decision(case, course, seeker), proof)


def taken_back(
    case: Case, seeker: Seeker, others: Sequence[Case], profile: Profile, today: date, mentioned: tuple[str, ...] = ()
) -> Decision:
    """A confirmed retraction drops those of ``others`` that it names; naming none, all where one message made them;
    else staff ask which was meant."""
    open_ = tuple(c for c in others if c.id != case.id and c.state.is_open and c.request not in NEVER_TAKEN_BACK)
    meant = meant_cases(open_, mentioned, (case.request,))
    if not meant:
        hold = "which_request" if open_ else "nothing_open"
        due = profile.due_on(case.request, today)
        return _decision(case, Course(hold, CaseState.REVIEW, None, hold, due_on=due), seeker)
    effects = (Effect.DROP_TARGETS, *release_after([c for c in open_ if c not in meant]))
    dropped = _decision(case, Course("retracted", CaseState.DONE, "done_retraction", effects=effects), seeker)
    return replace(dropped, targets=tuple(c.id for c in meant))


def _course(case: Case, seeker: Seeker, choice: str, profile: Profile, now: datetime, today: date) -> Course:
    if case.request == "deletion" and case.hold_reason in ("cooling_off", "erasure_due"):
        return _sooner(case, profile)
    if case.request == "deletion" and case.hold_reason == OBJECTION and not is_registered(seeker):
        return Course("erasure_due", CaseState.SCHEDULED, None, "erasure_due")  # asked again, they want it
    if choice == DEFER and seeker.running and is_registered(seeker):
        return put_off(today)
    if is_invalid(seeker) and (choice == PAUSE or case.request in ("pause", "resume", "reinstatement")):
        due = profile.due_on(case.request, today)
        return Course("status_invalid", CaseState.REVIEW, None, "status_invalid", due_on=due)
    if choice == PAUSE and is_registered(seeker):
        return Course("pause_instead", CaseState.DONE, "done_pause", effects=(Effect.HOLD_OUTREACH, Effect.PAUSE))
    if case.request in ("withdrawal", "deletion"):
        return course_of(case.request, seeker, profile, now, today)
    if case.request == "pause":
        return _pause(seeker)
    if case.request in ("resume", "reinstatement"):
        return _active_again(case, seeker, profile, today)
    if case.request == "decline" and len(seeker.running) == 1:
        told = to_be_told(seeker, profile, now, today)
        assert told is not None  # there were no tasks: it was not proved
        return told
    due = profile.due_on(case.request, today)
    assign = TO_PEOPLE.get(case.request)
    return Course("sender_confirmed", CaseState.REVIEW, None, "sender_confirmed", assign=assign, due_on=due)


def _sooner(case: Case, profile: Profile) -> Course:
    """An approved erasure: who proves again that they want it may have it without the rest of the cooling-off."""
    if case.hold_reason == "cooling_off" and not profile.erasure.seeker_may_shorten:
        return Course("cooling_off", CaseState.SCHEDULED, None, "cooling_off", wake_on=case.wake_on)
    return Course("erasure_due", CaseState.SCHEDULED, None, "erasure_due")


def _pause(seeker: Seeker) -> Course:
    if not is_registered(seeker):
        return Course("already_withdrawn", CaseState.DONE, None)
    return Course("paused", CaseState.DONE, "done_pause", effects=(Effect.HOLD_OUTREACH, Effect.PAUSE))


def _active_again(case: Case, seeker: Seeker, profile: Profile, today: date) -> Course:
    if is_registered(seeker):
        effects: tuple[Effect, ...] = (Effect.RESUME, Effect.RELEASE_OUTREACH)
        return Course("resumed", CaseState.DONE, "done_resume", effects=effects)
    left_on = seeker.withdrawn_on or seeker.status_since
    if may_return_alone(left_on, today, profile.coming_back.days):
        effects = (Effect.REINSTATE, Effect.RELEASE_OUTREACH)
        return Course("reinstated", CaseState.DONE, "done_reinstatement", effects=effects)
    due = profile.due_on(case.request, today)
    told = None if case.hold_reason == "reopen" else "receipt_reinstatement"  # it went out when the case was opened
    return Course("reopen", CaseState.REVIEW, told, "reopen", due_on=due)


ACT_OF = {
    Effect.HOLD_OUTREACH: Act.HOLD_OUTREACH,
    Effect.PAUSE: Act.PAUSE,
    Effect.RESUME: Act.RESUME,
    Effect.WITHDRAW: Act.WITHDRAW,
    Effect.REINSTATE: Act.REINSTATE,
    Effect.RELEASE_OUTREACH: Act.RETRACT,
    Effect.DROP_TARGETS: Act.RETRACT,
}


def _checked(case: Case, seeker: Seeker, decision: Decision, proof: Proof) -> Decision:
    """No effect leaves here that the ladder does not allow for this case's request."""
    for effect in decision.effects:
        if not allowed(case.request, ACT_OF[effect], proof):
            raise NotProved(f"{case.request}: E{int(proof)} does not allow {effect.value}")
    return decision


def _decision(case: Case, course: Course, seeker: Seeker | None = None) -> Decision:
    can_be_told = seeker is None or seeker.address is not None
    speaks = course.template is not None and can_be_told
    return Decision(
        request=case.request,
        policy=course.reason,
        reason=course.reason,
        state=course.state,
        hold_reason=course.hold,
        effects=course.effects,
        reply=ReplyPlan(course.template or "", "file") if speaks else None,
        no_reply=None if speaks else ("no_address" if course.template else course.reason),
        tasks=course.tasks,
        assign=course.assign,
        due_on=course.due_on,
        wake_on=course.wake_on,
    )


def as_decision(case: Case, course: Course, seeker: Seeker) -> Decision:
    """A course as the decision about an open case; the mail goes to the address on file or not at all."""
    return _decision(case, course, seeker)
