"""Letters that say nothing are nobody's request: a name, a number."""

from __future__ import annotations

import pytest

from intake.parsing.quotes import segment
from intake.resources import shipped_rules
from intake.understanding import Understander, load_rulebook

UNDERSTANDER = Understander(load_rulebook([shipped_rules()]))


def read(body: str, subject: str = "") -> tuple[tuple[str, ...], bool, tuple[str, ...]]:
    sender = "山田 <t@example.jp>"
    meaning = UNDERSTANDER.read(
        channel="email", subject=subject, body=body, segments=segment(body), received_at=None, sender=sender
    )
    return meaning.requests, meaning.sure, meaning.doubts


NAMES = ["山田", "山田太郎", "鈴木です", "田中花子\n090-0000-1234", "佐藤と申します。", "山田様"]


@pytest.mark.parametrize("body", [*NAMES, "会員番号 12345678", "M-10001", ""])
def test_a_name_or_a_number_asks_for_nothing(body: str) -> None:
    requests, sure, doubts = read(body)
    assert requests == ("other",)
    assert not sure
    assert "empty" in doubts


@pytest.mark.parametrize(
    ("body", "request_"),
    [
        ("退会", "withdrawal"), ("退会希望\n山田太郎", "withdrawal"), ("解約\n会員番号 12345678", "withdrawal"),
        ("個人情報削除\n山田", "deletion"), ("担当変更\n佐藤", "concierge_change"), ("辞退\n鈴木", "decline"),
        ("再開 田中", "resume"),
    ],
)  # fmt: skip
def test_one_word_is_enough_to_ask(body: str, request_: str) -> None:
    requests, _, doubts = read(body)
    assert requests == (request_,)
    assert "empty" not in doubts


def test_a_subject_that_asks_speaks_for_a_name() -> None:
    requests, _, doubts = read("山田太郎", "退会希望")
    assert requests == ("withdrawal",)
    assert "empty" not in doubts


WORDS = [
    "Cancel",
    "退職",
    "卒業",
    "さようなら",
    "もういいです",
    "抹消",
    "破棄",
    "はい",
    "やめます",
    "お願い",
    "ﾄｳﾛｸ ｶｲｼﾞｮ ｷﾎﾞｳ",
    "ﾀｲｶｲﾃﾞ。",
]


@pytest.mark.parametrize("body", WORDS)
def test_a_word_is_no_name(body: str) -> None:
    assert "empty" not in read(body)[2]


def test_nothing_said_is_no_unlikely_reading() -> None:
    """What the reader would have made of a name is no chance to show beside 「その他」."""
    meaning = UNDERSTANDER.read(
        channel="email", subject="", body="山田太郎", segments=segment("山田太郎"), received_at=None
    )
    assert meaning.confidence == 0.97
