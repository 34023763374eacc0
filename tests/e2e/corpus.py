"""Labelled messages as the mails that their senders' programs would have made, in a mix of charsets."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from email.header import Header
from email.utils import parseaddr
from html import escape
from pathlib import Path
from typing import Any

from tests.process import DESK

OPEN = Path(__file__).parent.parent / "corpus" / "open"
FORMS = ("utf-8", "iso-2022-jp", "cp932", "html", "8bit")


def lines() -> Iterator[dict[str, Any]]:
    """Every whole message of the open corpus."""
    for path in sorted(OPEN.glob("dev-*.jsonl")):
        for text in path.read_text("utf-8").splitlines():
            yield json.loads(text)


def render(line: dict[str, Any], number: int) -> bytes:
    """One mail; the form goes by ``number``, and falls back to UTF-8 where a character does not fit."""
    form = FORMS[number % len(FORMS)]
    body = line["body"].replace("\r\n", "\n").replace("\n", "\r\n") + "\r\n"
    name, addr = parseaddr(line.get("from") or f"sender{number}@example.jp")
    charset = (
        form if form in ("iso-2022-jp", "cp932") and _fits(body + line.get("subject", "") + name, form) else "utf-8"
    )
    head = [
        f"From: {_word(name, charset)} <{addr or f'sender{number}@example.jp'}>",
        f"To: {DESK}",
        f"Subject: {_word(line.get('subject', ''), charset)}",
        f"Message-ID: <{line['id']}.{number}@example.jp>",
        "Date: Mon, 16 Nov 2026 12:00:00 +0900",
        "MIME-Version: 1.0",
    ]
    return ("\r\n".join([*head, *_content(body, form, charset)])).encode("utf-8")


def _content(body: str, form: str, charset: str) -> list[str]:
    if form == "html":
        page = "<html><body>" + "<br>".join(escape(line) for line in body.split("\r\n")) + "</body></html>"
        plain, rich = (b64encode(t.encode()).decode() for t in (body, page))
        parts = []
        for kind, data in (("plain", plain), ("html", rich)):
            head = [f"Content-Type: text/{kind}; charset=utf-8", "Content-Transfer-Encoding: base64", ""]
            parts += ["--b0", *head, *_wrap(data)]
        return ['Content-Type: multipart/alternative; boundary="b0"', "", *parts, "--b0--", ""]
    if form == "8bit" and charset == "utf-8" and max(len(x.encode()) for x in body.split("\r\n")) < 900:
        return ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", "", body]
    label = {"cp932": "Shift_JIS", "iso-2022-jp": "ISO-2022-JP", "utf-8": "UTF-8"}[charset]
    data = b64encode(body.encode(_codec(charset))).decode()
    return [f"Content-Type: text/plain; charset={label}", "Content-Transfer-Encoding: base64", "", *_wrap(data)]


def _wrap(text: str) -> list[str]:
    return [text[i : i + 76] for i in range(0, len(text), 76)] + [""]


def _codec(charset: str) -> str:
    return {"iso-2022-jp": "iso2022_jp"}.get(charset, charset)


def _fits(text: str, charset: str) -> bool:
    try:
        text.encode(_codec(charset))
    except UnicodeEncodeError:
        return False
    return True


def _word(text: str, charset: str) -> str:
    if text.isascii():
        return text
    return Header(text, {"cp932": "utf-8"}.get(charset, charset)).encode().replace("\n", "\r\n")
