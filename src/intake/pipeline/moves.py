"""The only place where a case changes its state: the transition is checked and audited in the same commit (I4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from intake.cases import transitions
from intake.model import Actor, Case, CaseState
from intake.model.case import NEEDLESS
from intake.ports import Tx

ENDED_UNDONE = frozenset({CaseState.RETRACTED, CaseState.REFUSED, CaseState.LAPSED})
STAYS = frozenset({"check_mail", "erase_mailbox"})  # about our own mails: to be done whatever became of the wish
TOLD = ("request", "hold_reason", "wake_on", "due_on")  # what the time line shows as it was and as it is
WORKER = Actor("system", "worker")


@dataclass(frozen=True, slots=True)
class Act:
    """Who acts, when, in which unit of work."""

    tx: Tx
    actor: Actor
    now: datetime

    def alone(self) -> None:
        """From here to the commit nobody else settles anything, on PostgreSQL too.

        Called before the other cases of a person are read: two workers with the same wish in hand must see each other.
        """
        self.tx.audit.head()

    def note(self, action: str, case: Case, **detail: Any) -> None:
        """An audit row about a case; ``detail`` holds codes and figures only."""
        self.tx.audit.append(
            self.now, self.actor, action, case_id=case.id, seeker_id=case.seeker_id, detail=_plain(detail)
        )


def move(act: Act, case: Case, event: str, state: CaseState, **fields: Any) -> Case:
    """Change a case's state (or stay in it) and write down why. Raises Stale, or on a step that the table forbids."""
    transitions.check(case.state, state, event)
    closed = None if state.is_open else act.now
    changed = act.tx.cases.change(case, state=state, closed_at=closed, **fields)
    was = {f"was_{name}": old for name in TOLD if name in fields and (old := getattr(case, name)) != fields[name]}
    act.note(f"case.{event}", changed, before=case.state.value, after=state.value, **was, **fields)
    if state in ENDED_UNDONE or event == "fulfil":
        drop_tasks(act, changed, event)
    return changed


def drop_tasks(
    act: Act, case: Case, why: str, kinds: frozenset[str] | None = None, subjects: frozenset[str] | None = None
) -> None:
    """What was to be done for a wish that is no longer one is not left for anybody to do (decisions.md, decline).

    ``why``: the event that made it needless; without ``kinds`` every piece of work but those about our own mails;
    ``subjects``: only what is about these.
    """
    for task in act.tx.tasks.of_case(case.id):
        kind = task.plan.kind
        if subjects is not None and task.plan.subject not in subjects:
            continue
        if task.done_at is None and (kind in kinds if kinds else kind not in STAYS):
            act.tx.tasks.done(task.id, f"{NEEDLESS}{why}", act.now)
            act.note("task.dropped", case, task=task.id, kind=kind, why=why)


WORK_OF = {"decline": "tell_employer", "preferences": "preferences", "pause": "remind"}


def revive_tasks(act: Act, case: Case, request: str) -> None:
    """Corrected away by a slip of the finger and back again: what was to be done for it is to be done after all."""
    tasks = act.tx.tasks.of_case(case.id)
    kind = WORK_OF.get(request)
    if any(t.plan.kind == kind and not t.is_needless for t in tasks):
        return
    plans = dict.fromkeys(t.plan for t in tasks if t.plan.kind == kind and t.is_needless)
    for plan in plans:
        act.note("task.opened", case, task=act.tx.tasks.add(case.id, plan, act.now).id, kind=plan.kind)


def _plain(detail: dict[str, Any]) -> dict[str, Any]:
    def one(value: Any) -> Any:
        if value is None or isinstance(value, bool | int | float | str):
            return value
        if isinstance(value, tuple | list):
            return [one(v) for v in value]
        return str(value)

    return {k: one(v) for k, v in detail.items()}
