"""The figures and switches of the policies: ``rules/profiles/<name>.toml``, checked when loaded."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, time
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, field_validator, model_validator

from intake.errors import RuleError
from intake.model import Proof, Stage
from intake.policy.deadlines import OfficeHours
from intake.policy.kept import Notice, Retention, Table
from intake.resources import read_rule

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
STAGES = ("none", "introduced", "applied", "screening", "interview_fixed", "final_pending", "offered")
LABELS = frozenset(
    {"withdrawal", "deletion", "pause", "resume", "concierge_change", "preferences", "decline", "reinstatement",
     "retraction", "question", "other"}
)  # fmt: skip
PROVED_ONLY = frozenset({"withdrawal", "deletion", "reinstatement"})
BY_FILE = frozenset({"pause", "resume", "concierge_change", "preferences", "decline", "retraction"})
STRICTNESS = {"carry_out": 0, "staff": 1, "call": 2}
Days = Annotated[int, Field(ge=1, le=365)]


class Office(Table):
    """When somebody is there."""

    days: Annotated[tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...], Field(min_length=1)]
    opens: str
    closes: str
    public_holidays: bool = False
    closed: tuple[str, ...] = ()

    @field_validator("opens", "closes")
    @classmethod
    def _is_time(cls, value: str) -> str:
        if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
            raise ValueError('a time is written "09:00"')
        return value

    @field_validator("closed")
    @classmethod
    def _are_days(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for day in value:
            _month_day(day)
        if len(value) > 40:
            raise ValueError("more than 40 closed days a year")
        return value

    @model_validator(mode="after")
    def _opens_first(self) -> Office:
        if self.opens >= self.closes:
            raise ValueError("opens must be before closes")
        return self

    @cached_property
    def hours(self) -> OfficeHours:
        """The same, to reckon with."""
        return OfficeHours(
            days=frozenset(WEEKDAYS.index(d) for d in self.days),
            opens=time.fromisoformat(self.opens),
            closes=time.fromisoformat(self.closes),
            public_holidays=self.public_holidays,
            closed=frozenset(_month_day(d) for d in self.closed),
        )


def _month_day(text: str) -> tuple[int, int]:
    if not re.fullmatch(r"\d\d-\d\d", text):
        raise ValueError('a closed day is written "12-31"')
    day = date.fromisoformat(f"2024-{text}")  # a leap year, so that 02-29 is a day
    return day.month, day.day


class Links(Table):
    """Confirm links."""

    hours: Annotated[int, Field(ge=1, le=24 * 14)]
    reminder_business_days: Days
    again_after_hours: Annotated[int, Field(ge=1, le=24 * 14)] = 24


class Mails(Table):
    """How much we write."""

    per_day: Annotated[int, Field(ge=1, le=10)]
    changes_per_day: Annotated[int, Field(ge=1, le=10)] = 2
    hold_seconds: Annotated[int, Field(ge=0, le=3600)]


class Joining(Table):
    """One person's one wish."""

    days: Days


class StageRow(Table):
    """What 完了 leads to at this stage, and whether the seeker must have seen the consequences."""

    after: Literal["carry_out", "staff", "call"]
    warn: bool


class Selections(Table):
    """Running applications."""

    self_applied_waits: bool
    tell_employers_within_days: Days = 1
    urgent_interview_hours: Annotated[int, Field(ge=0, le=24 * 30)] = 48


class Erasure(Table):
    """From approval to erasure."""

    cooling_off_days: Annotated[int, Field(ge=0, le=365)]
    seeker_may_shorten: bool = True
    second_approver: Literal["auto", "always", "never"] = "auto"
    held_text: str = (
        "お預かりしている記録の中に、保存を続ける必要のあるものが含まれております。"  # to the person, under hold
    )

    def needs_second(self, approvers: int) -> bool:
        """``approvers``: how many people may approve an erasure (reliability.md §7)."""
        return self.second_approver == "always" or (self.second_approver == "auto" and approvers >= 2)


class OneDocument(Table):
    """Words by which the erasure of one document is told from that of everything."""

    document: tuple[str, ...]
    one_of_several: tuple[str, ...]
    everything: tuple[str, ...]
    stays: tuple[str, ...] = ()  # who says so does not leave: taken out before ``everything`` is looked for

    def is_meant(self, text: str, said: str) -> bool:
        """``said``: the words that ask for erasure; ``text``: all that the sender newly wrote."""
        for words in self.stays:
            text = text.replace(words, "")
        about_one = any(w in said for w in self.document) and any(w in text for w in self.one_of_several)
        return about_one and not any(w in text for w in self.everything)


class Discretion(Table):
    """Words by which somebody asks that the person in charge be left out of it (features.md A9)."""

    who: tuple[str, ...] = ("担当", "コンシェルジュ", "アドバイザー")
    not_told: tuple[str, ...] = ("伝えないで", "知らせないで", "言わないで", "内緒", "内密", "知られたくな", "伏せて")

    def is_meant(self, text: str) -> bool:
        """True where one sentence holds both."""
        sentences = re.split(r"[。\n!?！？]", text)
        return any(any(w in s for w in self.who) and any(w in s for w in self.not_told) for s in sentences)


class ComingBack(Table):
    """Reinstatement."""

    days: Annotated[int, Field(ge=0, le=365)]
    self_service: bool
    key_minutes: Annotated[int, Field(ge=1, le=60)] = 10
    key_tries: Annotated[int, Field(ge=1, le=10)] = 3
    key_digits: Annotated[int, Field(ge=6, le=8)] = 6
    keys_per_day: Annotated[int, Field(ge=1, le=20)] = 5


class Profile(Table):
    """One agency's policy. ``proof`` may raise what the ladder asks, never lower it."""

    name: str
    office: Office
    due_days: Mapping[str, Days]
    links: Links
    mails: Mails
    joining: Joining
    proof: Mapping[str, Literal["file", "E1", "E2"]]
    stages: Mapping[str, StageRow]
    selections: Selections
    erasure: Erasure
    one_document: OneDocument
    coming_back: ComingBack
    discretion: Discretion = Discretion()
    retention: tuple[Retention, ...] = ()
    retention_notice: Notice = Notice()

    @model_validator(mode="after")
    def _is_whole(self) -> Profile:
        _same_keys("due_days", set(self.due_days), LABELS)
        _same_keys("proof", set(self.proof), PROVED_ONLY | BY_FILE)
        _same_keys("stages", set(self.stages), set(STAGES))
        for request in PROVED_ONLY:
            if self.proof[request] != "E2":
                raise ValueError(f'proof.{request}: "{self.proof[request]}" is weaker than the ladder, which asks E2')
        rows = [STRICTNESS[self.stages[name].after] for name in STAGES]
        if rows != sorted(rows):
            raise ValueError("stages: a later stage cannot be handled more freely than an earlier one")
        if STRICTNESS[self.stages["interview_fixed"].after] == 0:
            raise ValueError("stages.interview_fixed: from a fixed interview on staff carry out")
        return self

    @property
    def link_hours(self) -> int:
        """How long a confirm link can be used."""
        return self.links.hours

    @property
    def hold_seconds(self) -> int:
        """How long what staff send rests before it leaves."""
        return self.mails.hold_seconds

    @property
    def mails_per_day(self) -> int:
        """Automatic mails to one address in 24 hours."""
        return self.mails.per_day

    @property
    def changes_per_day(self) -> int:
        """How many more, where the mail tells of a change that was carried out on a From line."""
        return self.mails.changes_per_day

    @property
    def cooling_off_days(self) -> int:
        """Days from the approval of an erasure to the erasure."""
        return self.erasure.cooling_off_days

    @property
    def return_days(self) -> int:
        """Days in which a seeker comes back alone; the last one counts."""
        return self.coming_back.days

    @property
    def self_applied_blocks(self) -> bool:
        """Leaving waits for the end of a self-made application."""
        return self.selections.self_applied_waits

    @property
    def kept(self) -> tuple[Retention, ...]:
        """What stays after leaving, as the closing mail names it."""
        return tuple(row for row in self.retention if row.told)

    @property
    def raised(self) -> Mapping[str, Proof]:
        """The stricter proofs, as the ladder takes them."""
        return {request: Proof[proof] for request, proof in self.proof.items() if proof != "file"}

    def stage(self, stage: Stage) -> StageRow:
        """The row of a furthest stage (closed counts as none)."""
        return self.stages[STAGES[max(0, int(stage))]]

    def due_on(self, request: str, today: date) -> date:
        """By when staff answer."""
        return self.office.hours.add_days(today, self.due_days[request])

    def reminder_on(self, today: date) -> date:
        """When a link without an answer is looked at again."""
        return self.office.hours.add_days(today, self.links.reminder_business_days)


def _same_keys(table: str, given: set[str], wanted: frozenset[str] | set[str]) -> None:
    if given != wanted:
        wrong = sorted(given ^ wanted)[0]
        raise ValueError(f"{table}.{wrong} is {'missing' if wrong in wanted else 'unknown'}")


def load_profile(rules_dirs: Sequence[Path], name: str) -> Profile:
    """Read ``profiles/<name>.toml``; a later folder's file takes the place of an earlier one's.

    Raises RuleError, which names the file and the key, where it is missing, incomplete, wrong or too weak.
    """
    if not re.fullmatch(r"[a-z0-9-]+", name):
        raise RuleError(f"profiles: {name!r} is no name of a profile")
    found = [p for folder in rules_dirs if (p := folder / "profiles" / f"{name}.toml").is_file()]
    if not found:
        raise RuleError(f"profiles/{name}.toml is missing")
    return parse_profile(read_rule(found[-1]), name, str(found[-1]))


def parse_profile(text: str, name: str, where: str = "profile") -> Profile:
    """The same from a text. Raises RuleError."""
    try:
        return Profile.model_validate({"name": name, **tomllib.loads(text)})
    except tomllib.TOMLDecodeError as e:
        raise RuleError(f"{where}: {e}") from e
    except ValidationError as e:
        first = e.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise RuleError(f"{where}: {key + ': ' if key else ''}{first['msg']}") from e
