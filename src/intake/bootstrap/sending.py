"""The sender with its two questions to the pipeline: may it still leave, and who is told how it ended."""

from __future__ import annotations

from intake.bootstrap.house import House
from intake.model import Actor, Case, CaseState, MailState, OutboxItem, TaskPlan
from intake.outbox.courier import caught_in
from intake.outbox.sender import Sender
from intake.pipeline import presend
from intake.pipeline.moves import Act, move
from intake.policy import today_of
from intake.ports import Tx
from intake.worker import utc_now

COURIER = Actor("system", "sender")
TELL_STAFF = {MailState.FAILED: "mail_failed", MailState.STALE: "mail_stale", MailState.UNKNOWN: "mail_unknown"}


def make_sender(house: House) -> Sender:
    """A sender for the relay of the settings. What is only caught in a folder needs no pacing."""
    agency = house.tools().agency
    caught = caught_in(house.settings.relay_url, house.settings.home) is not None
    return Sender(
        house.store,
        house.courier,
        check=lambda tx, item: presend.stale(tx, item, house.tools(), utc_now()),
        on_end=tell,
        clock=utc_now,
        batch=1,  # a crash leaves every claimed receipt ``unknown``: never more than one a sender (reliability.md §4)
        per_domain_minute=0 if caught else agency.limits.per_domain_minute,
    )


def tell(tx: Tx, item: OutboxItem, state: MailState) -> None:
    """Every mail's end stands at its cases. One that did not leave goes back to staff, with the reason.

    An open case that waits on the mail is moved to ``review``; a case that is closed, or waits for a day, gets a piece
    of work. Where the case itself has moved on, what it says now has its own mail.
    """
    act = Act(tx, COURIER, utc_now())
    why = tx.outbox.get(item.id).error if state in TELL_STAFF else ""
    for case_id in item.case_ids:
        case = tx.cases.get(case_id)
        act.note(f"mail.{state.value}", case, outbox=item.id, template=item.mail.template, why=_code(why))
        if state in TELL_STAFF and why != "state_changed":
            _to_staff(act, case, state)


def _to_staff(act: Act, case: Case, state: MailState) -> None:
    if case.state is CaseState.AWAITING_PROOF and state is not MailState.UNKNOWN:
        move(act, case, "hold", CaseState.REVIEW, hold_reason=TELL_STAFF[state], wake_on=None)
    elif case.state is not CaseState.REVIEW:
        plan = TaskPlan("check_mail", subject=TELL_STAFF[state], due_on=today_of(act.now))
        task = act.tx.tasks.add(case.id, plan, act.now)
        act.note("task.opened", case, task=task.id, kind=plan.kind)


def _code(error: str) -> str:
    """The reason where it is one of ours; a relay's answer stays with the mail."""
    return error if error.replace("_", "").isalpha() else ""
