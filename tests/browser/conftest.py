"""A house with its staff, served on a port of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import TestHouse, open_test_house
from tests.integration.web_parts import served, staffed


@pytest.fixture
def house(tmp_path: Path) -> Iterator[TestHouse]:
    """Staff, no seeker yet."""
    found = staffed(open_test_house(tmp_path))
    yield found
    found.store.close()


@pytest.fixture
def site(house: TestHouse, free_port: int) -> Iterator[str]:
    """Where its pages are."""
    with served(house, free_port) as url:
        yield url
