"""Files that people edit with a Windows editor: UTF-8 with its mark is read, another encoding is named in one line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from intake.errors import RuleError
from intake.matching import load_weights
from intake.pipeline.roster_words import load_roster_words
from intake.policy import load_profile
from intake.replies import load_agency, load_saved
from intake.resources import shipped_rules

FILES: list[tuple[str, Callable[[list[Path]], Any]]] = [
    ("agency.toml", load_agency),
    ("profiles/agency.toml", lambda dirs: load_profile(dirs, "agency")),
    ("matching.toml", load_weights),
    ("roster.toml", load_roster_words),
    ("saved_answers.toml", load_saved),
]


@pytest.mark.parametrize(("name", "load"), FILES)
def test_a_file_of_a_windows_editor(tmp_path: Path, name: str, load: Callable[[list[Path]], Any]) -> None:
    shipped = shipped_rules() / name
    if not shipped.exists():
        pytest.fail(f"{name} is not shipped")
    own = tmp_path / name
    own.parent.mkdir(exist_ok=True)
    own.write_text(shipped.read_text("utf-8"), "utf-8-sig")
    assert load([shipped_rules(), tmp_path]) == load([shipped_rules()])
    own.write_bytes("# 担当\n".encode("cp932"))
    with pytest.raises(RuleError, match=f"{name}: not UTF-8"):
        load([shipped_rules(), tmp_path])
