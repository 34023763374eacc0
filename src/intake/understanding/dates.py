"""Days as people write them: 2027年4月1日, R9.4.1, 二〇二七年四月一日, 4/1, 3月いっぱい, 来月末, お盆明け."""

from __future__ import annotations

import calendar
import re
from bisect import bisect_right, insort
from datetime import date

from intake.understanding.relativedays import PARTS, RELATIVE, Found, number, part_of, relative

_ERAS = {"令和": 2018, "R": 2018, "平成": 1988}
_N = r"(?:\d{1,2}|[一二三四五六七八九十〇]{1,3})"
_YEAR = (
    r"(?:(?P<era>令和|平成|(?<![A-Za-z])R)\s?(?P<ey>\d{1,2}|元|[一二三四五六七八九十]{1,2})\s?{S}\s?|"
    r"(?<!\d)(?P<y>20\d\d|二[〇零]二[〇零一二三四五六七八九])\s?{S}\s?)"
)
_FULL = re.compile(_YEAR.replace("{S}", "[年./-]") + rf"(?P<m>{_N})\s?[月/.-]\s?(?P<d>{_N})(?!\d)(?:\s?日)?")
_FULL_MONTH = re.compile(
    _YEAR.replace("{S}", "年")
    + rf"(?P<m>{_N})\s?月(?:の)?(?P<part>{PARTS})?(?![ ]?[0-9一二三四五六七八九十]{{1,3}}[ ]?日)"
)
_MONTH_DAY = re.compile(
    rf"(?:(?P<w>来年|今年|明年|翌年)の?|(?<![\d/年.-]))(?P<m>{_N})\s?(?:月\s?(?P<d>{_N})\s?日|"
    rf"/\s?(?P<d2>\d{{1,2}})(?![\d/]))"
)
_MONTH = re.compile(
    rf"(?:(?P<w>来年|今年|明年|翌年)の?|(?<![\d年]))(?P<m>{_N})\s?月(?:の)?(?:(?P<part>{PARTS})|(?=まで|迄|から|"
    rf"より|以降|に|頃|ごろ|は))"
)
_BOUND = re.compile("末|いっぱい|一杯|まで|迄")
_MAYBE = re.compile(r"[月年週日/.-]|盆|連休|ウィーク|GW|明け|まで")


def dates(text: str, today: date | None) -> list[Found]:
    """All days in order. Those without a year only when ``today`` is known (the next such day from then on), or when
    an earlier day in the text gives the year."""
    if not _MAYBE.search(text):
        return []
    found: list[Found] = []
    for match in _FULL.finditer(text):
        _keep(found, match, _year(match), number(match["m"]), number(match["d"]))
    for match in _FULL_MONTH.finditer(text):
        _keep(found, match, _year(match), number(match["m"]), None, part_of(match))
    # 「2024年4月に登録し、12月1日から」: what lies behind the writer gives no year, nor a month that bounds nothing.
    known = [one for one in found if one.stated or _BOUND.search(text[one.start : one.end + 3])]
    known = [one for one in known if today is None or one.on >= today.replace(day=1)]
    ends = [one.end for one in known]
    for match in _MONTH_DAY.finditer(text):
        before = bisect_right(ends, match.start())
        since = known[before - 1].on if before else today
        if since is not None:
            _keep_next(found, match, since, number(match["m"]), number(match["d"] or match["d2"]), before > 0)
    if today is not None:
        for match in _MONTH.finditer(text):
            _keep_next(found, match, today, number(match["m"]), None, False)
        for match in RELATIVE.finditer(text):
            on = relative(match, today)
            if on is not None:
                _put(found, match, on, False)
    return found


def _year(match: re.Match[str]) -> int:
    if match["era"]:
        return _ERAS[match["era"]] + number(match["ey"])
    return int("".join(str(number(digit)) for digit in match["y"]))


def _put(found: list[Found], match: re.Match[str], on: date, stated: bool) -> None:
    """At its place in ``found``, which is in order, unless an earlier reading has taken some of the same characters."""
    at = bisect_right(found, match.start(), key=_start)
    free = at == 0 or found[at - 1].end <= match.start()
    if free and (at == len(found) or match.end() <= found[at].start):
        insort(found, Found(on, match.start(), match.end(), stated), key=_start)


def _start(one: Found) -> int:
    return one.start


def _keep(found: list[Found], match: re.Match[str], year: int, month: int, day: int | None, part: str = "") -> None:
    on = _day(year, month, day, part)
    if on is not None:
        _put(found, match, on, day is not None)


def _keep_next(
    found: list[Found], match: re.Match[str], since: date, month: int, day: int | None, stated: bool
) -> None:
    part = "" if day is not None else part_of(match)
    named = {"来年": since.year + 1, "明年": since.year + 1, "翌年": since.year + 1, "今年": since.year}
    wanted = named.get(match["w"] or "")
    for year in (wanted,) if wanted else (since.year, since.year + 1):
        on = _day(year, month, day, part)
        if on is not None and (on >= since or (day is None and part == "" and month == since.month)):
            _put(found, match, on, stated)
            return


def _day(year: int, month: int, day: int | None, part: str) -> date | None:
    if not 1 <= month <= 12 or not 2000 <= year <= 2099:
        return None
    last = calendar.monthrange(year, month)[1]
    if day is None:
        day = {
            "上旬": 10,
            "初旬": 10,
            "中旬": 20,
            "半ば": 15,
            "なかば": 15,
            "頭": 1,
            "初め": 1,
            "はじめ": 1,
            "": 1,
        }.get(part, last)
    return date(year, month, day) if 1 <= day <= last else None
