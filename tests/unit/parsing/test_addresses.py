"""Addresses as written, and their form for comparing."""

from __future__ import annotations

import pytest

from intake.parsing import addresses
from intake.parsing.limits import Notes


def read(text: str) -> list[tuple[str, str]]:
    return [(item.name, item.addr) for item in addresses.read(text.encode(), Notes(), "from")]


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("Taro@Example.JP", "taro@example.jp"),
        ('"a..b."@docomo.ne.jp', "a..b.@docomo.ne.jp"),
        (" taro@example.jp. ", "taro@example.jp"),
        ("ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ", "taro@example.jp"),
        ("<taro@example.jp>", "taro@example.jp"),
        ("mailto:taro@example.jp", "taro@example.jp"),
        ("taro@例え.jp", "taro@xn--r8jz45g.jp"),
        ("MAILER-DAEMON", "mailer-daemon"),
        ("", ""),
    ],
)
def test_canonical(written: str, compared: str) -> None:
    assert addresses.canonical(written) == compared
    assert addresses.canonical(compared) == compared


def test_look_alikes_stay_apart() -> None:
    assert addresses.canonical("tаro@example.jp") != addresses.canonical("taro@example.jp")  # Cyrillic а


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a@example.jp, B <b@example.jp>", [("", "a@example.jp"), ("B", "b@example.jp")]),
        ("Team: a@example.jp, b@example.jp;", [("", "a@example.jp"), ("", "b@example.jp")]),
        ('"Yamada, Taro" <a@example.jp>, b@example.jp', [("Yamada, Taro", "a@example.jp"), ("", "b@example.jp")]),
        ("Taro (work; 9-17) <a@example.jp>", [("Taro (work; 9-17)", "a@example.jp")]),
        ("a@example.jp <a@example.jp>", [("a@example.jp", "a@example.jp")]),
        ("", []),
        (",,;", []),
    ],
)
def test_lists(text: str, expected: list[tuple[str, str]]) -> None:
    assert read(text) == expected
