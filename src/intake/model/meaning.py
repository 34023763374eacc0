"""What a message asks for, how sure that is, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

DESTRUCTIVE = frozenset({"withdrawal", "deletion"})


@dataclass(frozen=True, slots=True)
class Evidence:
    """A run of the original text that speaks for (weight > 0) or against a request, or (weight 0) by which the gate
    stopped it.

    Offsets are code points of the body as given, or of the subject when ``within`` says so.
    """

    request: str
    text: str
    start: int
    end: int
    rule: str  # a rule id, "model:<feature>", or "gate.<word>"
    weight: float
    within: str = "body"  # "body" or "subject"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the sender states about themselves in their own new text and signature (GUIDE, facts)."""

    name: str | None = None
    member_id: str | None = None
    phone: str | None = None
    resume_on: date | None = None
    concierge: str | None = None  # a person in charge who is named
    addresses: tuple[str, ...] = ()  # mail addresses stated in the text


@dataclass(frozen=True, slots=True)
class Preference:
    """One wish from the closed vocabulary (decisions.md): salary, place, occupation, remote, start, contact."""

    field: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Meaning:
    """The reading of one message. ``sure`` is the classifier's ``auto``; what follows from it is policy."""

    requests: tuple[str, ...]  # sorted, never empty
    reasons: tuple[str, ...] = ()
    facts: Facts = field(default_factory=Facts)
    confidence: float = 0.0  # 0..1, calibrated: the chance that ``requests`` is exactly right
    sure: bool = False
    why: tuple[Evidence, ...] = ()
    doubts: tuple[str, ...] = ()  # codes: why it is not sure
    mentioned: tuple[str, ...] = ()  # requests that are spoken of but not asked
    language: str = "ja"
    thanks_only: bool = False  # nothing but thanks: a closed case stays closed
    after_selection: bool = False  # 「選考が終わってから」: the wish waits for the selection
    complaint: bool = False
    preferences: tuple[Preference, ...] = ()
    answer: str | None = None  # key of rules/answers/ that surely fits the question
    pause_until: date | None = None  # last day named, resolved against the day of receipt
