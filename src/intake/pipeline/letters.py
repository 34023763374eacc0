"""Which mail answers, whether it may, and its place in the outbox, in the commit of the cases it answers."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from intake.errors import BadInput
from intake.model import Actor, Decision, MailOrigin, Message, OutboxItem, Proof, Seeker
from intake.pipeline import budgets, untold
from intake.pipeline.moves import Act
from intake.pipeline.parts import part_of
from intake.pipeline.tools import Tools
from intake.ports import NewMail, Wording
from intake.replies import Letter, Part, Thread, compose, earliest, is_own, mailbox, new_message_id, return_path

if TYPE_CHECKING:
    from intake.pipeline.settle import Settled

Said = tuple[Decision, Proof]  # what was decided, and the proof that its case has


def address_for(decision: Decision, message: Message, seeker: Seeker | None, tools: Tools) -> str | None:
    """The address on file for anything personal (the one they wrote from, if it is on file); else the From."""
    sender = message.sender.addr
    if decision.reply is not None and decision.reply.to == "sender":
        return sender or None
    if seeker is None:
        return None
    mine = {tools.keymaker.addresses(a): a for a in seeker.addresses}
    return mine.get(tools.keymaker.addresses(sender)) or seeker.address


def refusal(
    act: Act,
    to: str | None,
    speaking: Sequence[Said],
    tools: Tools,
    *,
    by_staff: bool,
    message: Message | None = None,
) -> str | None:
    """Why no automatic mail may go now: no address, our own address, a budget is used (A7, A9, A10).

    ``by_staff``: staff typed the call in; nobody can make them do that ten thousand times. A mail that tells of a
    change of the record (a pause, its end, a request taken back) is heard even after today's receipt.
    """
    why_not = unreachable(to, tools)
    if why_not or by_staff or all(_follows_a_proof(*said) for said in speaking):
        return why_not
    assert to is not None
    extra = tools.profile.changes_per_day if any(untold.is_change(d) for d, _ in speaking) else 0
    return budgets.spent(act, to, message, tools, stranger=_to_stranger([d for d, _ in speaking]), extra=extra)


def _to_stranger(speaking: Sequence[Decision]) -> bool:
    """The neutral mail goes to whoever wrote; every other one to an address on file."""
    return any(d.reply is not None and d.reply.to == "sender" for d in speaking)


def unreachable(to: str | None, tools: Tools) -> str | None:
    """Why no mail can go there at all; None if one can."""
    if to is None:
        return "no_address"
    if is_own(tools.keymaker.addresses(to), tools.own_addresses):
        return "own_address"
    try:
        mailbox(to)
    except BadInput:
        return "bad_address"
    return None


def _follows_a_proof(decision: Decision, proof: Proof) -> bool:
    """Thanks and confirmations after a proof, and its link, are outside the daily budget (decisions.md, Mails)."""
    reply = decision.reply
    said = reply is not None and (reply.link is not None or reply.template.startswith(("done_", "deletion_")))
    return proof >= Proof.E2 and said


def send(
    act: Act,
    to: str,
    settled: Sequence[Settled],
    seeker: Seeker | None,
    tools: Tools,
    *,
    message: Message | None,
    in_message: int | None,
    automatic: bool = True,
    free: str | None = None,
) -> OutboxItem:
    """Compose the one mail for these cases and queue it."""
    neutral = all(s.decision.reply is not None and s.decision.reply.neutral for s in settled)
    letter = Letter(
        to_name=seeker.name if seeker and not neutral else None,
        parts=_merged(tuple(part_of(act, s, seeker, tools, free) for s in settled)),
        neutral=neutral,
        agency=tools.agency,
    )
    unique = secrets.token_hex(10)
    mail = compose(
        tools.templates,
        letter,
        to=to,
        from_=tools.mail_from,
        now=act.now,
        message_id=new_message_id(tools.keyring, tools.mail_from.rpartition("@")[2], unique),
        mail_from=_return_path(settled, tools, unique, automatic=automatic),
        thread=thread_of(message, to, seeker, tools),
        charset=tools.charset,
        automatic=automatic,
    )
    stranger = _to_stranger([s.decision for s in settled])
    proved = all(s.case.proof >= Proof.E2 for s in settled)
    origin = origin_of(act.actor)
    case_ids = tuple(s.case.id for s in settled)
    new = NewMail(
        mail=mail,
        case_ids=case_ids,
        not_before=not_before(act, mail.template, tools),
        in_message=in_message,
        needs_state=tuple(sorted({s.case.state.value for s in settled})),
        automatic=automatic and not proved,
        origin=origin,
        domain=budgets.domain_of(to) if stranger else "",
        thread=budgets.thread_key(act.tx, message, tools, to, stranger=stranger),
        newest_message=act.tx.cases.newest_message(case_ids) if origin in LOOKS_AT_NEWS else None,
        seeker_status=seeker.status.value if seeker and not neutral else None,
    )
    item = act.tx.outbox.add(new, act.now)
    parts = tuple(p.template for p in letter.parts)
    act.tx.wordings.keep(Wording(mail.template, mail.template_version, act.now,
                                 tools.templates.files_of((mail.template, *parts))))  # fmt: skip
    for s in settled:
        act.note("reply.queued", s.case, outbox=item.id, template=mail.template, version=mail.template_version)
    return item


LOOKS_AT_NEWS = frozenset({MailOrigin.STAFF, MailOrigin.CALENDAR})


def origin_of(actor: Actor) -> MailOrigin:
    """Who lets this mail be written."""
    if actor.kind in ("staff", "seeker"):
        return MailOrigin(actor.kind)
    return MailOrigin.CALENDAR if actor.name == "calendar" else MailOrigin.ANSWER


def not_before(act: Act, template: str, tools: Tools) -> datetime:
    """Answers leave at once, what staff sent after a moment for second thoughts, the calendar's mails by day."""
    origin = origin_of(act.actor)
    if origin is MailOrigin.STAFF:
        return act.now + timedelta(seconds=tools.profile.hold_seconds)
    office = tools.profile.office.hours
    waits = origin is MailOrigin.CALENDAR
    return earliest(template, act.now, tools.agency.timing, office.first_hour, asked_now=not waits)


def _merged(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Several cases that only say 「ご連絡を承りました」 say it once, with all their numbers."""
    if len(parts) < 2 or {p.template for p in parts} != {"receipt_other"}:
        return parts
    days = [p.due_on for p in parts if p.due_on]
    numbers = "、".join(p.case_number for p in parts)
    return (replace(parts[0], case_number=numbers, due_on=min(days, default=None)),)


def _return_path(settled: Sequence[Settled], tools: Tools, unique: str, *, automatic: bool) -> str:
    """``<>`` for receipts and thanks; signed for links, erasure notices and staff's own answers (decisions.md)."""
    telling = any(s.link is not None or (s.decision.reply and s.decision.reply.template.startswith("deletion_"))
                  for s in settled)  # fmt: skip
    return return_path(tools.keyring, tools.mail_from, unique) if telling or not automatic else ""


def thread_of(message: Message | None, to: str, seeker: Seeker | None, tools: Tools) -> Thread:
    """The headers that hold the thread; our subject is our own. None where somebody else than the reader wrote:

    a Message-ID is the sender's text, and goes to no third person.
    """
    if message is None or not message.message_id or not message.sender.addr:
        return Thread()
    canonical = tools.keymaker.addresses
    if canonical(message.sender.addr) not in {canonical(a) for a in (to, *(seeker.addresses if seeker else ()))}:
        return Thread()
    return Thread(in_reply_to=message.message_id, references=(*message.references, message.message_id))
