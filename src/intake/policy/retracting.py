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
    meant = meant_cases(open_, s.meaning.mentioned, s.requests)
    if not meant:
        return _nothing_meant_is_open(s, profile, "which_request" if open_ else "nothing_open")
    left = [c for c in open_ if c not in meant]
    effects = (Effect.DROP_TARGETS, *release_after(left))
    return replace(done(s, "retracted", "done_retraction", effects), targets=tuple(c.id for c in meant))


def named_of(mentioned: tuple[str, ...], requests: tuple[str, ...]) -> frozenset[str]:
    """What the message names beside what it asks for anew (「退会は取り消し、休止に」)."""
    return frozenset(mentioned) - frozenset(requests)


def meant_cases(open_: tuple[Case, ...], mentioned: tuple[str, ...], requests: tuple[str, ...]) -> tuple[Case, ...]:
    """The cases of the kinds that the message names, and never of another kind; unnamed, those of one message;
    () where it stays open."""
    named = named_of(mentioned, requests)
    if named:
        return tuple(c for c in open_ if c.request in named)
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


def _nothing_meant_is_open(s: Situation, profile: Profile, hold: str) -> Decision:
    """A pause that was carried out is ended where it is what is named, or was the last thing where nothing is open."""
    named = named_of(s.meaning.mentioned, s.requests)
    last = s.closed_cases[0] if s.closed_cases else None
    came_last = hold == "nothing_open" and not named and last is not None and last.request == "pause"
    if s.seeker is None or s.seeker.status is not SeekerStatus.PAUSED or not (named == {"pause"} or came_last):
        return review(s, profile, hold)
    if leaving_is_open(s.open_cases):
        return review(s, profile, "leaving_is_open")
    return done(s, "pause_ended", "done_resume", (Effect.RESUME, Effect.RELEASE_OUTREACH))
