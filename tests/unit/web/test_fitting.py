"""Which answer a reply begins with."""

from __future__ import annotations

import pytest

from intake.model import Channel, Meaning, Message, Segment
from intake.web.staff.fitting import Choice, best

KNOWN = (
    Choice("saved-0", "面談の日程を決める", "…"),
    Choice("saved-1", "お電話の日時を伺う", "…"),
    Choice("leave", "退会の方法", "…", ("退会の方法を教えてください。",)),
)


def chosen(text: str, answer: str | None = None, quote: str = "") -> str | None:
    parts = (Segment(0, len(text), "new"), Segment(len(text), len(text + quote), "quote"))
    message = Message(channel=Channel.EMAIL, text=text + quote, segments=parts)
    found = best(KNOWN, message, Meaning(requests=("question",), answer=answer))
    return found.key if found else None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("面談の日程を変えていただけますか。", "saved-0"),
        ("電話をいただける日時はいつでしょうか。", "saved-1"),
        ("面談の場所はどこですか。", None),  # one word in common is not enough
        ("退会するには、どの方法がありますか。", "leave"),
        ("よろしくお願いします。", None),
        ("", None),
    ],
)
def test_words_in_common_choose(text: str, key: str | None) -> None:
    assert chosen(text) == key


def test_the_answer_that_the_reader_is_sure_of_comes_first() -> None:
    assert chosen("面談の日程を変えたいです。", answer="leave") == "leave"
    assert chosen("面談の日程を変えたいです。", answer="gone from the rules") == "saved-0"


def test_what_is_quoted_chooses_nothing() -> None:
    assert chosen("承知しました。", quote="\n> 面談の日程を決めましょう") is None


def test_without_a_reading_nothing_is_chosen() -> None:
    assert best(KNOWN, None, None) is None
