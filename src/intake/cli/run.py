"""run and demo."""

from __future__ import annotations

from typing import Annotated

import typer

from intake.bootstrap import init_home, open_house
from intake.cli.app import app, settings, utf8_out
from intake.errors import BadInput


@app.command()
def run(part: Annotated[str, typer.Argument(help="smtp, imap, web, worker or sender; all without it")] = "") -> None:
    """Everything in one process, or one part alone for several machines over PostgreSQL."""
    from intake.bootstrap.services import PARTS, Services, run_services

    if part and part not in PARTS:
        raise BadInput(f"run {part}: parts are {', '.join(PARTS)}")
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
