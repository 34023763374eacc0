"""Never an answer to a machine: automatic mails of many kinds, read by our own parser; our own among them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from intake.keyring import Keyring
from intake.model import Channel, Envelope
from intake.parsing import parse
from intake.replies import Thread, compose, load_templates, may_answer, new_message_id
from intake.replies.examples import letters
from intake.resources import shipped_templates

NOW = datetime(2026, 4, 1, 3, 0, tzinfo=UTC)
OWN = {"tetsuzuki@agency.example"}
BOOK = load_templates([shipped_templates()])
ID = new_message_id(Keyring(bytes(range(32))), "agency.example", "a1")
BODY = "退会の手続きをお願いいたします。\n"


def seen(text: str) -> str:
    """As a reader sees it: the wave has two code points, and mail programs choose either."""
    return text.strip().replace("～", "〜")


def answer(raw: bytes, mail_from: str = "hanako@example.jp", via: str = "smtp") -> str | None:
    envelope = Envelope(Channel.EMAIL, via, raw.replace(b"\n", b"\r\n"), NOW, mail_from, ("tetsuzuki@agency.example",))
    return may_answer(parse(envelope), mail_from, via, OWN)


def mail(*headers: str, sender: str = "hanako@example.jp", subject: str = "Re: x", body: str = BODY) -> bytes:
    head = [f"From: {sender}", "To: tetsuzuki@agency.example", f"Subject: {subject}", "Message-ID: <1@example.jp>"]
    text = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit"
    return ("\n".join([*head, *headers, text]) + f"\n\n{body}").encode()


def test_a_person_is_answered_by_every_door() -> None:
    assert answer(mail(subject="退会のお願い")) is None
    assert answer(mail(subject="退会のお願い"), "", "imap") is None
    assert answer(mail("Auto-Submitted: no", subject="退会のお願い")) is None
    assert answer(mail("Importance: high", "X-Mailer: Microsoft Outlook 16.0", subject="退会のお願い")) is None


@pytest.mark.parametrize("headers", [
    ("Auto-Submitted: auto-replied",), ("Auto-Submitted: auto-generated",), ("Auto-Submitted: Auto-Notified; x=y",),
    ("Precedence: bulk",), ("Precedence: list",), ("Precedence: junk",), ("Precedence: auto_reply",),
    ("X-Auto-Response-Suppress: All",), ("X-Auto-Response-Suppress: OOF, AutoReply",),
    ("List-Id: <members.example.jp>",), ("List-Unsubscribe: <mailto:leave@example.jp>",),
    ("X-Autoreply: yes",), ("X-Autorespond: x",), ("X-Autoresponder: x",),
    ("X-Failed-Recipients: x@example.jp",), ("X-Loop: x@example.jp", "Precedence: bulk"),
], ids=str)  # fmt: skip
@pytest.mark.parametrize("via", ["smtp", "imap"])
def test_headers_of_machines(headers: tuple[str, ...], via: str) -> None:
    assert answer(mail(*headers), via=via) is not None


@pytest.mark.parametrize("subject", [
    "自動返信: 退会のお願い", "【自動返信】お問い合わせありがとうございます", "不在通知: Re: x",
    "Automatic reply: x", "Out of Office: x", "Auto: x", "Undelivered Mail Returned to Sender",
])  # fmt: skip
def test_responders_without_a_header(subject: str) -> None:
    body = "このメールは自動送信されています。ご返信いただいてもお答えできません。\n"
    assert answer(mail(subject=subject, body=body)) is not None


def test_return_paths_of_machines() -> None:
    for path in ("", "MAILER-DAEMON@example.jp", "news-bounces+x=y@example.jp", "no-reply@example.jp"):
        assert answer(mail(), path) is not None


def test_reports_by_structure_not_by_subject() -> None:
    for kind in ("delivery-status", "disposition-notification"):
        raw = (
            "From: postmaster@example.jp\nTo: tetsuzuki@agency.example\nSubject: x\n"
            f'Content-Type: multipart/report; report-type={kind}; boundary="b"\n\n'
            "--b\nContent-Type: text/plain\n\nx\n"
            f"--b\nContent-Type: message/{kind}\n\nReporting-MTA: dns; example.jp\n\n"
            "Final-Recipient: rfc822; x@example.jp\nAction: failed\nStatus: 5.1.1\n\n--b--\n"
        )
        assert answer(raw.encode(), "hanako@example.jp") is not None


@pytest.mark.parametrize("template", BOOK.names())
def test_two_of_us_do_not_talk_to_each_other(template: str) -> None:
    for letter in letters(template).values():
        for charset in ("utf-8", "iso-2022-jp"):
            made = compose(
                BOOK, letter, to="contact@other.example", from_="hanako@example.jp", now=NOW, message_id=ID,
                mail_from="", thread=Thread("<p@example.jp>"), charset=charset,
            )  # fmt: skip
            for path, via in (("", "smtp"), ("b+1@agency.example", "smtp"), ("", "imap")):
                envelope = Envelope(Channel.EMAIL, via, made.data, NOW, path, ("contact@other.example",))
                read = parse(envelope)
                assert may_answer(read, path, via, set()) is not None
            assert read.subject == made.subject
            assert seen(read.text) == seen(made.text)
