"""Policies that come before any request is looked at: who wrote, may it count, is it sure, is it new."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from intake.model import Case, CaseState, Channel, Decision, LinkPlan, MatchKind, Proof, ReplyPlan, Situation, TaskPlan
from intake.policy.profile import Profile
from intake.policy.receipts import NEUTRAL, Answer, answer_with, from_receipt_on, review
from intake.policy.situation import (
    by_telephone,
    is_failing,
    is_known,
    is_pressed,
    is_sure,
    sender_is_ours,
    sender_may_be_answered,
)

CONTRADICTIONS = (
    frozenset({"pause", "resume"}),
    frozenset({"withdrawal", "resume"}),
    frozenset({"withdrawal", "reinstatement"}),
    frozenset({"deletion", "resume"}),
    frozenset({"deletion", "reinstatement"}),
    frozenset({"pause", "reinstatement"}),
)


def archived_mail(s: Situation, profile: Profile) -> Decision | None:
    """Old mail met at the first connection is kept and answered by nobody."""
    if not s.archive:
        return None
    return Decision(s.request, "", "archived", CaseState.DONE, no_reply="archive")


def the_register_is_empty(s: Situation, profile: Profile) -> Decision | None:
    """No seekers imported: everything is queued, and staff can finish each case."""
    if s.seekers_known:
        return None
    told = Answer(NEUTRAL) if sender_may_be_answered(s) else Answer(no_reply=s.message.no_reply or "no_register")
    return review(s, profile, "no_register", answer=told)


def authentication_fails(s: Situation, profile: Profile) -> Decision | None:
    """A forged mail opens a case and does nothing else: nothing is held, nobody is written to."""
    if not is_failing(s) or s.app_authenticated or by_telephone(s):
        return None
    return replace(review(s, profile, "unverified", answer=Answer(no_reply="unverified")), assign=None)


def only_thanks_after_the_end(s: Situation, profile: Profile) -> Decision | None:
    """A lone thank-you after a closed case closes quietly: no new case, no second reply."""
    if not (s.meaning.thanks_only and is_sure(s) and s.closed_cases):
        return None
    last = s.closed_cases[0]
    return Decision(s.request, "", "thanks", last.state, no_reply="thanks", joins=last.id, closes_quietly=True)


def a_fixed_answer_fits(s: Situation, profile: Profile) -> Decision | None:
    """A question needs no identity: the fixed answer, which says nothing about anybody."""
    if s.request != "question" or s.meaning.answer is None or not is_sure(s) or s.meaning.complaint:
        return None
    told = answer_with(s, "answer")
    if told.reply is None:
        return None
    to_file = told.reply.to == "file"
    reply = ReplyPlan("answer", "file" if to_file else "sender", neutral=not to_file)
    return Decision(s.request, "", "answered", CaseState.DONE, reply=reply)


def several_seekers_fit(s: Situation, profile: Profile) -> Decision | None:
    """Two people at one address, or keys of two people: staff choose."""
    return review(s, profile, "several_seekers") if s.match.kind is MatchKind.SEVERAL else None


def nobody_is_identified(s: Situation, profile: Profile) -> Decision | None:
    """Nobody known wrote from here. Who is named is a candidate; one key of staff sends the link to the file."""
    if is_known(s):
        return None
    if s.message.channel is Channel.APP:
        return review(s, profile, "unknown_member")
    return review(s, profile, "keys_disagree" if sender_is_ours(s) and not s.match.on_file else "not_on_file")


def reading_is_unsure(s: Situation, profile: Profile) -> Decision | None:
    """In doubt, a person; a second message of the same person about the same goes to the case that waits for one."""
    if is_sure(s):
        return None
    case = _unsure_too(s, profile)
    if case is None:
        held = from_receipt_on(s, profile) if is_pressed(s) else ()  # the key is theirs, whatever the comment means
        return review(s, profile, "unsure", answer=answer_with(s, "receipt_other"), effects=held)
    return Decision(s.request, "", "joined", case.state, case.hold_reason, no_reply="joined", joins=case.id)


def _unsure_too(s: Situation, profile: Profile) -> Case | None:
    """A case that a person reads anyway, of somebody who was known then as now: nothing is decided by joining it."""
    since = s.now - timedelta(days=profile.joining.days)
    waiting = [
        c
        for c in s.open_cases
        if c.state is CaseState.REVIEW
        and c.policy == "reading_is_unsure"
        and c.request == s.request
        and s.seeker is not None
        and c.seeker_id == s.seeker.id
        and c.received_at >= since
    ]
    return min(waiting, key=lambda c: (c.received_at, c.id), default=None)


def wishes_contradict(s: Situation, profile: Profile) -> Decision | None:
    """Two wishes of one message that cannot both be meant as they stand."""
    wanted = frozenset(s.requests)
    if not any(s.request in pair and pair <= wanted for pair in CONTRADICTIONS):
        return None
    return review(s, profile, "contradiction", answer=answer_with(s, "receipt_other"))


def the_same_wish_is_open(s: Situation, profile: Profile) -> Decision | None:
    """One person, one wish, one case, whatever the channel. A stronger proof than the open case has goes on instead."""
    case = _same_wish(s, profile)
    if case is None or (s.proof >= Proof.E2 and s.proof > case.proof):
        return None
    holds = from_receipt_on(s, profile) if case.proof < Proof.E1 else ()  # better proved than what it joins
    joined = Decision(s.request, "", "joined", case.state, case.hold_reason, effects=holds, no_reply="joined",
                      tasks=_to_be_read(s, case, profile), joins=case.id)  # fmt: skip
    asked_long_ago = s.now - case.received_at >= timedelta(hours=profile.links.again_after_hours)
    address = s.seeker.address if s.seeker else None
    if case.state is CaseState.AWAITING_PROOF and asked_long_ago and address and not s.message.no_reply:
        return replace(joined, reply=ReplyPlan("reminder", "file", LinkPlan(case.request)), no_reply=None)
    return joined


def _to_be_read(s: Situation, case: Case, profile: Profile) -> tuple[TaskPlan, ...]:
    """A case that waits for a day or an end is on nobody's list, and its mails ask to be answered
    (「ご応募を取りやめられた際は、お知らせください」): what is written meanwhile is work for a person.

    A key that is pressed again without a word says nothing new.
    """
    says_nothing = is_pressed(s) and not s.message.new_text.strip()
    if case.state is not CaseState.SCHEDULED or says_nothing:
        return ()
    return (TaskPlan("read_message", due_on=profile.due_on(s.request, s.today), assignee=case.assignee),)


def _same_wish(s: Situation, profile: Profile) -> Case | None:
    fitting = [
        c
        for c in s.open_cases
        if c.is_same_wish(s.request, s.now, profile.joining.days)
        # who put it off and now writes without putting it off wants it now
        and (c.hold_reason != "after_selection" or s.meaning.after_selection)
    ]
    return min(fitting, key=lambda c: (c.received_at, c.id), default=None)


def superseded(s: Situation, profile: Profile) -> tuple[int, ...]:
    """The open case of the same wish that this better proved request takes over from."""
    case = _same_wish(s, profile)
    return (case.id,) if case is not None else ()
