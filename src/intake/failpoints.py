"""Named places where a test may stop the process (reliability.md §3.2). Nothing happens unless armed.

Arm with ``INTAKE_FAIL_AT=name[:count]``: the process ends by SIGKILL when ``name`` is reached for the count-th time.
``INTAKE_FAIL_TRACE=file`` appends each reached name once per process, so that a test can show that all were reached.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

_at, _, _count = os.environ.get("INTAKE_FAIL_AT", "").partition(":")
_left = int(_count or 1)
_trace = os.environ.get("INTAKE_FAIL_TRACE", "")
_seen: set[str] = set()
ARMED = bool(_at or _trace)


def reach(name: str) -> None:
    """Say that the code has come to ``name``."""
    if ARMED:
        _reach(name)


def _reach(name: str) -> None:
    global _left
    if _trace and name not in _seen:
        _seen.add(name)
        with Path(_trace).open("a", encoding="ascii") as f:
            f.write(name + "\n")
    if name == _at:
        _left -= 1
        if _left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
