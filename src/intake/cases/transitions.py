"""Which steps a case can take: (state, event) → states. Whatever is not here does not happen."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from intake.errors import Permanent
from intake.model import CaseState

REVIEW, AWAITING, SCHEDULED = CaseState.REVIEW, CaseState.AWAITING_PROOF, CaseState.SCHEDULED
DONE, REFUSED, RETRACTED, LAPSED = CaseState.DONE, CaseState.REFUSED, CaseState.RETRACTED, CaseState.LAPSED
OPEN = (REVIEW, AWAITING, SCHEDULED)


class Event(StrEnum):
    """What happened, in the past tense on screen and in the audit trail."""

    ASK = "ask"  # staff had a link sent
    REMIND = "remind"  # the one reminder went out
    PROVE = "prove"  # 完了, the app, or staff's telephone check
    APPROVE = "approve"  # staff said yes
    RETRACT = "retract"  # キャンセル, or a later message that takes it back
    FALL_DUE = "fall_due"  # a date or a condition has come, or is looked at again
    TASKS_DONE = "tasks_done"  # what it waited for was done by people
    HOLD = "hold"  # to staff: put aside, bounced, no answer
    CORRECT = "correct"  # staff: the request is another one
    JOIN = "join"  # a further message of the same wish
    CLOSE = "close"  # staff did what there was to do
    FULFIL = "fulfil"  # another case of the same person did it
    REFUSE = "refuse"
    LAPSE = "lapse"  # staff alone


_PROVED = frozenset({REVIEW, SCHEDULED, DONE})
_BY_STAFF = {
    Event.ASK: frozenset({AWAITING}),
    Event.PROVE: _PROVED,  # 電話で確認済み is offered wherever a case waits
    Event.RETRACT: frozenset({RETRACTED}),
    Event.HOLD: frozenset({REVIEW}),
    Event.CORRECT: frozenset({REVIEW}),
    Event.CLOSE: frozenset({DONE}),
    Event.FULFIL: frozenset({DONE}),
    Event.REFUSE: frozenset({REFUSED}),
    Event.LAPSE: frozenset({LAPSED}),
}
TABLE: Mapping[tuple[CaseState, Event], frozenset[CaseState]] = {
    **{(state, event): to for state in OPEN for event, to in _BY_STAFF.items()},
    **{(state, Event.JOIN): frozenset({state}) for state in OPEN},
    (REVIEW, Event.APPROVE): frozenset({REVIEW, AWAITING, SCHEDULED, DONE}),
    (AWAITING, Event.APPROVE): frozenset({REVIEW, SCHEDULED, DONE}),
    (SCHEDULED, Event.APPROVE): frozenset({REVIEW, SCHEDULED, DONE}),  # staff override a wait
    (AWAITING, Event.REMIND): frozenset({AWAITING}),
    (AWAITING, Event.FALL_DUE): frozenset({AWAITING, REVIEW, DONE}),
    (SCHEDULED, Event.HOLD): frozenset({REVIEW, SCHEDULED}),  # staff let a wait be looked at later
    (SCHEDULED, Event.FALL_DUE): frozenset({SCHEDULED, REVIEW, DONE}),
    (REVIEW, Event.FALL_DUE): frozenset({REVIEW}),  # put aside until a day, and the day has come
    (SCHEDULED, Event.TASKS_DONE): frozenset({DONE}),
    (REVIEW, Event.TASKS_DONE): frozenset({REVIEW, DONE}),
}


class IllegalStep(Permanent):
    """A case cannot take that step."""


def check(old: CaseState, new: CaseState, event: str) -> None:
    """Nothing, or IllegalStep. A closed case takes no step at all; an unknown event is no step."""
    try:
        may = TABLE.get((old, Event(event)), frozenset())
    except ValueError:
        may = frozenset()
    if new not in may:
        raise IllegalStep(f"{old.value} --{event}--> {new.value} is no step of a case")
