"""Mails in two lines, for the tests of this folder."""

from __future__ import annotations

from datetime import UTC, datetime

from intake.model import Channel, Envelope, Message
from intake.parsing import ParseOptions, parse

NOW = datetime(2024, 1, 5, tzinfo=UTC)


def mail(body: str = "退会します。", **headers: str) -> bytes:
    """A raw mail; header names with underscores, in the order given, before the defaults."""
    given = {name.replace("_", "-").lower(): value for name, value in headers.items()}
    defaults = {"from": "taro@example.jp", "subject": "x", "content-type": "text/plain; charset=utf-8"}
    merged = {**given, **{name: value for name, value in defaults.items() if name not in given}}
    return "".join(f"{name}: {value}\r\n" for name, value in merged.items()).encode() + b"\r\n" + body.encode()


def envelope(raw: bytes, **more: object) -> Envelope:
    """As our own border brings it over SMTP."""
    values: dict[str, object] = {"channel": Channel.EMAIL, "via": "smtp", "mail_from": "taro@example.jp"}
    values |= {"peer": "127.0.0.1", **more}
    return Envelope(raw=raw, received_at=NOW, **values)  # type: ignore[arg-type]


def read(raw: bytes, options: ParseOptions | None = None, **more: object) -> Message:
    return parse(envelope(raw, **more), options or ParseOptions())
