"""Whether a message was here already: by another way, or a form or key pressed twice (decisions.md, Duplicates)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from intake.model import AuthVerdict, Case, Channel, InboxItem, Message
from intake.parsing import normalised_content
from intake.pipeline.tools import Tools
from intake.ports import Said, Tx

WITHOUT_ID = timedelta(days=1)  # the same words months later are a new wish
# A page that answers slowly is sent again within a minute or two; the mailbox is looked into once a minute, so a copy
# by the other way is here soon after. Who writes the same words anew leaves more time, or something happened between.
SAME_PRESS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Identity:
    """Keyed hashes of content, Message-ID (b"" without one) and sender."""

    content: bytes
    rfc_id: bytes
    sender: bytes


def identity(message: Message, tools: Tools) -> Identity:
    """What a later copy of this message is known by."""
    ring = tools.keyring
    rfc_id = ring.hash("rfc-id", message.message_id) if message.message_id else b""
    return Identity(ring.hash("content", normalised_content(message)), rfc_id, sender_of(message, tools))


def sender_of(message: Message, tools: Tools) -> bytes:
    """b"" where nobody is named. The app has no From line: it speaks for a member."""
    if message.sender.addr:
        return tools.address_hash(message.sender.addr)
    member = message.stated.get("member_id") if message.channel is Channel.APP else None
    return tools.keyring.hash("app-member", member) if member else b""


def find(tx: Tx, item: InboxItem, message: Message, tools: Tools) -> int | None:
    """The earlier message that this one repeats."""
    who = identity(message, tools)
    if not who.sender:
        return None
    if who.rfc_id:
        twin = tx.inbox.find_twin(item.id, who.content, who.rfc_id, who.sender)
    else:
        twin = _without_id(tx, item, message, who)
    return None if twin is None or _is_worse(tx, twin, message) else twin


def _is_worse(tx: Tx, twin: int, message: Message) -> bool:
    """A copy that failed at our border (forged, or broken by a forwarder) never swallows one that did not."""
    earlier = tx.inbox.reading(twin)
    failed = earlier is not None and earlier[0].auth.verdict is AuthVerdict.FAIL
    return failed and message.auth.verdict is not AuthVerdict.FAIL


def _without_id(tx: Tx, item: InboxItem, message: Message, who: Identity) -> int | None:
    """Every form, every key of the app, some mail. Nothing but time and what happened since tells a second wish from a
    second press."""
    said = tx.inbox.last_said(item.id, who.content, who.sender, item.envelope.received_at - WITHOUT_ID)
    if said is None:
        return None
    if _sent_at_once(tx, said, message):
        return said.id
    cases = tx.cases.of_message(said.id)
    if message.channel is Channel.APP and all(case.seeker_id is None for case in cases):
        return None  # nobody's: whether something happened in between cannot be told
    if _something_between(tx, item, said, cases, who):
        return None
    waits = all(case.state.is_open for case in cases)
    pressed = item.envelope.received_at - said.received_at <= SAME_PRESS and _untouched(said, cases)
    return said.id if waits or pressed else None


def _sent_at_once(tx: Tx, said: Said, message: Message) -> bool:
    """The date that the sender's program wrote is the same second: one mail by two ways, however late. A clock that
    stands still shows a day that is long past."""
    earlier = tx.inbox.reading(said.id)
    if earlier is None or message.sent_at is None or abs(message.sent_at - said.received_at) > WITHOUT_ID:
        return False
    return earlier[0].sent_at == message.sent_at


def _something_between(tx: Tx, item: InboxItem, said: Said, cases: list[Case], who: Identity) -> bool:
    """The sender, or anybody about the same person, was heard since: the same words may now mean it anew."""
    ids = {case.id for case in [*cases, *tx.cases.of_sender(who.sender)]}
    newest = tx.cases.newest_message(sorted(ids), before=item.id)
    return newest is not None and newest > said.id


def _untouched(said: Said, cases: list[Case]) -> bool:
    """Nothing was done after the receipt: no button behind the link, nothing at the desk."""
    return all(c.closed_at is None or said.ended_at is None or c.closed_at <= said.ended_at for c in cases)
