"""Days told from the day of receipt: 来月末, 再来週, 三か月後, 年度末, お盆明け."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

PARTS = "末|いっぱい|一杯|中旬|上旬|下旬|初旬|半ば|なかば|頭|初め|はじめ|中(?!旬)"
_N = r"(?:\d{1,2}|[一二三四五六七八九十]{1,2}|半|数)"
RELATIVE = re.compile(
    rf"(?P<month>今月|再来月|来月|翌月)(?:の)?(?:(?P<day>\d{{1,2}})日|(?P<part>{PARTS}))?|"
    r"(?P<week>今週|再来週|来週)(?:の)?(?P<wday>[月火水木金土日]曜|末|明け|いっぱい)?|"
    r"(?P<year>今年度|来年度|新年度|年度|年内|今年|来年|年末(?!年始)|年明け)(?:の|いっぱい)?(?P<yend>末|いっぱい|中(?!旬)|"
    r"内|度末)?|"
    r"(?P<feast>(?:お)?盆(?:休み)?|(?:お)?正月(?:休み)?|年末年始|(?:GW|ゴールデンウィーク|ゴールデンウイーク|"
    r"大型連休))(?P<fend>明け|が明け|のあと|の後|過ぎ|が終わ|まで)|"
    r"(?P<near>明日|明後日|あさって)|(?<!\d)(?<![一二三四五六七八九十翌今来])月末|"
    rf"(?<![年月日週間第])(?P<n>{_N})\s?(?:(?:か|ヶ|カ|ケ|箇|ヵ)(?P<months>月)|(?P<years>年)(?!度|前|目|[0-9末])|"
    rf"(?P<weeks>週間)|(?P<days>日)(?=後|間|ほど))"
    r"(?!前|目|以内|に一)(?:間|ほど|くらい|ぐらい|程度|後)?"
)
_TO_ITS_END = re.compile("(?:まで|迄)(?!に)")
_FEASTS = {"盆": (8, 16), "正月": (1, 3), "年末年始": (1, 3), "GW": (5, 5), "ゴ": (5, 5), "大": (5, 5)}
_KANJI = str.maketrans("〇零一二三四五六七八九", "00123456789")
_WEEKDAYS = "月火水木金土日"


@dataclass(frozen=True, slots=True)
class Found:
    """A day in the text. ``stated``: written in full, with its year."""

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


def relative(match: re.Match[str], today: date) -> date | None:
    """The day that a match of ``RELATIVE`` means for somebody who writes on ``today``; None if none."""
    if match["month"]:
        return _in_month(match, today)
    if match["week"]:
        return _in_week(match, today)
    if match["year"]:
        return _in_year(match["year"], match["yend"] or "", today)
    if match["feast"]:
        return _feast(match["feast"], match["fend"], today)
    if match["near"]:
        return today + timedelta(days=1 if match["near"] == "明日" else 2)
    if match["n"] is None:
        return months_on(today, 0)
    return _after(match, today)


def part_of(match: re.Match[str]) -> str:
    """What of a month is meant: 「1月まで」 is to its end, in doubt the longer one for who wants to be left alone."""
    return match["part"] or ("末" if _TO_ITS_END.match(match.string, match.end()) else "")


def _in_month(match: re.Match[str], today: date) -> date | None:
    last = months_on(today, {"今月": 0, "来月": 1, "翌月": 1, "再来月": 2}[match["month"]])
    if match["day"]:
        day = int(match["day"])
        return last.replace(day=day) if 1 <= day <= last.day else None
    part = part_of(match)
    if not part:
        return last.replace(day=1) if match["month"] != "今月" else last
    day = {"上旬": 10, "初旬": 10, "中旬": 20, "半ば": 15, "なかば": 15, "頭": 1, "初め": 1, "はじめ": 1}.get(
        part, last.day
    )
    return last.replace(day=day)


def _in_week(match: re.Match[str], today: date) -> date:
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=("今週", "来週", "再来週").index(match["week"]))
    wanted = match["wday"]
    if wanted is None:
        return monday
    if wanted == "明け":
        return monday + timedelta(weeks=1)
    return monday + timedelta(days=6 if wanted in ("末", "いっぱい") else _WEEKDAYS.index(wanted[0]))


def _in_year(year: str, end: str, today: date) -> date | None:
    april = date(today.year + (today.month > 3), 4, 1)
    if year in ("来年度", "新年度"):
        return april.replace(year=april.year + 1) - timedelta(days=1) if end in ("末", "いっぱい", "中") else april
    if year in ("年度", "今年度"):
        return april - timedelta(days=1) if year == "今年度" or end else None
    if year == "年明け":
        return date(today.year + 1, 1, 1)
    if year == "来年":
        return date(today.year + 1, 12, 31) if end in ("末", "いっぱい", "中", "内") else date(today.year + 1, 1, 1)
    return date(today.year, 12, 31) if year in ("年内", "年末") or end else None


def _feast(feast: str, end: str, today: date) -> date:
    """The last day of the holidays, or the day after it where 明け is said; the next ones from ``today`` on."""
    key = next(key for key in _FEASTS if key in feast)
    month, day = _FEASTS[key]
    last = date(today.year, month, day)
    if last < today:
        last = date(today.year + 1, month, day)
    return last if end == "まで" else last + timedelta(days=1)


def _after(match: re.Match[str], today: date) -> date | None:
    written = match["n"]
    if written == "数":
        return None
    if match["months"] or match["years"]:
        if written == "半":
            return _same_day(today, 6) if match["years"] else today + timedelta(days=15)
        months = number(written) * (12 if match["years"] else 1)
        return _same_day(today, months) if months <= 120 else None
    if written == "半":
        return None
    return today + timedelta(days=number(written) * (7 if match["weeks"] else 1))


def months_on(today: date, months: int) -> date:
    """The last day of the month that lies ``months`` after that of ``today``."""
    year, month = divmod(today.month - 1 + months, 12)
    year, month = today.year + year, month + 1
    return date(year, month, calendar.monthrange(year, month)[1])


def _same_day(today: date, months: int) -> date:
    last = months_on(today, months)
    return last.replace(day=min(today.day, last.day))
