"""Everything about one person, for a disclosure request: one dict, shown as a page or given as JSON.

What is said of other people is not in it: their messages that name the person stay theirs. Nor is the secret of a
link or a key, with which whoever makes the disclosure could act as the person.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from intake.errors import NotFound
from intake.model import Actor, Seeker
from intake.pipeline import keeping
from intake.pipeline.moves import Act
from intake.pipeline.tools import Tools
from intake.policy.deadlines import TOKYO
from intake.ports import Tx
from intake.ports.rows import Reach
from intake.proofs import masked


def disclose(act: Act, seeker: Seeker, tools: Tools) -> dict[str, Any]:
    """Read it all and write down that it was read, by whom."""
    tx = act.tx
    reach = tx.erasure.reach(seeker.id)
    told = {
        "made_at": _here(act.now),
        "agency": tools.agency.name,
        "register": _register(seeker),
        "history": [{"on": day.isoformat(), "status": status} for day, status in tx.seekers.history(seeker.id)],
        "applications": [
            {"company": a.company, "stage": a.stage.name.lower(), "self_applied": a.self_applied,
             "interview_at": _here(a.interview_at)}
            for a in seeker.applications
        ],
        "messages": [row for m in reach.message_ids if (row := _message(tx, m))],
        "mails": [_mail(tx, m) for m in reach.outbox_ids],
        "cases": [_case(tx, c, seeker) for c in reach.case_ids],
        "kept": [
            {"what": d.label, "since": d.start_on.isoformat(), "until": d.due_on.isoformat(), "ground": d.ground,
             "hold": d.waits_for == "legal_hold"}
            for d in keeping.calendar_of(tx, seeker.id, tools)
        ],
    }  # fmt: skip
    tx.audit.append(act.now, act.actor, "seeker.exported", seeker_id=seeker.id, detail=_counts(told, reach))
    return told


def _here(at: datetime | None) -> str | None:
    """An instant as the person lived it: days and hours of Asia/Tokyo (domain.md), with the offset."""
    return at.astimezone(TOKYO).isoformat() if at else None


def operator(name: str) -> Actor:
    """Somebody at the shell."""
    return Actor("operator", name)


def _counts(told: dict[str, Any], reach: Reach) -> dict[str, int]:
    return {"messages": len(told["messages"]), "mails": len(told["mails"]), "cases": len(reach.case_ids)}


def _register(s: Seeker) -> dict[str, Any]:
    days = {"status_since": s.status_since, "withdrawn_on": s.withdrawn_on, "invalid_on": s.invalid_on,
            "resume_on": s.resume_on}  # fmt: skip
    return {
        "member_id": s.member_id,
        "name": s.name,
        "kana": s.kana,
        "addresses": list(s.addresses),
        "phones": list(s.phones),
        "status": s.status.value,
        "registered_via": s.registered_via,
        "concierge": s.concierge,
        "preferences": [list(p) for p in s.preferences],
        **{name: day.isoformat() if day else None for name, day in days.items()},
    }


def _message(tx: Tx, message_id: int) -> dict[str, Any] | None:
    reading = tx.inbox.reading(message_id)
    try:
        envelope = tx.inbox.envelope(message_id)
    except NotFound:
        return None
    message = reading[0] if reading else None
    return {
        "id": message_id,
        "channel": envelope.channel.value,
        "received_at": _here(envelope.received_at),
        "subject": message.subject if message else "",
        "text": masked(message.text) if message else "",
        "fields": {name: masked(value) for name, value in message.stated.items()} if message else {},
        "attachments": [a.name for a in message.attachments] if message else [],
    }


def _mail(tx: Tx, outbox_id: int) -> dict[str, Any]:
    item = tx.outbox.get(outbox_id)
    return {"id": item.id, "to": item.mail.to, "subject": item.mail.subject, "text": masked(item.mail.text),
            "state": item.state.value, "at": _here(item.sent_at or item.created_at)}  # fmt: skip


def _case(tx: Tx, case_id: int, seeker: Seeker) -> dict[str, Any]:
    """A case that nobody has given to the person yet is theirs by its message; what others wrote on it is not."""
    case = tx.cases.get(case_id)
    notes = tx.notes.of_case(case_id) if case.seeker_id == seeker.id else []
    return {
        "number": case.number,
        "request": case.request,
        "state": case.state.value,
        "received_at": _here(case.received_at),
        "closed_at": _here(case.closed_at),
        "reasons": list(case.reasons),
        "notes": [{"at": _here(at), "text": text} for at, _, text in notes],
    }
