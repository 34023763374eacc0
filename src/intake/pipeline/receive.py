"""One stored message to its cases and its one reply, in one commit."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from intake.matching import keys_of, match_member, match_seeker
from intake.model import (
    Case,
    CaseState,
    Channel,
    Decision,
    Effect,
    End,
    InboxItem,
    Match,
    Meaning,
    Message,
    Proof,
    Situation,
)
from intake.parsing import WORDINGS
from intake.pipeline import bounces, settle, twins
from intake.pipeline.moves import WORKER, Act
from intake.pipeline.reading import Reading
from intake.pipeline.tools import Tools
from intake.policy import decide, today_of
from intake.ports import Tx
from intake.proofs import proof_of
from intake.replies import may_answer

CLOSED_DAYS = 30


def receive(tx: Tx, item: InboxItem, reading: Reading, tools: Tools, now: datetime) -> End:
    """Bring a claimed message to its one end. Raises LeaseLost if another worker has it by now."""
    act = Act(tx, WORKER, now)
    act.alone()
    _identify(tx, item, reading, tools)
    if item.envelope.channel is Channel.EMAIL and tx.erasures.is_erased(item.id, item.envelope.raw):
        return _forget(tx, item, now)
    tx.inbox.save_reading(item.id, reading.message, reading.meaning)
    end, of = _end_without_case(act, item, reading, tools)
    if end is None:
        end, of = _cases(act, item, reading, tools)
    tx.inbox.finish(item.id, item.fence, end, of, now)
    return end


def _forget(tx: Tx, item: InboxItem, now: datetime) -> End:
    """An old mail of somebody erased, met again in a mailbox or a backup: it opens nothing and is not kept."""
    tx.inbox.finish(item.id, item.fence, End.DUPLICATE, None, now)
    tx.erasures.forget_arrival(item.id)
    return End.DUPLICATE


def _identify(tx: Tx, item: InboxItem, reading: Reading, tools: Tools) -> None:
    """Keyed hashes of sender, Message-ID and content. Of machine and archived mail the sender alone: an erasure must
    find it, and no later message may be taken for its twin."""
    if item.envelope.archive or reading.meaning is None or reading.unreadable:
        tx.inbox.set_identity(item.id, b"", b"", twins.sender_of(reading.message, tools))
        return
    who = twins.identity(reading.message, tools)
    tx.inbox.set_identity(item.id, who.content, who.rfc_id, who.sender)


def _end_without_case(act: Act, item: InboxItem, reading: Reading, tools: Tools) -> tuple[End | None, int | None]:
    """Machine mail, archived mail and twins end here."""
    if reading.unreadable:
        return None, None
    message = reading.message
    if item.envelope.archive or reading.meaning is None:
        bounces.note(act, item, message, tools)
        return End.MACHINE, None
    twin = twins.find(act.tx, item, message, tools)
    if twin is None:
        return None, None
    if not message.message_id:  # the next copy is compared with the first, without a look at all those between
        act.tx.inbox.set_identity(item.id, b"", b"", twins.sender_of(message, tools))
    return End.DUPLICATE, twin


def _cases(act: Act, item: InboxItem, reading: Reading, tools: Tools) -> tuple[End, int | None]:
    message, meaning = reading.message, reading.meaning
    assert meaning is not None
    situations = situations_of(act.tx, item, message, meaning, tools, act.now)
    if reading.unreadable:
        decisions = [settle.unreadable(s.request, reading.unreadable) for s in situations]
    else:
        decisions = [decide(s, tools.profile) for s in situations]
    why_not = may_answer(message, item.envelope.mail_from, item.envelope.via, tools.own_addresses)
    if why_not:
        # What words alone make a machine's may be one: nothing is done on it, not even held.
        proofs = [Proof.E0 if message.kind_reason in WORDINGS else s.proof for s in situations]
        decisions = [silenced(d, why_not, proof) for d, proof in zip(decisions, proofs, strict=True)]
    return settle.arrival(act, item, list(zip(situations, decisions, strict=True)), tools)


def silenced(decision: Decision, why: str, proof: Proof) -> Decision:
    """No machine gets an answer. What therefore nobody would hear of waits for staff.

    A link that cannot leave; an answer to a question; and on a From line alone, whatever would be done to the record:
    it would act behind the person's back. What was proved by a link or in the app has told them on its page.
    """
    silent = replace(decision, reply=None, no_reply=why)
    if decision.joins is not None:
        return silent
    if decision.state is CaseState.AWAITING_PROOF:
        return replace(silent, state=CaseState.REVIEW, hold_reason="no_reply", wake_on=None, fulfils=())
    if decision.state is CaseState.DONE and proof < Proof.E2 and (decision.reply or decision.effects):
        holds = proof >= Proof.E1 and Effect.HOLD_OUTREACH in decision.effects  # from its receipt on (Ladder)
        effects = (Effect.HOLD_OUTREACH,) if holds else ()
        held = replace(silent, state=CaseState.REVIEW, hold_reason="no_reply", effects=effects, targets=(), fulfils=())
        return replace(held, tasks=())
    return silent


def situations_of(
    tx: Tx, item: InboxItem, message: Message, meaning: Meaning, tools: Tools, now: datetime
) -> list[Situation]:
    """All that is known, once for each request; also what ``intake explain`` shows."""
    match = match_of(tx, item, message, meaning, tools)
    app = item.envelope.app_member is not None and match.seeker is not None
    proof = proof_of(match, message.auth, app_authenticated=app, staff_check=False)
    open_cases, closed = _others(tx, match, message, tools, now, item.id)
    known = tx.seekers.count() > 0
    return [
        Situation(
            request=request,
            meaning=meaning,
            message=message,
            match=match,
            proof=proof if not message.forwarded_by else Proof.E0,
            now=now,
            today=today_of(now),
            requests=meaning.requests,
            open_cases=open_cases,
            closed_cases=closed,
            seekers_known=known,
            app_authenticated=app,
            entered_by=item.envelope.entered_by,
            archive=item.envelope.archive,
        )
        for request in meaning.requests
    ]


def match_of(tx: Tx, item: InboxItem, message: Message, meaning: Meaning, tools: Tools) -> Match:
    """Whose message it is; a signed app request names its member, everything else is compared."""
    if item.envelope.app_member is not None:
        return match_member(tx.seekers.by_member_id(item.envelope.app_member))
    sender = message.sender
    keys = keys_of(sender.addr, meaning.facts, message.stated, sender.name, tools.keymaker)
    found = tx.seekers.candidates(keys)
    return match_seeker(sender.addr, sender.name, meaning.facts, message.stated, found, tools.weights, tools.keymaker,
        entered_by_staff=item.envelope.entered_by is not None)  # fmt: skip


def _others(
    tx: Tx, match: Match, message: Message, tools: Tools, now: datetime, message_id: int
) -> tuple[tuple[Case, ...], tuple[Case, ...]]:
    """Open cases, and those closed lately, of the same person; of the same From where nobody matched."""
    if match.seeker is not None:
        cases = tx.cases.of_seeker(match.seeker.id)
    elif message.sender.addr:
        cases = tx.cases.of_sender(tools.address_hash(message.sender.addr))
    else:
        cases = []
    cases = [c for c in cases if c.message_id != message_id]
    recent = [c for c in cases if c.closed_at and (now - c.closed_at).days <= CLOSED_DAYS]
    return tuple(c for c in cases if c.state.is_open), tuple(recent)
