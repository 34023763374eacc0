"""The bench of pages misses no route, and every way that it measures really does what it is named by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.bench.desk import Desk
from tests.bench.filled import fill
from tests.bench.pages import unhurried
from tests.bench.ways import EXCEPTIONS, WAYS, Way, routes_of
from tests.bench.years import add_years
from tests.house import open_test_house
from tests.integration.web_parts import app_of, staffed

CASES = 600


@pytest.fixture(scope="module")
def desk(tmp_path_factory: Any) -> Iterator[Desk]:
    """A house with a little of everything."""
    house = staffed(open_test_house(tmp_path_factory.mktemp("bench")))
    fill(house, CASES)
    add_years(house, CASES)
    found = unhurried(Desk(house))
    yield found
    found.close()
    house.store.close()


def test_every_route_is_measured_or_has_its_reason(desk: Desk) -> None:
    routes = set(routes_of(app_of(desk.house)))
    assert routes == set(WAYS) | set(EXCEPTIONS)
    assert not set(WAYS) & set(EXCEPTIONS)
    assert all(len(why) > 20 for why in EXCEPTIONS.values())


@pytest.mark.parametrize("way", [w for ways in WAYS.values() for w in ways], ids=lambda w: w.name)
def test_a_way_leads_where_it_should(desk: Desk, way: Way) -> None:
    ask = way.make(desk, 0)
    answer = ask.send()
    assert answer.status_code in ask.ok, answer.text
