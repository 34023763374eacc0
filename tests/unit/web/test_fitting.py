"""Which answer a reply begins with."""

from __future__ import annotations

import pytest

from intake.model import Channel, Message, Segment
from intake.web.staff.fitting import Choice, nearest, nearest_first

KNOWN = (
    Choice("saved-0", "面談の日程を決める", "…"),
    Choice("saved-1", "お電話の日時を伺う", "…"),
    Choice("app", "アプリを消したら退会になるか", "…", ("アプリを削除したので退会になりますか。",)),
    Choice("leave", "退会の方法", "…", ("退会の方法を教えてください。",)),
)


def chosen(text: str, *keys: str, quote: str = "") -> str | None:
    parts = (Segment(0, len(text), "new"), Segment(len(text), len(text + quote), "quote"))
    found = nearest(KNOWN, Message(channel=Channel.EMAIL, text=text + quote, segments=parts), keys)
    return found.key if found else None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("面談の日程を変えていただけますか。", "saved-0"),
        ("電話をいただける日時はいつでしょうか。", "saved-1"),
        ("面談の場所はどこですか。", None),  # one word in common is not enough
        ("退会の方法を教えてください。", None),  # a fixed answer wants the reader
        ("よろしくお願いします。", None),
        ("", None),
    ],
)
def test_words_in_common_choose(text: str, key: str | None) -> None:
    assert chosen(text) == key


def test_what_the_reader_found_comes_first() -> None:
    assert chosen("面談の日程を変えたいです。", "leave") == "leave"
    assert chosen("面談の日程を変えたいです。", "gone from the rules") == "saved-0"


def test_of_several_the_nearest() -> None:
    assert chosen("退会の方法を教えてください。", "app", "leave") == "leave"
    assert chosen("アプリを消すと退会になりますか。", "app", "leave") == "app"


def test_what_is_quoted_chooses_nothing() -> None:
    assert chosen("承知しました。", quote="\n> 面談の日程を決めましょう") is None


def test_the_nearest_have_the_first_keys() -> None:
    message = Message(channel=Channel.EMAIL, text="退会の方法を教えてください。")
    assert nearest_first(KNOWN, message)[0].key == "leave"
    assert nearest_first(KNOWN, None) == list(KNOWN)


def test_without_a_message_nothing_is_chosen() -> None:
    assert nearest(KNOWN, None, ()) is None
