"""run and demo."""

from __future__ import annotations

from typing import Annotated

import typer

from intake.bootstrap.home import init_home
from intake.bootstrap.house import open_house
from intake.cli.app import app, say, settings, utf8_out


@app.command()
def run(part: Annotated[str, typer.Argument(help="smtp, imap, web, worker or sender; all without it")] = "") -> None:
    """Everything in one process, or one part alone for several machines over PostgreSQL."""
    from intake.bootstrap.services import PARTS, Services, run_services

    if part and part not in PARTS:
        raise typer.BadParameter(f"run {part}: parts are {', '.join(PARTS)}")
    s = settings()
    init_home(s)
    run_services(Services(open_house(s), (part,) if part else PARTS))


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="web")] = 8080,
    smtp_port: Annotated[int, typer.Option("--smtp-port", help="SMTP")] = 8025,
) -> None:
    """The whole product with invented seekers and messages; nothing leaves the machine."""
    from intake.bootstrap.demo import run_demo

    utf8_out()
    run_demo(settings(), port, smtp_port)


@app.command("send-sample")
def send_sample(
    smtp_port: Annotated[int, typer.Option("--smtp-port")] = 8025,
    from_: Annotated[str, typer.Option("--from")] = "岡田 直子 <naoko.okada@example.jp>",
    to: Annotated[str, typer.Option("--to")] = "support@agency.example.jp",
    subject: str = "退会のお願い",
    body: str = "お世話になっております。会員番号M-10023の岡田直子です。\n退会の手続きをお願いいたします。\n",
) -> None:
    """Send one Japanese mail over SMTP to a running demo on this machine."""
    from email.utils import parseaddr
    from pathlib import Path

    from intake.bootstrap.samples import mail_bytes
    from intake.errors import BadInput, RelayTemporary
    from intake.model import Mail, MailClass
    from intake.outbox.courier import open_courier

    utf8_out()
    data = mail_bytes({"from": from_, "to": to, "subject": subject, "body": body})
    mail = Mail(to, parseaddr(from_)[1], "", subject, "sample", "", data, body, MailClass.ONCE)
    courier = open_courier(f"smtp://127.0.0.1:{smtp_port}", Path(), None)
    try:
        answer = courier.deliver(mail).detail
    except RelayTemporary as e:
        raise BadInput(f"127.0.0.1:{smtp_port}: {e}; is the demo running, and on this --smtp-port?") from e
    else:
        print(say(f"受け取られました({answer})。まもなく案件と送信メールの画面に現れます。",
                  f"accepted ({answer}); look at the case and the mail on the staff pages"))  # fmt: skip
    finally:
        courier.close()
