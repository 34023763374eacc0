"""Mails made to hang, swell or crash a parser, each by name."""

from __future__ import annotations

import random
from collections.abc import Iterator

HEAD = b"From: a@example.jp\r\nSubject: x\r\nMIME-Version: 1.0\r\n"


def typed(kind: bytes, body: bytes, extra: bytes = b"") -> bytes:
    return HEAD + b"Content-Type: " + kind + b"\r\n" + extra + b"\r\n" + body


def nested(depth: int) -> bytes:
    return b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (at, at) for at in range(depth))


def bombs() -> Iterator[tuple[str, bytes]]:
    """Name and bytes; the sizes are those that stopped libraries for minutes."""
    yield from structure()
    yield from header()
    yield from encodings()
    yield from texts()
    yield from markup()
    yield from wrapped()


def structure() -> Iterator[tuple[str, bytes]]:
    yield "nested-20000", HEAD + nested(20_000) + b"\r\nx"
    yield "nested-400-each-0.9MB", HEAD + nested(400) + b"\r\n" + (b"a" * 76 + b"\r\n") * 12_000
    yield "rfc822-100000", HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 100_000 + b"\r\nx"
    yield "parts-100000", typed(b"multipart/mixed; boundary=b", b"--b\r\n\r\nx\r\n" * 100_000 + b"--b--")
    yield "boundary-of-dashes", typed(b"multipart/mixed; boundary=-", b"-" * 2_000_000)
    yield "boundary-missing", typed(b"multipart/mixed", b"--a\n" * 500_000)
    yield "boundary-missing-dashes", typed(b"multipart/mixed", b"-" * 2_000_000)
    yield "attachment-40MB", typed(
        b"multipart/mixed; boundary=b",
        b"--b\r\n\r\nhi\r\n--b\r\nContent-Type: application/x; name=a\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + (b"A" * 76 + b"\r\n") * 500_000 + b"--b--",
    )  # fmt: skip


def header() -> Iterator[tuple[str, bytes]]:
    yield "folded-10MB", b"From: a@b\r\nSubject: " + b"a\r\n " * 3_000_000 + b"\r\n\r\nx"
    yield "headers-500000", HEAD + b"X: y\r\n" * 500_000 + b"\r\nx"
    yield "semicolons-10MB", typed(b"text/plain" + b";" * 10_000_000, b"x")
    yield "open-brackets", b"From: " + b"(" * 100_000 + b"\r\n\r\nx"
    yield "open-angles", b"From: " + b"<" * 100_000 + b"\r\n\r\nx"
    yield "addresses-100000", b"From: " + b"a@b.jp," * 100_000 + b"\r\n\r\nx"
    yield "words-20000", b"From: a@b\r\nSubject: " + b"=?utf-8?b?44GC?=\r\n " * 20_000 + b"\r\n\r\nx"
    yield "words-unclosed", b"From: a@b\r\nSubject: " + b"=?utf-8?q?a" * 20_000 + b"\r\n\r\nx"
    yield "message-id-open", HEAD + b"Message-ID: <\r\nReferences: " + b"<a" * 100_000 + b"\r\n\r\nx"
    yield "file-name-20000-pieces", HEAD + b"Content-Type: a/b\r\nContent-Disposition: attachment; " + b"".join(
        b"filename*%d=a;" % at for at in range(20_000)
    ) + b"\r\n\r\nx"  # fmt: skip
    yield "date-digits", HEAD + b"Date: " + b"1" * 100_000 + b"\r\n\r\nx"
    yield "junk-lines", b"junk\n" * 700_000
    yield "colons", b":" * 2_000_000


def encodings() -> Iterator[tuple[str, bytes]]:
    base64 = b"Content-Transfer-Encoding: base64\r\n"
    yield "base64-padding", typed(b"text/plain", b"QQ==" * 1_000_000, base64)
    yield "base64-junk", typed(b"text/plain", b"QUJD*\n" * 500_000, base64)
    yield "qp-equals", typed(b"text/plain", b"=" * 3_000_000, b"Content-Transfer-Encoding: quoted-printable\r\n")
    yield "uuencode-begin", typed(b"text/plain", b"begin 644 a\n" * 100_000 + b"\nend")
    jis = b"text/plain; charset=iso-2022-jp"
    yield "jis-escapes", typed(jis, b"\x1b$B" * 500_000)
    yield "jis-line-ends", typed(jis, b"\x1b$B" + b"!!\n" * 500_000)
    yield "jis-unassigned", typed(jis, b"\x1b$B" + b"||" * 400_000)
    yield "jis-escapes-stripped", typed(b"text/plain", b"$B" * 500_000)
    yield "eight-bit-all", typed(b"text/plain", bytes(range(128, 256)) * 10_000)
    yield "utf-8-broken-at-the-end", typed(b"text/plain; charset=utf-8", b"\xe3\x81\x82" * 700_000 + b"\xff")
    yield "utf-7-plus", typed(b"text/plain; charset=utf-7", b"+" * 1_000_000)
    yield (
        "tnef-attributes",
        typed(b"application/ms-tnef", b"\x78\x9f\x3e\x22\x01\x00" + (b"\x02\x02\x90\x06" + b"\0" * 7) * 200_000),
    )
    yield "nul-3MB", b"\0" * 3_000_000
    yield "random-3MB", random.Random(1).randbytes(3_000_000)


def texts() -> Iterator[tuple[str, bytes]]:
    plain = b"text/plain; charset=utf-8"
    yield "on-50000", typed(plain, b"On " * 50_000)
    yield "on-spaces", typed(plain, b"On" + b" " * 200_000)
    yield "on-never-wrote", typed(plain, b"On x <a@b> " * 20_000 + b"wrot")
    yield "on-lines", typed(plain, b"On Mon 1 Jan 2024 x <a@b> \n" * 40_000)
    yield "header-lines", typed(plain, b"From: x\nTo: y\n" * 40_000)
    yield "quote-marks", typed(plain, b">" * 1_000_000)
    yield "quote-lines", typed(plain, b">\nx\n" * 300_000)
    yield "dashes", typed(plain, b"-" * 1_000_000)
    yield "wide-spaces", typed(plain, "　".encode() * 300_000)
    yield "line-ends", typed(plain, b"\n" * 2_000_000)
    yield "confidential", typed(plain, b"confidential " * 80_000)
    yield "automatic", typed(plain, "このメールは自動".encode() * 40_000)
    yield "away", typed(plain, "ただいま".encode() * 100_000 + "不在".encode())
    yield "rules", typed(plain, ("━" * 30 + "\n山田\nTEL 03\n").encode() * 20_000)
    yield "flowed", typed(b"text/plain; format=flowed", b"a \n" * 400_000)
    yield "bounce-words", b"From: MAILER-DAEMON@example.jp\r\nSubject: Undelivered\r\n\r\n" + b"a@b.jp: 550 \n" * 15_000


def markup() -> Iterator[tuple[str, bytes]]:
    for name, body in {
        "comments": b"<!--" * 50_000,
        "declarations": b"<![" * 100_000,
        "div-400000": b"<div>" * 400_000,
        "tables": b"<table><tr><td>" * 20_000,
        "blockquotes": b"<blockquote>" * 50_000,
        "angles": b"<" * 1_000_000,
        "attributes": b"<div " + b"a=b " * 300_000 + b">x",
        "quotes": b'<div a="' * 100_000,
        "styles": b"<style>" * 100_000,
        "hidden": b"<p style='display:none'>" * 50_000,
        "hidden-div": b"<div hidden>" * 50_000,
        "struck": b"<s>" * 50_000,
        "rules": b"<style>" + b".x{display:none}" * 50_000 + b"</style>" + b"<p class='x y'>" * 50_000,
        "comments-style": b"<!-- a -->" * 100_000 + b"<style>/*" * 50_000,
        "entities": b"&amp;" * 400_000,
        "rows-50000": b"<table>" + b"<tr><td>a</td><td>b</td></tr>" * 50_000,
        "formatting": b"<a><b><i>" * 50_000 + b"<p>" * 10_000,
        "metas": b"<meta " * 300_000,
        "closing": b"</div>" * 300_000,
    }.items():
        yield f"html-{name}", typed(b"text/html; charset=utf-8", body)


def sealed(inner: bytes, tag: bytes = b"\x04") -> bytes:
    """An opaque S/MIME part around ``inner``, its lengths open as BER allows."""
    length = b"\x84" + len(inner).to_bytes(4, "big")
    ids = [bytes.fromhex(f"06092a864886f70d01070{number}") for number in (2, 1)]
    head = b"Content-Type: application/pkcs7-mime; smime-type=signed-data\r\n\r\n"
    return head + b"\x30\x80" + ids[0] + b"\xa0\x80" + ids[1] + b"\xa0" + length + tag + length + inner


def wrapped() -> Iterator[tuple[str, bytes]]:
    nest = b"Content-Type: text/plain\r\n\r\nhi"
    for _ in range(1_500):
        nest = sealed(nest)
    yield "smime-1500-deep", HEAD + nest
    yield "smime-pieces", HEAD + sealed(b"\x04\x01a" * 2_000_000, b"\x24")
    yield "smime-open-constructed", HEAD + sealed(b"\x24\x80" * 500_000, b"\x24")
    plain = b"text/plain; charset=utf-8"
    coded = b"Content-Transfer-Encoding: base64\r\n"
    yield "base64-urlsafe-lines", typed(plain, (b"A-_b" * 15 + b"\n") * 160_000 + b"!", coded)
    yield "base64-relay-cuts", typed(plain, b"!\n " * 2_000_000, coded)
    yield "quoted-soft-blanks", typed(plain, b"=  \n" * 1_000_000, b"Content-Transfer-Encoding: quoted-printable\r\n")
    yield "cited-lines", typed(plain, "> 引用\nと書いて\n".encode() * 20_000)
    yield "above-this-line", typed(plain, ("この行の" * 90 + "上に\n").encode() * 2_500)
    yield "halves", typed(plain, b"\xed\xa0\xbd\xed\xb8\x8a" * 300_000 + b"\xed\xa0")
    yield "postscripts", typed(plain, "追伸\n\n".encode() * 25_000)
    yield "line-by-line", typed(plain, "退会。\n".encode() + ("山田太郎です。" * 57 + "\n").encode("cp932") * 4_900)
    yield "base64-of-base64", typed(plain, b"UVVGQlFVRkI=" * 300_000, coded)
