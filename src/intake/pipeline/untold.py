"""What nobody could be told of is not carried out: it waits for staff, with the budget that is spent as its reason."""

from __future__ import annotations

from dataclasses import replace

from intake.model import CaseState, Decision, Effect, Proof, Situation
from intake.policy import Profile


def is_change(decision: Decision) -> bool:
    """The record is changed at once: a pause, its end, a request taken back. Its mail has an allowance of its own."""
    return decision.state is CaseState.DONE and bool(decision.effects) and decision.joins is None


def kept_for_staff(s: Situation, decision: Decision, why: str, profile: Profile) -> Decision:
    """The same in review, where it would be done and its mail cannot go; every other decision as it is.

    What the person has proved is carried out all the same: the page or the app has told them. At E1 a pause holds
    outreach from its receipt on, whoever carries it out (decisions.md, Ladder).
    """
    unheard = decision.state is CaseState.DONE and decision.reply is not None and decision.joins is None
    if not unheard or (decision.effects and s.proof >= Proof.E2):
        return decision
    holds = s.proof >= Proof.E1 and Effect.HOLD_OUTREACH in decision.effects
    return replace(
        decision,
        reason=why,
        state=CaseState.REVIEW,
        hold_reason=why,
        effects=(Effect.HOLD_OUTREACH,) if holds else (),
        reply=None,
        no_reply=why,
        tasks=(),
        due_on=profile.due_on(s.request, s.today),
        targets=(),
        fulfils=(),
    )
