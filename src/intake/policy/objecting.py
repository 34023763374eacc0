"""What waits for people and may say that a proved wish is not wished any more: it is looked at before the deed."""

from __future__ import annotations

from intake.model import Case, CaseState

OBJECTION = "objection"  # the hold reason of a wish that was due while such a message waited
AGREEING = frozenset({"withdrawal", "deletion", "decline"})
_WAITING = frozenset({CaseState.REVIEW, CaseState.AWAITING_PROOF})


def may_object(other: Case, due: Case) -> bool:
    """True where ``other``, of the same person or perhaps of them, must be settled before ``due`` is carried out.

    Whatever does not surely say the same again: taking back, pausing, coming back, a question, what nobody could read.
    What came with the wish itself was there when it was proved. Who wrote does not matter: people tell that, once.
    """
    is_another = other.id != due.id and other.message_id != due.message_id
    agrees = other.sure and other.request in AGREEING
    return is_another and other.state in _WAITING and not agrees
