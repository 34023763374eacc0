"""Looking through the files of a database that is in use must not end the locks that keep it whole."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

from intake.bootstrap.erasing import HouseOutside
from intake.store.health import files_with
from tests.house import TestHouse, open_test_house

VISIT = """
import sqlite3, sys
for name in sys.argv[1:]:
    c = sqlite3.connect(name)
    c.execute("CREATE TABLE IF NOT EXISTS visited (n)")
    c.commit()
    c.close()
"""


def is_whole(house: TestHouse, rounds: int) -> bool:
    """Another process comes and goes while we write on."""
    home = house.settings.home
    for n in range(rounds):
        house.seeker(f"M-{n}", "見本 太郎", f"a{n}@example.jp")
        command = [sys.executable, "-c", VISIT, str(home / "intake.db"), str(home / "keys.db")]
        subprocess.run(command, check=True, timeout=60)
        if not (home / "intake.db-wal").exists():  # the visitor believed that nobody else was there
            return False
        house.seeker(f"M-{n}", "見本 次郎", f"b{n}@example.jp")
    house.store.close()
    with sqlite3.connect(home / "intake.db") as c:
        return bool(c.execute("PRAGMA integrity_check").fetchone() == ("ok",))


def test_the_scan_of_an_erasure_leaves_the_database_whole(tmp_path: Path) -> None:
    from types import SimpleNamespace
    from typing import Any

    house = open_test_house(tmp_path)
    house.seeker()
    outside: Any = HouseOutside(SimpleNamespace(settings=house.settings, store=house.store))  # type: ignore[arg-type]
    for _ in range(2):
        assert outside.scan([["探す人".encode()]])[0].files > 3
    assert is_whole(house, 2)


def test_the_look_for_traces_leaves_the_database_whole(tmp_path: Path) -> None:
    house = open_test_house(tmp_path)
    house.seeker()
    home = house.settings.home
    assert files_with(home / "intake.db", home / "keys.db", [b"SQLite format 3"]) != []
    assert is_whole(house, 2)
