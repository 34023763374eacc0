"""What a proved wish to leave, or to be erased, leads to: the stage table. No path ends in "cannot leave"."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from intake.model import Application, CaseState, Effect, Seeker, SeekerStatus, Stage, TaskPlan
from intake.policy.deadlines import DAY
from intake.policy.profile import Profile

WITHDRAWN_NOW = (Effect.HOLD_OUTREACH, Effect.WITHDRAW)


@dataclass(frozen=True, slots=True)
class Course:
    """The course a proved wish takes; the caller says to whom it belongs and whether a mail may go."""

    reason: str
    state: CaseState
    template: str | None
    hold: str | None = None
    effects: tuple[Effect, ...] = ()
    tasks: tuple[TaskPlan, ...] = ()
    assign: str | None = None
    due_on: date | None = None
    wake_on: date | None = None


def is_registered(seeker: Seeker) -> bool:
    """True while there is a registration that leaving would end."""
    return seeker.status is not SeekerStatus.WITHDRAWN


def is_invalid(seeker: Seeker) -> bool:
    """無効: only staff switch it on again, for a clock of its own runs from that day (features.md B14)."""
    return seeker.status is SeekerStatus.INVALID


def waits_for_self_application(seeker: Seeker, profile: Profile) -> bool:
    """A self-made application runs, and this profile lets it end first."""
    return profile.selections.self_applied_waits and any(a.self_applied for a in seeker.running)


def needs_warning(seeker: Seeker, profile: Profile) -> bool:
    """Leaving now ends selections that the seeker must have been shown."""
    return is_registered(seeker) and profile.stage(seeker.furthest_stage).warn


def employer_tasks(seeker: Seeker, profile: Profile, now: datetime, today: date) -> tuple[TaskPlan, ...]:
    """One task for each employer who has an application before them; today where an interview is near."""
    usual = profile.office.hours.add_days(today, profile.selections.tell_employers_within_days)
    return tuple(
        TaskPlan(
            "tell_employer",
            subject=a.company,
            due_on=today if is_near(a, profile, now) else usual,
            assignee=seeker.concierge,
        )
        for a in seeker.running
        if a.stage >= Stage.APPLIED
    )


def is_urgent(seeker: Seeker, profile: Profile, now: datetime) -> bool:
    """An interview is so near that the employer must be told today (features.md A24)."""
    return any(is_near(a, profile, now) for a in seeker.running)


def is_near(application: Application, profile: Profile, now: datetime) -> bool:
    """The interview is within the hours of the profile (features.md A24): the employer must be told today."""
    near = now + timedelta(hours=profile.selections.urgent_interview_hours)
    return application.interview_at is not None and now <= application.interview_at <= near


def carried_out(seeker: Seeker, profile: Profile, now: datetime, today: date) -> Course:
    """The registration ends now: status, outreach, the employers, the thank-you."""
    tasks = employer_tasks(seeker, profile, now, today)
    return Course("carried_out", CaseState.DONE, "done_withdrawal", effects=WITHDRAWN_NOW, tasks=tasks)


def put_off(today: date) -> Course:
    """「選考終了後に退会」: chosen, never a default; looked at again every day."""
    return Course(
        "after_selection",
        CaseState.SCHEDULED,
        "done_deferred",
        hold="after_selection",
        effects=(Effect.HOLD_OUTREACH,),
        wake_on=today + DAY,
    )


def leave(seeker: Seeker, profile: Profile, now: datetime, today: date, request: str = "withdrawal") -> Course:
    """A proved withdrawal by the stage table of decisions.md (Ladder)."""
    if not is_registered(seeker):
        return Course("already_withdrawn", CaseState.DONE, None)
    if waits_for_self_application(seeker, profile):
        return Course(
            "self_application",
            CaseState.SCHEDULED,
            "done_withdrawal_held",
            hold="self_application",
            effects=(Effect.HOLD_OUTREACH,),
            wake_on=today + DAY,
        )
    after = profile.stage(seeker.furthest_stage).after
    if after == "carry_out":
        return carried_out(seeker, profile, now, today)
    due = today if is_urgent(seeker, profile, now) else profile.due_on(request, today)
    call = TaskPlan("call", due_on=profile.office.hours.add_days(today, 1), assignee=seeker.concierge)
    return Course(
        "staff_carries_out" if after == "staff" else "call_first",
        CaseState.REVIEW,
        "done_withdrawal_held",
        hold="staff_carries_out" if after == "staff" else "call_first",
        effects=(Effect.HOLD_OUTREACH,),
        tasks=() if after == "staff" else (call,),
        assign="lead",
        due_on=due,
    )


def erase(seeker: Seeker, profile: Profile, now: datetime, today: date) -> Course:
    """A proved erasure: 完了 means leaving too; then staff approve. Under a legal hold only leaving goes on."""
    left = leave(seeker, profile, now, today, "deletion")
    if left.state is not CaseState.DONE:
        due = left.due_on or profile.due_on("deletion", today)
        return replace(left, template="done_deletion_confirmed", due_on=due)
    hold, template = (
        ("legal_hold", "deletion_held") if seeker.legal_hold else ("approve_erasure", "done_deletion_confirmed")
    )
    return Course(
        hold,
        CaseState.REVIEW,
        template,
        hold=hold,
        effects=left.effects,
        tasks=left.tasks,
        assign="privacy_officer",
        due_on=profile.due_on("deletion", today),
    )


def course_of(request: str, seeker: Seeker, profile: Profile, now: datetime, today: date) -> Course:
    """``leave`` or ``erase``."""
    return erase(seeker, profile, now, today) if request == "deletion" else leave(seeker, profile, now, today)
