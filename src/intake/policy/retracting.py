"""Taking back: which open requests are meant, and what becomes of them."""

from __future__ import annotations

from collections.abc import Iterable
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


def release_after(left: Iterable[Case]) -> tuple[Effect, ...]:
    """Outreach goes on again, unless another open wish of the same person still holds it."""
    still_held = any(c.request in LEAVING and c.proof >= Proof.E1 and not c.is_doubtful for c in left)
    return () if still_held else (Effect.RELEASE_OUTREACH,)


def leaving_is_open(cases: Iterable[Case]) -> bool:
    """True while a wish to leave or to be erased, from somebody known, is not carried out yet."""
    return any(c.state.is_open and c.request in ("withdrawal", "deletion") and not c.is_doubtful for c in cases)


def effects_of_ending(case: Case, others: Iterable[Case]) -> tuple[Effect, ...]:
    """What ending ``case`` without carrying it out means for the record: refused, lapsed, cancelled, read wrongly.

    ``others`` are the person's other cases. Without this, outreach held back at receipt would stay so for ever.
    """
    if case.request not in LEAVING:
        return ()
    return release_after([c for c in others if c.id != case.id and c.state.is_open])


def _nothing_open(s: Situation, profile: Profile) -> Decision:
    paused = s.seeker is not None and s.seeker.status is SeekerStatus.PAUSED
    last = s.closed_cases[0] if s.closed_cases else None
    if paused and last is not None and last.request == "pause":
        return done(s, "pause_ended", "done_resume", (Effect.RESUME, Effect.RELEASE_OUTREACH))
    return review(s, profile, "nothing_open")
