"""The shell's side of the product. Exit status: 0 done, 1 failed (one line says what to do), 2 wrong use."""

from __future__ import annotations

import os
import sys

from intake.cli.app import app
from intake.errors import IntakeError


def main() -> None:
    """Entry point of ``intake`` and ``python -m intake``."""
    from intake.cli import (  # noqa: F401  (they register their commands)
        desk,
        disclose,
        dkim,
        erase,
        explain,
        keys,
        load,
        operate,
        programs,
        read,
        restore,
        retention,
        run,
        template,
    )

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
