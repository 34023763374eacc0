"""The list of failpoints is the code's own."""

from __future__ import annotations

import re
from pathlib import Path

import intake
from intake.failpoints import COMMITS, NAMES

SOURCE = Path(intake.__file__).parent


def test_every_failpoint_of_the_code_is_listed_and_none_else() -> None:
    text = "\n".join(p.read_text("utf-8") for p in SOURCE.rglob("*.py") if p.name != "failpoints.py")
    named = set(re.findall(r'(?<![.\w])reach\(\s*f?"([^"]+)"', text))
    named |= set(re.findall(r'(?<![.\w])(?:failpoint|Piece)\(\s*f?"(erase[^"]+)"', text))
    named = {_as_listed(n) for n in named if not n.startswith("{failpoint}") and n != "erase.{step}"}
    named |= {f"erase.{step}" for step in re.findall(r'\("([a-z]+)", self\._[a-z]+\)', text)}
    commits = set(re.findall(r'\bwrite\("([a-z]+)"\)', text)) | set(re.findall(r'failpoint: str = "([a-z]+)"', text))
    assert commits == set(COMMITS)
    assert named | {f"{c}.{when}" for c in commits for when in ("before_commit", "committed")} == {
        _as_listed(n) for n in NAMES
    }


def _as_listed(name: str) -> str:
    """``erase.table[{i}]`` in the code, ``erase.table[1]`` in a list: one family."""
    return re.sub(r"\[.*\]", "[]", name)
