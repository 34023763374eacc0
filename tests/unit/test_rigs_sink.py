"""The scripted mail server says what it is told, at the stage it is told."""

from __future__ import annotations

import smtplib
import time

import pytest

from tests.sink import SmtpSink, Turn

MAIL = "Subject: 退会のお手続き\r\n\r\n.点で始まる行\r\n".encode()


def send(sink: SmtpSink, *recipients: str) -> dict[str, tuple[int, bytes]]:
    """One mail over one connection."""
    with smtplib.SMTP(sink.host, sink.port, timeout=10) as client:
        return client.sendmail("agency@example.com", recipients or ("yamada@example.jp",), MAIL)


def test_without_a_script_everything_is_taken_byte_for_byte(smtp_sink: SmtpSink) -> None:
    assert send(smtp_sink, "yamada@example.jp", "sato@example.jp") == {}
    (mail,) = smtp_sink.wait_for(1)
    assert mail.sender == "agency@example.com"
    assert mail.recipients == ("yamada@example.jp", "sato@example.jp")
    assert mail.data == MAIL


def test_each_mail_takes_a_turn_on_one_connection_too(smtp_sink: SmtpSink) -> None:
    smtp_sink.script(Turn(dot="451 4.3.0 later"), Turn(dot="554 5.6.0 never"), Turn())
    with smtplib.SMTP(smtp_sink.host, smtp_sink.port, timeout=10) as client:
        for code in (451, 554):
            with pytest.raises(smtplib.SMTPDataError) as failure:
                client.sendmail("a@example.com", ["b@example.jp"], MAIL)
            assert failure.value.smtp_code == code
        client.sendmail("a@example.com", ["b@example.jp"], MAIL)
    assert len(smtp_sink.received) == 1
    assert len(smtp_sink.refused) == 2
    assert smtp_sink.connections == 1


def test_recipients_are_answered_one_by_one(smtp_sink: SmtpSink) -> None:
    smtp_sink.script(Turn(rcpt=("250 ok", "550 5.1.1 unknown", "452 4.5.3 later")))
    refused = send(smtp_sink, "a@example.jp", "b@example.jp", "c@example.jp", "d@example.jp")
    assert {address: code for address, (code, _) in refused.items()} == {
        "b@example.jp": 550,
        "c@example.jp": 452,
        "d@example.jp": 452,
    }
    assert smtp_sink.wait_for(1)[0].recipients == ("a@example.jp",)


def test_a_drop_after_the_dot_leaves_the_sender_in_doubt_and_the_mail_kept(smtp_sink: SmtpSink) -> None:
    smtp_sink.script(Turn(drop="dot"))
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(smtp_sink)
    assert smtp_sink.wait_for(1)[0].data == MAIL


@pytest.mark.parametrize("stage", ["banner", "ehlo", "mail", "rcpt", "data", "body"])
def test_a_drop_before_the_dot_keeps_nothing(smtp_sink: SmtpSink, stage: str) -> None:
    smtp_sink.script(Turn(drop=stage))  # type: ignore[arg-type]
    with pytest.raises((smtplib.SMTPServerDisconnected, OSError)):
        send(smtp_sink)
    assert smtp_sink.received == smtp_sink.refused == []


def test_an_answer_can_come_late(smtp_sink: SmtpSink) -> None:
    smtp_sink.script(Turn(delays={"dot": 0.3}))
    started = time.monotonic()
    send(smtp_sink)
    assert time.monotonic() - started >= 0.3


def test_who_signs_in_is_noted(smtp_sink: SmtpSink) -> None:
    for mechanism in ("PLAIN", "LOGIN"):
        smtp_sink.extensions = ("8BITMIME", f"AUTH {mechanism}")
        with smtplib.SMTP(smtp_sink.host, smtp_sink.port, timeout=10) as client:
            client.login("relay", "secret")
            client.sendmail("a@example.com", ["b@example.jp"], MAIL)
    assert [(mail.auth or "").split()[0] for mail in smtp_sink.wait_for(2)] == ["PLAIN", "LOGIN"]


def test_waiting_for_mail_that_does_not_come_fails(smtp_sink: SmtpSink) -> None:
    with pytest.raises(AssertionError, match="0 of 1 mails"):
        smtp_sink.wait_for(1, seconds=0.1)


def test_a_stopped_sink_refuses_connections() -> None:
    sink = SmtpSink()
    sink.stop()
    with pytest.raises(OSError, match="refused"):
        smtplib.SMTP(sink.host, sink.port, timeout=2)
