"""Structure-aware fuzzing: no mail escapes as an exception, and what comes out keeps its promises.

The count is INTAKE_FUZZ_MAILS (a few here; `make fuzz` and CI set thousands); INTAKE_FUZZ_SEED asks for other mails.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from intake.model import Message
from intake.parsing import ParseOptions, attachment_bytes, mail, normalised_content, quotes, wire
from tests.unit.parsing.mails import envelope
from tests.unit.parsing.shapes import body_of, mail_of

MAIL_COUNT = int(os.environ.get("INTAKE_FUZZ_MAILS", "256"))
FIRST = int(os.environ.get("INTAKE_FUZZ_SEED", "0"))
SLICES = 8  # workers take them one by one
SLOWEST = 5.0  # seconds of the processor for one mail (reliability: slowest ≤ 5 s)
OPTIONS = ParseOptions(authserv_id="mx.example.jp", staff_addresses=("a@b.jp",))
LINES = (
    *("> 引用", "＞引用", "-- ", "━━━━━━", "山田", "TEL 090-0000-0001", "2024年1月5日(金) 10:00 山田 <a@b.jp>:", ""),
    *(
        "iPhoneから送信",
        "-----Original Message-----",
        "差出人: 山田",
        "送信日時: 2024/01/05",
        "件名: 退会",
        "退会します。",
    ),
    *("On Mon, 1 Jan 2024 x wrote:", "| a", "Best regards,", "このメールは機密情報を含みます。"),
)
sliced = pytest.mark.parametrize("part", range(SLICES))


def seeds(part: int) -> range:
    """The seeds of one slice."""
    return range(FIRST + part, FIRST + MAIL_COUNT, SLICES)


@contextmanager
def told(seed: int) -> Iterator[None]:
    """What goes wrong inside names the seed, which makes the same mail again; slow is wrong too."""
    started = time.process_time()
    try:
        yield
    except Exception as error:
        error.add_note(f"seed {seed}")
        raise
    assert time.process_time() - started < SLOWEST, f"seed {seed} takes too long"


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


@sliced
def test_no_mail_escapes(part: int) -> None:
    for seed in seeds(part):
        with told(seed):
            raw = mail_of(seed)
            message = mail.read(envelope(raw), OPTIONS)  # not parse(), which would hide what a bug raises
            check(message)
            for attachment in message.attachments:
                if message.forwarded_by is None:
                    attachment_bytes(raw, attachment.part)


@sliced
def test_no_body_is_thrown_away(part: int) -> None:
    for seed in seeds(part):
        with told(seed):
            body = body_of(seed, LINES)
            segments = quotes.segment(body)
            assert "".join(body[item.start : item.end] for item in segments) == body
            assert bool(quotes.new_text(body, segments)) == bool(body.strip())


def test_a_header_of_separators_alone_is_read() -> None:
    """Found by the fuzzer: ``Auto-Submitted: ;:`` has no first word."""
    check(mail.read(envelope(b"Auto-Submitted: ;:\r\nSubject: a\r\n\r\nb\r\n"), OPTIONS))


@pytest.mark.parametrize("control", ["\0", "\x06", "\r"])
def test_an_address_before_empty_angles_holds_no_controls(control: str) -> None:
    """Found by the fuzzer: ``a NUL b@example.jp <>`` was taken with its NUL, which no PostgreSQL keeps."""
    raw = f"From: a{control}b@example.jp <>\r\nSubject: a\r\n\r\nb\r\n".encode()
    message = mail.read(envelope(raw), OPTIONS)
    check(message)
    assert message.sender.addr.endswith("b@example.jp")
