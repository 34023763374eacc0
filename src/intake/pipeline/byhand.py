"""What staff do with a message that could not be handled: try it again, or make a case of it by hand."""

from __future__ import annotations

from intake.errors import NotFound, Stale, Unreadable
from intake.model import Case, CaseState, End, Envelope, InboxItem, Kind, Proof
from intake.pipeline import put_aside, reread
from intake.pipeline.moves import Act, move
from intake.pipeline.reading import Parser, Reading, heard, understand, unreadable
from intake.pipeline.receive import match_of, receive
from intake.pipeline.tools import Tools

LEASE_SECONDS = 60
WORKER = "staff"
REASON = "made by hand"


def try_again(act: Act, message_id: int) -> None:
    """Let the worker take it up at once. Raises Stale where it has ended meanwhile or is being tried."""
    if not act.tx.stuck.again(message_id, act.now):
        raise Stale()
    act.tx.audit.append(act.now, act.actor, "message.tried_again", detail={"message": message_id})


def make_case(act: Act, message_id: int, tools: Tools) -> Case:
    """A case with the bytes of a message that nothing could open; a person reads the source and decides.

    Raises Stale where it has ended or is being tried, NotFound where its bytes cannot be opened by anybody.
    """
    item = act.tx.stuck.take(message_id, act.now, LEASE_SECONDS, WORKER)
    if item is None:
        raise NotFound() if act.tx.stuck.get(message_id) else Stale()
    return _settled(act, item, tools)


def _settled(act: Act, item: InboxItem, tools: Tools) -> Case:
    end = receive(act.tx, item, unreadable(item.envelope.channel, REASON), tools, act.now)
    of = act.tx.inbox.end_of(item.id)[1]
    if end not in (End.CASE, End.JOINED) or of is None:
        raise NotFound()  # of somebody erased: nothing is kept of it
    case = act.tx.cases.get(of)
    act.note("message.by_hand", case, message=item.id)
    return case


def open_again(envelope: Envelope, parser: Parser, tools: Tools) -> Reading:
    """The message as it would be opened today. Outside any unit of work: it takes its time. Raises Unreadable."""
    message = heard(parser.parse(envelope, tools.parse_options), envelope, tools)
    if message.error and not message.text.strip() and not message.attachments:
        raise Unreadable(message.error)
    return Reading(message, understand(message, envelope, tools) if message.kind is Kind.MESSAGE else None)


def read_anew(act: Act, case: Case, message_id: int, reading: Reading, tools: Tools) -> Case:
    """A message that could not be opened can be now: the case goes on under what it asks, for a person to confirm.

    Whom it may be from is looked up; nothing of that is proof, as with a seeker whom staff choose.
    """
    if put_aside.before_hold(act.tx, case).hold_reason != "unreadable" or not case.state.is_open:
        raise Stale()
    reread.keep(act, case, message_id, reading, "")
    meaning = reading.meaning
    if meaning is None:  # mail from a machine after all: a person closes it
        return move(act, case, "hold", CaseState.REVIEW, hold_reason="staff_read", wake_on=None)
    item = InboxItem(message_id, 0, 0, 0, act.tx.inbox.envelope(message_id))
    match = match_of(act.tx, item, reading.message, meaning, tools)
    if match.seeker is None:
        act.tx.cases.keep_candidates(case.id, match.candidates)
    sender = reading.message.sender.addr
    return move(act, case, "hold", CaseState.REVIEW, hold_reason="unsure", wake_on=None, request=meaning.requests[0],
                sure=False,
                confidence=meaning.confidence, reasons=meaning.reasons, complaint=meaning.complaint, proof=Proof.E0,
                seeker_id=match.seeker.id if match.seeker else case.seeker_id, policy="nobody_is_identified",
                sender_hash=tools.address_hash(sender) if sender else b"")  # fmt: skip
