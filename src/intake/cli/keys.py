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

    Copies of the key store from before open nothing any more: make a new backup afterwards.
    """
    utf8_out()
    store = connect(settings())
    try:
        number, count = store.keys.rotate(_bar())
        with store.write() as tx:
            tx.audit.append(utc_now(), Actor("operator", "shell"), "keys.rotated",
                            detail={"number": number, "count": count})  # fmt: skip
    finally:
        store.close()
    print(
        say(
            f"鍵 {number} に替え、{count} 個のデータ鍵を包み直しました。新しいバックアップをお取りください。",
            f"key {number}: {count} data keys wrapped anew; make a new backup, old copies of the keys are dead",
        )
    )


def _bar() -> Callable[[int], None]:
    """A count on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        return lambda done: None
    return lambda done: print(f"\r{done}", end="", file=sys.stderr)
