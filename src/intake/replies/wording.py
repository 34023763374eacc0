"""How values are written in a mail: days, instants, stages, requests. And what may not stand in one at all."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from intake.errors import TemplateError
from intake.model import Stage
from intake.replies.timing import JST

_WEEKDAYS = "月火水木金土日"
_STAGES = {
    Stage.INTRODUCED: "ご紹介済み",
    Stage.APPLIED: "応募済み",
    Stage.SCREENING: "書類選考中",
    Stage.INTERVIEW_FIXED: "面接日程確定",
    Stage.FINAL_PENDING: "最終選考の結果待ち",
    Stage.OFFERED: "内定",
}
_REQUESTS = {
    "withdrawal": "退会のお申し出",
    "deletion": "個人情報の削除",
    "pause": "サービス停止",
    "resume": "サービス再開",
    "concierge_change": "担当変更",
    "preferences": "ご希望条件の変更",
    "decline": "選考辞退",
    "reinstatement": "退会後のご利用再開",
    "retraction": "お申し出の取り消し",
    "question": "お問い合わせ",
}
# Line and paragraph separators, and marks that turn the writing direction: a name must not rearrange a mail.
_UNSEEN = re.compile("[\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_BLANKS = re.compile(r"\s+")
MAX_LINE_CHARS = 200
MAX_TEXT_CHARS = 20_000


def with_year(day: date) -> str:
    """2026年4月30日（木）"""
    return f"{day.year}年{without_year(day)}"


def without_year(day: date) -> str:
    """4月30日（木）"""
    return f"{day.month}月{day.day}日（{_WEEKDAYS[day.weekday()]}）"


def moment(at: datetime) -> str:
    """4月30日（木）15時04分, in Japan's time."""
    here = at.astimezone(JST)
    return f"{without_year(here.date())}{here.hour}時{here.minute:02}分"


def stage_words(stage: Stage) -> str:
    """The stage as a seeker knows it."""
    return _STAGES.get(stage, "選考中")


def request_words(request: str) -> str:
    """A request as a seeker would call it; a type that is new here is ご依頼."""
    return _REQUESTS.get(request, "ご依頼")


def never_blank(value: Any) -> Any:
    """Refuse to write nothing where a template wants something: a blank in a mail is worse than no mail."""
    if value is None or value == "":
        raise TemplateError("a template wants a value that this case does not have")
    return value


FILTERS: Mapping[str, Callable[[Any], str]] = {
    "date": with_year,
    "day": without_year,
    "moment": moment,
    "stage": stage_words,
    "request": request_words,
}


def one_line(text: str) -> str:
    """A value as one line: no controls, no direction marks, blanks joined, cut at a length no name has."""
    if text.isprintable() and "  " not in text:  # neither controls nor direction marks
        return text.strip()[:MAX_LINE_CHARS]
    seen = _UNSEEN.sub(" ", "".join(c if unicodedata.category(c) not in ("Cc", "Cs") else " " for c in text))
    return _BLANKS.sub(" ", seen).strip()[:MAX_LINE_CHARS]


def lines_of(text: str) -> str:
    """A value of several lines (staff's words, kept answers), each as in ``one_line`` but with its own blanks."""
    kept = [_clean(line).rstrip() for line in text[:MAX_TEXT_CHARS].replace("\r\n", "\n").split("\n")]
    return "\n".join(kept).strip("\n")


def _clean(line: str) -> str:
    spaced = line.replace("\t", "    ")
    return _UNSEEN.sub("", "".join(c for c in spaced if unicodedata.category(c) not in ("Cc", "Cs")))
