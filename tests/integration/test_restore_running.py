"""``intake restore`` beside a running intake: refused, whichever of its parts runs and wherever it listens."""

from __future__ import annotations

from pathlib import Path

from tests.process import Product


def test_data_are_not_replaced_under_a_running_house(tmp_path: Path) -> None:
    house = Product(tmp_path / "home", INTAKE_HTTP_LISTEN="")
    backup = str(tmp_path / "b.db")
    assert house.command("init").returncode == 0
    assert house.command("backup", backup).returncode == 0
    house.start()
    try:
        for force in ((), ("--force",)):
            refused = house.command("restore", backup, *force)
            assert refused.returncode == 1
            assert "stop it first" in refused.stderr
    finally:
        house.kill()
    assert house.command("restore", backup).returncode == 0, "kill -9 leaves nothing behind"
