"""What a duty keeps of a person beyond an erasure: named to them, sealed apart, gone on its day."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta

from intake.model import Seeker, Stage
from intake.policy import Profile
from intake.ports.erasing import ClockRow
from intake.replies import Kept
from intake.replies.wording import stage_words
from intake.retention import Clock, Subject, held_until


@dataclass(frozen=True, slots=True)
class HeldFields:
    """A class of data that stays: until the day before ``until``, on its ground."""

    data: str
    label: str
    until: date
    ground: str
    values: tuple[tuple[str, str], ...] = ()  # (field, what it says)

    @property
    def content(self) -> bytes:
        """As it is sealed."""
        return json.dumps(dict(self.values), ensure_ascii=False).encode("utf-8", "surrogatepass")

    @property
    def told(self) -> Kept:
        """As the mails name it."""
        names = "、".join(name for name, _ in self.values)
        last = self.until - timedelta(days=1)
        return Kept(f"{self.label}（{names}）", f"{last.year}年{last.month}月{last.day}日まで", self.ground)


def clocks_of(profile: Profile) -> tuple[Clock, ...]:
    """The profile's rows as the planner reckons with them."""
    names = ("data", "label", "since", "ground", "years", "months", "days", "else_since", "floor_years",
             "ceiling_years", "at_end")  # fmt: skip
    return tuple(Clock(**{n: getattr(row, n) for n in names}) for row in profile.retention)


def subject_of(row: ClockRow) -> Subject:
    """The same person for the planner, before notices and parts are known."""
    return Subject(row.seeker_id, row.withdrawn_on, row.invalid_on, row.handled, row.legal_hold, row.busy)


def held_of(seeker: Seeker, row: ClockRow, profile: Profile, today: date) -> tuple[HeldFields, ...]:
    """What stays if ``seeker`` were erased today."""
    fields: dict[str, tuple[str, ...]] = {r.data: r.fields for r in profile.retention}
    return tuple(
        HeldFields(clock.data, clock.label, until, clock.ground, _values(seeker, fields.get(clock.data, ())))
        for clock, until in held_until(subject_of(row), clocks_of(profile), today)
    )


def _values(seeker: Seeker, fields: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    says = {
        "氏名": seeker.name,
        "フリガナ": seeker.kana,
        "会員番号": seeker.member_id,
        "連絡先": "、".join((*seeker.addresses, *seeker.phones)),
        "応募先と選考の結果": "、".join(
            f"{a.company}（{'終了' if a.stage is Stage.CLOSED else stage_words(a.stage)}）"
            for a in seeker.applications
            if a.stage >= Stage.APPLIED or a.stage is Stage.CLOSED
        ),
    }
    return tuple((name, says[name]) for name in fields)
