"""Keys that sign outgoing mail: make one, choose one, see their DNS records."""

from __future__ import annotations

from typing import Annotated

import typer

from intake.bootstrap.folders import rules_dirs
from intake.cli.app import app, emit_array, say, settings, utf8_out
from intake.outbox import dkim_keys
from intake.replies import load_agency

dkim_app = typer.Typer(no_args_is_help=True, help="keys that sign outgoing mail (DKIM)")
app.add_typer(dkim_app, name="dkim")
Selector = Annotated[str, typer.Argument(help="name of the key in the DNS, for example 202604")]


def _domain() -> str:
    s = settings()
    return (s.mail_from or load_agency(rules_dirs(s)).mail_from).rpartition("@")[2]


def _key(selector: str) -> dkim_keys.Key:
    return next(key for key in dkim_keys.keys_of(settings().home) if key.selector == selector)


@dkim_app.command("new")
def new(selector: Selector) -> None:
    """Make a key and print its DNS record. The first key signs at once, a later one after `dkim use`."""
    utf8_out()
    dkim_keys.make_key(settings().home, selector)
    key = _key(selector)
    print(key.zone_line(_domain()))
    if key.signs:
        print(say("このキーで署名を始めました。上のレコードを DNS に登録してください。",
                  "This key signs from now on. Put the record above into the DNS."))  # fmt: skip
        return
    old = dkim_keys.selector_in_use(settings().home)
    print(say(f"まだ {old} で署名しています。上のレコードを DNS に登録し、引けるようになったら",
              f"{old} still signs. Put the record above into the DNS; once it can be looked up, run"))  # fmt: skip
    print(f"intake dkim use {selector}")
    print(say(f"{old} のレコードは、送信済みのメールのため一週間ほど残してください。",
              f"Leave the record of {old} for a week: mails on their way need it."))  # fmt: skip


@dkim_app.command("use")
def use(selector: Selector) -> None:
    """From now on this key signs. The others stay."""
    utf8_out()
    dkim_keys.use_key(settings().home, selector)
    print(say(f"{selector} で署名します。", f"{selector} signs from now on."))


@dkim_app.command("list")
def list_keys(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Every key with its record, and which one signs."""
    utf8_out()
    keys = dkim_keys.keys_of(settings().home)
    if as_json:
        domain = _domain()
        emit_array(
            {"selector": k.selector, "signs": k.signs, "name": f"{k.selector}._domainkey.{domain}", "record": k.record}
            for k in keys
        )
        return
    for key in keys:
        print(f"{'*' if key.signs else ' '} {key.zone_line(_domain())}")
    if not keys:
        print(say("キーはありません。`intake dkim new 202604` のように作ります。",
                  "no keys; `intake dkim new 202604` makes one"))  # fmt: skip
