"""How CSV files of the register say things: headings and values of ``rules/roster.toml``, days and times as written."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

from intake.errors import BadInput, RuleError
from intake.pipeline.enrol import EARLIEST, LATEST
from intake.resources import read_rule

FILE_NAME = "roster.toml"
JST = timezone(timedelta(hours=9))
SEEKERS = (
    "member_id", "name", "kana", "email", "phone", "status", "status_since", "registered_via", "concierge", "deputy",
    "legal_hold", "invalid_since", "password_hash",
)  # fmt: skip
APPLICATIONS = ("member_id", "company", "stage", "self_applied", "interview_at")
VALUES = {
    "status": ("active", "paused", "withdrawn", "invalid"),
    "registered_via": ("office", "online"),
    "stage": ("introduced", "applied", "screening", "interview_fixed", "final_pending", "offered", "closed"),
    "words": ("yes", "no"),
}
_ERAS = {"令和": 2018, "r": 2018, "平成": 1988, "h": 1988, "昭和": 1925, "s": 1925}
_TAIL = re.compile(r"(済み|済|中|者|です|ずみ)$")
_DAY = re.compile(
    r"(?:(?P<era>令和|平成|昭和|[rhs]) ?(?P<n>\d{1,2}|元)|(?P<year>\d{4})) ?[-/.年] ?(?P<month>\d{1,2}) ?[-/.月] ?"
    r"(?P<day>\d{1,2})(?: ?日|(?!\d))"
)
_SOLID = re.compile(r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)(?!\d)")
_WEEKDAY = re.compile(r"[(（]?[月火水木金土日](?:曜日?)?[)）]|[月火水木金土日]曜日?")
_TIME = re.compile(
    r"(?P<half>午前|午後|am|pm)?(?P<hour>\d{1,2})(?::|時)(?:(?P<minute>\d{1,2})分?)?(?::\d{1,2}(?:\.\d+)?)?(?P<late>半|am|pm)?"
)


@dataclass(frozen=True, slots=True)
class RosterWords:
    """Words by what they mean; keys are folded."""

    seekers: Mapping[str, str]
    applications: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]

    def value(self, kind: str, field: str, text: str) -> str:
        """The code that a cell means. Raises BadInput naming field, value and the codes there are."""
        words = self.values[kind]
        key = folded(text)
        found = words.get(key) or words.get(_TAIL.sub("", key))
        if found is None:
            codes = ", ".join(VALUES[kind])
            raise BadInput(f"{field}: {text!r} is not one of {codes}; rules/roster.toml can add a word")
        return found

    def is_yes(self, field: str, text: str) -> bool:
        """「はい」 or not; blank is not. Raises BadInput for what is neither."""
        return bool(text) and self.value("words", field, text) == "yes"

    def is_no(self, text: str) -> bool:
        """True for blank and for 「なし」 and its like; a ground is anything else."""
        return not text.strip() or self.values["words"].get(folded(text)) == "no"


def folded(text: str) -> str:
    """Without width, capitals and blanks."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def load_roster_words(rules_dirs: Sequence[Path]) -> RosterWords:
    """Read ``roster.toml``; a later folder's file takes the place of an earlier one's. Raises RuleError."""
    found = [folder / FILE_NAME for folder in rules_dirs if (folder / FILE_NAME).is_file()]
    if not found:
        raise RuleError(f"{FILE_NAME} is missing")
    path = found[-1]
    try:
        table = tomllib.loads(read_rule(path))
    except tomllib.TOMLDecodeError as e:
        raise RuleError(f"{path}: {e}") from e
    unknown = table.keys() - {"seekers", "applications", *VALUES}
    if unknown:
        raise RuleError(f"{path}: {sorted(unknown)[0]}: no such table")
    return RosterWords(
        seekers=_table(path, table, "seekers", SEEKERS),
        applications=_table(path, table, "applications", APPLICATIONS),
        values={kind: _table(path, table, kind, codes) for kind, codes in VALUES.items()},
    )


def _table(path: Path, file: Mapping[str, object], name: str, codes: Iterable[str]) -> dict[str, str]:
    given = file.get(name, {})
    words = {folded(code): code for code in codes}
    if not isinstance(given, dict):
        raise RuleError(f"{path}: {name}: must be a table")
    for code, spelled in given.items():
        if code not in words.values():
            raise RuleError(f"{path}: {name}.{code}: no such code")
        if not isinstance(spelled, list) or not all(isinstance(w, str) for w in spelled):
            raise RuleError(f"{path}: {name}.{code}: must be a list of words")
        for word in spelled:
            if words.setdefault(folded(word), code) != code:
                raise RuleError(f"{path}: {name}.{code}: {word} means {words[folded(word)]} already")
    return words


def day_of(field: str, text: str) -> date | None:
    """2026-01-03, 2026/1/3, 2026.1.3, 20260103, 2026年1月3日(土), 令和8年1月3日, with or without a time behind it."""
    return _split(field, text)[0] if text.strip() else None


def instant_of(field: str, text: str) -> datetime | None:
    """The same with a time: 13:00, 13時, 13時半, 午後1時30分; in Tokyo unless an offset stands there."""
    if not text.strip():
        return None
    try:
        at = datetime.fromisoformat(text.strip().replace("/", "-"))
        if not EARLIEST.year < at.year < LATEST.year:
            raise BadInput(f"{field}: {text!r} lies outside the years {EARLIEST.year} to {LATEST.year}")
        return (at if at.tzinfo else at.replace(tzinfo=JST)).astimezone(UTC)
    except ValueError:
        day, rest = _split(field, text)
    hour, minute = _time(field, text, rest)
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=JST).astimezone(UTC)


def _split(field: str, text: str) -> tuple[date, str]:
    plain = " ".join(_WEEKDAY.sub("", unicodedata.normalize("NFKC", text).casefold(), count=1).split())
    match = _DAY.match(plain) or _SOLID.match(plain)
    if match is None:
        raise BadInput(f"{field}: {text!r} is not a date like 2026-04-01 or 2026年4月1日")
    groups = match.groupdict()
    era = groups.get("era")
    year = int(groups["year"] or 0) if not era else _ERAS[era] + (1 if groups["n"] == "元" else int(groups["n"]))
    if not EARLIEST.year <= year <= LATEST.year:
        raise BadInput(f"{field}: {text!r} lies outside the years {EARLIEST.year} to {LATEST.year}")
    rest = "".join(plain[match.end() :].split()).lstrip("t~,、")
    try:
        return date(year, int(groups["month"]), int(groups["day"])), rest
    except ValueError:
        raise BadInput(f"{field}: {text!r} is no day of the calendar") from None


def _time(field: str, text: str, rest: str) -> tuple[int, int]:
    rest = rest.rstrip("~〜-開始より")
    if not rest:
        return 0, 0
    match = _TIME.match(rest)
    if match is None:
        raise BadInput(f"{field}: {text!r} is not a time like 2026-04-01 13:00")
    half = match["half"] or (match["late"] if match["late"] in ("am", "pm") else "")
    hour = int(match["hour"])
    minute = 30 if match["late"] == "半" else int(match["minute"] or 0)
    if half in ("午後", "pm") and hour < 12:
        hour += 12
    if half in ("午前", "am") and hour == 12:
        hour = 0
    if hour > 23 or minute > 59:
        raise BadInput(f"{field}: {text!r} is no time of day")
    return hour, minute
