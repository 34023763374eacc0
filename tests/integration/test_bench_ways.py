"""The bench of pages misses no route, and every way that it measures really does what it is named by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from tests.bench.desk import Ask, Desk
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


@pytest.fixture
def statements(desk: Desk) -> Iterator[list[str]]:
    """What the database is asked, on all its connections."""
    seen: list[str] = []
    store: Any = desk.house.store
    note = lambda c, cursor, sql, *_: seen.append(sql)  # noqa: E731
    for engine in store._engines:
        sa.event.listen(engine, "before_cursor_execute", note)
    yield seen
    for engine in store._engines:
        sa.event.remove(engine, "before_cursor_execute", note)


def most(ask: Ask, way: Way) -> int:
    """How many statements an answer may take. A search for words looks through four pages of candidates."""
    if way.name == "fifty at once":
        return 50 * 12
    return 60 if ask.method == "GET" and "/search" not in ask.url else 110


def is_told_apart(way: Way) -> bool:
    """The same search for another role takes the same steps."""
    return not way.name.startswith("search") or "(lead)" in way.name or "退会" in way.name


def test_every_route_is_measured_or_has_its_reason(desk: Desk) -> None:
    routes = set(routes_of(app_of(desk.house)))
    assert routes == set(WAYS) | set(EXCEPTIONS)
    assert not set(WAYS) & set(EXCEPTIONS)
    assert all(len(why) > 20 for why in EXCEPTIONS.values())


@pytest.mark.parametrize("way", [w for ways in WAYS.values() for w in ways if is_told_apart(w)], ids=lambda w: w.name)
def test_a_way_leads_where_it_should_in_few_steps(desk: Desk, statements: list[str], way: Way) -> None:
    """A list that asks the database once a row is quick on the day it is written and slow in a year."""
    ask = way.make(desk, 0)
    statements.clear()
    answer = ask.send()
    assert answer.status_code in ask.ok, answer.text
    assert len(statements) <= most(ask, way), statements
