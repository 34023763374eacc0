"""What the import contracts cannot see: the stages get the time as an argument."""

from __future__ import annotations

import re
from pathlib import Path

import intake

PACKAGE = Path(intake.__file__).parent
STAGES = ("parsing", "understanding", "matching", "policy", "proofs", "cases", "retention", "replies")
CLOCK = re.compile(r"\b(datetime|dt\.datetime)\.(now|utcnow)\(|\bdate\.today\(|\btime\.time(_ns)?\(")


def clock_readings(folder: Path) -> list[str]:
    """``file:line`` of each look at the clock under the folder."""
    return [
        f"{path.relative_to(folder.parent)}:{number}"
        for path in sorted(folder.rglob("*.py"))
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if CLOCK.search(line)
    ]


def test_the_stages_read_no_clock() -> None:
    assert [reading for stage in STAGES for reading in clock_readings(PACKAGE / stage)] == []


def test_the_check_above_can_fail(tmp_path: Path) -> None:
    (tmp_path / "stage").mkdir()
    (tmp_path / "stage" / "late.py").write_text("import datetime as dt\nnow = dt.datetime.now(dt.UTC)\n")
    assert clock_readings(tmp_path / "stage") == ["stage/late.py:2"]
