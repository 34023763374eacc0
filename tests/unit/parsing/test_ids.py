"""Message ids of headers that no program should write."""

from __future__ import annotations

from intake.parsing import ParseOptions, mail
from tests.unit.parsing.mails import envelope


def test_no_id_holds_what_would_end_a_line_or_a_string() -> None:
    message = mail.read(envelope(b"Message-ID: =?utf-8?B??=\0\r\nContent-Type: text/plain\r\n\r\nx"), ParseOptions())
    assert message.message_id == "=?utf-8?B??="
