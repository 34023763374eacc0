"""When staff say yes to a case in review: as far as the person's own proof and the role of staff allow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from intake.errors import BadInput, NotAllowed, NotProved
from intake.model import Case, CaseState, Decision, Effect, LinkPlan, ReplyPlan, Role, Seeker, Stage, Task
from intake.model.ladder import Act, allowed
from intake.policy.deadlines import may_return_alone
from intake.policy.declined import to_be_told
from intake.policy.leaving import Course, carried_out, is_invalid, is_registered, waits_for_self_application
from intake.policy.objecting import OBJECTION
from intake.policy.people import may_approve, require
from intake.policy.profile import Profile
from intake.policy.proved import as_decision
from intake.policy.receipts import LEAVING, LINK_MAIL
from intake.policy.retracting import effects_of_ending, leaving_is_open

STRANGERS = frozenset(
    {"unverified", "not_on_file", "keys_disagree", "unknown_member", "several_seekers", "no_register", "confirm_sender"}
)
STRANGER_POLICIES = frozenset(
    {"authentication_fails", "nobody_is_identified", "several_seekers_fit", "the_register_is_empty"}
)
SIMPLE = {  # request: (the act that the ladder knows, effects, the mail)
    "pause": (Act.PAUSE, (Effect.HOLD_OUTREACH, Effect.PAUSE), "done_pause"),
    "resume": (Act.RESUME, (Effect.RESUME, Effect.RELEASE_OUTREACH), "done_resume"),
    "concierge_change": (Act.CONCIERGE_CHANGE, (), "done_concierge_change"),
    "preferences": (Act.PREFERENCES, (), "done_preferences"),
    "decline": (Act.DECLINE, (), "done_decline"),
}


def decide_staff_approval(
    case: Case,
    seeker: Seeker | None,
    profile: Profile,
    now: datetime,
    today: date,
    role: Role,
    *,
    override_reason: str = "",
    approvers: int = 1,
    second_approved: bool = False,
    dropping: Sequence[Case] | None = None,
    others: Sequence[Case] = (),
    tasks: Sequence[Task] = (),
) -> Decision:
    """Carry out, or bring on its way, what an open case asks.

    ``override_reason``: why a running selection is not waited for. ``approvers``: how many people may approve erasures;
    ``second_approved``: another one than this has done so; ``dropping``: the cases that staff say a retraction takes
    back; ``others``: the person's other cases; ``tasks``: the case's own. Raises NotProved where the person's own proof
    is missing (a link or a recorded check comes first), NotAllowed where role, reason or a legal hold stands in the
    way. Staff's word never takes the place of the person's proof.
    """
    if case.request in ("question", "other"):
        require(role, may_approve(case, leaving=False, in_selection=False))
        return _closed(case)
    if seeker is None:
        raise NotProved("choose the seeker first; what was done elsewhere is closed by hand")
    if case.request == "deletion":
        return _deletion(case, seeker, profile, now, today, role, override_reason, approvers, second_approved)
    if case.request == "withdrawal":
        return _withdrawal(case, seeker, profile, now, today, role, override_reason)
    require(role, may_approve(case, leaving=False, in_selection=False))
    if case.request == "reinstatement":
        return _reinstatement(case, seeker, profile, today, others)
    if case.request == "retraction":
        return _retraction(case, seeker, profile, dropping)
    approved = _simple(case, seeker, profile)
    course = to_be_told(seeker, profile, now, today, tasks) if case.request == "decline" else None
    return _named(case, seeker, course) if course else approved


def decide_tasks_done(case: Case, seeker: Seeker | None, profile: Profile) -> Decision | None:
    """All tasks of a waiting case are done: it is closed, and the person told; None where it waits for more."""
    waiting = case.state is CaseState.SCHEDULED and case.hold_reason in ("employer_informed", "conditions")
    if not waiting or case.request not in SIMPLE:
        return None
    if seeker and not is_registered(seeker):  # nothing "goes on" for them: they were told that contact ends
        return as_decision(case, Course("already_withdrawn", CaseState.DONE, None), seeker)
    course = Course("tasks_done", CaseState.DONE, SIMPLE[case.request][2])
    return as_decision(case, course, seeker) if seeker else _closed(case)


def is_stranger(case: Case) -> bool:
    """True where it was never established that the person in the register wrote; a later hold does not change that."""
    return case.hold_reason in STRANGERS or case.policy in STRANGER_POLICIES


def _prove(case: Case, act: Act, profile: Profile, *, second: bool = False, second_needed: bool = False) -> None:
    known = allowed(
        case.request,
        act,
        case.proof,
        on_file=not is_stranger(case),
        staff_approved=True,
        second_approved=second,
        second_needed=second_needed,
        raised=profile.raised,
    )
    if not known:
        raise NotProved(f"{case.number}: the person's own proof is missing; send the link or check by telephone")


def _retraction(case: Case, seeker: Seeker, profile: Profile, dropping: Sequence[Case] | None) -> Decision:
    _prove(case, Act.RETRACT, profile)
    meant = tuple(c for c in dropping or () if c.id != case.id and c.state.is_open)
    if not meant:
        raise BadInput("取り消す案件を選んでください。なければ、この案件を「対応済み」で閉じてください")
    release = tuple(dict.fromkeys(e for c in meant for e in effects_of_ending(c, ())))
    course = Course("retracted", CaseState.DONE, "done_retraction", effects=(Effect.DROP_TARGETS, *release))
    return replace(_named(case, seeker, course), targets=tuple(c.id for c in meant))


def _withdrawal(
    case: Case, seeker: Seeker, profile: Profile, now: datetime, today: date, role: Role, reason: str
) -> Decision:
    if not is_registered(seeker):
        require(role, may_approve(case, leaving=False, in_selection=False))
        return _named(case, seeker, Course("already_withdrawn", CaseState.DONE, None))
    _may_leave(case, seeker, profile, role, reason)
    return _named(case, seeker, carried_out(seeker, profile, now, today))


def _may_leave(case: Case, seeker: Seeker, profile: Profile, role: Role, reason: str) -> None:
    require(role, may_approve(case, leaving=True, in_selection=seeker.furthest_stage >= Stage.INTERVIEW_FIXED))
    _prove(case, Act.WITHDRAW, profile)
    put_off = case.hold_reason == "after_selection" and seeker.running
    if (put_off or waits_for_self_application(seeker, profile)) and not reason.strip():
        raise NotAllowed("選考の終了を待っています。待たずに進めるには理由を記入してください")


def _deletion(
    case: Case,
    seeker: Seeker,
    profile: Profile,
    now: datetime,
    today: date,
    role: Role,
    reason: str,
    approvers: int,
    second_approved: bool,
) -> Decision:
    if case.hold_reason in ("cooling_off", "erasure_due"):
        raise NotAllowed("承認済みです。消去の予定日をご確認ください")
    if case.hold_reason == "one_document":
        require(role, may_approve(case, leaving=False, in_selection=False))
        _prove(case, Act.RECEIPT, profile)
        return _named(case, seeker, Course("one_document", CaseState.DONE, None))
    if is_registered(seeker):
        return _leave_first(case, seeker, profile, now, today, role, reason)
    require(role, may_approve(case, leaving=False, in_selection=False))
    if seeker.legal_hold:
        raise NotAllowed("法的保全の対象のため、解除されるまで消去できません")
    second_needed = profile.erasure.needs_second(approvers)
    _prove(case, Act.ERASE, profile)
    if case.hold_reason == OBJECTION:  # approved and cooled off before: what waited changes nothing, say staff
        return _named(case, seeker, Course("erasure_due", CaseState.SCHEDULED, None, "erasure_due"))
    if second_needed and not second_approved:
        hold = Course("second_approval", CaseState.REVIEW, None, "second_approval", assign="privacy_officer")
        return _named(case, seeker, hold)
    _prove(case, Act.ERASE, profile, second=second_approved, second_needed=second_needed)
    erase_on = today + timedelta(days=profile.cooling_off_days)
    decision = _named(
        case, seeker, Course("cooling_off", CaseState.SCHEDULED, "deletion_scheduled", "cooling_off", wake_on=erase_on)
    )
    if decision.reply is None or not profile.erasure.seeker_may_shorten:
        return decision
    return replace(decision, reply=replace(decision.reply, link=LinkPlan("deletion")))  # sooner, or not at all


def _leave_first(
    case: Case, seeker: Seeker, profile: Profile, now: datetime, today: date, role: Role, reason: str
) -> Decision:
    """Erasing ends the registration; where staff decide on leaving, that comes first."""
    _may_leave(case, seeker, profile, role, reason)
    left = carried_out(seeker, profile, now, today)
    hold = "legal_hold" if seeker.legal_hold else "approve_erasure"
    due = profile.due_on("deletion", today)
    course = Course(hold, CaseState.REVIEW, "deletion_held" if seeker.legal_hold else None, hold, left.effects,
                    left.tasks, "privacy_officer", due)  # fmt: skip
    return _named(case, seeker, course)


def _reinstatement(case: Case, seeker: Seeker, profile: Profile, today: date, others: Sequence[Case]) -> Decision:
    """Staff reopen: within the days on the person's proof, later as the office's own act on the same proof.

    Not while a wish to be erased is open: nobody is brought back into what is about to be erased.
    """
    _prove(case, Act.REINSTATE, profile)
    if is_registered(seeker):
        return _named(case, seeker, Course("not_withdrawn", CaseState.DONE, None))
    if leaving_is_open(c for c in others if c.id != case.id):
        raise NotAllowed("退会または個人情報削除のお申し出が進んでいます。先にそちらの取り消しを確かめてください")
    early = may_return_alone(seeker.withdrawn_on or seeker.status_since, today, profile.coming_back.days)
    effects = (Effect.REINSTATE, Effect.RELEASE_OUTREACH)
    return _named(
        case,
        seeker,
        Course("reinstated" if early else "reopened", CaseState.DONE, "done_reinstatement", effects=effects),
    )


def _simple(case: Case, seeker: Seeker, profile: Profile) -> Decision:
    act, effects, template = SIMPLE[case.request]
    _prove(case, act, profile)
    if case.request in ("pause", "resume") and not is_registered(seeker):
        raise NotAllowed("退会済みの方です。利用再開のお手続きで進めてください")
    if not is_registered(seeker):
        return _named(case, seeker, Course("already_withdrawn", CaseState.DONE, None))
    if case.request == "pause" and is_invalid(seeker):
        raise NotAllowed("登録が無効の方です。先に有効に戻してください")
    return _named(case, seeker, Course("approved", CaseState.DONE, template, effects=effects))


def _named(case: Case, seeker: Seeker, course: Course) -> Decision:
    return replace(as_decision(case, course, seeker), policy="staff")


def _closed(case: Case) -> Decision:
    return Decision(case.request, "staff", "closed_by_staff", CaseState.DONE, no_reply="staff_answered")


def decide_send_link(case: Case, seeker: Seeker | None, profile: Profile, today: date) -> Decision:
    """One key: the link goes to the address on file, never elsewhere; staff have read the message by then.

    Raises NotProved without such an address, NotAllowed where the proof is given already.
    """
    if seeker is None or seeker.address is None:
        raise NotProved("no address on file: choose the seeker, or check by telephone")
    if case.state is CaseState.SCHEDULED:
        raise NotAllowed("本人確認は済んでいます。予定の内容をご確認ください")
    template = LINK_MAIL.get(case.request, f"receipt_{case.request}")
    holds = case.request in LEAVING and not is_stranger(case) and allowed(case.request, Act.HOLD_OUTREACH, case.proof)
    return Decision(
        request=case.request,
        policy="staff",
        reason="link_sent",
        state=CaseState.AWAITING_PROOF,
        effects=(Effect.HOLD_OUTREACH,) if holds else (),
        reply=ReplyPlan(template, "file", LinkPlan(case.request)),
        wake_on=profile.reminder_on(today),
    )


def may_be_refused(case: Case) -> bool:
    """No path ends in "cannot leave": who has proved a wish to leave or to be erased is not refused, nor lapses.

    Pressed in the app beside a comment that speaks against it, it is known whose wish it is, but not what it is.
    """
    act = {"withdrawal": Act.WITHDRAW, "deletion": Act.WITHDRAW}.get(case.request)
    unclear = case.is_doubtful and case.policy == "reading_is_unsure"
    return act is None or unclear or not allowed(case.request, act, case.proof)
