"""A later day on which a wish is to begin: what would happen today is not what was asked for (domain.md, Pause)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from intake.parsing.quotes import segment
from intake.understanding import Understander
from intake.understanding.wisheddays import LATER, again_from, doubts
from tests.unit.understanding.conftest import Read

AT = datetime(2026, 11, 16, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 16)


@pytest.mark.parametrize(
    ("request_", "body"),
    [
        ("withdrawal", "12月末で退会をお願いします。理由は転職活動を終了するためです。"),
        ("withdrawal", "来月いっぱいで退会したいです。"),
        ("withdrawal", "3月末をもって退会いたします。それまではよろしくお願いします。"),
        ("withdrawal", "退会は1月10日以降でお願いします。"),
        ("withdrawal", "退会希望日:2026年12月31日"),
        ("withdrawal", "退会を希望します。12月末でお願いします。"),
        ("deletion", "4月に個人情報を削除、12月末で登録を抹消してください。"),
        ("pause", "12月1日から3月末までサービスを停止してください。"),
        ("pause", "来月から停止をお願いします。"),
        ("pause", "年末年始(12/28~1/4)は連絡を止めてください。"),
        ("pause", "年末年始は連絡を止めてください。"),
        ("resume", "来年度から転職活動をしたいので、再開をお願いします。"),
        ("resume", "1月に転職活動を再開したいので、求人の紹介をお願いします。"),
        ("resume", "4月から"),
    ],
)
def test_a_later_day_is_a_doubt(request_: str, body: str) -> None:
    assert list(doubts(body, (request_,), TODAY)) == [LATER]


@pytest.mark.parametrize(
    ("request_", "body"),
    [
        ("withdrawal", "来月から新しい会社で働くことになりましたので、退会をお願いします。"),
        ("withdrawal", "12月末で退職し、1月から新しい職場に入ります。退会をお願いします。"),
        ("withdrawal", "12月1日から就業しますので、退会希望です。"),
        ("withdrawal", "11月16日をもって退会いたします。"),
        ("withdrawal", "今日で退会します。"),
        ("pause", "1週間ほど連絡を控えてください。"),
        ("pause", "3月末まで停止をお願いします。"),
        ("pause", "明日から停止をお願いします。"),
        ("pause", "3月から育休に入るため、しばらく停止をお願いします。"),
        ("pause", "12月末まで停止し、1月から再開してください。"),
        ("resume", "4月から再開をお願いします。"),
        ("resume", "再開をお願いします。5月から停止していましたが、落ち着きました。"),
        ("resume", "12月末まで休止とお願いしておりましたが、再開をお願いします。"),
        ("preferences", "4月から働ける職場を希望します。"),
    ],
)
def test_other_days_are_none(request_: str, body: str) -> None:
    assert list(doubts(body, (request_,), TODAY)) == []
    assert list(doubts(body, (request_,), None)) == []


@pytest.mark.parametrize(
    ("body", "day"),
    [
        ("4月から再開をお願いします。", date(2027, 4, 1)),
        ("年明けから再開したいです。", date(2027, 1, 1)),
        ("停止中ですが、2月になったら再開してください。", date(2027, 2, 1)),
        ("再開は来週からでお願いします。", date(2026, 11, 23)),
        ("4月から停止を解除してください。", date(2027, 4, 1)),
        ("10月から停止をお願いしておりましたが、再開をお願いします。", None),
        ("本日から再開をお願いします。", None),
    ],
)
def test_the_day_to_go_on_from(body: str, day: date | None) -> None:
    assert again_from(body, TODAY) == day


def test_the_reading_says_it(read: Read) -> None:
    leaves = read("12月末で退会をお願いします。理由は転職活動を終了するためです。", "退会", AT)
    assert (leaves.requests, leaves.sure) == (("withdrawal",), False)
    assert LATER in leaves.doubts
    again = read("4月から再開をお願いします。", "再開", AT)
    assert (again.requests, again.sure, again.pause_until) == (("resume",), True, date(2027, 3, 31))


@pytest.mark.parametrize(("key", "comment"), [("resume", "4月から"), ("withdrawal", "12月末でお願いします")])
def test_beside_a_key_of_the_app_too(understander: Understander, key: str, comment: str) -> None:
    meaning = understander.read(
        channel="app", subject="", body=comment, segments=segment(comment), received_at=AT, request_code=key
    )
    assert LATER in meaning.doubts
    assert not meaning.sure
