"""A bounce counts only through the signed return path of the mail that it reports (reliability.md A5)."""

from __future__ import annotations

import re
from dataclasses import replace

from intake.model import Envelope, InboxItem, Kind, Message
from intake.parsing import DELAYED, sounds_like_one
from intake.pipeline import settle
from intake.pipeline.moves import Act
from intake.pipeline.reading import ASKS_NOTHING, understand
from intake.pipeline.tools import Tools
from intake.policy import decide_bounced, today_of
from intake.replies import bounced_message_id

MOST_HEADER = 65_536
_PATH_LIKE = re.compile(
    rb"[A-Za-z0-9.!#$%&'*/=?^_`{|}~-]{1,64}\+b-[a-z0-9-]{1,30}-[0-9a-f]{16}@[A-Za-z0-9.-]{1,253}", re.I
)


def note(act: Act, item: InboxItem, message: Message, tools: Tools) -> None:
    """Bring a proved bounce to the cases of the mail that came back; anything else changes nobody."""
    if message.kind is not Kind.BOUNCE or message.kind_reason == DELAYED:
        return
    ids = _ours(item.envelope, tools)
    for mail in act.tx.outbox.by_message_id(ids) if ids else []:
        for case in [act.tx.cases.get(c) for c in mail.case_ids]:
            act.note("mail.bounced", case, outbox=mail.id, message=item.id)
            act.tx.cases.link_message(case.id, item.id, "bounced")
            decision = decide_bounced(case, tools.profile, today_of(act.now))
            if decision is not None:
                seeker = act.tx.seekers.get(case.seeker_id) if case.seeker_id else None
                settle.proceed(act, case, seeker, decision, "hold", tools)


def recognised(message: Message, envelope: Envelope, tools: Tools) -> Message:
    """A bounce in words that nobody knows: from nobody, to the return path that only the bounce of one mail has.

    A person's telephone answers by that way too, in their own name: from a mail system's address alone, and not where
    it asks for something.
    """
    unsaid = message.kind is Kind.MESSAGE and message.no_reply == "null return path"
    if not unsaid or not sounds_like_one(message.sender.addr or "mail") or not _ours(envelope, tools):
        return message
    if not set(understand(message, envelope, tools).requests) <= ASKS_NOTHING:
        return message
    return replace(message, kind=Kind.BOUNCE, kind_reason="our own return path")


def _ours(envelope: Envelope, tools: Tools) -> list[str]:
    """The Message-IDs of our mails whose signed return path this came to."""
    domain = tools.mail_from.rpartition("@")[2]
    return [i for r in _recipients(envelope) if (i := bounced_message_id(tools.keyring, r, domain))]


def _recipients(envelope: Envelope) -> list[str]:
    """Where a report was delivered to. A mailbox tells no envelope: there the header does; the signature decides."""
    if envelope.rcpt_to:
        return list(envelope.rcpt_to)
    header = re.split(rb"\r?\n\r?\n", envelope.raw[:MOST_HEADER], maxsplit=1)[0]
    return [found.decode("ascii") for found in _PATH_LIKE.findall(header)[:20]]
