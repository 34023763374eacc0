"""Words of one character and more, in any width and kana; newest first; hits are those of a plain look."""

from __future__ import annotations

import random

import pytest

from intake.model.folding import fold, holds
from intake.store import SqlStore
from tests.unit.store.given import NOW, add_message, new_case

TEXTS = {
    1: ["退会の件", "退会したく存じます。山田花子"],
    2: ["担当者の変更", "山田です。ｺﾝｼｪﾙｼﾞｭを替えてください"],
    3: ["Re: Withdrawal", "Please CANCEL my registration. 退職ではありません"],
    4: ["", "個人情報を削\r\n除してください"],
    5: ["会", "退"],
}


@pytest.fixture
def indexed(store: SqlStore) -> SqlStore:
    """The texts above under their numbers."""
    with store.write() as tx:
        for case_id, texts in TEXTS.items():
            tx.search.index(case_id, texts)
    return store


FOUND = [
    ("退会", [1]),
    ("山田", [2, 1]),
    ("山田花子", [1]),
    ("コンシェルジュ", [2]),
    ("こんしぇるじゅ", [2]),
    ("ｺﾝｼｪﾙｼﾞｭ", [2]),
    ("cancel", [3]),
    ("ＣＡＮＣＥＬ", [3]),
    ("削除", [4]),
    ("退", [5, 3, 1]),
    ("会", [5, 1]),
    ("山田 変更", [2]),
    ("変更　山田", [2]),
    ("山田 退", [1]),
    ("会退", []),
    ("の件退", []),
    ("会の件退会", []),
    ("件退", []),
    ("紛失", []),
    ("", []),
    (" 　", []),
    ('"', []),
    ("' OR '1'='1", []),
    ("AND", []),
    ("*", []),
]


def test_words_are_found(indexed: SqlStore) -> None:
    with indexed.read() as tx:
        for words, found in FOUND:
            assert tx.search.find(words) == found, words


def test_pages_go_backwards(indexed: SqlStore) -> None:
    with indexed.read() as tx:
        assert tx.search.find("退", limit=1) == [5]
        assert tx.search.find("退", limit=1, before=5) == [3]
        assert tx.search.find("退", before=3) == [1]


def test_later_texts_are_added_to_a_case(indexed: SqlStore) -> None:
    with indexed.write() as tx:
        tx.search.index(1, ["電話で確認済み"])
        tx.search.index(1, ["再度、担当者から電話"])
    with indexed.read() as tx:
        assert tx.search.find("電話で確認") == [1]
        assert tx.search.find("再度") == [1]
        assert tx.search.find("退会 電話") == [1]
        assert tx.search.find("担当者") == [2, 1]


def test_what_is_removed_is_not_found_and_the_rest_is(indexed: SqlStore) -> None:
    with indexed.write() as tx:
        assert tx.search.has(1)
        tx.search.remove([1, 99])
        tx.search.compact()
    with indexed.read() as tx:
        assert not tx.search.has(1)
        assert tx.search.find("退会") == []
        assert tx.search.find("山田") == [2]


def test_nothing_of_a_removed_case_is_left_in_the_file(sqlite_store: SqlStore) -> None:
    with sqlite_store.write() as tx:
        tx.search.index(1, ["乙乙乙丙"])
        tx.search.index(2, ["別の文章"])
    token = sqlite_store._hasher.token("乙丙")
    file = sqlite_store.file()
    assert file is not None
    sqlite_store.checkpoint()
    assert token.hex().encode() in file.read_bytes()
    with sqlite_store.write() as tx:
        tx.search.remove([1])
        tx.search.compact()
    sqlite_store.checkpoint()
    assert token.hex().encode() not in file.read_bytes()
    assert token + sqlite_store._hasher.token("") not in file.read_bytes()


def test_hits_equal_a_plain_look_through_all_texts(store: SqlStore) -> None:
    dice = random.Random(7)
    letters = "退会山田の件をー。a1ア"
    texts = {n: "".join(dice.choices(letters, k=dice.randint(0, 40))) for n in range(1, 61)}
    words = ["".join(dice.choices(letters, k=dice.randint(1, 4))) for _ in range(150)]
    with store.write() as tx:
        for case_id, text in texts.items():
            tx.search.index(case_id, [text])
    with store.read() as tx:
        for word in words:
            expected = [n for n in sorted(texts, reverse=True) if fold(word) in fold(texts[n])]
            assert tx.search.find(word, limit=100) == expected, word


def test_a_word_deep_in_a_long_text_is_found(store: SqlStore) -> None:
    filler = "".join(chr(0x4E00 + n % 3000) for n in range(90_000))
    with store.write() as tx:
        for place, case_id in ((1990, 1), (16_384, 2), (70_000, 3)):
            tx.search.index(case_id, [filler[:place] + "最終面接辞退" + filler[place:]])
    with store.read() as tx:
        assert tx.search.find("最終面接辞退") == [3, 2, 1]


def test_a_word_longer_than_is_looked_up_is_still_found(indexed: SqlStore) -> None:
    long = "退会したく存じます。山田花子" * 5
    with indexed.write() as tx:
        tx.search.index(6, [long])
    with indexed.read() as tx:
        assert tx.search.find(long) == [6]


def test_the_recheck_folds_as_the_index_does() -> None:
    assert holds("ｺﾝｼｪﾙ\nジュ さま", "こんしぇるじゅ 様") is False
    assert holds("ｺﾝｼｪﾙ\nジュ 様", "こんしぇるじゅ　様") is True
    assert fold("ヴァ\u200bー ＡＢ\t") == "ゔぁーab"
    assert holds("髙橋 﨑子", "高橋 崎子") is True


def test_cases_and_search_share_ids(store: SqlStore) -> None:
    with store.write() as tx:
        case = tx.cases.add(new_case(add_message(tx), received_at=NOW))
        tx.search.index(case.id, ["退会"])
        assert [tx.cases.get(c) for c in tx.search.find("退会")] == [case]
