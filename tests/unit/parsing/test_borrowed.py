"""Words that are read because there are no others: a quotation, an attachment, an enclosed mail. Staff see them, and
nothing is done on them (understanding takes ``doubts`` over)."""

from __future__ import annotations

import json

import pytest

from intake.parsing import ParseOptions, wire
from intake.parsing.quotes import split
from tests.unit.parsing.mails import mail, read

WISH = "しばらく休止してください。"
OLD = f"2026年3月1日(日) 9:00 山田 太郎 <taro@example.jp>:\n> {WISH}\n"
OUTLOOK = f"-----Original Message-----\nFrom: a@example.jp\nSent: Monday\nTo: b@example.jp\nSubject: x\n\n{WISH}\n"


@pytest.mark.parametrize(
    "body",
    [
        OLD,
        f"\n\n2026年11月10日(火) 10:00 窓口 <a@example.jp>:\n> 承知\n>\n> 2026年3月1日 <b@example.jp>:\n>> {WISH}",
        OUTLOOK,
        f"> {WISH}\n> 山田\n",
    ],
)
def test_a_quotation_alone_is_shown_and_never_sure(body: str) -> None:
    message = read(mail(body))
    assert WISH in message.new_text
    assert message.doubts == ("quoted_only",)
    assert split(body).only_quoted


@pytest.mark.parametrize("body", [WISH, f"{WISH}\n\n{OLD}", f"{OLD}\n{WISH}", "-- \n山田太郎\n090-1234-5678", ""])
def test_who_has_words_of_their_own_is_not_doubted(body: str) -> None:
    assert read(mail(body)).doubts == ()
    assert not split(body).only_quoted


@pytest.mark.parametrize("body", [f"iPhoneから送信\n\n{OLD}", f"{OLD}\n-- \n山田太郎\n090-1234-5678\n"])
def test_a_signature_is_enough_for_the_quotation_to_stay_one(body: str) -> None:
    message = read(mail(body))
    assert WISH not in message.new_text
    assert message.doubts == ()


BLANK = "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\r\n"
MIXED = {"Content_Type": "multipart/mixed; boundary=b"}
FILE = 'Content-Type: text/plain; charset=utf-8\r\nContent-Disposition: attachment; filename="memo.txt"\r\n\r\n'
NAMELESS = "Content-Type: text/plain; charset=utf-8\r\nContent-Disposition: attachment\r\n\r\n"
FRIEND = (
    "Content-Type: message/rfc822\r\n\r\n"
    "From: friend@example.com\r\nSubject: y\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
)


@pytest.mark.parametrize("head", [FILE, NAMELESS, FRIEND])
@pytest.mark.parametrize("first", ["", BLANK])
def test_what_is_only_attached_is_shown_and_never_sure(head: str, first: str) -> None:
    message = read(mail(f"{first}--b\r\n{head}{WISH}\r\n--b--", **MIXED))
    assert message.new_text == WISH
    assert message.doubts == ("attached_only",)


@pytest.mark.parametrize("head", [FILE, FRIEND])
def test_beside_words_of_ones_own_an_attachment_is_no_matter(head: str) -> None:
    own = BLANK.removesuffix("\r\n") + "確認しました。\r\n"
    message = read(mail(f"{own}--b\r\n{head}{WISH}\r\n--b--", **MIXED))
    assert (message.new_text, message.doubts) == ("確認しました。", ())


def test_a_nameless_file_before_ones_own_words_is_no_matter() -> None:
    """Some programs send the signature as a part of its own, and first."""
    parts = f"--b\r\n{NAMELESS}山田 太郎\r\n{BLANK.removesuffix(chr(13) + chr(10))}{WISH}\r\n--b--"
    message = read(mail(parts, **MIXED))
    assert WISH in message.new_text
    assert message.doubts == ()


def test_a_mail_that_is_one_file_as_a_whole_is_the_senders_own() -> None:
    """Some programs name the body itself."""
    head = {"Content_Type": "text/plain; charset=utf-8; name=mail.txt", "Content_Disposition": "attachment"}
    message = read(mail(WISH, **head))
    assert (message.new_text, message.doubts) == (WISH, ())


def test_what_staff_forward_is_doubted_for_its_own_sake_only() -> None:
    options = ParseOptions(staff_addresses=("sato@agency.example",))
    inner = mail(WISH, From="taro@example.jp").decode()
    body = f"{BLANK}--b\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n--b--"
    enclosed = read(mail(body, From="sato@agency.example", **MIXED), options)
    assert (enclosed.sender.addr, enclosed.new_text, enclosed.doubts) == ("taro@example.jp", WISH, ())
    head = "---------- Forwarded message ---------\nFrom: <taro@example.jp>\nSubject: x\n\n"
    quoted = read(mail(head + WISH, From="sato@agency.example"), options)
    assert (quoted.sender.addr, quoted.new_text, quoted.doubts) == ("taro@example.jp", WISH, ())
    empty = read(mail(head + OLD, From="sato@agency.example"), options)
    assert empty.doubts == ("quoted_only",)


def test_the_doubts_cross_the_wire() -> None:
    message = read(mail(OLD))
    assert wire.from_dict(json.loads(json.dumps(wire.to_dict(message)))) == message
