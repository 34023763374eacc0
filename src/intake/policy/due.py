"""What the passing of days brings: a reminder, then staff; a wait that is over; an approval that has cooled off.

Silence never withdraws or erases anybody: only what was proved before is carried out here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from intake.model import Case, CaseState, Decision, Effect, LinkPlan, Proof, ReplyPlan, Seeker, SeekerStatus
from intake.model.ladder import Act, allowed
from intake.policy.deadlines import DAY
from intake.policy.leaving import Course, course_of, is_registered, waits_for_self_application
from intake.policy.objecting import OBJECTION
from intake.policy.profile import Profile
from intake.policy.proved import as_decision

WAITING_FOR_PEOPLE = frozenset({"employer_informed", "conditions"})
COMING_BACK = frozenset({"reinstatement", "resume"})
WAITING_FOR_AN_END = frozenset({"after_selection", "self_application"})


def decide_due(
    case: Case,
    seeker: Seeker | None,
    profile: Profile,
    now: datetime,
    today: date,
    *,
    link_unanswered: bool = True,
    reminded: bool = False,
    objections: Sequence[Case] = (),
) -> Decision | None:
    """What follows from the day, for an open case whose ``wake_on`` has come; None if nothing does.

    ``link_unanswered``: no choice was made behind its link; ``reminded``: the one reminder has gone out.
    ``objections``: what waits for people and may take the wish back; nobody leaves over it.
    """
    if not case.state.is_open or case.wake_on is None or today < case.wake_on:
        return None
    if case.state is CaseState.REVIEW:
        return _to_staff(case, case.hold_reason or "held", profile, today, "held_until_today")
    if case.state is CaseState.AWAITING_PROOF:
        return _awaiting(case, seeker, profile, today, reminded) if link_unanswered else None
    if seeker is None:
        return _to_staff(case, "no_seeker", profile, today)
    if case.hold_reason in WAITING_FOR_PEOPLE:
        return _to_staff(case, "task_overdue", profile, today)
    if case.hold_reason in WAITING_FOR_AN_END:
        decision = _look_again(case, seeker, profile, now, today)
        leaves = Effect.WITHDRAW in decision.effects
        return _to_staff(case, OBJECTION, profile, today) if leaves and objections else decision
    if case.hold_reason == "cooling_off":
        return _cooled_off(case, seeker, profile, today)
    return _to_staff(case, case.hold_reason or "date_reached", profile, today)


def _awaiting(case: Case, seeker: Seeker | None, profile: Profile, today: date, reminded: bool) -> Decision:
    if seeker is not None and case.request == "withdrawal" and not is_registered(seeker):
        return _as_due(case, seeker, Course("already_withdrawn", CaseState.DONE, None))
    if seeker is None or seeker.address is None:
        return _to_staff(case, "no_address", profile, today)
    if reminded:
        return _to_staff(case, "no_answer", profile, today)
    return Decision(
        request=case.request,
        policy="reminder",
        reason="reminder",
        state=CaseState.AWAITING_PROOF,
        reply=ReplyPlan("reminder", "file", LinkPlan(case.request)),
        wake_on=profile.reminder_on(today),
    )


def _look_again(case: Case, seeker: Seeker, profile: Profile, now: datetime, today: date) -> Decision:
    """A wait for the end of selections, checked daily and on the day. What runs anew is waited for as well."""
    if not is_registered(seeker) and case.request == "withdrawal":
        return _as_due(case, seeker, Course("already_withdrawn", CaseState.DONE, None))
    still = (
        bool(seeker.running) if case.hold_reason == "after_selection" else waits_for_self_application(seeker, profile)
    )
    if still:
        wait = Course(case.hold_reason or "", CaseState.SCHEDULED, None, case.hold_reason, wake_on=today + DAY)
        return replace(_as_due(case, seeker, wait), no_reply="still_waiting")
    if not allowed(case.request, Act.WITHDRAW, case.proof):
        return _to_staff(case, "confirm_sender", profile, today)
    return _as_due(case, seeker, course_of(case.request, seeker, profile, now, today))


def _cooled_off(case: Case, seeker: Seeker, profile: Profile, today: date) -> Decision:
    if seeker.legal_hold:
        held = Course("legal_hold", CaseState.REVIEW, "deletion_held", "legal_hold", assign="privacy_officer",
                      due_on=profile.due_on("deletion", today))  # fmt: skip
        return _as_due(case, seeker, held)
    return replace(
        _as_due(case, seeker, Course("erasure_due", CaseState.SCHEDULED, None, "erasure_due")),
        no_reply="last_mail_follows",
    )


def decide_due_erasure(
    case: Case,
    seeker: Seeker | None,
    profile: Profile,
    today: date,
    *,
    approved: bool,
    others: Sequence[Case] = (),
    objections: Sequence[Case] = (),
) -> Decision | None:
    """What stands in the way of an erasure whose time has come; None where nothing does and it is carried out.

    ``others``: the person's other cases. Who has shown since that they want to come back is asked by people first.
    ``objections``: what waits for people and may take the wish back; they look at it before anything is erased.
    """
    if seeker is None:
        return _to_staff(case, "no_seeker", profile, today)
    if seeker.legal_hold:
        return _cooled_off(case, seeker, profile, today)
    wants_back = any(o.state.is_open and o.request in COMING_BACK and o.proof >= Proof.E2 for o in others)
    if seeker.status in (SeekerStatus.ACTIVE, SeekerStatus.PAUSED) or wants_back:
        return _to_staff(case, "approve_erasure", profile, today, reason="came_back")
    if not approved:
        return _to_staff(case, "approve_erasure", profile, today)
    return _to_staff(case, OBJECTION, profile, today) if objections else None


def _to_staff(case: Case, hold: str, profile: Profile, today: date, reason: str | None = None) -> Decision:
    return Decision(
        request=case.request,
        policy=case.policy or "due",  # who wrote stays as doubtful as it was
        reason=reason or hold,
        state=CaseState.REVIEW,
        hold_reason=hold,
        no_reply="staff_look",
        assign="lead" if case.complaint or case.request == "concierge_change" else None,
        due_on=profile.due_on(case.request, today),
    )


def _as_due(case: Case, seeker: Seeker, course: Course) -> Decision:
    return replace(as_decision(case, course, seeker), policy="due")


def decide_bounced(case: Case, profile: Profile, today: date) -> Decision | None:
    """A mail of an open case came back: staff look, for no case waits on a link that cannot arrive."""
    return _to_staff(case, "mail_bounced", profile, today) if case.state.is_open else None
