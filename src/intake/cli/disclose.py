"""export: everything about one person, for a disclosure request."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated

import typer

from intake.bootstrap.house import open_house
from intake.cli.app import app, emit, say, settings, utf8_out
from intake.cli.erase import find_seeker
from intake.errors import BadInput
from intake.worker import utc_now


@app.command()
def export(
    seeker: Annotated[str, typer.Argument(help="the member number")],
    out: Annotated[Path | None, typer.Option(help="a page to read and print; JSON on stdout without it")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON, also where it is the default")] = False,
) -> None:
    """Everything about one person, as JSON or as a page. Written down in the record, with who asked."""
    from intake.pipeline.disclosure import disclose, operator
    from intake.pipeline.moves import Act
    from intake.web.render import Pages
    from intake.web.staff.language import words

    utf8_out()
    if out is not None and out.exists():
        raise BadInput(f"{out}: exists already")
    house = open_house(settings())
    try:
        with house.store.write() as tx:
            act = Act(tx, operator(getpass.getuser()), utc_now())
            told = disclose(act, find_seeker(tx, seeker), house.tools())
        if out is not None:
            out.touch(mode=0o600)
            page = Pages(house.settings).text("staff/disclosure.html", told=told, alone=True, **words("ja"))
            out.write_text(page, "utf-8")
    finally:
        house.close()
    if out is None or as_json:
        emit(told)
    else:
        print(say(f"{out} に書き出しました。", f"written to {out}"))
