"""The last look before a mail leaves: is it still right? (features.md 2.14)

Every mail: do its cases still stand where they stood, is the person still the one it was written to. What staff let
leave, and what a day brings, also knows the newest message; what staff approved has the wording that they saw.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from intake.errors import NotFound
from intake.model import Case, MailOrigin, OutboxItem
from intake.pipeline.letters import LOOKS_AT_NEWS
from intake.pipeline.tools import Tools
from intake.ports import NOT_YET, Tx

LONGEST_WAIT = timedelta(minutes=10)  # after that the worker is out of order, and mails need not be
NEUTRAL = "receipt_neutral"


def stale(tx: Tx, item: OutboxItem, tools: Tools, now: datetime) -> str | None:
    """Why the world has moved on since this mail was written; None if it may leave, NOT_YET if it must wait.

    NOT_YET: a message has arrived that is not read; it may take back what this mail says.
    """
    try:
        cases = [tx.cases.get(case_id) for case_id in item.case_ids]
        moved = next((why for case in cases if (why := _moved(tx, case, item, tools))), None)
    except NotFound:
        return "erased"
    return moved or _old_news(tx, item, now) or _old_words(tx, item, tools)


def _moved(tx: Tx, case: Case, item: OutboxItem, tools: Tools) -> str | None:
    """The case or the person's record is not what it was."""
    if item.needs_state and case.state.value not in item.needs_state:
        return "state_changed"
    if case.seeker_id is None or item.mail.template == NEUTRAL:  # that one goes to whoever wrote
        return None
    seeker = tx.seekers.get(case.seeker_id)
    known = {tools.keymaker.addresses(a) for a in seeker.addresses}
    if known and tools.keymaker.addresses(item.mail.to) not in known:
        return "address_changed"
    if item.seeker_status is not None and seeker.status.value != item.seeker_status:
        return "status_changed"
    return None


def _old_news(tx: Tx, item: OutboxItem, now: datetime) -> str | None:
    if item.origin not in LOOKS_AT_NEWS:
        return None
    if (tx.cases.newest_message(item.case_ids) or 0) > (item.newest_message or 0):
        return "new_message"
    unread_since = tx.inbox.backlog(now).oldest_at
    return NOT_YET if unread_since is not None and now - unread_since < LONGEST_WAIT else None


def _old_words(tx: Tx, item: OutboxItem, tools: Tools) -> str | None:
    """What staff approved has the wording that they could see; a person's own words stay as they are."""
    if item.origin is not MailOrigin.STAFF or item.mail.edited:
        return None
    kept = tx.wordings.find(item.mail.template, item.mail.template_version)
    if kept is None:
        return None
    now = tools.templates.files_of({path.partition("/")[0] for path in kept.files})
    return None if dict(now) == dict(kept.files) else "template_changed"
