"""The shell's side of the product. Exit status: 0 done, 1 failed (one line says what to do), 2 wrong use."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence

from intake.cli.app import app
from intake.errors import IntakeError

# Which module has a command; only that one is loaded, as most commands need neither the database nor the web.
COMMANDS = {
    command: module
    for module, commands in {
        "desk": "cases outbox case staff",
        "disclose": "export",
        "dkim": "dkim",
        "doctor": "doctor",
        "erase": "erase",
        "explain": "explain",
        "keys": "keys",
        "load": "ingest work seekers applications",
        "operate": "init config migrate backup reconcile audit",
        "programs": "token webhooks",
        "read": "parse classify evaluate learn rules",
        "restore": "restore",
        "retention": "retention",
        "run": "run demo send-sample",
        "template": "template",
    }.items()
    for command in commands.split()
}
TAKE_A_VALUE = ("--home", "--lang")


def command_of(arguments: Sequence[str]) -> str:
    """The first word that is neither an option nor an option's value; "" where there is none."""
    words = iter(arguments)
    for word in words:
        if word == "--help":
            return ""  # it lists them all
        if word in TAKE_A_VALUE:
            next(words, None)
        elif not word.startswith("-"):
            return word
    return ""


def main() -> None:
    """Entry point of ``intake`` and ``python -m intake``."""
    wanted = COMMANDS.get(command_of(sys.argv[1:]))
    for module in [wanted] if wanted else dict.fromkeys(COMMANDS.values()):
        importlib.import_module(f"intake.cli.{module}")  # it registers its commands
    try:
        app(prog_name="intake")
    except IntakeError as e:
        print(f"intake: {e}", file=sys.stderr)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None
    except OSError as e:
        print(f"intake: {e.strerror or e}{f': {e.filename}' if e.filename else ''}", file=sys.stderr)
        raise SystemExit(1) from None
