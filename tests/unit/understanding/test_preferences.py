"""Conditions: what is wished, in our own words; never what is named to say that it is not wanted (any more)."""

from __future__ import annotations

import pytest

from intake.model import Segment
from intake.resources import shipped_rules
from intake.understanding import load_rulebook, preferences
from intake.understanding.reading import Reader


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(load_rulebook([shipped_rules()]))


def wishes(reader: Reader, body: str) -> list[tuple[str, str]]:
    reading = reader.read(body, "希望条件", (Segment(0, len(body), "new"),))
    return [(wish.field, wish.value) for wish in preferences.found(reading, body)]


@pytest.mark.parametrize(
    "body",
    [
        "勤務地は東京都以外でお願いします。",
        "希望条件変更：東京都は外してください。",
        "東京都は通勤時間の関係で難しいです。",
        "東京の求人の紹介は不要になりました。",
        "NG：東京都、神奈川県",
        "リモート勤務は希望しません。",
        "フルリモートは必須ではありません。",
        "営業はもうやりたくないです。",
        "希望条件の変更です。電話連絡は不要です。",
        "電話での連絡は控えてください。",
        "担当の方は引き続きオンラインでお願いします。",
    ],
)
def test_what_is_not_wanted_is_left_to_the_concierge(reader: Reader, body: str) -> None:
    assert wishes(reader, body) == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("東京と神奈川は通えなくなったので、埼玉県の求人を希望します。", [("place", "埼玉県")]),
        ("営業職は希望しません。事務職でお願いします。", [("occupation", "事務")]),
        ("職種を変更したいです。営業ではなく事務でお願いします。", [("occupation", "事務")]),
        ("希望勤務地を東京都から福岡県に変更してください。", [("place", "福岡県")]),
        ("勤務地：東京都→大阪府", [("place", "大阪府")]),
        ("希望職種を看護師から保健師に変えてください。", [("occupation", "保健師")]),
        ("年収は600万円から500万円に下げてください。", [("salary", "500万円")]),
        ("現在の年収は450万円ですが、希望は550万円以上です。", [("salary", "550万円以上")]),
        ("今は看護師ですが保健師を希望します。", [("occupation", "保健師")]),
        ("東京に住んでいます。千葉県を希望します。", [("place", "千葉県")]),
    ],
)
def test_the_new_wish_stands_without_the_old(reader: Reader, body: str, expected: list[tuple[str, str]]) -> None:
    assert wishes(reader, body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("年収500万円以上でないと困ります。", [("salary", "500万円以上")]),
        ("年収は500万円から600万円を希望します。", [("salary", "500万円から"), ("salary", "600万円")]),
        ("年収は420万円からで結構です。", [("salary", "420万円から")]),
        ("東京都は外せません。", [("place", "東京都")]),
        ("完全フルリモート以外は見ません。", [("remote", "フルリモート")]),
        ("秘書だけでなく受付も入れてください。", [("occupation", "秘書"), ("occupation", "受付")]),
        ("東京都を希望しますが転勤できません。", [("place", "東京都")]),
        ("年収500万円以上で土日の出勤は不可です。", [("salary", "500万円以上")]),
        ("東京都で夜勤は不可です。", [("place", "東京都"), ("hours", "夜勤不可")]),
        ("職種は今までと同じ経理でお願いします。", [("occupation", "経理")]),
    ],
)
def test_what_is_wished_stays_a_wish(reader: Reader, body: str, expected: list[tuple[str, str]]) -> None:
    assert wishes(reader, body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("電話での連絡はやめてください。メールでお願いします。", [("contact", "メール")]),
        ("SMSじゃなくてラインで連絡してください。", [("contact", "LINE")]),
        ("残業は月20時間以内を希望します。", [("hours", "残業20時間以内")]),
        ("平日の夜はhttp://evil.example/なし", []),
    ],
)
def test_the_senders_own_words_do_not_come_back(reader: Reader, body: str, expected: list[tuple[str, str]]) -> None:
    assert wishes(reader, body) == expected
