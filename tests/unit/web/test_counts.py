"""Counts beside kept searches: new while cheap, kept for a moment where they are dear, never beyond a budget."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from intake.web.staff.counts import BUDGET_SECONDS, DEAR_SECONDS, KEPT_AT_MOST, TIMES_ITS_COST, Counts


class World:
    """A clock, and cases that take time to count."""

    def __init__(self) -> None:
        self.now, self.cases, self.counted = 100.0, 7, 0

    def __call__(self) -> float:
        return self.now

    def taking(self, seconds: float) -> Callable[[], int]:
        def count() -> int:
            self.now += seconds
            self.counted += 1
            return self.cases

        return count


@pytest.fixture
def world() -> World:
    return World()


def test_a_cheap_count_is_always_new(world: World) -> None:
    counts = Counts(world)
    for cases in (7, 8):
        world.cases = cases
        assert counts.of("a", counts.budget(), world.taking(DEAR_SECONDS / 2)) == cases


def test_a_dear_count_is_kept_in_proportion_to_its_cost(world: World) -> None:
    counts, cost = Counts(world), 2 * DEAR_SECONDS
    assert counts.of("a", counts.budget(), world.taking(cost)) == 7
    world.cases = 8
    world.now += TIMES_ITS_COST * cost * 0.9
    assert counts.of("a", counts.budget(), world.taking(cost)) == 7
    assert counts.of("b", counts.budget(), world.taking(cost)) == 8, "another search is another count"
    world.now += TIMES_ITS_COST * cost * 0.2
    assert counts.of("a", counts.budget(), world.taking(DEAR_SECONDS / 2)) == 8
    world.cases = 9
    assert counts.of("a", counts.budget(), world.taking(0.0)) == 9, "it has become cheap"


def test_none_is_kept_for_long(world: World) -> None:
    counts = Counts(world)
    counts.of("a", counts.budget(), world.taking(10.0))
    world.cases = 8
    world.now += KEPT_AT_MOST + 1
    assert counts.of("a", counts.budget(), world.taking(10.0)) == 8


def test_a_page_of_many_dear_counts_stops_at_its_budget_and_shows_what_it_knows(world: World) -> None:
    counts, names, cost = Counts(world), range(40), 1.5 * DEAR_SECONDS
    budget = counts.budget()
    first = [counts.of(n, budget, world.taking(cost)) for n in names]
    within = int(BUDGET_SECONDS / cost) + 1
    assert world.counted == within
    assert first == [7] * within + [None] * (40 - within)
    world.cases = 8
    world.now += KEPT_AT_MOST
    budget = counts.budget()
    second = [counts.of(n, budget, world.taking(cost)) for n in reversed(names)]
    assert world.counted == 2 * within
    assert second == [8] * within + [None] * (40 - 2 * within) + [7] * within, "an old count is better than none"


def test_nothing_is_counted_again_while_nothing_has_changed(world: World) -> None:
    counts = Counts(world)
    assert [counts.unchanged("mine", 1, world.taking(0.0)) for _ in range(3)] == [7, 7, 7]
    assert world.counted == 1
    world.cases = 8
    assert counts.unchanged("all", 1, world.taking(0.0)) == 8, "another list"
    assert counts.unchanged("mine", 2, world.taking(0.0)) == 8, "something has changed"
    assert world.counted == 3
