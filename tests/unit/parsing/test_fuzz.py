"""Structure-aware fuzzing: no mail escapes as an exception, and what comes out keeps its promises.

The count is INTAKE_FUZZ_MAILS (a few here; `make fuzz` and CI set thousands).
"""

from __future__ import annotations

import json
import os

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake.model import Message
from intake.parsing import ParseOptions, attachment_bytes, mail, normalised_content, quotes, wire
from tests.unit.parsing.mails import envelope
from tests.unit.parsing.shapes import MAILS

MAIL_COUNT = int(os.environ.get("INTAKE_FUZZ_MAILS", "250"))
OPTIONS = ParseOptions(authserv_id="mx.example.jp", staff_addresses=("a@b.jp",))
slow = settings(max_examples=MAIL_COUNT, deadline=5_000, suppress_health_check=list(HealthCheck), database=None)


def check(message: Message) -> None:
    """What holds for every message."""
    text = json.dumps(wire.to_dict(message), ensure_ascii=False)
    text.encode("utf-8")  # no lone surrogates anywhere
    assert wire.from_dict(json.loads(text)) == message
    assert "\0" not in message.text
    assert not set("\r\n\0") & set(message.subject + message.sender.addr + message.sender.name + message.message_id)
    assert "".join(message.text[item.start : item.end] for item in message.segments) == message.text
    assert bool(message.new_text.strip()) == bool(message.text.strip())
    normalised_content(message)


@slow
@given(MAILS)
def test_no_mail_escapes(raw: bytes) -> None:
    message = mail.read(envelope(raw), OPTIONS)  # not parse(), which would hide what a bug raises
    check(message)
    for attachment in message.attachments:
        if message.forwarded_by is None:
            attachment_bytes(raw, attachment.part)


@slow
@given(st.lists(st.one_of(st.sampled_from([
    "> 引用", "＞引用", "-- ", "━━━━━━", "山田", "TEL 090-0000-0001", "2024年1月5日(金) 10:00 山田 <a@b.jp>:", "", "iPhoneから送信",  # noqa: E501
    "-----Original Message-----", "差出人: 山田", "送信日時: 2024/01/05", "件名: 退会", "退会します。", "On Mon, 1 Jan 2024 x wrote:", "| a", "Best regards,",  # noqa: E501
    "このメールは機密情報を含みます。",
]), st.text(max_size=20)), max_size=25))  # fmt: skip
def test_no_body_is_thrown_away(lines: list[str]) -> None:
    body = "\n".join(lines)
    segments = quotes.segment(body)
    assert "".join(body[item.start : item.end] for item in segments) == body
    assert bool(quotes.new_text(body, segments)) == bool(body.strip())


def test_a_header_of_separators_alone_is_read() -> None:
    """Found by the fuzzer: ``Auto-Submitted: ;:`` has no first word."""
    check(mail.read(envelope(b"Auto-Submitted: ;:\r\nSubject: a\r\n\r\nb\r\n"), OPTIONS))
