"""Days as people write them, against the day of receipt."""

from __future__ import annotations

from datetime import date

import pytest

from intake.understanding.dates import dates
from intake.understanding.relativedays import number
from intake.understanding.resumption import first_day, last_day

TODAY = date(2026, 11, 22)  # a Sunday


@pytest.mark.parametrize(
    ("text", "on", "stated"),
    [
        ("2027年4月1日から再開", date(2027, 4, 1), True),
        ("令和9年4月1日から", date(2027, 4, 1), True),
        ("令和元年5月1日", date(2019, 5, 1), True),
        ("R9.2.1から", date(2027, 2, 1), True),
        ("R9/2/1から", date(2027, 2, 1), True),
        ("2027/4/1 から", date(2027, 4, 1), True),
        ("2027/04/01から", date(2027, 4, 1), True),
        ("2027.4.1から", date(2027, 4, 1), True),
        ("2027-04-01から", date(2027, 4, 1), True),
        ("二〇二七年四月一日から", date(2027, 4, 1), True),
        ("令和九年二月二十一日", date(2027, 2, 21), True),
        ("二月末まで", date(2027, 2, 28), False),
        ("3月末まで", date(2027, 3, 31), False),
        ("12月いっぱい", date(2026, 12, 31), False),
        ("来月末まで", date(2026, 12, 31), False),
        ("来月10日から", date(2026, 12, 10), False),
        ("再来月から", date(2027, 1, 1), False),
        ("再来週から", date(2026, 11, 30), False),
        ("来週の水曜", date(2026, 11, 25), False),
        ("年内は", date(2026, 12, 31), False),
        ("年度末まで", date(2027, 3, 31), False),
        ("来年度から", date(2027, 4, 1), False),
        ("年明けから", date(2027, 1, 1), False),
        ("お盆明けに", date(2027, 8, 17), False),
        ("GW明けに", date(2027, 5, 6), False),
        ("2028年2月末まで", date(2028, 2, 29), False),
        ("三か月ほど", date(2027, 2, 22), False),
        ("2週間後に", date(2026, 12, 6), False),
        ("11月20日", date(2027, 11, 20), False),
        ("明日", date(2026, 11, 23), False),
    ],
)
def test_a_date_is_found(text: str, on: date, stated: bool) -> None:
    found = dates(text, TODAY)
    assert (found[0].on, found[0].stated) == (on, stated)


def test_without_the_day_of_receipt_only_full_dates_count() -> None:
    assert dates("3月末まで、または来月、お盆明け、4/1", None) == []


def test_an_earlier_day_gives_the_year() -> None:
    found = dates("2027年4月15日で明けるので、4月16日から", None)
    assert [(one.on, one.stated) for one in found] == [(date(2027, 4, 15), True), (date(2027, 4, 16), True)]


@pytest.mark.parametrize("text", ["13月末まで", "2027年2月30日", "99/99", "第3週間", "一年前"])
def test_what_is_no_date_is_none(text: str) -> None:
    assert dates(text, TODAY) == []


def test_kanji_numbers() -> None:
    assert [number(n) for n in ("十", "二十一", "三", "12", "元")] == [10, 21, 3, 12, 1]


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("2027年3月31日まで休みます", date(2027, 4, 1)),
        ("2027年3月31日までご案内を控えてください", date(2027, 4, 1)),
        ("2027年3月31日で試験が終わり、4月5日から再開をお願いします", date(2027, 4, 5)),
        ("2026年12月1日~2027年2月28日まで休止でお願いします", date(2027, 3, 1)),
        ("休止希望日:2026年12月1日~2027年2月28日まで休止", date(2027, 3, 1)),
        ("2026年12月1日から休止し、2027年4月1日から再開してください", date(2027, 4, 1)),
        ("再開希望日:2027年6月1日", date(2027, 6, 1)),
        ("2027年6月1日まで… いや6月1日からまたお願いします", date(2027, 6, 1)),
        ("期間が明ける2027年7月1日まで、ご紹介をお止めください", date(2027, 7, 1)),
        ("2027年5月8日まで凍結してください。その日から復活します", date(2027, 5, 8)),
        ("2027年3月22日を目途に復帰します", date(2027, 3, 22)),
        ("2027年3月31日を再開日として、お止めください", date(2027, 3, 31)),
        ("令和9年3月25日から解禁ということで", date(2027, 3, 25)),
        ("3月いっぱい休ませてください", date(2027, 4, 1)),
        ("令和9年1月までサービスの停止をお願いします", date(2027, 2, 1)),
        ("来月まで休止をお願いします", date(2027, 1, 1)),
        ("一月まで休みます", date(2027, 2, 1)),
        ("来月末まで連絡を控えてください", date(2027, 1, 1)),
        ("年明けからまたお願いします", date(2027, 1, 1)),
    ],
)
def test_the_day_things_start_again(text: str, on: date) -> None:
    found = first_day(text, TODAY)
    assert found is not None
    assert found.on == on


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("2024年4月に登録した山田です。12月10日から再開してください。", date(2026, 12, 10)),
        ("2023年4月に今の会社に入社しました。3月31日までお休みしたいです。", date(2027, 4, 1)),
        ("2025年10月1日から休止中です。12月12日から再開をお願いします。", date(2026, 12, 12)),
    ],
)
def test_what_lies_behind_the_writer_gives_no_year(text: str, on: date) -> None:
    found = first_day(text, TODAY)
    assert found is not None
    assert (found.on, found.stated) == (on, False)


@pytest.mark.parametrize(
    "text",
    [
        "11月20日に内定をいただきました。しばらく紹介を止めてください。",
        "12月10日から治療に専念させていただきます。その間、お仕事のご紹介は止めてください。",
        "12月1日から正社員として働かせていただきます。紹介は止めてください。",
        "12月1日に御社からメールをいただきました。サービスを停止してください。",
        "12月1日からメールをやめてください。",
        "4月1日から新しい職場でスタートします。ご紹介は止めてください。",
        "12月5日に事故を起こしました。しばらく休ませてください。",
        "1月5日に伺えません。しばらく休みます。",
        "派遣契約が2027年3月31日まで延長になりました。ご紹介は止めてください。",
        "入社日を2027年3月31日まで延ばしてもらいました。紹介は不要です。",
        "契約期間:2027年3月31日まで\nご紹介は止めてください。",
    ],
)
def test_a_day_of_something_else_starts_nothing(text: str) -> None:
    assert first_day(text, TODAY) is None


def test_the_end_of_a_month_gives_the_year_too() -> None:
    found = first_day("2027年2月末までお休みし、3月1日からまたお願いします", None)
    assert found is not None
    assert (found.on, found.stated) == (date(2027, 3, 1), True)


@pytest.mark.parametrize(
    "text",
    [
        "2027年3月5日の面接を休みます",
        "2027年4月1日に入社します",
        "2020年4月から休止中です",
        "2026年12月11日までに回答ください",
    ],
)
def test_other_days_start_nothing(text: str) -> None:
    assert first_day(text, None) is None


def test_the_last_day_of_a_pause() -> None:
    assert last_day("3月末まで止めてください", TODAY) == date(2027, 3, 31)
    assert last_day("4月1日から再開してください", TODAY) is None
