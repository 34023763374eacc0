"""From decisions to rows: cases, record, tasks, links, the one mail. Also the way in for decisions made later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from intake.errors import NotProved
from intake.model import (
    Case,
    CaseState,
    Decision,
    Effect,
    End,
    InboxItem,
    Meaning,
    Message,
    Proof,
    Seeker,
    Situation,
    TaskPlan,
)
from intake.pipeline import letters, links, parting, register, restated, untold
from intake.pipeline.moves import Act, move
from intake.pipeline.tools import Tools
from intake.policy import assignee_of, in_charge, today_of
from intake.ports import NewCase

DISCRETION = "case.discretion"


@dataclass(frozen=True, slots=True)
class Settled:
    """A case, what was decided about it, and the link that its mail carries."""

    case: Case
    decision: Decision
    link: links.Link | None = None


def unreadable(request: str, reason: str) -> Decision:
    """What nobody could open waits for a person, with its bytes."""
    return Decision(
        request=request,
        policy="unreadable",
        reason=reason,
        state=CaseState.REVIEW,
        hold_reason="unreadable",
        no_reply="unreadable",
    )


def arrival(
    act: Act, item: InboxItem, pairs: Sequence[tuple[Situation, Decision]], tools: Tools
) -> tuple[End, int | None]:
    """Store what was decided for one message and queue its one mail. Gives the message's end and its case.

    Whether that mail may go is asked first: what nobody could be told of is not carried out.
    """
    settled: list[Settled] = []
    joined: list[Settled] = []
    seeker = pairs[0][0].seeker
    to, why_not = _way(act, item, pairs, tools)
    if why_not and item.envelope.entered_by is None:
        pairs = [(s, untold.kept_for_staff(s, d, why_not, tools.profile)) for s, d in pairs]
    for situation, decision in pairs:
        if decision.joins is not None:
            joined.append(_join(act, decision.joins, item, situation, decision, tools))
            continue
        case = _open(act, item, situation, decision, tools)
        seeker = carry(act, case, seeker, decision, tools, until=resume_day(situation.meaning))
        settled.append(Settled(case, decision))
    again = [j for j in joined if j.decision.reply is not None]
    _answer(act, item, pairs[0][0].message, seeker, settled + again, tools, to=to, why_not=why_not)
    return (End.CASE, settled[0].case.id) if settled else (End.JOINED, joined[0].case.id)


def _way(
    act: Act, item: InboxItem, pairs: Sequence[tuple[Situation, Decision]], tools: Tools
) -> tuple[str | None, str | None]:
    """The address of the one mail, and why none may go there; (None, None) where nothing is to be said."""
    said = [(d, s.proof if d.joins is None else act.tx.cases.get(d.joins).proof) for s, d in pairs if d.reply]
    if not said:
        return None, None
    first = pairs[0][0]
    to = letters.address_for(said[0][0], first.message, first.seeker, tools)
    by_staff = item.envelope.entered_by is not None
    return to, letters.refusal(act, to, said, tools, by_staff=by_staff, message=first.message)


def resume_day(meaning: Meaning) -> date | None:
    """The first day on which contact is welcome again; 「〜まで休み」 resumes the following day (decisions.md)."""
    if meaning.facts.resume_on is not None or meaning.pause_until is None:
        return meaning.facts.resume_on
    return meaning.pause_until + timedelta(days=1)


def _join(act: Act, case_id: int, item: InboxItem, s: Situation, decision: Decision, tools: Tools) -> Settled:
    """A further message of the same person and wish; a lone thank-you ends with the case it thanks for."""
    case = act.tx.cases.get(case_id)
    role = "closed" if decision.closes_quietly else "joined"
    act.tx.cases.link_message(case_id, item.id, role)
    act.tx.search.index(case_id, _searchable(s.message, None, case))
    act.note(f"case.message_{role}", case, message=item.id, policy=decision.policy)
    open_work = {t.plan.kind for t in act.tx.tasks.of_case(case_id) if t.done_at is None}
    new_work = tuple(plan for plan in decision.tasks if plan.kind not in open_work)  # one look reads all that came
    carry(act, case, s.seeker, replace(decision, tasks=new_work), tools)
    return Settled(case, decision)


def _open(act: Act, item: InboxItem, s: Situation, d: Decision, tools: Tools) -> Case:
    tx, seeker = act.tx, s.seeker
    discreet = tools.profile.discretion.is_meant(s.message.new_text)
    assign = "lead" if discreet and d.assign == "concierge" else d.assign
    case = tx.cases.add(
        NewCase(
            message_id=item.id,
            request=d.request,
            state=d.state,
            channel=item.envelope.channel,
            received_at=item.envelope.received_at,
            seeker_id=seeker.id if seeker else None,
            hold_reason=d.hold_reason,
            due_on=d.due_on,
            wake_on=d.wake_on,
            confidence=s.meaning.confidence,
            sure=s.meaning.sure,
            assignee=assignee_of(assign, seeker, d.request, tx.staff.all(), today_of(act.now)),
            proof=s.proof,
            reasons=s.meaning.reasons,
            policy=d.policy,
            sender_hash=tools.address_hash(s.message.sender.addr) if s.message.sender.addr else b"",
            complaint=s.meaning.complaint,
        )
    )
    if seeker is None:
        tx.cases.keep_candidates(case.id, s.match.candidates)
    tx.cases.link_message(case.id, item.id, "opened")
    tx.search.index(case.id, _searchable(s.message, seeker, case))
    act.note("case.opened", case, request=d.request, policy=d.policy, reason=d.reason, state=d.state.value,
             hold=d.hold_reason, confidence=round(s.meaning.confidence, 4), proof=int(s.proof))  # fmt: skip
    if discreet:
        act.note(DISCRETION, case)
    if _is_unknown(s.meaning.facts.concierge, seeker, act):
        act.note("case.concierge_unknown", case)
    if not d.state.is_open:
        case = tx.cases.change(case, closed_at=act.now)
    return case


def _is_unknown(named: str | None, seeker: Seeker | None, act: Act) -> bool:
    """A person in charge is named who is nobody here: perhaps the message was meant for another agency (A3)."""
    if not named:
        return False
    theirs = (seeker.concierge, seeker.deputy) if seeker else ()
    ours = ["".join(name.split()) for name in (*(m.name for m in act.tx.staff.all()), *theirs) if name]
    said = "".join(named.split())
    return bool(ours) and not any(said in name or name in said for name in ours)


def _searchable(message: Message, seeker: Seeker | None, case: Case) -> list[str]:
    texts = [case.number, message.subject, message.text, message.sender.name, message.sender.addr]
    texts += [a.name for a in message.attachments] + list(message.stated.values())
    if seeker:
        texts += [seeker.name, seeker.kana, seeker.member_id, *seeker.addresses]
    return [t for t in texts if t]


def carry(
    act: Act,
    case: Case,
    seeker: Seeker | None,
    decision: Decision,
    tools: Tools,
    *,
    until: date | None = None,
    proof: Proof | None = None,
) -> Seeker | None:
    """Effects, dropped cases and tasks of a decision; the case's own state is the caller's."""
    if seeker is not None and decision.effects:
        _last_guard(case, decision, proof)
        seeker = register.apply(act, case, seeker, decision.effects, today_of(act.now), until)
    for target_id in decision.targets:
        drop(act, act.tx.cases.get(target_id), case)
    for fulfilled_id in decision.fulfils:
        fulfil(act, act.tx.cases.get(fulfilled_id))
    for plan in (*decision.tasks, *_reminder(decision, seeker)):
        if seeker is not None and plan.assignee is not None and plan.assignee == seeker.concierge:
            plan = replace(plan, assignee=_worker(act, case, seeker))
        if seeker is not None and Effect.WITHDRAW in decision.effects:
            plan = parting.as_promised(act, seeker, plan)
        task = act.tx.tasks.add(case.id, plan, act.now)
        act.note("task.opened", case, task=task.id, kind=plan.kind)
    if Effect.WITHDRAW in decision.effects and seeker is not None:
        for other in parting.ended_with(act, case, seeker, proved_now=proof is not None):
            fulfil(act, other)
    return seeker


def _reminder(decision: Decision, seeker: Seeker | None) -> tuple[TaskPlan, ...]:
    """The day that a pause was asked for until is kept, by whatever way the pause was proved (domain.md, Pause)."""
    planned = any(plan.kind == "remind" for plan in decision.tasks)
    if planned or seeker is None or Effect.PAUSE not in decision.effects or seeker.resume_on is None:
        return ()
    return (TaskPlan("remind", subject="resume_on", due_on=seeker.resume_on, assignee=seeker.concierge),)


def _worker(act: Act, case: Case, seeker: Seeker) -> str | None:
    """Who does what the concierge would do: the deputy in absence, the lead where the concierge is not to be told."""
    staff = act.tx.staff.all()
    if any(row.action == DISCRETION for row in act.tx.audit.of_case(case.id)):
        return assignee_of("lead", seeker, case.request, staff)
    return in_charge(seeker, staff, today_of(act.now))


def _last_guard(case: Case, decision: Decision, proof: Proof | None) -> None:
    """Whatever the policies said: a registration ends or begins again only on the person's own proof (I6, A1)."""
    grave = {Effect.WITHDRAW, Effect.REINSTATE} & set(decision.effects)
    if grave and max(case.proof, proof or Proof.E0) < Proof.E2:
        raise NotProved(f"{case.number}: E{int(case.proof)} ends no registration")


def drop(act: Act, target: Case, by: Case) -> None:
    """A retraction beats what is not yet done: links die, queued mails stay here."""
    if not target.state.is_open:
        return
    act.tx.tokens.revoke(target.id, act.now)
    for mail in act.tx.outbox.of_case(target.id):
        act.tx.outbox.cancel(mail.id, act.now, "retracted")
    move(act, target, "retract", CaseState.RETRACTED, hold_reason=None, wake_on=None)
    act.tx.cases.link_message(target.id, by.message_id, "retracted")


def fulfil(act: Act, case: Case) -> None:
    """What this case asked was done by another one of the same person."""
    if not case.state.is_open:
        return
    act.tx.tokens.revoke(case.id, act.now)
    move(act, case, "fulfil", CaseState.DONE, hold_reason=None, wake_on=None)


def _answer(
    act: Act,
    item: InboxItem,
    message: Message,
    seeker: Seeker | None,
    settled: list[Settled],
    tools: Tools,
    *,
    to: str | None,
    why_not: str | None,
) -> None:
    """One mail for all cases of the message, or the stated reason for none at each of them."""
    speaking = [s for s in settled if s.decision.reply is not None]
    for silent in settled:
        if silent.decision.reply is None:
            act.note("reply.none", silent.case, why=silent.decision.no_reply or "no_reply_needed")
    if not speaking:
        return
    if why_not:
        for s in speaking:
            _without_mail(act, s, why_not)
        return
    assert to is not None
    ready = [_with_link(act, s, to, seeker, tools) for s in speaking]
    letters.send(act, to, ready, seeker, tools, message=message, in_message=item.id)


def _with_link(act: Act, s: Settled, to: str, seeker: Seeker | None, tools: Tools) -> Settled:
    if s.decision.reply is None or s.decision.reply.link is None or seeker is None:
        return s
    return Settled(s.case, s.decision, links.issue(act, s.case, to, tools))


def _without_mail(act: Act, s: Settled, why: str) -> None:
    """No case waits on a link that cannot arrive: it goes to staff, with the reason.

    A case that was only asked for again keeps the link it has, and the day on which it is looked at.
    """
    act.note("reply.none", s.case, why=why)
    if s.case.state is CaseState.AWAITING_PROOF and s.decision.joins is None:
        move(act, act.tx.cases.get(s.case.id), "hold", CaseState.REVIEW, hold_reason=why, wake_on=None)


def proceed(
    act: Act,
    case: Case,
    seeker: Seeker | None,
    decision: Decision,
    event: str,
    tools: Tools,
    *,
    proof: Proof | None = None,
) -> Case:
    """Carry a later decision about an open case: behind its link, at a desk, on its day."""
    meaning = act.tx.inbox.reading(case.message_id)
    until = resume_day(meaning[1]) if meaning and meaning[1] else None
    seeker = carry(act, case, seeker, decision, tools, until=until, proof=proof)
    if case.request == "preferences" and decision.state is CaseState.DONE and seeker is not None and meaning:
        seeker, decision = _work_in(act, case, seeker, decision, meaning[1])
    fields: dict[str, object] = {
        "hold_reason": decision.hold_reason,
        "wake_on": decision.wake_on,
        "policy": decision.policy,
    }
    if decision.due_on is not None:
        fields["due_on"] = decision.due_on
    if proof is not None:
        fields["proof"] = max(case.proof, proof)
    if decision.assign is not None:
        fields["assignee"] = assignee_of(decision.assign, seeker, case.request, act.tx.staff.all(), today_of(act.now))
    case = move(act, case, event, decision.state, **fields)
    return _tell(act, case, seeker, decision, tools)


def _work_in(
    act: Act, case: Case, seeker: Seeker, decision: Decision, meaning: Meaning | None
) -> tuple[Seeker, Decision]:
    """Conditions into the register; where all of them were corrected since, the newer case is confirmed, not this."""
    meant = restated.still_meant(act.tx, case, meaning)
    seeker = register.accept_preferences(act, case, seeker, meant)
    corrected = meaning is not None and meaning.preferences and not (meant and meant.preferences)
    return seeker, replace(decision, reply=None) if corrected else decision


def _tell(act: Act, case: Case, seeker: Seeker | None, decision: Decision, tools: Tools) -> Case:
    """The mail that a later decision sends, always to the address on file."""
    if decision.reply is None:
        act.note("reply.none", case, why=decision.no_reply or "no_reply_needed")
        return case
    to = seeker.address if seeker else None
    why_not = letters.unreachable(to, tools)
    if why_not or to is None:
        act.note("reply.none", case, why=why_not)
        waits = case.state is CaseState.AWAITING_PROOF
        return move(act, case, "hold", CaseState.REVIEW, hold_reason=why_not, wake_on=None) if waits else case
    link = links.issue(act, case, to, tools) if decision.reply.link else None
    reading = act.tx.inbox.reading(case.message_id)
    message = reading[0] if reading else None
    letters.send(act, to, [Settled(case, decision, link)], seeker, tools, message=message, in_message=case.message_id)
    return case
