"""Damage that is not any one encoding's: mixed codecs, double coding, pieces, what styles make invisible."""

from __future__ import annotations

import base64
import struct

import pytest

from tests.unit.parsing.mails import read

HEAD = b"From: taro@example.jp\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/%b; charset=utf-8\r\n"


def text_of(body: bytes, extra: bytes = b"", kind: bytes = b"plain") -> str:
    return read(HEAD % kind + extra + b"\r\n" + body).text


def test_each_line_may_be_in_a_codec_of_its_own() -> None:
    body = "退会します。\r\n".encode() + "山田太郎です。\r\n".encode("cp932") + "電話はありません。".encode("euc_jp")
    message = read(HEAD % b"plain" + b"\r\n" + body)
    assert message.text == "退会します。\n山田太郎です。\n電話はありません。"
    assert message.charset_steps == ("text/plain: utf-8 sniffed line by line",)


def test_one_broken_byte_is_not_taken_for_another_codec() -> None:
    body = "退会します。\r\n".encode() + b"\xe3\x81\r\n" + "よろしく".encode()
    message = read(HEAD % b"plain" + b"\r\n" + body)
    assert "\ufffd" in message.text
    assert message.error is not None


def test_base64_twice_is_undone_twice() -> None:
    body = base64.b64encode(base64.b64encode("退会をお願いいたします。".encode()))
    assert text_of(body, b"Content-Transfer-Encoding: base64\r\n") == "退会をお願いいたします。"


@pytest.mark.parametrize("style", ["font-size:1px", "font-size: 1pt;color:#fff", "opacity:0", "height:0;opacity: 0.0"])
def test_what_a_style_makes_invisible_is_not_read(style: str) -> None:
    assert text_of(f'<p style="{style}">前置き</p><p>退会します。</p>'.encode(), kind=b"html") == "退会します。"


@pytest.mark.parametrize(
    "style", ["font-size:1em", "font-size:10px", "font-size:1.2em", "opacity:0.5", "fill-opacity:0"]
)
def test_what_can_be_seen_is_read(style: str) -> None:
    assert "前置き" in text_of(f'<p style="{style}">前置き</p><p>退会します。</p>'.encode(), kind=b"html")


def test_points_of_a_list_stand_alike() -> None:
    assert text_of("<ul><li>退会</li><li>削除</li></ul>".encode(), kind=b"html") == "• 退会\n• 削除"


def test_the_first_piece_of_a_cut_mail_is_read_and_said_to_be_one() -> None:
    inner = HEAD % b"plain" + "\r\n退会し".encode()
    kind = b'From: a@example.jp\r\nContent-Type: message/partial; id="a"; number=%d; total=2\r\n\r\n'
    first, second = read(kind % 1 + inner), read(kind % 2 + "ます。".encode())
    assert (first.text, first.error) == ("退会し", "a piece of a longer mail (message/partial)")
    assert second.error == first.error


def test_no_control_character_comes_out_of_a_preamble_or_winmail() -> None:
    """Found by the fuzzer, once in some ten thousand mails."""
    preamble = b"From: a@b.jp\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\na\0b\rc\r\n--b--\r\n"
    assert read(preamble).text == "ab\nc"
    body = b"x\0\x07y\r\nz\0"
    winmail = struct.pack("<IH", 0x223E9F78, 1) + struct.pack("<BII", 1, 0x2800C, len(body)) + body + b"\0\0"
    kind = b"From: a@b.jp\r\nContent-Type: application/ms-tnef\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    assert read(kind + base64.b64encode(winmail)).text == "xy\nz"
