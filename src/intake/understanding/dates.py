"""Dates as people write them: 2027年4月1日, 令和9年4月1日, 4/1, 3月いっぱい, 来月末. ``now`` is the day of receipt."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

_ERAS = {"令和": 2018, "R": 2018, "平成": 1988}
_KANJI = str.maketrans("〇一二三四五六七八九", "0123456789")
_N = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_FULL = re.compile(
    rf"(?:(?P<era>令和|平成|R)\s?(?P<ey>\d{{1,2}}|元|[一二三四五六七八九十]{{1,2}})\s?[年./]\s?|(?P<y>20\d\d)\s?[年/.-]\s?)"
    rf"(?P<m>{_N})\s?[月/.-]\s?(?P<d>{_N})\s?日?"
)
_FULL_MONTH = re.compile(
    rf"(?:(?P<era>令和|R)\s?(?P<ey>\d{{1,2}}|元|[一二三四五六七八九十]{{1,2}})\s?年\s?|(?P<y>20\d\d)\s?年\s?)(?P<m>{_N})\s?月"
    r"(?P<part>末|いっぱい|一杯|上旬|中旬|下旬|初め|頭)?(?![ ]?[0-9一二三四五六七八九十]{1,3}[ ]?日)"
)
_MONTH_DAY = re.compile(
    rf"(?:(?P<w>来年|今年|明年)の?|(?<![\d/年-]))(?P<m>{_N})\s?(?:月\s?(?P<d>{_N})\s?日|/\s?(?P<d2>\d{{1,2}})(?![\d/]))"
)
_MONTH = re.compile(
    rf"(?:(?P<w>来年|今年|明年)の?|(?<![\d年]))(?P<m>{_N})\s?月\s?(?P<part>末|いっぱい|一杯|中旬|上旬|下旬|初旬|半ば|頭|初め|まで|から|に)"
)
_RELATIVE = re.compile(
    r"(?P<w>今月|来月|再来月|今年|来年|年度|年)(?:の|いっぱい|度)?(?P<part>末|いっぱい|中|内|度末)|年内|(?P<n>\d|[一二三四五六七八九]|半)\s?(?:か|ヶ|カ|ケ|箇)?(?P<unit>月|年|週間)(?:間|ほど|くらい)"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A date in the text. ``stated``: written in full, with its year."""

    on: date
    start: int
    end: int
    stated: bool


def number(written: str) -> int:
    """「二十一」 or "21" as a number."""
    if written == "元":
        return 1
    if written.isdigit():
        return int(written)
    tens, ten, ones = written.partition("十")
    if not ten:
        return int(written.translate(_KANJI))
    return int(tens.translate(_KANJI) or "1") * 10 + int(ones.translate(_KANJI) or "0")


def dates(text: str, today: date | None) -> list[Found]:
    """All dates in order; those without a year only when ``today`` is known: the next such day from then on."""
    found: list[Found] = []
    for match in _FULL.finditer(text):
        _keep(found, match, _year(match), number(match["m"]), number(match["d"]))
    for match in _FULL_MONTH.finditer(text):
        _keep(found, match, _year(match), number(match["m"]), None, match["part"])
    if today is not None:
        for match in _MONTH_DAY.finditer(text):
            _keep_next(found, match, today, number(match["m"]), number(match["d"] or match["d2"]))
        for match in _MONTH.finditer(text):
            _keep_next(found, match, today, number(match["m"]), None)
        for match in _RELATIVE.finditer(text):
            on = _relative(match, today)
            if on is not None and not _taken(found, match):
                found.append(Found(on, match.start(), match.end(), False))
    return sorted(found, key=lambda f: f.start)


def _year(match: re.Match[str]) -> int:
    return _ERAS[match["era"]] + number(match["ey"]) if match["era"] else int(match["y"])


def _taken(found: list[Found], match: re.Match[str]) -> bool:
    return any(f.start < match.end() and match.start() < f.end for f in found)


def _keep(found: list[Found], match: re.Match[str], year: int, month: int, day: int | None, part: str = "") -> None:
    on = _day(year, month, day, part)
    if on is not None and not _taken(found, match):
        found.append(Found(on, match.start(), match.end(), day is not None))


def _keep_next(found: list[Found], match: re.Match[str], today: date, month: int, day: int | None) -> None:
    part = "" if day is not None else match["part"]
    named = {"来年": today.year + 1, "明年": today.year + 1, "今年": today.year}.get(match["w"] or "")
    for year in (named,) if named else (today.year, today.year + 1):
        on = _day(year, month, day, part)
        if on is not None and on >= today:
            if not _taken(found, match):
                found.append(Found(on, match.start(), match.end(), False))
            return


def _day(year: int, month: int, day: int | None, part: str | None) -> date | None:
    if not 1 <= month <= 12 or not 2000 <= year <= 2099:
        return None
    last = calendar.monthrange(year, month)[1]
    if day is None:
        day = {"上旬": 10, "初旬": 10, "中旬": 20, "半ば": 15, "頭": 1, "初め": 1, "から": 1, "に": 1}.get(
            part or "", last
        )
    return date(year, month, day) if 1 <= day <= last else None


def _relative(match: re.Match[str], today: date) -> date | None:
    if match.group().startswith("年内") or match["w"] in ("今年", "年"):
        return date(today.year, 12, 31)
    if match["w"] == "来年":
        return date(today.year + 1, 12, 31)
    if match["w"] == "年度":
        return date(today.year + (today.month > 3), 3, 31)
    if match["w"]:
        return _months_on(today, ("今月", "来月", "再来月").index(match["w"]))
    if match["n"] is None:
        return None
    if match["unit"] == "週間" and match["n"] != "半":
        return today + timedelta(weeks=number(match["n"]))
    if match["n"] == "半":
        return _same_day(today, 6) if match["unit"] == "年" else today + timedelta(days=15)
    return _same_day(today, number(match["n"]) * (12 if match["unit"] == "年" else 1))


def _months_on(today: date, months: int) -> date:
    year, month = divmod(today.month - 1 + months, 12)
    year, month = today.year + year, month + 1
    return date(year, month, calendar.monthrange(year, month)[1])


def _same_day(today: date, months: int) -> date:
    last = _months_on(today, months)
    return last.replace(day=min(today.day, last.day))
