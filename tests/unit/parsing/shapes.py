"""Mails that nobody would send: well-formed and broken pieces of the grammar, put together by a seeded generator.

The dice are Python's own (a mail is made in well under a millisecond, twenty thousand in seconds); the seed that
hypothesis shows for a failure makes the same mail again.
"""

from __future__ import annotations

import base64
import quopri
from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

Made = TypeVar("Made")

TEXTS = (
    "退会します。",
    "㈱髙﨑①ﾃｽﾄ",
    "> 引用\n返事",
    "-- \n山田",
    "On Mon, 1 Jan 2024, x wrote:\n> y",
    "",
    "\n\n",
    "From: a\nTo: b",
    "begin 644 a.txt\n#86)C\n`\nend\n",
)
CHARSETS = (
    *(
        "utf-8",
        "iso-2022-jp",
        "shift_jis",
        "euc-jp",
        "us-ascii",
        "utf-7",
        "gb2312",
        "utf-16",
        "idna",
        "x",
        "",
        '"',
        "hz",
    ),
    "\udc80",
)
BOUNDARIES = (b"b", b"b1", b"=_x", b"-", b"", b" b ", b'"', b"b" * 80)
BREAKS = (b"\r\n", b"\n", b"\r", b"\r\r\n", b"\n\r\n")
HEADERS = (
    *(b"From", b"Subject", b"To", b"Date", b"Reply-To", b"Message-ID", b"References", b"Received", b"Return-Path"),
    *(b"Auto-Submitted", b"Authentication-Results", b"List-Id", b"X", b"", b"a b"),
)
MEDIA = (
    *(
        b"text/plain",
        b"text/html",
        b"multipart/mixed",
        b"multipart/alternative",
        b"multipart/report",
        b"message/rfc822",
    ),
    *(b"message/delivery-status", b"application/ms-tnef", b"text/calendar", b"text/enriched", b"application/pdf"),
    *(b"text", b"", b";;", b"multipart/digest"),
)
TAGS = (
    *(b"<p>", b"</p>", b"<div style='display:none'>", b"<blockquote>", b"</blockquote>", b"<!--", b"-->", b"<![", b"<"),
    *(b"<br>", b"<table><tr><td>", b"<script>", b"&#12354;", b"&#x110000;", b"<div class=gmail_quote>", b"<?xml"),
)
WORDS = (b"<", b"(", b"a@b.jp", b",", b";:", b"undisclosed:;", b"<>", b"@", b"\x1b$B")
# Where characters are taken from: one kind as likely as another, so that the rare ones come up.
RANGES = (
    *((0x20, 0x7E), (0x00, 0x1F), (0x7F, 0xFF), (0x3040, 0x30FF), (0x4E00, 0x9FFF), (0xFF00, 0xFFEF), (0x2000, 0x206F)),
    *((0x300, 0x36F), (0x590, 0x6FF), (0xD800, 0xDFFF), (0xE000, 0xF8FF), (0x1F300, 0x1FAFF), (0xE0000, 0xE01EF)),
    (0x00, 0x10FFFF),
)


def characters(dice: Random, most: int) -> str:
    """Up to ``most`` characters of any kind, surrogates and controls among them."""
    return "".join(chr(dice.randint(*dice.choice(RANGES))) for _ in range(dice.randint(0, most)))


def several(dice: Random, most: int, make: Callable[[], Made]) -> list[Made]:
    """Up to ``most`` of them."""
    return [make() for _ in range(dice.randint(0, most))]


def coin(dice: Random, items: Sequence[bytes]) -> bytes:
    """One of them, or nothing: each as often as the other."""
    return dice.choice((b"", dice.choice(items)))


def texts(dice: Random) -> bytes:
    """A body in some charset, cut or damaged somewhere."""
    if dice.random() < 0.33:
        raw = dice.randbytes(dice.randint(0, 80))
    else:
        raw = dice.choice((dice.choice(TEXTS), characters(dice, 60))).encode("utf-8", "replace")
    if dice.random() < 0.5:
        codec = dice.choice(("iso2022_jp", "cp932", "euc_jp", "utf-7", "utf-16"))
        raw = raw.decode("utf-8", "replace").encode(codec, "replace")
    if raw and dice.randint(0, 3) == 0:
        at = dice.randint(0, len(raw))
        raw = raw[:at] + dice.randbytes(dice.randint(0, 3)) + raw[at:]
    return raw


def words(dice: Random) -> bytes:
    """Something like an encoded word, a name or an address."""
    raw, kind = texts(dice), dice.randint(0, 4)
    charset = dice.choice(CHARSETS).encode("utf-8", "surrogateescape")
    if kind == 0:
        coded = base64.b64encode(raw)[: dice.randint(0, 200)]
        return b"=?" + charset + b"?B?" + coded + dice.choice((b"?=", b"", b"?"))
    if kind == 1:
        return b"=?" + charset + b"?q?" + quopri.encodestring(raw, header=True) + b"?="
    if kind == 2:
        return b'"' + raw + dice.choice((b'"', b"", b"\\")) + b" <a..b.@docomo.ne.jp>"
    return dice.choice((*WORDS, raw))


def headers(dice: Random) -> bytes:
    """A header block, with junk in it now and then."""

    def line() -> bytes:
        between = dice.choice((b" ", b"\r\n ", b""))
        value = between.join(several(dice, 4, lambda: words(dice)))
        return dice.choice(HEADERS) + dice.choice((b": ", b":", b" : ", b"")) + value + dice.choice(BREAKS)

    return b"".join(several(dice, 6, line))


def kinds(dice: Random, boundary: bytes) -> bytes:
    """A Content-Type line."""
    media = dice.choice(MEDIA)
    out = b"Content-Type: " + media
    out += b"; charset=" + dice.choice(CHARSETS).encode("utf-8", "surrogateescape")
    if media.startswith(b"multipart") or dice.random() < 0.5:
        out += b'; boundary="' + boundary + b'"'
    if dice.random() < 0.5:
        out += b"; format=flowed; delsp=yes"
    if dice.randint(0, 2) == 0:
        out += dice.choice((b"; name=", b"; name*=", b"; name*0*=utf-8''", b'; name="')) + words(dice)
    return out + dice.choice(BREAKS)


def markup(dice: Random) -> bytes:
    """HTML, or nearly."""
    return b"".join(several(dice, 12, lambda: dice.choice(TAGS) if dice.random() < 0.5 else texts(dice)))


def parts(dice: Random, depth: int = 0) -> bytes:
    """A part: header block, body, now and then with parts of its own."""
    boundary = dice.choice(BOUNDARIES)
    out = headers(dice) + kinds(dice, boundary)
    encoding = coin(dice, (b"base64", b"quoted-printable", b"x-uuencode", b"8bit", b"junk"))
    if encoding:
        out += b"Content-Transfer-Encoding: " + encoding + b"\r\n"
    out += dice.choice((b"\r\n", b"\n", b"\r\n\r\n", b"", b"junk\r\n\r\n"))
    if depth < 3 and dice.randint(0, 2) == 0:
        inner = several(dice, 3, lambda: parts(dice, depth + 1))
        out += b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in inner)
        return out + dice.choice((b"--" + boundary + b"--", b"", b"--" + boundary))
    body = markup(dice) if dice.random() < 0.5 else texts(dice)
    coded = {b"base64": base64.encodebytes, b"quoted-printable": quopri.encodestring}.get(encoding)
    return out + (coded(body) if coded and dice.random() < 0.5 else body)


def mail_of(seed: int) -> bytes:
    """The mail of this seed, always the same one."""
    dice = Random(seed)
    return parts(dice) if dice.random() < 0.9 else dice.randbytes(dice.randint(0, 400))


def body_of(seed: int, lines: Sequence[str]) -> str:
    """Up to 25 lines, from these or of any characters."""
    dice = Random(seed)
    return "\n".join(several(dice, 25, lambda: dice.choice(lines) if dice.random() < 0.5 else characters(dice, 20)))
