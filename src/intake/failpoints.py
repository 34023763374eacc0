"""Named places where a test may stop the process (reliability.md §3.2). Nothing happens unless armed.

Arm with ``INTAKE_FAIL_AT=name[:count]``: the process ends by SIGKILL when ``name`` is reached for the count-th time.
``INTAKE_FAIL_TRACE=file`` appends each reached name once per process, so that a test can show that all were reached.
``NAMES`` is the whole list; a test compares it with the code.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

COMMITS = ("inbox", "case", "imap", "confirm")  # ``store.write(name)``: name.before_commit, name.committed
ERASING = (
    "planned", "posted", "mailed", "buried", "key_destroyed", "keys", "caught", "mailbox", "outside", "mask[0]",
    "blob[0]", "table[0]", "table[1]", "table[2]", "table[3]", "removed", "checkpoint", "scanned", "plan_forgotten",
    "certified",
)  # fmt: skip
NAMES = (
    *(f"{name}.{when}" for name in COMMITS for when in ("before_commit", "committed")),
    "audit.before_commit",
    "parse.child",
    "imap.committed_unflagged",
    "confirm.burnt",
    "withdraw.committed",
    "outbox.claimed",
    "outbox.sent_unmarked",
    "crm.called_unmarked",
    *(f"erase.{step}" for step in ERASING),
)

_at = ""
_left = 1
_trace = ""
_seen: set[str] = set()
ARMED = False


def arm(at: str, trace: str) -> None:
    """``at``: name[:count] to die at, or ""; ``trace``: a file that learns what was reached, or ""."""
    global _at, _left, _trace, ARMED
    _at, _, count = at.partition(":")
    _left = int(count or 1)
    _trace = trace
    _seen.clear()
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


arm(os.environ.get("INTAKE_FAIL_AT", ""), os.environ.get("INTAKE_FAIL_TRACE", ""))
