"""The proof that stays: what went, when, at whose word, what was looked for and not found. Nobody is named in it but
the agency's own staff."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from intake.model import Role, TaskPlan
from intake.pipeline.erasing.begin import KEEPER
from intake.policy import today_of
from intake.ports import Tx
from intake.ports.erasing import ErasureRow

COUNTS = ("messages", "cases", "mails", "keys", "masked", "caught", "deleted")


def certificate_of(row: ErasureRow, number: str, now: datetime) -> dict[str, Any]:
    """From the figures that the steps left behind; ``number`` is the case's, "" if there is none."""
    f: Mapping[str, Any] = row.figures
    return {
        "erasure": row.id,
        "case": number,
        "why": row.why,
        "asked_on": f.get("asked_on"),
        "approved": f.get("approved", []),
        "planned_at": row.planned_at.isoformat(),
        "done_at": now.isoformat(),
        "last_mail": f.get("mail", ""),
        "erased": {name: f.get(name, 0) for name in COUNTS},
        "left_to_staff": sum(len(place["uids"]) for place in f.get("left", [])),
        "unclear": f.get("unclear", []),  # cases from an address that others have too, whose they are nobody knows
        "held": f.get("held", []),
        "scan": f.get("scan", {}),
        "restored": f.get("restored", False),
    }


def task_for_copies(tx: Tx, row: ErasureRow, now: datetime) -> None:
    """What we may not delete on a mail server is left to a person, who reads mailbox and numbers, nothing else."""
    case_id = row.case_id or row.figures.get("task_case")
    if not row.figures.get("left") or case_id is None:
        return
    officers = [m.name for m in tx.staff.all() if m.active and m.role is Role.PRIVACY_OFFICER]
    for place in row.figures["left"]:
        uids = ",".join(str(u) for u in place["uids"])
        subject = f"{place['account']} {place['folder']} UID {uids}"
        assignee = officers[0] if len(officers) == 1 else None
        task = tx.tasks.add(case_id, TaskPlan("erase_mailbox", subject, today_of(now), assignee), now)
        tx.audit.append(now, KEEPER, "task.opened", case_id=case_id, detail={"task": task.id, "kind": "erase_mailbox"})
