"""What the pipeline says of a mail: its parts, one a request, to whom, and what it answers.

Nothing of what the sender wrote is among them: names and companies come from the agency's register, wishes from our
own closed vocabulary.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from intake.model import Stage
from intake.replies.agency import Agency

_SYMPATHY = frozenset({"family", "health"})
_APOLOGY = frozenset(
    {"support", "concierge_fit", "few_jobs", "mismatch", "too_many_contacts", "privacy", "unhappy_other"}
)
_CONGRATULATION = frozenset({"hired_elsewhere"})


@dataclass(frozen=True, slots=True)
class Link:
    """The seeker's page, and the instant until which it can be used."""

    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """A class of data that stays after leaving: what, until when in words, and why in plain words (no law quoted)."""

    what: str  # 履歴書・職務経歴書
    how_long: str  # 退会から3年間
    why: str  # 当社の規程


@dataclass(frozen=True, slots=True)
class Running:
    """An application that still runs."""

    company: str
    stage: Stage


@dataclass(frozen=True, slots=True)
class Section:
    """``receipt_several``: one request of a mail that answers several."""

    heading: str
    number: str
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """One request's share of a mail. Only ``request``, ``template`` and ``case_number`` are always there."""

    request: str  # a GUIDE label
    template: str  # a folder of templates/replies/
    case_number: str
    link_url: str | None = None
    link_expires_at: datetime | None = None
    applications: tuple[tuple[str, Stage], ...] = ()  # running, furthest first; named from 応募済み on
    self_applied: tuple[str, ...] = ()  # companies whose self-made application must end first (public office)
    reasons: tuple[str, ...] = ()
    due_on: date | None = None  # by when staff answer
    outreach_held: bool = False  # introductions are held back already
    asks_reason: bool | None = None  # None: ask where a withdrawal came without a reason
    gentle_way: str | None = None  # one sentence from rules/reasons.toml
    tone: str | None = None  # None: by ``reasons``; congratulation, sympathy, apology or plain
    kept: tuple[Kept, ...] = ()
    held: tuple[Kept, ...] = ()  # what a duty keeps beyond an erasure
    also_withdraws: bool = False  # deletion of somebody who is still registered
    has_left: bool = False  # the registration has ended (with this deletion, or before it was taken back)
    cooling_off_days: int | None = None
    erase_on: date | None = None
    hold_reason: str | None = None  # the case's code
    hold_text: str | None = None  # why data cannot be erased, in plain words
    pause_until: date | None = None
    resume_on: date | None = None
    concierge: str | None = None
    new_concierge: str | None = None
    preferences: tuple[tuple[str, str], ...] = ()  # (label, value) of the closed vocabulary
    retracted: tuple[str, ...] = ()  # GUIDE labels of what was dropped
    answer_text: str | None = None  # from rules/answers/
    return_url: str | None = None
    return_until: date | None = None  # last day on which the seeker can come back alone
    key: str | None = None  # coming back: the key to type into the return page
    key_minutes: int | None = None  # how long the key can be used
    refusal_text: str | None = None  # staff's words: why not, and what else is possible
    staff_text: str | None = None  # staff's free answer
    alarm_text: str | None = None  # to staff: ids and counts, nothing personal
    called_on: date | None = None  # day of the telephone call
    needs_call: bool | None = None  # None: by the furthest stage

    def variables(self) -> dict[str, Any]:
        """Everything a class below can pick from: the fields and what follows from them."""
        every = {f.name: getattr(self, f.name) for f in fields(self)}
        every["link"] = self._link()
        every["applications"] = tuple(Running(c, s) for c, s in self.applications if s >= Stage.APPLIED)
        every["asks_reason"] = not self.reasons if self.asks_reason is None else self.asks_reason
        every["tone"] = self.tone or tone_of(self.reasons)
        every["after_proof"] = self._after_proof()
        return every

    def _link(self) -> Link | None:
        if self.link_url is None or self.link_expires_at is None:
            return None
        return Link(self.link_url, self.link_expires_at)

    def _after_proof(self) -> str:
        """What 完了 leads to (decisions.md, Ladder): now, staff, call or wait."""
        furthest = max((stage for _, stage in self.applications), default=Stage.NONE)
        if self.self_applied:
            return "wait"
        if self.needs_call or (self.needs_call is None and furthest >= Stage.FINAL_PENDING):
            return "call"
        return "staff" if furthest >= Stage.INTERVIEW_FIXED else "now"


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail. ``to_name`` is the name in the register, never one that came with a message; ``neutral`` drops it."""

    to_name: str | None
    parts: tuple[Part, ...]
    neutral: bool
    agency: Agency


@dataclass(frozen=True, slots=True)
class Thread:
    """The ids of the mail that is answered. Only well-formed ones are used, and not many."""

    in_reply_to: str = ""
    references: tuple[str, ...] = ()


def tone_of(reasons: tuple[str, ...]) -> str:
    """How to thank. Nobody who also told of an illness is congratulated; who was let down hears an apology."""
    given = set(reasons)
    if given & _SYMPATHY:
        return "sympathy"
    if given & _APOLOGY:
        return "apology"
    return "congratulation" if given & _CONGRATULATION else "plain"
