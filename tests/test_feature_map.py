"""``tests/feature-map.md`` names every row of the domain's list, and everything it names exists."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
ROWS = [f"A{n}" for n in range(1, 36)] + [f"B{n}" for n in range(1, 16)]
LINE = re.compile(r"^\| (?P<row>[AB]\d+) \| (?P<rule>[^|]+) \| (?P<shown>[^|]+) \|$")
NAMED = re.compile(r"`([^`]+)`")
PLACES = ("cases/", "unit/", "integration/", "browser/", "e2e/", "golden/", "test_", "policy-table")


def lines(text: str) -> list[re.Match[str]]:
    return [m for m in map(LINE.match, text.splitlines()) if m]


def missing(shown: str) -> list[str]:
    """What is named before the dash and is not there; ["nothing"] where nothing is named."""
    found = [name for name in NAMED.findall(shown.partition(" — ")[0]) if name.startswith(PLACES)]
    return [name for name in found if not exists(name)] if found else ["nothing"]


def exists(name: str) -> bool:
    path, _, test = name.partition("::")
    place = HERE / path
    if not test:
        return place.is_file() or (place.is_dir() and any(place.iterdir()))
    return place.is_file() and f"\ndef {test}(" in place.read_text("utf-8")


def test_every_row_is_there_once_and_in_order() -> None:
    assert [m["row"] for m in lines((HERE / "feature-map.md").read_text("utf-8"))] == ROWS


def test_everything_named_exists() -> None:
    rows = lines((HERE / "feature-map.md").read_text("utf-8"))
    assert {m["row"]: gone for m in rows if (gone := missing(m["shown"]))} == {}


def test_what_is_not_there_is_noticed() -> None:
    assert missing("`cases/99-nothing`") == ["cases/99-nothing"]
    assert missing("`test_feature_map.py::test_no_such`") == ["test_feature_map.py::test_no_such"]
    assert missing("nothing at all") == ["nothing"]
    assert missing("`test_feature_map.py::test_everything_named_exists` — why") == []


def test_every_story_is_a_story_that_staff_can_read() -> None:
    """A story without its one line says nothing."""
    for folder in sorted((HERE / "cases").iterdir()):
        if folder.is_dir():
            assert (folder / "README").read_text("utf-8").strip(), folder.name
            assert (folder / "expect.toml").is_file(), folder.name
