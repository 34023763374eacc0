"""Long work shows how far it is on a terminal, and writes nothing into a pipe."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from intake.cli import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("screen", [Terminal(), io.StringIO()])
def test_a_bar_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch, screen: io.StringIO) -> None:
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("FORCE_COLOR", "1")
    with progress.of_all(4) as told:
        told(2)
        told(2)
    assert list(progress.over_rows()([1, 2])) == [1, 2]
    assert ("%" in screen.getvalue()) is screen.isatty()


def test_what_is_below_is_counted(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/1.eml").write_bytes(b"x" * 10)
    (tmp_path / "2.eml").write_bytes(b"x" * 5)
    assert progress.bytes_below([tmp_path / "a", tmp_path / "2.eml", tmp_path / "none"]) == 15
