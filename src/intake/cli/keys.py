"""keys: the keys that wrap the data keys."""

from __future__ import annotations

import sys
from collections.abc import Callable

import typer

from intake.bootstrap.home import connect
from intake.cli.app import app, say, settings, utf8_out
from intake.model import Actor
from intake.worker import utc_now

keys_app = typer.Typer(no_args_is_help=True, help="the keys that wrap the data keys")
app.add_typer(keys_app, name="keys")


@keys_app.command("rotate")
def rotate() -> None:
    """A new wrapping key, every data key wrapped anew, the old wrapping key destroyed; everything may go on running.

    Copies of the key store from before open nothing any more: make a new backup afterwards. Only copies from before
    the first change of all still open with secret.key, which their keys were wrapped by: destroy those.
    """
    utf8_out()
    s = settings()
    store = connect(s)
    try:
        number, count = store.keys.rotate(_bar())
        with store.write() as tx:
            tx.audit.append(utc_now(), Actor("operator", "shell"), "keys.rotated",
                            detail={"number": number, "count": count})  # fmt: skip
    finally:
        store.close()
    print(say(f"鍵 {number} に替え、{count} 個のデータ鍵を包み直しました。新しいバックアップをお取りください。",
              f"key {number}: {count} data keys wrapped anew; make a new backup, "
              "old copies of the keys are dead"))  # fmt: skip
    if not s.keys_command:
        print(say("最初の鍵の変更より前に取った鍵の写し(FILE.keys)だけは、secret.key があれば今も開けます。"
                  "廃棄してください。",
                  "only copies of the keys (FILE.keys) from before the very first change still open with secret.key: "
                  "destroy those"))  # fmt: skip


def _bar() -> Callable[[int], None]:
    """A count on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        return lambda done: None
    return lambda done: print(f"\r{done}", end="", file=sys.stderr)
