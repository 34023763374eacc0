"""Where shipped rules and templates are looked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake import resources
from intake.errors import SettingError


def test_in_a_checkout_the_top_level_folder_is_used() -> None:
    assert resources.shipped_rules() == Path(__file__).resolve().parents[2] / "rules"


def test_a_wheels_own_data_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for place in ("wheel/_data", "checkout"):
        (tmp_path / place / "templates").mkdir(parents=True)
    monkeypatch.setattr(resources, "_PLACES", (tmp_path / "wheel/_data", tmp_path / "checkout"))
    assert resources.shipped_templates() == tmp_path / "wheel/_data/templates"


def test_an_installation_without_them_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(resources, "_PLACES", (tmp_path,))
    with pytest.raises(SettingError, match="rules/ is missing"):
        resources.shipped_rules()
