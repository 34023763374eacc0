"""The command tree and what every command shares: home, settings, language, output."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from intake import config

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Takes in what job seekers write, understands it, decides safely, and answers.",
)


@dataclass
class Shared:
    """Options that stand before the command."""

    home: Path | None = None
    lang: str = "en"
    loaded: config.Loaded | None = None
    logs: config.Loaded | None = None  # those for which the log was set up


shared = Shared()


@app.callback()
def options(
    home: Annotated[Path | None, typer.Option(help="the folder of database, keys and caught mail")] = None,
    lang: Annotated[str, typer.Option(help="ja or en; else by LANG")] = "",
) -> None:
    """Read the options that every command shares."""
    shared.home = home
    shared.lang = lang or language(os.environ)
    if shared.lang not in ("ja", "en"):
        raise typer.BadParameter("--lang is ja or en")


def language(environ: Any) -> str:
    """``ja`` where the locale is Japanese, else ``en``."""
    for name in ("INTAKE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if environ.get(name):
            return "ja" if str(environ[name]).lower().startswith("ja") else "en"
    return "en"


def say(ja: str, en: str) -> str:
    """One of two wordings."""
    return ja if shared.lang == "ja" else en


def settings(logs: bool = True) -> config.Settings:
    """The settings of this run; warnings go to stderr once. Sets the log up, but for commands that have nothing to
    log: its libraries take a tenth of a start."""
    if shared.loaded is None:
        shared.loaded = config.load(shared.home, os.environ)
        for warning in shared.loaded.warnings:
            print(f"intake: {warning}", file=sys.stderr)
    if logs and shared.logs is not shared.loaded:
        from intake import journal

        journal.set_up(shared.loaded.settings.log)
        shared.logs = shared.loaded
    return shared.loaded.settings


def emit(row: Any) -> None:
    """One JSON line, UTF-8, keys as they are."""
    sys.stdout.write(json.dumps(row, ensure_ascii=False, default=plain) + "\n")


def emit_array(rows: Iterable[Any]) -> None:
    """A JSON array, one row a line."""
    body = ",\n ".join(json.dumps(r, ensure_ascii=False, default=plain) for r in rows)
    sys.stdout.write(f"[{body}]\n")


def plain(value: object) -> object:
    """Dates as ISO 8601."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def utf8_out() -> None:
    """Japanese must come out whatever the terminal's locale says."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
