"""A bounce counts only through the signed return path of the mail that it reports (reliability.md A5)."""

from __future__ import annotations

from intake.model import InboxItem, Kind, Message
from intake.pipeline.moves import Act, move
from intake.pipeline.tools import Tools
from intake.replies import bounced_outbox_id


def note(act: Act, item: InboxItem, message: Message, tools: Tools) -> None:
    """Bring a proved bounce to the cases of the mail that came back; anything else changes nobody."""
    if message.kind is not Kind.BOUNCE:
        return
    for recipient in item.envelope.rcpt_to:
        unique = bounced_outbox_id(tools.keyring, recipient)
        for mail in act.tx.outbox.by_unique(unique) if unique else []:
            for case in [act.tx.cases.get(c) for c in mail.case_ids]:
                act.note("mail.bounced", case, outbox=mail.id, message=item.id)
                act.tx.cases.link_message(case.id, item.id, "bounced")
                if case.state.is_open:
                    move(act, case, "hold", case.state.REVIEW, hold_reason="mail_bounced", wake_on=None)
