"""Who gets which mail for a message, and the plain ways a case begins: in review, or behind a link."""

from __future__ import annotations

from dataclasses import dataclass

from intake.model import CaseState, Decision, Effect, LinkPlan, ReplyPlan, Situation, TaskPlan
from intake.model.ladder import Act
from intake.policy.profile import Profile
from intake.policy.situation import by_telephone, is_failing, is_known, may, sender_may_be_answered

LEAVING = ("withdrawal", "deletion", "pause")  # from whose receipt on nothing new is introduced
NEUTRAL = ReplyPlan("receipt_neutral", "sender", neutral=True)
LINK_MAIL = {"pause": "confirm_pause", "resume": "confirm_resume", "reinstatement": "reinstatement_link"}


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply, or the stated reason for none."""

    reply: ReplyPlan | None = None
    no_reply: str | None = None


def answer_with(s: Situation, template: str) -> Answer:
    """``template`` to the address on file where it is known who wrote; else the neutral receipt, or silence."""
    if s.message.no_reply:
        return Answer(no_reply=s.message.no_reply)
    if is_known(s) and s.seeker is not None:
        if s.seeker.address is None:
            return Answer(no_reply="no_address")
        return Answer(ReplyPlan("phone_confirmation" if by_telephone(s) else template, "file"))
    if sender_may_be_answered(s):
        return Answer(NEUTRAL)
    return Answer(no_reply="unverified" if is_failing(s) else "sender_unproved")


def receipt(s: Situation) -> Answer:
    """The receipt for this request."""
    return answer_with(s, f"receipt_{s.request}")


def from_receipt_on(s: Situation, profile: Profile) -> tuple[Effect, ...]:
    """Outreach and introductions are held back from receipt at E1 or better (decisions.md, Ladder)."""
    held = s.request in LEAVING and is_known(s) and may(s, Act.HOLD_OUTREACH, profile)
    return (Effect.HOLD_OUTREACH,) if held else ()


def review(
    s: Situation,
    profile: Profile,
    hold: str,
    *,
    answer: Answer | None = None,
    effects: tuple[Effect, ...] = (),
    tasks: tuple[TaskPlan, ...] = (),
    assign: str | None = None,
) -> Decision:
    """Staff look at it. A complaint goes to the lead, whoever would have had it otherwise."""
    told = answer or receipt(s)
    return Decision(
        request=s.request,
        policy="",
        reason=hold,
        state=CaseState.REVIEW,
        hold_reason=hold,
        effects=effects,
        reply=told.reply,
        no_reply=told.no_reply,
        tasks=tasks,
        assign="lead" if s.meaning.complaint else assign,
        due_on=profile.due_on(s.request, s.today),
    )


def ask_by_link(s: Situation, profile: Profile, reason: str = "link_sent") -> Decision:
    """A link goes to the address on file, and the case waits; without an address that can be written to, staff call."""
    hold = from_receipt_on(s, profile)
    if s.seeker is None or s.seeker.address is None or s.message.no_reply:
        call = TaskPlan("call", due_on=profile.due_on(s.request, s.today))
        why = "no_reply" if s.message.no_reply else "no_address"
        told = Answer(no_reply=s.message.no_reply or "no_address")
        return review(s, profile, why, answer=told, effects=hold, tasks=(call,))
    template = LINK_MAIL.get(s.request, f"receipt_{s.request}")
    return Decision(
        request=s.request,
        policy="",
        reason=reason,
        state=CaseState.AWAITING_PROOF,
        effects=hold,
        reply=ReplyPlan(template, "file", LinkPlan(s.request)),
        due_on=profile.due_on(s.request, s.today),
        wake_on=profile.reminder_on(s.today),
    )


def done(
    s: Situation, reason: str, template: str, effects: tuple[Effect, ...] = (), tasks: tuple[TaskPlan, ...] = ()
) -> Decision:
    """Carried out at once, and said so to the address on file."""
    address = s.seeker.address if s.seeker else None
    silent = s.message.no_reply or (None if address else "no_address")
    return Decision(
        request=s.request,
        policy="",
        reason=reason,
        state=CaseState.DONE,
        effects=effects,
        reply=None if silent else ReplyPlan(template, "file"),
        no_reply=silent,
        tasks=tasks,
    )
