"""Every mail as bytes, read back by three readers that share no code: Python's, ours, and Dovecot's (in C).

What ISO-2022-JP says is read by glibc's iconv, which takes nothing that the standard does not know.
"""

from __future__ import annotations

import base64
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from typing import Any

import pytest

from intake.keyring import Keyring
from intake.model import Channel, Envelope, Mail
from intake.parsing import parse
from intake.replies import Thread, compose, load_templates, new_message_id
from intake.replies.examples import AGENCY, letters
from intake.resources import shipped_templates
from tests import rigs

BOOK = load_templates([shipped_templates()])
KEYS = Keyring(bytes(range(32)))
NOW = datetime(2026, 4, 1, 3, 0, tzinfo=UTC)
TO, FROM = "hanako@example.jp", "tetsuzuki@agency.example"
THREAD = Thread("<p@example.jp>", ("<first@example.jp>", "<p@example.jp>"))
HEADERS = ["Date", "From", "To", "Message-ID", "In-Reply-To", "References", "Subject", "Auto-Submitted",
           "X-Auto-Response-Suppress", "MIME-Version", "Content-Type"]  # fmt: skip
FORMS = [("utf-8", False), ("iso-2022-jp", False), ("utf-8", True), ("iso-2022-jp", True)]


def every_mail() -> Iterator[tuple[str, str, bool, Mail]]:
    """Each example of each template in each form."""
    number = 0
    for template in BOOK.names():
        for name, letter in letters(template).items():
            for charset, html in FORMS:
                number += 1
                agency = AGENCY.model_copy(update={"html": html})
                made = compose(
                    BOOK, replace(letter, agency=agency), to=TO, from_=FROM, now=NOW, mail_from="", thread=THREAD,
                    message_id=new_message_id(KEYS, "agency.example", f"m{number}"), charset=charset,
                )  # fmt: skip
                yield name, charset, html, made


EVERY = list(every_mail())


def seen(text: str) -> str:
    """As a reader sees it: the wave and the long dash have two code points each, and either is chosen."""
    return text.replace("\r\n", "\n").replace("～", "〜").replace("—", "―").strip("\n")


def test_there_are_several_cases_of_every_template() -> None:
    count = {template: len(letters(template)) for template in BOOK.names()}
    assert min(count.values()) >= 2 or [t for t, n in count.items() if n < 2] == ["receipt_neutral"]


@pytest.mark.parametrize("template", BOOK.names())
def test_the_library_of_python(template: str) -> None:
    for name, charset, html, made in EVERY:
        if name.split("+")[0] != template:
            continue
        read: EmailMessage = message_from_bytes(made.data, policy=policy.default)  # type: ignore[assignment]
        wanted = [*HEADERS, *([] if html else ["Content-Transfer-Encoding"])]
        assert read.keys() == wanted, name
        assert not read.defects
        assert read["Subject"] == made.subject
        assert str(read["From"]) == f"{AGENCY.name} <{FROM}>"
        assert (read["To"], read["In-Reply-To"]) == (TO, "<p@example.jp>")
        assert read["References"].split() == ["<first@example.jp>", "<p@example.jp>"]
        body = read.get_body(("plain",))
        assert body is not None
        assert seen(body.get_content()) == seen(made.text)
        assert body.get_content_charset() == charset or "髙" in made.text
        head, _, rest = made.data.partition(b"\r\n\r\n")
        assert max(map(len, head.split(b"\r\n"))) <= 78
        assert max(map(len, rest.split(b"\r\n"))) <= 998


@pytest.mark.parametrize("template", BOOK.names())
def test_our_own_reader(template: str) -> None:
    for name, _, _, made in EVERY:
        if name.split("+")[0] == template:
            read = parse(Envelope(Channel.EMAIL, "smtp", made.data, NOW, FROM, (TO,)))
            assert read.subject == made.subject
            assert (read.sender.addr, read.sender.name) == (FROM, AGENCY.name)
            assert seen(read.text) == seen(made.text)
            assert read.error is None
            assert read.message_id == made.message_id


def words(header: Any) -> str:
    return str(make_header(decode_header(header.decode("ascii"))))


def test_dovecot_reads_envelope_structure_and_text(dovecot: rigs.Dovecot) -> None:
    user = dovecot.new_user()
    client = dovecot.connect(user)
    chosen = [m for m in EVERY if "+" not in m[0] or m[0].startswith(("receipt_withdrawal", "done_withdrawal"))]
    for *_, made in chosen:
        client.append("INBOX", made.data)
    client.select_folder("INBOX")
    found = client.fetch(client.search(), ["ENVELOPE", "BODYSTRUCTURE", "RFC822.SIZE", "BODY.PEEK[1]"])
    assert len(found) == len(chosen)
    for (name, charset, html, made), (_, row) in zip(chosen, sorted(found.items()), strict=True):
        envelope, structure = row[b"ENVELOPE"], row[b"BODYSTRUCTURE"]
        assert row[b"RFC822.SIZE"] == len(made.data), name
        assert words(envelope.subject) == made.subject
        sender = envelope.from_[0]
        assert (words(sender.name), sender.mailbox, sender.host) == (AGENCY.name, b"tetsuzuki", b"agency.example")
        assert (envelope.in_reply_to, envelope.message_id) == (b"<p@example.jp>", made.message_id.encode())
        assert envelope.date is not None
        assert structure.is_multipart is html
        part = structure[0][0] if html else structure
        assert (part[0].lower(), part[1].lower()) == (b"text", b"plain")
        assert part[2][1].lower().decode() == charset
        coding = part[5].lower()
        assert coding == (b"7bit" if charset == "iso-2022-jp" else b"base64")
        body = row[b"BODY[1]"]
        raw = base64.b64decode(body) if coding == b"base64" else body
        assert seen(strictly(raw, charset)) == seen(made.text)
    client.logout()


def strictly(raw: bytes, charset: str) -> str:
    """By iconv: what is not in the charset is an error."""
    done = subprocess.run(["iconv", "-f", charset.upper(), "-t", "UTF-8"], input=raw, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode()


def test_iso_2022_jp_is_what_the_standard_says() -> None:
    """RFC 1468: only its own escapes, each line ends in ASCII, no half-width kana; encoded words close themselves."""
    tried = 0
    for name, charset, html, made in EVERY:
        if charset != "iso-2022-jp" or html or b"charset=iso-2022-jp" not in made.data:
            continue
        tried += 1
        head, _, body = made.data.partition(b"\r\n\r\n")
        assert made.data.isascii(), name
        assert {m[:3] for m in re.findall(rb"\x1b..?.?", body)} <= {b"\x1b$B", b"\x1b(B", b"\x1b$@", b"\x1b(J"}
        for line in body.split(b"\r\n"):
            escapes = re.findall(rb"\x1b[$(].", line)
            assert not escapes or escapes[-1] == b"\x1b(B"
        for word in re.findall(rb"=\?iso-2022-jp\?B\?([A-Za-z0-9+/=]+)\?=", head):
            raw = base64.b64decode(word, validate=True)
            assert re.findall(rb"\x1b[$(].", raw)[-1:] in ([], [b"\x1b(B"])
            strictly(raw, "iso-2022-jp")
        assert max(map(len, re.findall(rb"=\?[^?]+\?B\?[^?]*\?=", head))) <= 75
    assert tried > 80
