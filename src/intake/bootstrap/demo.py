"""The whole product on one machine with invented people; nothing leaves it (reliability.md A31)."""

from __future__ import annotations

import json
import secrets
import tomllib
from base64 import b64encode
from dataclasses import replace
from email.charset import QP, Charset
from email.header import Header
from email.message import Message as MailMessage
from email.utils import format_datetime, make_msgid, parseaddr
from importlib.resources import files
from typing import Any

from intake.bootstrap.house import House, init_home, open_house
from intake.bootstrap.services import Services, run_services
from intake.channels import app, contact, phone
from intake.channels import standard_webhooks as signing
from intake.config import Settings
from intake.errors import SettingError
from intake.model import Arrival, Channel, Envelope, Role
from intake.pipeline.roster import import_applications, import_seekers
from intake.web.passwords import hash_password
from intake.worker import utc_now

DATA = files("intake.bootstrap") / "demo_data"
MAIL_FROM = "support@agency.example.jp"
STAFF = (
    ("佐藤 美咲", Role.REVIEWER),
    ("田中 直樹", Role.REVIEWER),
    ("山本 玲子", Role.LEAD),
    ("staff", Role.LEAD),
    ("privacy", Role.PRIVACY_OFFICER),
    ("admin", Role.ADMIN),
)
SIGN_IN = ("staff", "privacy", "admin")


def run_demo(settings: Settings, port: int, smtp_port: int) -> None:
    """Prepare the home once, say where to look, run until Ctrl-C."""
    settings = demo_settings(settings, port, smtp_port)
    init_home(settings)
    house = open_house(settings)
    password = secrets.token_urlsafe(9)
    with house.store.write() as tx:
        fresh = tx.meta.get("demo") is None
        for name, role in STAFF:
            if tx.staff.by_name(name) is None:
                tx.staff.add(name, role, None, lead="山本 玲子" if role is Role.REVIEWER else None)
        for name in SIGN_IN:
            tx.staff.set_password(name, hash_password(password))
        tx.meta.put("demo", "1")
    if fresh:
        fill(house)
    run_services(Services(house, demo=True), ready=lambda: say_where(settings, password))


def demo_settings(settings: Settings, port: int, smtp_port: int) -> Settings:
    """Loopback only, mail caught in a folder. A relay that really sends is refused."""
    if not settings.relay_url.startswith("folder:"):
        raise SettingError("INTAKE_RELAY_URL: the demo sends nothing; use `intake run` with a real relay")
    return replace(
        settings,
        smtp_listen=f"127.0.0.1:{smtp_port}",
        lmtp_listen="",
        imap_url="",
        http_listen=f"127.0.0.1:{port}",
        public_url=f"http://127.0.0.1:{port}",
        recipients=settings.recipients or MAIL_FROM,
        mail_from=settings.mail_from or MAIL_FROM,
    )


def fill(house: House) -> None:
    """Invented seekers, their applications, and two dozen messages of all kinds."""
    now = utc_now()
    for name, run in (("seekers.csv", import_seekers), ("applications.csv", import_applications)):
        run(house.store, (DATA / name).read_bytes(), name, now, dry_run=False)
    for arrival in arrivals(house.webhook_secrets()[0]):
        house.writer.accept(arrival)


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
    found += [contact.arrival(row, now, None) for row in table.get("form", [])]
    found += [
        phone.arrival({k: v for k, v in r.items() if k != "entered_by"}, r["entered_by"], now) for r in table["phone"]
    ]
    return found


def _app(row: dict[str, str], secret: bytes, number: int) -> Arrival:
    raw = json.dumps(row, ensure_ascii=False).encode()
    now = utc_now()
    headers = signing.sign(secret, f"demo-{number}", int(now.timestamp()), raw)
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


def say_where(settings: Settings, password: str) -> None:
    """The prompt: where to look, how to sign in, how to send a message."""
    smtp = settings.smtp_listen.rpartition(":")[2]
    print(
        f"""
intake を起動しました / intake is running   (Ctrl-C で終了 / to end)

  画面 / staff pages     {settings.public_url}/staff/
  サインイン / sign in   staff  /  {password}   (privacy, admin も同じ / the same)
  送信メール / mails     {settings.public_url}/staff/mails   (外には送られません / caught, nothing leaves)
  お問い合わせ / contact {settings.public_url}/contact

  メールを送ってみる / send a message:
    intake send-sample --smtp-port {smtp}
""",
        flush=True,
    )
