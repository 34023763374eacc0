"""Normalising never loses the way back to the original offsets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.understanding.normalize import normalize


@pytest.mark.parametrize(
    ("given_text", "plain"),
    [
        ("ﾀｲｶｲ", "タイカイ"),
        ("ﾃﾞｰﾀ", "データ"),
        ("㈱山田", "(株)山田"),
        ("０９０－００００", "090-0000"),
        ("①", "1"),
        ("か\u3099", "が"),
        ("サービス", "サービス"),
    ],
)
def test_spellings_become_one(given_text: str, plain: str) -> None:
    assert normalize(given_text).text == plain


@given(st.text(alphabet="退会あｱｶﾞﾀﾞ゙㈱①Ａ－ー \n"))
def test_every_run_leads_back_to_its_origin(text: str) -> None:
    normal = normalize(text)
    for at in range(len(normal.text)):
        start, end = normal.origin(at, at + 1)
        assert 0 <= start <= end <= len(text)
    assert normal.origin(0, len(normal.text)) == (0, len(text))


def test_offsets_survive_half_width_kana() -> None:
    text = "ﾃﾞｰﾀを消して"
    normal = normalize(text)
    at = normal.text.index("消")
    start, end = normal.origin(at, at + 1)
    assert text[start:end] == "消"
