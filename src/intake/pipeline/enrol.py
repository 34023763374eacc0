"""People and applications put into the register by the agency itself: from a file, or through the API."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Any

from intake.model import Seeker, SeekerStatus
from intake.ports import Tx

EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)  # terms of years are counted from these days
FIELDS = {  # the name in files and the API: the field of Seeker
    "name": "name", "kana": "kana", "email": "addresses", "phone": "phones", "status": "status",
    "status_since": "status_since", "registered_via": "registered_via", "concierge": "concierge", "deputy": "deputy",
    "legal_hold": "legal_hold", "invalid_since": "invalid_on", "password_hash": "password_hash",
    "preferences": "preferences",
}  # fmt: skip


def merged(new: Seeker, old: Seeker | None, given: Collection[str], today: date) -> Seeker:
    """``new`` as it is to be stored: what ``given`` does not name keeps what the record says.

    Two clocks are kept (decisions.md): a change to withdrawn or invalid begins its own, on the day that is given, else
    today. Coming back by the agency's word lets introductions go on again.
    """
    fields: dict[str, Any] = {}
    if old is not None:
        fields = {field: getattr(old, field) for name, field in FIELDS.items() if name not in given}
        fields |= {name: getattr(old, name) for name in ("withdrawn_on", "outreach_held_at", "resume_on")}
    status: SeekerStatus = fields.get("status", new.status)
    if old is not None and status is old.status:
        since = fields.get("status_since", new.status_since) or old.status_since
        same: dict[str, Any] = {"status_since": since}
        if status is SeekerStatus.WITHDRAWN and "status_since" in given:
            same["withdrawn_on"] = since
        return replace(new, **fields | same)
    since = new.status_since  # of somebody new who left on a day that nobody says, the day stays unknown
    if since is None and old is not None:
        since = today
    fields |= {"status_since": since, "withdrawn_on": since if status is SeekerStatus.WITHDRAWN else None}
    if status is SeekerStatus.INVALID and not fields.get("invalid_on", new.invalid_on):
        fields["invalid_on"] = since
    if status is SeekerStatus.ACTIVE:
        fields |= {"outreach_held_at": None, "resume_on": None}
    return replace(new, **fields)


def is_held_by_staff(tx: Tx, seeker: Seeker | None) -> bool:
    """Whether the legal hold was set by the privacy officer here: neither a file nor a program lifts or changes it."""
    if seeker is None or not seeker.legal_hold:
        return False
    turns = [r.action for r in tx.audit.of_seeker(seeker.id) if r.action in ("seeker.hold_set", "seeker.hold_lifted")]
    return turns[-1:] == ["seeker.hold_set"]
