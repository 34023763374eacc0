"""The point of no return: who may be erased, what it reaches, the cases closed, in one commit."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime

from intake.errors import NotAllowed, NotFound
from intake.failpoints import reach as failpoint
from intake.journal import journal
from intake.model import Actor, Case, CaseState, Mail, Seeker
from intake.model.ladder import Act as Ladder
from intake.model.ladder import allowed
from intake.pipeline import letters, settle
from intake.pipeline.erasing.collect import collect
from intake.pipeline.held import HeldFields, held_of
from intake.pipeline.moves import Act, move
from intake.pipeline.objections import is_behind, name, objections, unread_of
from intake.pipeline.tools import Tools
from intake.policy import OBJECTION, decide_due_erasure, today_of
from intake.ports import CaseQuery, Tx
from intake.ports.erasing import ErasureRow
from intake.replies import Letter, Part, Thread, compose, new_message_id, return_path

REQUEST, OPERATOR, RETENTION = "request", "operator", "retention"
KEEPER = Actor("system", "keeper")
log = journal("erasure")


def begin_due(tx: Tx, tools: Tools, now: datetime) -> list[ErasureRow]:
    """Begin what is approved and cooled off. Who is under a hold, or was never proved or approved, goes to staff; so
    does whoever wrote since what nobody has settled. A message not yet read is read first: the next round sees it."""
    act = Act(tx, KEEPER, now)
    act.alone()
    if is_behind(tx):
        return []
    waiting = tx.cases.find(CaseQuery(states=(CaseState.SCHEDULED,), request="deletion", limit=500))
    due = [(case, _seeker(tx, case)) for case in waiting if case.hold_reason == "erasure_due"]
    unread = unread_of(tx, [seeker for _, seeker in due if seeker is not None])
    looked_at = [_begin_one(act, case, who, tools) for case, who in due if who is None or not unread[who.id]]
    return [row for row in looked_at if row is not None]


def _begin_one(act: Act, case: Case, seeker: Seeker | None, tools: Tools) -> ErasureRow | None:
    """Begin this one, or bring it to staff."""
    others = act.tx.cases.of_seeker(seeker.id) if seeker else []
    waiting = objections(act.tx, case)
    decision = decide_due_erasure(
        case,
        seeker,
        tools.profile,
        today_of(act.now),
        approved=_is_approved(act.tx, case),
        others=others,
        objections=waiting,
    )
    if decision is None and seeker is not None:
        return begin(act, seeker, case, REQUEST, tools)
    if decision is not None:
        held = settle.proceed(act, case, seeker, decision, "hold", tools)
        if decision.hold_reason == OBJECTION:
            name(act, held, waiting)
    return None


def begin_operator(tx: Tx, seeker: Seeker, actor: Actor, tools: Tools, now: datetime) -> ErasureRow:
    """At an operator's word on the shell, recorded as such: no approver, no cooling-off. Raises NotAllowed on hold."""
    asking = [c for c in tx.cases.of_seeker(seeker.id) if c.request == "deletion" and c.state.is_open]
    return begin(Act(tx, actor, now), seeker, asking[0] if asking else None, OPERATOR, tools)


def begin(act: Act, seeker: Seeker, case: Case | None, why: str, tools: Tools) -> ErasureRow:
    """Plan it, close every case of the person, burn their links. Raises NotAllowed under a legal hold.

    From this commit on nothing takes it back; one that is under way already is given back as it is.
    """
    running = act.tx.erasures.open_of(seeker.id)
    if running is not None:
        return running
    if seeker.legal_hold:
        raise NotAllowed("法的保全の対象のため、解除されるまで消去できません(under legal hold: not erased)")
    row = act.tx.clocks.running(seeker.id)[0]
    held = held_of(seeker, row, tools.profile, today_of(act.now))
    plan = collect(act.tx, seeker, tools, held)
    plan = replace(plan, mail=last_mail(act, seeker, case, why, held, tools))
    figures = {
        "asked_on": None if case is None else today_of(case.received_at),
        "approved": [] if case is None else _approvers(act.tx, case),
        "messages": len(plan.reach.message_ids),
        "cases": len(plan.reach.case_ids),
        "mails": len(plan.reach.outbox_ids),
        "keys": len(plan.reach.key_ids),
        "copies": len(plan.copies),
        "others": len(plan.quoting) + len(plan.noted),
        "unclear": [act.tx.cases.get(c).number for c in plan.reach.unclear],
        "held": [{"what": h.label, "until": h.until, "ground": h.ground, "fields": [n for n, _ in h.values]}
                 for h in held],
    }  # fmt: skip
    begun = act.tx.erasures.add(seeker.id, None if case is None else case.id, why, plan.packed(), figures, act.now)
    close_cases(act, plan.reach.case_ids, case)
    detail = {k: v for k, v in figures.items() if isinstance(v, int)} | {"erasure": begun.id, "why": why}
    act.tx.audit.append(act.now, act.actor, "erasure.planned", case_id=begun.case_id, seeker_id=seeker.id,
                        detail=detail)  # fmt: skip
    failpoint("erase.planned")
    log.info("planned", id=begun.id, seeker=seeker.id, what=why)
    return begun


def last_mail(
    act: Act, seeker: Seeker, case: Case | None, why: str, held: tuple[HeldFields, ...], tools: Tools
) -> Mail | None:
    """「本日をもって消去いたします」, with what a duty keeps; None where no address can be written to."""
    to = seeker.address
    if to is None or letters.unreachable(to, tools):
        return None
    template = "deletion_expired" if why == RETENTION else "deletion_final"
    part = Part("deletion", template, "" if case is None else case.number, held=tuple(h.told for h in held))
    unique = secrets.token_hex(10)
    return compose(
        tools.templates,
        Letter(seeker.name, (part,), neutral=False, agency=tools.agency),
        to=to,
        from_=tools.mail_from,
        now=act.now,
        message_id=new_message_id(tools.keyring, tools.mail_from.rpartition("@")[2], unique),
        mail_from=return_path(tools.keyring, tools.mail_from, unique),
        thread=Thread(),
        charset=tools.charset,
    )


def close_cases(act: Act, case_ids: tuple[int, ...], asking: Case | None) -> None:
    """Whatever the person still wished is over with this; no link of theirs opens anything any more."""
    for case_id in case_ids:
        case = act.tx.cases.get(case_id)
        act.tx.tokens.revoke(case.id, act.now)
        for mail in act.tx.outbox.of_case(case.id):
            act.tx.outbox.cancel(mail.id, act.now, "erased")
        if case.state.is_open:
            is_asked = asking is not None and case.id == asking.id and case.state is CaseState.SCHEDULED
            event = "fall_due" if is_asked else "fulfil"
            move(act, case, event, CaseState.DONE, hold_reason=None, wake_on=None)


def _seeker(tx: Tx, case: Case) -> Seeker | None:
    try:
        return tx.seekers.get(case.seeker_id) if case.seeker_id else None
    except NotFound:
        return None


def _is_approved(tx: Tx, case: Case) -> bool:
    """Staff said yes to this case as it is now: neither its person nor its wish was changed since."""
    if not allowed("deletion", Ladder.ERASE, case.proof, staff_approved=True):
        return False
    for row in reversed(tx.audit.of_case(case.id)):
        if row.action in ("case.seeker_chosen", "case.correct"):
            return False
        if row.action == "case.approve" and row.detail.get("hold_reason") == "cooling_off":
            return True
    return False


def _approvers(tx: Tx, case: Case) -> list[dict[str, object]]:
    rows = [r for r in tx.audit.of_case(case.id) if r.action == "case.approved_by" and r.actor.kind == "staff"]
    return [{"by": r.actor.name, "on": today_of(r.at)} for r in rows]
