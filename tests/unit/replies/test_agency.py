"""The agency's own lines: one file, checked, the home's before the shipped one."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake.errors import RuleError
from intake.replies import load_agency, parse_agency
from intake.resources import shipped_rules

SHIPPED = (shipped_rules() / "agency.toml").read_text("utf-8")


def test_the_shipped_values_are_plainly_invented() -> None:
    agency = load_agency([shipped_rules()])
    assert "見本" in agency.name
    assert agency.mail_from.endswith("@agency.example")
    assert agency.privacy_page.startswith("https://agency.example/")
    assert agency.telephone.endswith("0000-0000")


def test_the_last_folder_wins(tmp_path: Path) -> None:
    (tmp_path / "agency.toml").write_text(SHIPPED.replace("見本キャリア", "試験キャリア"), "utf-8")
    assert load_agency([shipped_rules(), tmp_path]).name == "試験キャリアエージェント"
    assert load_agency([shipped_rules(), tmp_path / "none"]).name == "見本キャリアエージェント"


@pytest.mark.parametrize(("old", "new", "said"), [
    ('name = "見本キャリアエージェント"', "", "name"),
    ('name = "見本キャリアエージェント"', 'name = "見本\\r\\nBcc: x@example.jp"', "name"),
    ('name = "見本キャリアエージェント"', 'name = " "', "name"),
    ("https://agency.example/privacy", "javascript:alert(1)", "privacy_page"),
    ("tetsuzuki@agency.example", "tetsuzuki", "mail_from"),
    ('charset = "utf-8"', 'charset = "shift_jis"', "charset"),
    ("per_thread_day = 1", "per_thread_day = -1", "limits.per_thread_day"),
    ("per_thread_day = 1", "per_tread_day = 1", "limits.per_tread_day"),
    ("quiet_from = 21", 'quiet_from = "21"', "timing.quiet_from"),
    ("[limits]", "[limits", "agency.toml"),
])  # fmt: skip
def test_a_wrong_value_is_named(old: str, new: str, said: str) -> None:
    assert old in SHIPPED
    with pytest.raises(RuleError, match=said):
        parse_agency(SHIPPED.replace(old, new), "agency.toml")


def test_none_at_all(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="intake init"):
        load_agency([tmp_path])
