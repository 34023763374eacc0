"""Dates as people write them, against the day of receipt."""

from __future__ import annotations

from datetime import date

import pytest

from intake.understanding.dates import dates, number

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "on", "stated"),
    [
        ("2027年4月1日から再開", date(2027, 4, 1), True),
        ("令和9年4月1日から", date(2027, 4, 1), True),
        ("2027/4/1 から", date(2027, 4, 1), True),
        ("二月末まで", date(2027, 2, 28), False),
        ("3月末まで", date(2027, 3, 31), False),
        ("12月いっぱい", date(2026, 12, 31), False),
        ("来月末まで", date(2026, 12, 31), False),
        ("年内は", date(2026, 12, 31), False),
        ("年度末まで", date(2027, 3, 31), False),
        ("2028年2月末まで", date(2028, 2, 29), False),
        ("三か月ほど", date(2027, 2, 22), False),
        ("11月20日", date(2027, 11, 20), False),
    ],
)
def test_a_date_is_found(text: str, on: date, stated: bool) -> None:
    found = dates(text, TODAY)
    assert (found[0].on, found[0].stated) == (on, stated)


def test_without_the_day_of_receipt_only_full_dates_count() -> None:
    assert dates("3月末まで", None) == []


@pytest.mark.parametrize("text", ["13月末まで", "2027年2月30日", "99/99"])
def test_what_is_no_date_is_none(text: str) -> None:
    assert dates(text, TODAY) == []


def test_kanji_numbers() -> None:
    assert [number(n) for n in ("十", "二十一", "三", "12", "元")] == [10, 21, 3, 12, 1]
