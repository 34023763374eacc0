"""Asks, before a mailbox is connected for the first time, what becomes of the mail that already lies there."""

from __future__ import annotations

import sys

import typer

from intake.channels.imap import parse_accounts
from intake.cli.app import say
from intake.config import Loaded

CHOICES = ("archive", "process")


def ask_old_mail(loaded: Loaded) -> str | None:
    """On a terminal, once: writes ``old_mail`` into HOME/intake.toml and gives the choice.

    None where there is no mailbox, nobody to ask, or it is decided already (``archive`` is the default: kept, never
    answered). Raises SettingError for a mailbox address that is wrong.
    """
    settings = loaded.settings
    if not settings.imap_url or loaded.sources["old_mail"] != "default" or not sys.stdin.isatty():
        return None
    folders = ", ".join(f"{a.host}/{a.folder}" for a in parse_accounts(settings.imap_url, settings.imap_password_file))
    print(say(f"{folders} にはじめて接続します。すでに届いているメールをどう扱いますか。\n"
              "  archive  保管だけして、返信も案件化もしません(おすすめ)\n"
              "  process  新しいメールと同じように案件にし、返信します",
              f"{folders} will be connected for the first time. What becomes of the mail that already lies there?\n"
              "  archive  kept, never answered, no cases (recommended)\n"
              "  process  treated as new: cases are made and answered"), file=sys.stderr)  # fmt: skip
    answer = ""
    while answer not in CHOICES:
        answer = typer.prompt(say("archive / process", "archive or process"), default="archive", err=True).strip()
    path = settings.home / "intake.toml"
    with path.open("a", encoding="utf-8") as f:
        f.write(f'old_mail = "{answer}"\n')
    return answer
