"""Days on pages: a day of another year says so, or what ended two years ago reads as a fortnight ago."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from intake.web.render import Pages
from tests.house import open_test_house

NOW = datetime(2026, 12, 31, 16, tzinfo=UTC)  # 1 January 2027 in Tokyo


@pytest.mark.parametrize(
    ("value", "lang", "said"),
    [
        (date(2024, 11, 1), "ja", "2024年11月1日(金)"),
        (date(2026, 12, 31), "ja", "2026年12月31日(木)"),
        (date(2027, 4, 1), "ja", "4月1日(木)"),
        (date(2024, 11, 1), "en", "1 Nov 2024 (Fri)"),
        (date(2027, 4, 1), "en", "1 Apr (Thu)"),
    ],
)
def test_the_year_is_said_where_it_is_another(tmp_path: Path, value: date, lang: str, said: str) -> None:
    house = open_test_house(tmp_path)
    pages = Pages(house.settings)
    template = pages._env.from_string("{{ value|day }}")
    assert template.render(value=value, lang=lang, now=NOW) == said
    assert pages._env.from_string("{{ at|moment }}").render(at=NOW, lang=lang, now=NOW).endswith("01:00")
    house.store.close()
