"""The demo's invented messages as they would come in through each door."""

from __future__ import annotations

import json
import tomllib
from base64 import b64encode
from email.charset import QP, Charset
from email.header import Header
from email.message import Message as MailMessage
from email.utils import format_datetime, make_msgid, parseaddr
from importlib.resources import files
from typing import Any

from intake.channels import app, contact, phone
from intake.channels import standard_webhooks as signing
from intake.model import Arrival, Channel, Envelope
from intake.worker import utc_now

DATA = files("intake.bootstrap") / "demo_data"
MAIL_FROM = "support@agency.example.jp"


def arrivals(secret: bytes) -> list[Arrival]:
    """The demo's messages as they would come in through each door."""
    table = tomllib.loads((DATA / "messages.toml").read_text(encoding="utf-8"))
    now = utc_now()
    found = [_app(row, secret, number) for number, row in enumerate(table.get("app", []))]
    found += [
        Arrival(
            Envelope(
                channel=Channel.EMAIL,
                via="smtp",
                raw=mail_bytes(row),
                received_at=now,
                mail_from=parseaddr(row["from"])[1],
                rcpt_to=(MAIL_FROM,),
                peer="127.0.0.1",
            )
        )
        for row in table["mail"]
    ]
    found += [contact.arrival(row, now, f"demo-{n}") for n, row in enumerate(table["form"])]
    found += [
        phone.arrival({k: v for k, v in r.items() if k != "entered_by"}, r["entered_by"], now) for r in table["phone"]
    ]
    return found


def _app(row: dict[str, str], secret: bytes, number: int) -> Arrival:
    raw = json.dumps(row, ensure_ascii=False).encode()
    now = utc_now()
    at = int(now.timestamp())
    headers = {"webhook-id": f"demo-{number}", "webhook-timestamp": str(at)}
    headers["webhook-signature"] = signing.sign(secret, headers["webhook-id"], at, raw)
    return app.arrival_from_hook(headers, raw, [secret], now)


def mail_bytes(row: dict[str, Any]) -> bytes:
    """A mail as its sender's program would have made it, in the charset of the row."""
    charset = row.get("charset", "utf-8")
    message = MailMessage()
    name, addr = parseaddr(row["from"])
    message["From"] = f"{_word(name, charset)} <{addr}>"
    message["To"] = MAIL_FROM
    message["Subject"] = _word(row["subject"], charset)
    message["Date"] = format_datetime(utc_now())
    message["Message-ID"] = make_msgid(domain=addr.rpartition("@")[2])
    for key, value in row.get("headers", {}).items():
        message[key] = value
    message["MIME-Version"] = "1.0"
    label, body = _encoded(row["body"].strip() + "\n", charset)
    message["Content-Type"] = f"text/plain; charset={label}"
    message["Content-Transfer-Encoding"] = "base64"
    message.set_payload(b64encode(body).decode())
    return message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _encoded(text: str, charset: str) -> tuple[str, bytes]:
    """Real programs send ① and half-width kana inside ISO-2022-JP; Python cannot, so those go out as Shift_JIS."""
    if charset == "iso-2022-jp":
        try:
            return "ISO-2022-JP", text.encode("iso2022_jp")
        except UnicodeEncodeError:
            return "Shift_JIS", text.encode("cp932")
    return ("Shift_JIS", text.encode("cp932")) if charset == "cp932" else ("UTF-8", text.encode())


def _word(text: str, charset: str) -> str:
    if charset == "iso-2022-jp":
        try:
            return Header(text, "iso-2022-jp").encode()
        except UnicodeEncodeError:
            pass
    utf8 = Charset("utf-8")
    utf8.header_encoding = QP
    return Header(text, utf8).encode()
