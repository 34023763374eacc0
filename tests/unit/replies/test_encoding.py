"""The last gate before bytes leave: whatever was asked for, no header more and no line too long."""

from __future__ import annotations

from email import message_from_bytes, policy

import pytest

from intake.errors import BadInput
from intake.replies.encoding import _read_back, encode_mail

FROM, TO = ("From", "a@agency.example"), ("To", "hanako@example.jp")


@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "\0", "\x1b", "\x7f"])
@pytest.mark.parametrize("place", ["value", "name"])
def test_a_control_character_never_becomes_part_of_a_header(break_: str, place: str) -> None:
    bad = f"x{break_}Bcc: y@example.jp"
    value, name = (bad, "見本") if place == "value" else ("x", bad)
    with pytest.raises(BadInput, match="control"):
        encode_mail([FROM, ("Subject", value)], "x", "utf-8", name)


def test_an_unknown_charset_is_refused() -> None:
    with pytest.raises(BadInput, match="utf-8"):
        encode_mail([FROM], "x", "shift_jis", "見本")


@pytest.mark.parametrize("data", [
    b"From: a\r\nBcc: b\r\n\r\nx\r\n",  # one more
    b"Bcc: a\r\n\r\nx\r\n",  # another
    b"\r\n\r\nx\r\n",  # none
    b"From: a\r\n\r\n" + b"x" * 999 + b"\r\n",  # too long
    b"From: a\r\n\r\nx\ny\r\n", b"From: a\r\n\r\nx\ry\r\n", b"From: a\r\n\r\nx\0\r\n",  # bare
])  # fmt: skip
def test_what_does_not_read_back_does_not_leave(data: bytes) -> None:
    _read_back(b"From: a\r\n\r\nx\r\n", ["From"])
    with pytest.raises(BadInput):
        _read_back(data, ["From"])


def test_long_words_and_names_are_cut_between_characters() -> None:
    for charset in ("utf-8", "iso-2022-jp"):
        for text in ("退会" * 200, "a退b会" * 100, "a" * 300 + "退", "😀" * 50 if charset == "utf-8" else "〜" * 50):
            head = encode_mail([FROM, TO, ("Subject", text)], "x", charset, text).split(b"\r\n\r\n")[0]
            assert max(map(len, head.split(b"\r\n"))) <= 76
            head.decode("ascii")


def test_two_views_of_one_mail_text_first() -> None:
    data = encode_mail([FROM, TO, ("Subject", "退会")], "退会\n", "utf-8", "見本", html="<p>退会</p>")
    mail = message_from_bytes(data, policy=policy.default)
    assert mail.keys() == ["From", "To", "Subject", "MIME-Version", "Content-Type"]
    assert [part.get_content_type() for part in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    plain, html = mail.iter_parts()  # type: ignore[attr-defined]
    assert plain.get_content() == "退会\r\n"
    assert html.get_content() == "<p>退会</p>"
    assert not any(part.defects for part in mail.walk())
    old = encode_mail([FROM], "退会\n", "iso-2022-jp", "見本", html="<p>退会</p>")
    assert {part.get_content_charset() for part in message_from_bytes(old).walk()} == {None, "iso-2022-jp"}


@pytest.mark.parametrize("charset", ["utf-8", "iso-2022-jp"])
def test_a_paragraph_longer_than_a_line_may_be_is_carried_all_the_same(charset: str) -> None:
    long = "長い段落です。" * 200
    data = encode_mail([("From", "a@agency.example")], "x\n", charset, "", f"<p>{long}</p>")
    _, html = message_from_bytes(data, policy=policy.default).iter_parts()  # type: ignore[attr-defined]
    assert long in html.get_content()
    assert max(map(len, data.split(b"\r\n"))) <= 998
