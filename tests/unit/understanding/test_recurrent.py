"""What is kept in mind in a sentence is that sentence's alone, however many are read side by side."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from intake.understanding.recurrent import LONG, Memory

SIZE = 4


@pytest.fixture
def memory() -> Memory:
    dice = np.random.default_rng(3)
    turn = dice.standard_normal((2, SIZE, 3 * SIZE)).astype(np.float32)
    return Memory(turn, dice.standard_normal((2, 1, SIZE)).astype(np.float32))


def words(count: int) -> np.ndarray:
    return np.random.default_rng(count).standard_normal((count, 2, 3 * SIZE)).astype(np.float32)


def test_sentences_side_by_side_are_read_as_each_alone(memory: Memory) -> None:
    given = words(60)
    spans = [(2, 9), (11, 12), (12, 12), (14, 45), (47, 58)]
    together = memory.read(given, spans)
    for start, end in spans:
        alone = memory.read(given[start:end], [(0, end - start)])
        assert np.allclose(together[start:end], alone, atol=1e-6)
    assert not together[[0, 1, 9, 10, 45, 46, 58, 59]].any()  # words of no sentence


def test_the_first_word_is_still_known_at_the_end_and_the_last_one_at_the_beginning(memory: Memory) -> None:
    given = words(12)
    changed = given.copy()
    changed[0, 0] += 3
    changed[11, 1] += 3
    before, after = memory.read(given, [(0, 12)]), memory.read(changed, [(0, 12)])
    assert abs(before[11, :SIZE] - after[11, :SIZE]).max() > 1e-4
    assert abs(before[0, SIZE:] - after[0, SIZE:]).max() > 1e-4


def test_a_text_without_end_costs_what_its_words_cost(memory: Memory) -> None:
    """One sentence of 40,000 words beside ten thousand of one: no room for all of them at the longest one's length."""
    given = words(50_000)
    spans = [(0, 40_000), *((at, at + 1) for at in range(40_000, 50_000))]
    tracemalloc.start()
    found = memory.read(given, spans)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 30e6
    assert np.allclose(found[LONG : 2 * LONG], memory.read(given[LONG : 2 * LONG], [(0, LONG)]), atol=1e-6)
