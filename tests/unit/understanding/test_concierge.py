"""Whom a message names as the person in charge."""

from __future__ import annotations

import pytest

from intake.understanding.concierge import find_concierge


@pytest.mark.parametrize(
    "text",
    [
        "担当者様\n\n林真由美と申します。",
        "ご担当者様\nお世話になっております。",
        "採用担当者様",
        "人事様\n",
        "人事部様\n",
        "関係者様\n",
        "営業部様\n",
        "相談室様\n",
    ],
)
def test_an_office_is_nobody(text: str) -> None:
    assert find_concierge(text) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("担当の佐藤様", "佐藤"),
        ("阿部様\n", "阿部"),
        ("担当の室井さん", "室井"),
        ("担当者の渡部様へ", "渡部"),
        ("皆川様、", "皆川"),
    ],
)
def test_a_surname_is_somebody(text: str, name: str) -> None:
    assert find_concierge(text) == name
