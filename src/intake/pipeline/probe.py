"""A mail to ourselves: out through the relay, in by the door that mails come by. It proves both ways."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from intake.model import End, MailOrigin, OutboxItem
from intake.pipeline.moves import Act
from intake.pipeline.tools import Tools
from intake.ports import NewMail, Tx
from intake.replies import Letter, Part, Thread, compose, new_message_id

TEMPLATE = "alarm"
WORDS = "・接続の確認のために、この仕組みが自分あてに送ったメールです。返信は要りません。"
LOOKED_AT = 30  # newest messages; the mail comes back within seconds or not at all
ENDS = (End.MACHINE, End.CASE, End.JOINED, End.DUPLICATE)


@dataclass(frozen=True, slots=True)
class Arrived:
    """It came back: by which door (smtp, lmtp, imap), when, and how it was read."""

    via: str
    at: datetime
    end: End


def send(act: Act, tools: Tools) -> OutboxItem:
    """Queue it to our own address, from ourselves; it belongs to no case and leaves at once."""
    address = tools.mail_from
    letter = Letter(None, (Part("other", TEMPLATE, "", alarm_text=WORDS),), False, tools.agency)
    message_id = new_message_id(tools.keyring, address.rpartition("@")[2], secrets.token_hex(10))
    mail = compose(
        tools.templates, letter, to=address, from_=address, now=act.now, message_id=message_id, mail_from="",
        thread=Thread(), charset=tools.charset,
    )  # fmt: skip
    new = NewMail(mail, (), act.now, automatic=False, origin=MailOrigin.ANSWER)
    item = act.tx.outbox.add(new, act.now)
    act.tx.audit.append(act.now, act.actor, "connections.tested", detail={"outbox": item.id})
    return item


def arrived(tx: Tx, item: OutboxItem) -> Arrived | None:
    """The same mail among the newest that came in; None while it has not."""
    for end in ENDS:
        newest = tx.inbox.ended(end, limit=LOOKED_AT)
        for message_id, message in tx.glance.messages(newest).items():
            if message.message_id == item.mail.message_id:
                envelope = tx.inbox.envelope(message_id)
                return Arrived(envelope.via, envelope.received_at, end)
    return None
