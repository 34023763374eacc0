"""What people write about themselves, made comparable."""

from __future__ import annotations

import pytest

from intake.matching import KeyMaker, canonical_address, keys_of
from intake.matching.romaji import kana_of, without_long_vowels
from intake.model import Facts

K = KeyMaker()


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("Hanako@Example.JP", "hanako@example.jp"),
        ("ｈａｎａｋｏ＠ｅｘａｍｐｌｅ．ｊｐ", "hanako@example.jp"),
        ('".a..b."@docomo.ne.jp', ".a..b.@docomo.ne.jp"),
        (".a..b.@docomo.ne.jp", ".a..b.@docomo.ne.jp"),
        ("<hanako@example.jp>", "hanako@example.jp"),
        ("hanako@例え.jp", "hanako@xn--r8jz45g.jp"),
        ("h.a.nako+job@gmail.com", "hanako@gmail.com"),
        ("h.a.nako+job@example.com", "h.a.nako+job@example.com"),
        ("hanako", ""),
        ("", ""),
        ("a@b\x00c", ""),
    ],
)
def test_addresses_are_compared_whatever_their_dress(written: str, canonical: str) -> None:
    assert canonical_address(written) == canonical


def test_a_look_alike_address_is_another_address() -> None:
    assert canonical_address("hаnako@example.jp") != canonical_address("hanako@example.jp")  # Cyrillic а


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("090-0000-1234", "09000001234"),
        ("０９０（００００）１２３４", "09000001234"),
        ("+81 90 0000 1234", "09000001234"),
        ("+81(0)90-0000-1234", "09000001234"),
        ("010-81-90-0000-1234", "09000001234"),
        ("0081 90 0000 1234", "09000001234"),
        ("03-0000-1234", "0300001234"),
        ("12345", ""),
        ("会員番号 123456789012", ""),
    ],
)
def test_telephones_as_dialled_in_japan(written: str, digits: str) -> None:
    assert K.phone(written) == digits


def test_member_numbers_and_their_slips() -> None:
    assert K.member("ａ－0012 34") == "A001234" == K.member("A001234")
    assert K.member_near("AO0l234") == K.member_near("A001234")
    assert K.member("AO01234") != K.member("A001234")
    assert "A001234" in keys_of("x@example.jp", Facts(member_id="AOO1234"), {}, "", K).member_ids


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("髙橋 花子", "高橋花子"),
        ("齋藤　一郎様", "斉藤一郎"),
        ("渡邉さくら", "渡辺さくらさん"),
        ("﨑山 実", "崎山實"),
        ("やまだ　はなこ", "ヤマダハナコ"),
        ("ﾔﾏﾀﾞ ﾊﾅｺ", "ヤマダハナコ"),
        ("吉𠮷川 太郎", "吉吉川太郎"),
    ],
)
def test_the_same_name_in_other_dress(one: str, other: str) -> None:
    assert K.names(one)[0] == K.names(other)[0]


def test_a_reading_in_brackets_is_a_key_too() -> None:
    assert K.names("山田花子（やまだはなこ）") == ("山田花子", "ヤマダハナコ")
    assert K.names("様") == ()
    assert K.names("", "") == ()


def test_latin_letters_are_read_in_both_orders() -> None:
    assert "ヤマダハナコ" in kana_of("yamadahanako") & kana_of("hanakoyamada")
    assert kana_of("smithjohn") == frozenset()
    assert kana_of("a" * 500) == frozenset()
    assert without_long_vowels("ヤマダタロウ") == without_long_vowels("ヤマダタロー") == "ヤマダタロ"


def test_hostile_text_costs_nothing_and_raises_nothing() -> None:
    for text in ("(" * 50_000, "＜" * 50_000, "\udcff" * 100, "a@" * 10_000, "\u202e花子", "O" * 10_000):
        K.addresses(text), K.member(text), K.phone(text), K.names(text, text)
