"""Mails that staff read before they leave: change the words, or take one that did not leave up again."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta

from intake.errors import BadInput
from intake.model import Case, Mail, MailOrigin, MailState, OutboxItem
from intake.pipeline import letters
from intake.pipeline.moves import Act
from intake.pipeline.tools import Tools
from intake.ports import NewMail
from intake.replies import has_link, new_message_id, return_path, rewrite

WRITING = timedelta(minutes=15)  # then it leaves as it is: who began to write may have gone home
AGAIN = frozenset({MailState.STALE, MailState.FAILED, MailState.CANCELLED, MailState.UNKNOWN})


def may_edit(item: OutboxItem) -> bool:
    """A mail that no relay has seen; or one that did not leave, unless its link has died with it."""
    if not item.mail.data:
        return False
    if item.state is MailState.QUEUED:
        return item.attempts == 0
    return item.state in AGAIN and not has_link(item.mail)


def keep_back(act: Act, case: Case, item_id: int) -> bool:
    """Somebody begins to rewrite a waiting mail: it does not leave under their hands. False if it is on its way."""
    item = act.tx.outbox.get(item_id)
    if case.id not in item.case_ids or not may_edit(item):
        return False
    until = act.now + WRITING
    if item.state is not MailState.QUEUED or item.not_before >= until:
        return True
    if kept := act.tx.outbox.postpone(item_id, until):
        act.note("mail.kept_back", case, outbox=item_id)
    return kept


def edit(act: Act, case: Case, item_id: int, words: str, tools: Tools) -> OutboxItem:
    """Replace a waiting mail by one with other words, or send the words of one that did not leave.

    The new mail rests as everything that staff send. Raises BadInput where the old one is on its way by now.
    """
    item = act.tx.outbox.get(item_id)
    if case.id not in item.case_ids or not may_edit(item):
        raise BadInput("このメールはもう書き直せません")
    unique = secrets.token_hex(10)
    mail = rewrite(
        replace(item.mail, to=_address(act, item, tools)),
        words,
        agency=tools.agency,
        from_=tools.mail_from,
        now=act.now,
        message_id=new_message_id(tools.keyring, tools.mail_from.rpartition("@")[2], unique),
    )
    mail_from = return_path(tools.keyring, tools.mail_from, unique)  # staff learn whether it came back
    new = act.tx.outbox.add(_as_new(act, item, mail_from, mail, tools), act.now)
    if item.state is MailState.QUEUED and not act.tx.outbox.cancel(item.id, act.now, "edited"):
        raise BadInput("もう送信が始まっているため、書き直せません")
    for case_id in item.case_ids:
        act.note("mail.edited", act.tx.cases.get(case_id), outbox=new.id, before=item.id, template=mail.template)
    return new


def _as_new(act: Act, item: OutboxItem, mail_from: str, mail: Mail, tools: Tools) -> NewMail:
    """The same mail as if it were written now."""
    cases = [act.tx.cases.get(case_id) for case_id in item.case_ids]
    seekers = [act.tx.seekers.get(c.seeker_id) for c in cases if c.seeker_id is not None]
    known = item.seeker_status is not None and seekers
    return NewMail(
        mail=replace(mail, mail_from=mail_from),
        case_ids=item.case_ids,
        not_before=letters.not_before(act, mail.template, tools),
        in_message=item.in_message,
        needs_state=tuple(sorted({c.state.value for c in cases})),
        automatic=False,
        origin=MailOrigin.STAFF,
        newest_message=act.tx.cases.newest_message(item.case_ids),
        seeker_status=seekers[0].status.value if known else None,
    )


def _address(act: Act, item: OutboxItem, tools: Tools) -> str:
    """The address that the mail was for, or the one on file now where that has changed."""
    for case in (act.tx.cases.get(case_id) for case_id in item.case_ids):
        if item.seeker_status is None or case.seeker_id is None:
            continue
        seeker = act.tx.seekers.get(case.seeker_id)
        known = {tools.keymaker.addresses(a) for a in seeker.addresses}
        if seeker.address and tools.keymaker.addresses(item.mail.to) not in known:
            return seeker.address
    return item.mail.to
