"""A number or a day near other words: whose number, and which day, a letter states."""

from __future__ import annotations

import time
from datetime import date

import pytest

from intake.understanding.normalize import normalize
from intake.understanding.numbers import find_member_id
from intake.understanding.resumption import first_day, last_day
from tests.unit.understanding.conftest import Read

TODAY = date(2026, 11, 22)
ASKS = "退会をお願いします。"


@pytest.mark.parametrize(
    ("body", "number"),
    [
        # Where the number with us is written is no other service.
        ("貴社の会員番号を失念しましたが、スマホの会員証の会員番号は30012345となっています。", "30012345"),
        ("御社の会員番号が分からず、登録メールの番号は30012345でした。", "30012345"),
        ("貴社の会員番号を忘れましたが、マイページの画面の会員番号は30012345でした。", "30012345"),
        ("貴社の会員番号を忘れていましたが、手帳の会員番号は30012345です。", "30012345"),
        # A number that is known.
        ("貴社の会員番号は覚えています。井口の会員番号30012345です。", "30012345"),
        ("貴社の会員番号は手元にあります。サクラの会員番号は30012345です。", "30012345"),
        ("そちらの会員番号は分かりますので書きます。会員番号は30012345です。", "30012345"),
        # Another service.
        (
            "紹介を止めてください（サクラ求人ネットの会員番号：SQ-552190）。貴社の会員番号はすぐに分からず申し訳ありません。",
            None,
        ),
        ("御社の会員番号は失念しました。サクラ転職の会員番号：SQ-552190です。", None),
        ("貴社の会員番号は覚えていません。コハルナビの会員番号は30012345です。", None),
    ],
)
def test_the_number_with_us_and_elsewhere(read: Read, body: str, number: str | None) -> None:
    assert read(f"{body}{ASKS}").facts.member_id == number


@pytest.mark.parametrize(
    ("body", "number"),
    [
        ("求人番号:S-20333 応募辞退します。\n\n井口 真琴\nS-30012345", "S-30012345"),
        ("求人番号MJ1023の件です。\n井口 真琴\nMJ300123", "MJ300123"),
        ("鈴木次郎(A-300123)、案件A12の件です。", "A-300123"),
        ("求人番号：S-20333012を辞退します。\n\n井口 真琴\nS-30012345", "S-30012345"),
        ("求人番号：S-20333012を辞退します。\n\nS-30012345\n井口 真琴", "S-30012345"),
        ("案件A-12345678は辞退します。\n井口 真琴(A-30012345)", "A-30012345"),
        ("求人番号：S-20333012 と S-20333013 を辞退します。\n井口 真琴", None),
        (
            "求人番号 JOB-118204 は夜勤があるとのことなので、見送ります。JOB-118377 と JOB-118390 は考えたいです。",
            None,
        ),
    ],
)
def test_openings_do_not_hide_the_writers_own_number(read: Read, body: str, number: str | None) -> None:
    assert read(body).facts.member_id == number


@pytest.mark.parametrize(
    ("body", "number"),
    [
        ("上司 会員番号30012345 鈴木次郎", "30012345"),
        ("上司の今川 健（会員番号40081124）に勧められました。", None),
        ("同僚（会員番号40081124）に勧められました。", None),
        ("友人の会員番号40081124も止まっているそうです。", None),
    ],
)
def test_a_friend_has_a_number_of_their_own(read: Read, body: str, number: str | None) -> None:
    assert read(f"{ASKS}\n{body}").facts.member_id == number


@pytest.mark.parametrize(
    ("body", "day"),
    [
        # The day of another thing.
        (
            "2月1日から再開予定でしたが、面談を1月20日に変更していただけますか。再開日はそのままで。",
            date(2027, 2, 1),
        ),
        ("4月1日から再開でお願いしていましたが、面談を2月3日に変更してください。", date(2027, 4, 1)),
        ("2月1日から再開とお願いしましたが、引っ越しが3月20日に延びました。", date(2027, 2, 1)),
        ("2月1日から再開とお願いしましたが、取り消します。退会は3月1日に変更してください。", date(2027, 2, 1)),
        ("3月1日から再開とお願いしましたが、面談を4月1日から5月6日に変更してください。", date(2027, 3, 1)),
        ("3月1日から再開とお願いしていますが、試験が1月20日に変更になりました。", date(2027, 3, 1)),
        ("3月1日から再開とお伝えしましたが、研修の開始が4月5日に延びました。", date(2027, 3, 1)),
        ("3月1日から再開とお伝えしましたが、子どもの入園式は4月5日に変更になりました。", date(2027, 3, 1)),
        ("3月1日から再開とお伝えしました。面談の件ですが、1月20日に変更してください。", date(2027, 3, 1)),
        # The day of the new start.
        (
            "以前、2027年3月1日から紹介を再開とお願いしておりましたが、再開を2027年5月17日に延ばしてください。",
            date(2027, 5, 17),
        ),
        (
            "2026年12月1日から再開とお伝えしておりましたが、医師に休むよう言われ、2027年5月6日から再開とさせてください。",
            date(2027, 5, 6),
        ),
        ("3月1日から再開とお願いしましたが、再開日を4月1日から5月6日に変更してください。", date(2027, 5, 6)),
        ("3月1日から再開とお願いしましたが、仕事が忙しいので5月6日に変更してください。", date(2027, 5, 6)),
        ("3月1日から再開とお願いしましたが、お手数ですが5月6日に変更してください。", date(2027, 5, 6)),
        ("3月1日から再開とお願いしましたが、手術が延びたため、5月6日に変更してください。", date(2027, 5, 6)),
        ("3月1日から再開とお願いしましたが、母の介護が続いており、5月6日に変更してください。", date(2027, 5, 6)),
        ("3月1日から再開とお伝えしましたが、休止を5月6日に延ばしてください。", date(2027, 5, 6)),
        ("3月1日から再開とお願いしましたが、4月1日でお願いします。", date(2027, 4, 1)),
        ("手術後の4月1日から再開をお願いします。", date(2027, 4, 1)),
        ("退職後の4月1日から紹介を再開してください。", date(2027, 4, 1)),
    ],
)
def test_the_day_that_is_moved(body: str, day: date) -> None:
    found = first_day(normalize(body).text, TODAY)
    assert found is not None
    assert found.on == day


@pytest.mark.parametrize(
    "piece", ["3月1日から", "2027年3月1日から", "来月末まで", "3月1日から再開とお願いしましたが、面談を"]
)
def test_many_days_are_read_in_time(piece: str) -> None:
    began = time.perf_counter()
    first_day(piece * 5_000, TODAY)
    last_day(piece * 5_000, TODAY)
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize("piece", ["求人番号S-20333", "S-20333、", "貴社の会員番号は", "井口 真琴 S-20333 "])
def test_many_numbers_are_read_in_time(piece: str) -> None:
    began = time.perf_counter()
    find_member_id("", piece * 4_000, frozenset(), "井口 真琴")
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize(
    "told",
    ["が退会したので、私も退会をお願いします。", "の紹介で登録しましたが、転職が決まりましたので退会をお願いします。"],
)
def test_the_writers_own_number_beside_a_relatives(read: Read, told: str) -> None:
    """Whatever name is read: with the writer's own number beside it, a relative is never taken for the member."""
    assert read(f"佐藤美咲(30012346)です。\n夫の佐藤健太(30012345){told}").facts.member_id == "30012346"
