"""Taking back: which open requests are meant, and what becomes of them."""

from __future__ import annotations

from dataclasses import replace

from intake.model import Case, Decision, Effect, Proof, SeekerStatus, Situation
from intake.policy.profile import Profile
from intake.policy.receipts import LEAVING, done, review

NEVER_TAKEN_BACK = frozenset({"retraction", "question", "other"})


def retract(s: Situation, profile: Profile) -> Decision:
    """Drop the open requests that are meant; a pause that was carried out is ended; else staff look."""
    open_ = tuple(c for c in s.open_cases if c.request not in NEVER_TAKEN_BACK)
    if not open_:
        return _nothing_open(s, profile)
    meant = meant_cases(open_, s.meaning.mentioned, s.requests)
    if not meant:
        return review(s, profile, "which_request")
    left = [c for c in open_ if c not in meant]
    effects = (Effect.DROP_TARGETS, *release_after(left))
    return replace(done(s, "retracted", "done_retraction", effects), targets=tuple(c.id for c in meant))


def meant_cases(open_: tuple[Case, ...], mentioned: tuple[str, ...], requests: tuple[str, ...]) -> tuple[Case, ...]:
    """The cases of the kinds that the message names; unnamed, those of one message; () where it stays open.

    What the same message asks for anew (「退会は取り消し、休止に」) is not what it takes back.
    """
    named = frozenset(mentioned) - frozenset(requests)
    fitting = tuple(c for c in open_ if c.request in named)
    if fitting:
        return fitting
    older = tuple(c for c in open_ if c.request not in requests) or open_
    return older if len({c.message_id for c in older}) == 1 else ()


def release_after(left: list[Case]) -> tuple[Effect, ...]:
    """Outreach goes on again, unless another open wish of the same person still holds it."""
    still_held = any(c.request in LEAVING and c.proof >= Proof.E1 and not c.is_doubtful for c in left)
    return () if still_held else (Effect.RELEASE_OUTREACH,)


def _nothing_open(s: Situation, profile: Profile) -> Decision:
    paused = s.seeker is not None and s.seeker.status is SeekerStatus.PAUSED
    last = s.closed_cases[0] if s.closed_cases else None
    if paused and last is not None and last.request == "pause":
        return done(s, "pause_ended", "done_resume", (Effect.RESUME, Effect.RELEASE_OUTREACH))
    return review(s, profile, "nothing_open")
