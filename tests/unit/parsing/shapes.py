"""Mails that nobody would send: well-formed and broken pieces of the grammar, put together by hypothesis."""

from __future__ import annotations

import base64
import quopri

from hypothesis import strategies as st

TEXTS = st.one_of(
    st.sampled_from(
        [
            "退会します。",
            "㈱髙﨑①ﾃｽﾄ",
            "> 引用\n返事",
            "-- \n山田",
            "On Mon, 1 Jan 2024, x wrote:\n> y",
            "",
            "\n\n",
            "From: a\nTo: b",
        ]
    ),
    st.text(max_size=60),
)
BYTES = st.one_of(st.binary(max_size=80), TEXTS.map(lambda text: text.encode("utf-8", "replace")))
CHARSETS = st.sampled_from(
    [
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
        "\udc80",
    ]
)
BOUNDARIES = st.sampled_from(["b", "b1", "=_x", "-", "", " b ", '"', "b" * 80])
BREAKS = st.sampled_from([b"\r\n", b"\n", b"\r", b"\r\r\n", b"\n\r\n"])


@st.composite
def texts(draw: st.DrawFn) -> bytes:
    """A body in some charset, cut or damaged somewhere."""
    raw = draw(BYTES)
    for codec in draw(st.lists(st.sampled_from(["iso2022_jp", "cp932", "euc_jp", "utf-7", "utf-16"]), max_size=1)):
        raw = raw.decode("utf-8", "replace").encode(codec, "replace")
    if raw and draw(st.integers(0, 3)) == 0:
        at = draw(st.integers(0, len(raw)))
        raw = raw[:at] + draw(st.binary(max_size=3)) + raw[at:]
    return raw


@st.composite
def words(draw: st.DrawFn) -> bytes:
    """Something like an encoded word, a name or an address."""
    raw = draw(texts())
    kind = draw(st.integers(0, 4))
    charset = draw(CHARSETS).encode("utf-8", "surrogateescape")
    if kind == 0:
        return (
            b"=?"
            + charset
            + b"?B?"
            + base64.b64encode(raw)[: draw(st.integers(0, 200))]
            + draw(st.sampled_from([b"?=", b"", b"?"]))
        )
    if kind == 1:
        return b"=?" + charset + b"?q?" + quopri.encodestring(raw, header=True) + b"?="
    if kind == 2:
        return b'"' + raw + draw(st.sampled_from([b'"', b"", b"\\"])) + b" <a..b.@docomo.ne.jp>"
    return draw(st.sampled_from([b"<", b"(", b"a@b.jp", b",", b";:", b"undisclosed:;", b"<>", b"@", b"\x1b$B", raw]))


@st.composite
def headers(draw: st.DrawFn) -> bytes:
    """A header block, with junk in it now and then."""
    out = []
    for _ in range(draw(st.integers(0, 6))):
        name = draw(st.sampled_from([b"From", b"Subject", b"To", b"Date", b"Reply-To", b"Message-ID", b"References", b"Received",  # noqa: E501
                                     b"Return-Path", b"Auto-Submitted", b"Authentication-Results", b"List-Id", b"X", b"", b"a b"]))  # fmt: skip  # noqa: E501
        colon = draw(st.sampled_from([b": ", b":", b" : ", b""]))
        value = draw(st.sampled_from([b" ", b"\r\n ", b""])).join(draw(st.lists(words(), max_size=4)))
        out.append(name + colon + value + draw(BREAKS))
    return b"".join(out)


@st.composite
def kinds(draw: st.DrawFn, boundary: bytes) -> bytes:
    """A Content-Type line."""
    media = draw(st.sampled_from([b"text/plain", b"text/html", b"multipart/mixed", b"multipart/alternative", b"multipart/report",  # noqa: E501
                                  b"message/rfc822", b"message/delivery-status", b"application/ms-tnef", b"text/calendar",  # noqa: E501
                                  b"text/enriched", b"application/pdf", b"text", b"", b";;", b"multipart/digest"]))  # fmt: skip  # noqa: E501
    out = b"Content-Type: " + media
    out += b"; charset=" + draw(CHARSETS).encode("utf-8", "surrogateescape")
    if media.startswith(b"multipart") or draw(st.booleans()):
        out += b'; boundary="' + boundary + b'"'
    if draw(st.booleans()):
        out += b"; format=flowed; delsp=yes"
    if draw(st.integers(0, 2)) == 0:
        name = draw(words())
        out += draw(st.sampled_from([b"; name=", b"; name*=", b"; name*0*=utf-8''", b'; name="'])) + name
    return out + draw(BREAKS)


@st.composite
def markup(draw: st.DrawFn) -> bytes:
    """HTML, or nearly."""
    tags = st.sampled_from([b"<p>", b"</p>", b"<div style='display:none'>", b"<blockquote>", b"</blockquote>", b"<!--", b"-->", b"<![", b"<",  # noqa: E501
                            b"<br>", b"<table><tr><td>", b"<script>", b"&#12354;", b"&#x110000;", b"<div class=gmail_quote>", b"<?xml"])  # fmt: skip  # noqa: E501
    return b"".join(draw(st.lists(st.one_of(tags, texts()), max_size=12)))


@st.composite
def parts(draw: st.DrawFn, depth: int = 0) -> bytes:
    """A part: header block, body, now and then with parts of its own."""
    boundary = draw(BOUNDARIES).encode()
    out = draw(headers()) + draw(kinds(boundary))
    encoding = draw(st.sampled_from([b"", b"base64", b"quoted-printable", b"x-uuencode", b"8bit", b"junk"]))
    if encoding:
        out += b"Content-Transfer-Encoding: " + encoding + b"\r\n"
    out += draw(st.sampled_from([b"\r\n", b"\n", b"\r\n\r\n", b"", b"junk\r\n\r\n"]))
    if depth < 3 and draw(st.integers(0, 2)) == 0:
        inner = draw(st.lists(parts(depth + 1), max_size=3))
        return (
            out
            + b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in inner)
            + draw(st.sampled_from([b"--" + boundary + b"--", b"", b"--" + boundary]))
        )
    body = draw(st.one_of(texts(), markup()))
    coded = {b"base64": base64.encodebytes, b"quoted-printable": quopri.encodestring}.get(encoding)
    return out + (coded(body) if coded and draw(st.booleans()) else body)


MAILS = st.one_of(parts(), st.binary(max_size=400))
