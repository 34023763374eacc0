"""The sender with its two questions to the pipeline: may it still leave, and who is told how it ended."""

from __future__ import annotations

from intake.bootstrap.house import House
from intake.model import Actor, CaseState, MailState, OutboxItem
from intake.outbox.sender import Sender
from intake.pipeline import presend
from intake.pipeline.moves import Act, move
from intake.ports import Tx
from intake.worker import utc_now

COURIER = Actor("system", "sender")
TELL_STAFF = {MailState.FAILED: "mail_failed", MailState.STALE: "mail_stale", MailState.UNKNOWN: "mail_unknown"}


def make_sender(house: House) -> Sender:
    """A sender for the relay of the settings."""
    return Sender(
        house.store,
        house.courier,
        check=lambda tx, item: presend.stale(tx, item, house.tools()),
        on_end=tell,
        clock=utc_now,
    )


def tell(tx: Tx, item: OutboxItem, state: MailState) -> None:
    """Every mail's end stands at its cases; a mail that failed moves its open case to staff."""
    act = Act(tx, COURIER, utc_now())
    for case_id in item.case_ids:
        case = tx.cases.get(case_id)
        act.note(f"mail.{state.value}", case, outbox=item.id, template=item.mail.template)
        if state is MailState.FAILED and case.state is CaseState.AWAITING_PROOF:
            move(act, case, "hold", CaseState.REVIEW, hold_reason=TELL_STAFF[state], wake_on=None)
