"""The log goes to stderr, in the style asked for, and holds no text of people: also that of loggers made at import."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
from intake.journal import journal
log = journal("made at import")
from intake.journal import set_up
set_up({style!r})
log.warning("it broke", error=ValueError("山田 太郎 taro@example.jp"), name="山田 太郎", message=7)
"""


def run(style: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", SCRIPT.format(style=style)], capture_output=True, text=True, check=True
    )


def test_a_logger_made_before_set_up_obeys_it() -> None:
    done = run("json")
    assert done.stdout == ""
    assert done.stderr.startswith("{") and '"message": 7' in done.stderr and '"error": "ValueError"' in done.stderr


def test_nothing_personal_is_logged() -> None:
    for style in ("text", "json"):
        done = run(style)
        assert "made at import" in done.stderr
        assert "山田" not in done.stderr + done.stdout
        assert "taro@" not in done.stderr + done.stdout


def test_a_log_that_cannot_be_written_stops_nobody() -> None:
    """A full disk under the log must not answer for the mail."""
    with open("/dev/full", "w") as full:  # noqa: PTH123
        done = subprocess.run([sys.executable, "-c", SCRIPT.format(style="text")], stderr=full, check=False)
    assert done.returncode in (0, 120)  # 120: Python itself could not flush stderr at its end
