"""The evidence ladder (decisions.md): what each act needs, as one function that everybody asks.

It stands with the nouns because policies, proofs, the erasure and the use cases must all ask the same one, and they
may not know each other. No content of a mail ever withdraws or erases (reliability.md A1, A2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from intake.model.seeker import Proof


class Act(StrEnum):
    """Everything that can be done to, or said to, a person."""

    OPEN_CASE = "open_case"
    RECEIPT = "receipt"
    SEND_LINK = "send_link"  # only ever to the address on file
    HOLD_OUTREACH = "hold_outreach"
    PAUSE = "pause"
    RESUME = "resume"
    RETRACT = "retract"
    CONCIERGE_CHANGE = "concierge_change"
    PREFERENCES = "preferences"
    DECLINE = "decline"
    REINSTATE = "reinstate"
    WITHDRAW = "withdraw"
    ERASE = "erase"


@dataclass(frozen=True, slots=True)
class Need:
    """``file``: the address is on file and not failing DMARC, or any proof from E1 up. Staff come on top."""

    proof: Proof = Proof.E0
    file: bool = False
    staff: bool = False


ANYBODY, ON_FILE = Need(), Need(file=True)
NEEDS: Mapping[Act, Need] = {
    Act.OPEN_CASE: ANYBODY,
    Act.RECEIPT: ANYBODY,
    Act.SEND_LINK: ANYBODY,
    Act.HOLD_OUTREACH: Need(Proof.E1),
    Act.PAUSE: ON_FILE,
    Act.RESUME: ON_FILE,
    Act.RETRACT: ON_FILE,
    Act.CONCIERGE_CHANGE: ON_FILE,
    Act.PREFERENCES: ON_FILE,
    Act.DECLINE: ON_FILE,
    Act.REINSTATE: Need(Proof.E2),
    Act.WITHDRAW: Need(Proof.E2),
    Act.ERASE: Need(Proof.E2, staff=True),
}
_ALWAYS = frozenset({Act.OPEN_CASE, Act.RECEIPT, Act.SEND_LINK, Act.RETRACT})
ACTS_OF: Mapping[str, frozenset[Act]] = {  # a proof given for one request never carries out another
    "withdrawal": _ALWAYS | {Act.HOLD_OUTREACH, Act.WITHDRAW, Act.PAUSE},  # the page offers to pause instead
    "deletion": _ALWAYS | {Act.HOLD_OUTREACH, Act.WITHDRAW, Act.ERASE},  # erasing ends the registration too
    "pause": _ALWAYS | {Act.HOLD_OUTREACH, Act.PAUSE},
    "resume": _ALWAYS | {Act.RESUME, Act.REINSTATE},
    "concierge_change": _ALWAYS | {Act.CONCIERGE_CHANGE},
    "preferences": _ALWAYS | {Act.PREFERENCES},
    "decline": _ALWAYS | {Act.DECLINE},
    "reinstatement": _ALWAYS | {Act.REINSTATE, Act.RESUME},
    "retraction": _ALWAYS | {Act.RESUME, Act.REINSTATE},
    "question": _ALWAYS,
    "other": _ALWAYS,
}

OWN_ACT: Mapping[str, Act] = {  # what a request is about, and what a profile may raise the proof for
    "withdrawal": Act.WITHDRAW,
    "deletion": Act.ERASE,
    "pause": Act.PAUSE,
    "resume": Act.RESUME,
    "concierge_change": Act.CONCIERGE_CHANGE,
    "preferences": Act.PREFERENCES,
    "decline": Act.DECLINE,
    "reinstatement": Act.REINSTATE,
    "retraction": Act.RETRACT,
}


def allowed(
    request: str,
    act: str,
    proof: Proof,
    *,
    on_file: bool = False,
    staff_approved: bool = False,
    second_approved: bool = False,
    second_needed: bool = False,
    raised: Mapping[str, Proof] | None = None,
) -> bool:
    """May ``act`` be done for a case of ``request`` on this evidence? An unknown act or request is never allowed.

    ``on_file``: the From address is on file and not failing DMARC. ``raised``: a profile's stricter proof by request;
    it can only add. Staff's approval never takes the place of the person's own proof.
    """
    try:
        wanted = Act(act)
    except ValueError:
        return False
    if wanted not in ACTS_OF.get(request, frozenset()):
        return False
    need = NEEDS[wanted]
    stricter = (raised or {}).get(request, Proof.E0) if OWN_ACT.get(request) is wanted else Proof.E0
    least = max(need.proof, stricter)
    if proof < least or (need.file and not on_file and proof < Proof.E1):
        # a pause holds outreach together with itself, on the same ground (domain.md, Pause)
        return wanted is Act.HOLD_OUTREACH and request == "pause" and _may_pause(proof, on_file, raised)
    return not need.staff or (staff_approved and (second_approved or not second_needed))


def _may_pause(proof: Proof, on_file: bool, raised: Mapping[str, Proof] | None) -> bool:
    return allowed("pause", Act.PAUSE, proof, on_file=on_file, raised=raised)
