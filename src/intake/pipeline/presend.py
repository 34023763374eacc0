"""The last look before a mail leaves: is it still right? (features.md 2.14)"""

from __future__ import annotations

from intake.errors import NotFound
from intake.model import OutboxItem
from intake.pipeline.tools import Tools
from intake.ports import Tx


def stale(tx: Tx, item: OutboxItem, tools: Tools) -> str | None:
    """Why the world has moved on since this mail was written; None if it may leave."""
    for case_id in item.case_ids:
        try:
            case = tx.cases.get(case_id)
        except NotFound:
            return "erased"
        if item.needs_state and case.state.value not in item.needs_state:
            return "state_changed"
        personal = item.mail.template != "receipt_neutral"  # that one goes to whoever wrote
        if case.seeker_id is not None and personal and item.automatic is False:
            seeker = tx.seekers.get(case.seeker_id)
            known = {tools.keymaker.addresses(a) for a in seeker.addresses}
            if known and tools.keymaker.addresses(item.mail.to) not in known:
                return "address_changed"
    return None
