"""What staff do with a case. Every act names the person, checks the version they looked at, and is audited."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from intake.errors import BadInput, NotAllowed, NotFound, NotProved
from intake.model import (
    Actor,
    Case,
    CaseState,
    Decision,
    Effect,
    MailState,
    Proof,
    ReplyPlan,
    Role,
    Seeker,
    StaffMember,
)
from intake.pipeline import letters, links, objections, put_aside, register, settle
from intake.pipeline.moves import Act, drop_tasks, move, revive_tasks
from intake.pipeline.settle import Settled
from intake.pipeline.tools import Tools
from intake.policy import (
    NEVER_TAKEN_BACK,
    decide_send_link,
    decide_staff_approval,
    decide_tasks_done,
    effects_of_ending,
    may_be_refused,
    today_of,
)
from intake.ports import AuditRow, Correction, Tx

CARERS = frozenset({Role.REVIEWER, Role.LEAD})  # who can be a seeker's concierge; the others run or control the product
SECOND = "second_approval"  # an erasure that one of two has approved


def act_of(tx: Tx, staff: StaffMember, now: datetime) -> Act:
    """An act of a member of staff; auditors only read."""
    if staff.role is Role.AUDITOR:
        raise NotAllowed("auditors may read, not decide")
    return Act(tx, Actor("staff", staff.name), now)


def would_approve(
    tx: Tx, case: Case, staff: StaffMember, tools: Tools, now: datetime, *, override_reason: str = ""
) -> Decision:
    """What a yes would lead to now; what the page shows before it is said. Raises as ``approve``, changes nothing."""
    _open(case)
    decision = decide_staff_approval(
        put_aside.meant(tx, case, tools),
        tx.seekers.get(case.seeker_id) if case.seeker_id else None,
        tools.profile,
        now,
        today_of(now),
        staff.role,
        override_reason=override_reason,
        approvers=sum(1 for m in tx.staff.all() if m.active and m.role is Role.PRIVACY_OFFICER),
        second_approved=_approved_by_another(tx, case, staff),
        dropping=_taken_back(tx, case),
        others=tx.cases.of_seeker(case.seeker_id) if case.seeker_id else (),
        tasks=tx.tasks.of_case(case.id),
    )
    if decision.hold_reason == SECOND and first_approvals(tx, case):
        raise NotAllowed("1人目の承認は済んでいます。別の個人情報管理者の承認が必要です")
    return decision


def _taken_back(tx: Tx, case: Case) -> list[Case] | None:
    """What a retraction takes back, where only one open wish of the person can be meant."""
    if case.request != "retraction" or case.seeker_id is None:
        return None
    found = [c for c in tx.cases.of_seeker(case.seeker_id) if c.state.is_open and c.request not in NEVER_TAKEN_BACK]
    return found if len(found) == 1 else None


def approve(
    act: Act,
    case: Case,
    staff: StaffMember,
    tools: Tools,
    *,
    override_reason: str = "",
    new_concierge: str = "",
    heard: str = "",
) -> Case:
    """Carry out what the case asks, as far as proof and role allow. Raises NotProved, NotAllowed, Stale.

    A change of concierge wants the new one by name, and not the one whom the person wished to leave. ``heard``: what
    waited of the person when staff looked (``objections.heard``); nobody leaves or is erased over what came since.
    """
    decision = would_approve(act.tx, case, staff, tools, act.now, override_reason=override_reason)
    seeker = _seeker(act, case)
    if seeker is not None and _cannot_be_undone(case, decision):
        objections.nothing_new(act.tx, case, seeker, heard)
    _confirm_reading(act, case, staff)
    act.note("case.approved_by", case, reason=decision.reason, override=bool(override_reason.strip()))
    if override_reason.strip():
        act.tx.notes.add(case.id, staff.name, override_reason, act.now)
    if case.request == "concierge_change" and seeker is not None and decision.reason != "already_withdrawn":
        seeker = _hand_over(act, case, seeker, new_concierge.strip())
    return settle.proceed(act, case, seeker, decision, "approve", tools)


def _cannot_be_undone(case: Case, decision: Decision) -> bool:
    erases = case.request == "deletion" and decision.hold_reason in ("second_approval", "cooling_off", "erasure_due")
    return erases or Effect.WITHDRAW in decision.effects


def carers(tx: Tx, seeker: Seeker | None) -> tuple[str, ...]:
    """Who can take care of this person instead of whom they have: by role, or known to the register as doing it. In a
    house where nobody else is, anybody who can act."""
    left = seeker.concierge if seeker else None
    acting = [m for m in tx.staff.all() if m.active and m.role is not Role.AUDITOR]
    known = {m.name for m in acting if m.role in CARERS} | (tx.seekers.concierges() - {m.name for m in acting})
    named = known - {left}
    return tuple(sorted(named or {m.name for m in acting} - {left}))


def _hand_over(act: Act, case: Case, seeker: Seeker, to: str) -> Seeker:
    if not to:
        raise BadInput("新しい担当を選んでください。")
    if to == seeker.concierge:
        raise BadInput("今の担当とは別の方を選んでください。")
    member = act.tx.staff.by_name(to)
    if member is not None and member.role not in CARERS and to not in carers(act.tx, seeker):
        raise BadInput("求職者を担当する役割の方を選んでください。")
    changed = act.tx.seekers.change(seeker, concierge=to)
    act.note("seeker.concierge_changed", case, left=seeker.concierge or "")
    return changed


def _approved_by_another(tx: Tx, case: Case, staff: StaffMember) -> bool:
    """An erasure wants two people where the profile says so (ASVS 2.3.5)."""
    return any(row.actor.name != staff.name for row in first_approvals(tx, case))


def first_approvals(tx: Tx, case: Case) -> list[AuditRow]:
    """Yeses that wait for another person's, the newest first; of what the case is now, not of before."""
    found = []
    for row in reversed(tx.audit.of_case(case.id)):
        if row.action in ("case.seeker_chosen", "case.correct", "case.prove"):
            break
        if row.action == "case.approved_by" and row.detail.get("reason") == SECOND:
            found.append(row)
    return found


def phone_checked(act: Act, case: Case, staff: StaffMember, how: str, tools: Tools) -> Case:
    """電話で確認済み: the identity was checked by telephone or at the counter; who, how and when are on record (E3)."""
    _open(case)
    if not how.strip():
        raise BadInput("say how the identity was checked")
    seeker = _seeker(act, case)
    if seeker is None:
        raise NotProved("choose the seeker first: a telephone check is about one record")
    put_aside.not_one_document(act.tx, case, tools)
    act.note("proof.telephone", case, how=how, by=staff.name)
    return links.prove(act, case, seeker, "complete", Proof.E3, tools)


def correct(act: Act, case: Case, staff: StaffMember, request: str, tools: Tools) -> Case:
    """The request is another one: the case goes on under it, and the classifier gets an example."""
    _open(case)
    if request not in tools.rulebook.requests:
        raise BadInput(f"{request}: no such request")
    _may_end(case)
    reading = act.tx.inbox.reading(case.message_id)
    was = reading[1].requests if reading and reading[1] else (case.request,)
    now = tuple(sorted({*(r for r in was if r != case.request), request}))
    act.tx.corrections.add(Correction(case.id, case.message_id, was, now, staff.name, act.now))
    _forget(act, case, "corrected")
    revive_tasks(act, case, request)
    # a proof was given for the old request only: it carries out nothing under the new one
    return move(act, case, "correct", CaseState.REVIEW, request=request, hold_reason="corrected", sure=True,
                wake_on=None, proof=min(case.proof, Proof.E1))  # fmt: skip


def choose_seeker(act: Act, case: Case, seeker: Seeker) -> Case:
    """Staff say whose case it is. That is no proof of identity: the ladder still holds.

    What another person before this one proved, was sent or consented to is nothing for this one.
    """
    _open(case)
    if case.seeker_id == seeker.id:
        return case
    if case.seeker_id is not None:
        _forget(act, case, "seeker_chosen")
    theirs: dict[str, Any] = {"seeker_id": seeker.id, "proof": Proof.E0, "policy": "nobody_is_identified"}
    if case.state is CaseState.REVIEW:
        changed = act.tx.cases.change(case, **theirs)
    else:
        changed = move(act, case, "hold", CaseState.REVIEW, hold_reason="not_on_file", wake_on=None, **theirs)
    found_by = [seeker.name, seeker.kana, seeker.member_id, *seeker.addresses]
    act.tx.search.index(case.id, [text for text in found_by if text])
    act.note("case.seeker_chosen", changed)
    return changed


def _forget(act: Act, case: Case, why: str) -> None:
    """Links and tasks die, queued mails stay here, and introductions go on, as if the case had not been."""
    act.tx.tokens.revoke(case.id, act.now)
    drop_tasks(act, case, why)
    for mail in act.tx.outbox.of_case(case.id):
        act.tx.outbox.cancel(mail.id, act.now, why)
    _release(act, case)


def hold(act: Act, case: Case, reason: str, wake_on: date | None) -> Case:
    """Put aside with a reason and a day."""
    _open(case)
    return put_aside.until(act, case, reason, wake_on)


def refuse(act: Act, case: Case, reason: str, tools: Tools) -> Case:
    """Not done, with a reason that the person will read."""
    _open(case)
    if not reason.strip():
        raise BadInput("a refusal needs a reason: the person will read it")
    _may_end(case)
    act.tx.tokens.revoke(case.id, act.now)
    act.tx.notes.add(case.id, act.actor.name, reason, act.now)
    _release(act, case)
    closed = move(act, case, "refuse", CaseState.REFUSED, hold_reason=None, wake_on=None)
    _mail(act, closed, "refusal", tools, free=reason)
    return closed


def lapse(act: Act, case: Case, tools: Tools) -> Case:
    """Nothing came of it; staff alone set this."""
    _open(case)
    _may_end(case)
    act.tx.tokens.revoke(case.id, act.now)
    _release(act, case)
    return move(act, case, "lapse", CaseState.LAPSED, hold_reason=None, wake_on=None)


def close(act: Act, case: Case) -> Case:
    """A person has done what there was to do (questions, other mail, tasks)."""
    _open(case)
    if case.request in ("withdrawal", "deletion"):
        raise NotProved("a withdrawal or an erasure is carried out, refused or retracted, never just closed")
    return move(act, case, "close", CaseState.DONE, hold_reason=None, wake_on=None)


def assign(act: Act, case: Case, to: str | None) -> Case:
    """Give the case to a colleague. The concierge complained about never gets it."""
    seeker = _seeker(act, case)
    if to and (case.request == "concierge_change" or case.complaint) and seeker and seeker.concierge == to:
        raise NotAllowed("this case is about that person")
    if to and act.tx.staff.by_name(to) is None:
        raise NotFound(f"{to}: no such member of staff")
    changed = act.tx.cases.change(case, assignee=to)
    act.note("case.assigned", changed, was=case.assignee, to=to)
    return changed


def note(act: Act, case: Case, text: str) -> None:
    """A remark for colleagues; never sent."""
    if not text.strip():
        raise BadInput("the note is empty")
    note_id = act.tx.notes.add(case.id, act.actor.name, text, act.now)
    act.tx.search.index(case.id, [text])
    act.note("case.noted", case, note=note_id)


def send_link(act: Act, case: Case, tools: Tools, *, to: Seeker | None = None) -> Case:
    """One key: the link goes to the address on file, never to the From of a stranger.

    ``to``: the candidate whom staff mean, where the case was nobody's; chosen and written to in one act.
    """
    _open(case)
    if to is not None:
        case = choose_seeker(act, case, to)
    put_aside.not_one_document(act.tx, case, tools)
    seeker = _seeker(act, case)
    plan = decide_send_link(case, seeker, tools.profile, today_of(act.now))
    assert seeker is not None
    assert seeker.address is not None
    settle.carry(act, case, seeker, plan, tools)
    moved = move(act, act.tx.cases.get(case.id), "ask", plan.state, hold_reason=None, wake_on=plan.wake_on)
    link = links.issue(act, moved, seeker.address, tools)
    reading = act.tx.inbox.reading(case.message_id)
    letters.send(act, seeker.address, [Settled(moved, plan, link)], seeker, tools,
                 message=reading[0] if reading else None, in_message=case.message_id, automatic=False)  # fmt: skip
    return moved


def send_receipt(act: Act, case: Case, tools: Tools) -> None:
    """One key: the neutral receipt to whoever wrote."""
    reading = act.tx.inbox.reading(case.message_id)
    to = reading[0].sender.addr if reading else ""
    if not to:
        raise BadInput("the message has no sender to answer")
    plan = Decision(case.request, "staff", "send_receipt", case.state,
                    reply=ReplyPlan("receipt_neutral", "sender", neutral=True))  # fmt: skip
    letters.send(act, to, [Settled(case, plan)], None, tools, message=reading[0] if reading else None,
                 in_message=case.message_id, automatic=False)  # fmt: skip


def reply(act: Act, case: Case, text: str, tools: Tools) -> None:
    """A free answer written by staff, to the address on file, else to the sender."""
    if not text.strip():
        raise BadInput("the answer is empty")
    if not _address(act, case):
        raise BadInput("the message has no sender to answer")
    _mail(act, case, "staff_answer", tools, free=text)


def undo(act: Act, case: Case, item_id: int) -> bool:
    """Take a mail back that has not left the building."""
    item = act.tx.outbox.get(item_id)
    if case.id not in item.case_ids or item.state is not MailState.QUEUED:
        return False
    taken = act.tx.outbox.cancel(item_id, act.now, "undone")
    if taken:
        act.note("mail.undone", case, outbox=item_id)
    return taken


def task_done(act: Act, task_id: int, tools: Tools) -> None:
    """A piece of work is done; with the last one of a waiting case the case is closed and the person told."""
    first = act.tx.tasks.get(task_id).done_at is None  # a page of before shows work that is over, or needless, as open
    task = act.tx.tasks.done(task_id, act.actor.name, act.now)
    case = act.tx.cases.get(task.case_id)
    act.note("task.done", case, task=task.id, kind=task.plan.kind)
    told = _seeker(act, case) if first and task.plan.kind == "tell_employer" else None
    if told is not None:
        register.end_application(act, case, told, task.plan.subject)
    if any(t.done_at is None for t in act.tx.tasks.of_case(case.id)):
        return
    seeker = _seeker(act, case)
    decision = decide_tasks_done(case, seeker, tools.profile)
    if decision is not None:
        settle.proceed(act, case, seeker, decision, "tasks_done", tools)


def _mail(act: Act, case: Case, template: str, tools: Tools, *, free: str) -> None:
    seeker, to = _seeker(act, case), _address(act, case)
    reading = act.tx.inbox.reading(case.message_id)
    message = reading[0] if reading else None
    if not to:
        act.note("reply.none", case, why="no_address")
        return
    plan = Decision(case.request, "staff", template, case.state, reply=ReplyPlan(template, "file"))
    letters.send(act, to, [Settled(case, plan)], seeker, tools, message=message, in_message=case.message_id,
                 automatic=False, free=free)  # fmt: skip


def _address(act: Act, case: Case) -> str:
    """The address on file, else the sender's; "" where there is neither."""
    seeker = _seeker(act, case)
    if seeker is not None and seeker.address:
        return seeker.address
    reading = act.tx.inbox.reading(case.message_id)
    return reading[0].sender.addr if reading else ""


def _confirm_reading(act: Act, case: Case, staff: StaffMember) -> None:
    """Approving an unsure reading confirms it: that is an example too. Not of words beside a key of the app or of a
    telephone note: what was asked stood in the key."""
    if case.sure:
        return
    reading = act.tx.inbox.reading(case.message_id)
    if reading and reading[1] and reading[0].request_code is None:
        same = reading[1].requests
        act.tx.corrections.add(Correction(case.id, case.message_id, same, same, staff.name, act.now))


def _release(act: Act, case: Case) -> None:
    """Ending a case without carrying it out lets introductions go on, unless another open wish holds them."""
    seeker = _seeker(act, case)
    if seeker is not None:
        effects = effects_of_ending(case, act.tx.cases.of_seeker(seeker.id))
        register.apply(act, case, seeker, effects, today_of(act.now), None)


def _may_end(case: Case) -> None:
    if not may_be_refused(case):
        raise NotAllowed("the person has proved this wish: it is carried out or taken back, not refused")


def _open(case: Case) -> None:
    if not case.state.is_open:
        raise BadInput(f"{case.number} is closed ({case.state.value})")


def _seeker(act: Act, case: Case) -> Seeker | None:
    return act.tx.seekers.get(case.seeker_id) if case.seeker_id else None
