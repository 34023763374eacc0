"""The charts of the figures can be read: on a desk and on a telephone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.browser.screen import NARROW, WIDE, is_too_wide, sign_in, violations
from tests.house import TestHouse, open_test_house
from tests.integration.web_parts import staffed

LEAST_PIXELS = 11
_TEXTS = """() => [...document.querySelectorAll("svg.chart")].filter((s) => s.getClientRects().length).map((s) => {
  const frame = s.getBoundingClientRect();
  return [...s.querySelectorAll("text")].map((t) => { const b = t.getBoundingClientRect();
    return {text: t.textContent, left: b.left, right: b.right, top: b.top, bottom: b.bottom,
            size: parseFloat(getComputedStyle(t).fontSize) * frame.width / s.viewBox.baseVal.width,
            out: b.left < frame.left - 1 || b.right > frame.right + 1}; }); })"""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[TestHouse]:
    found = staffed(open_test_house(tmp_path))
    asked = (
        "退会を希望します。",
        "面談の場所はどこですか。",
        "個人情報をすべて削除してください。",
        "しばらくサービスを停止してください。",
    )
    for week in range(12):
        for n, body in enumerate(asked[: 1 + week % 4]):
            found.mail(body, from_=f"山田 太郎 <person{week}{n}@example.jp>")
        found.work()
        found.now += timedelta(days=7)
    yield found
    found.store.close()


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_every_chart_can_be_read(house: TestHouse, site: str, page: Any, size: dict[str, int]) -> None:
    page.set_viewport_size(size)
    sign_in(page, site)
    page.goto(f"{site}/staff/figures")
    charts = page.evaluate(_TEXTS)
    assert len(charts) >= 3
    for texts in charts:
        assert len(texts) >= 2
        for one in texts:
            assert one["size"] >= LEAST_PIXELS, one
            assert not one["out"], one
        for n, a in enumerate(texts):
            for b in texts[n + 1 :]:
                apart = a["right"] <= b["left"] or b["right"] <= a["left"]
                assert apart or a["bottom"] <= b["top"] + 4 or b["bottom"] <= a["top"] + 4, (a, b)
    assert not is_too_wide(page)
    assert violations(page) == []
