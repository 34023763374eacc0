"""What the network's layers do to a batch of letters: windows of words, what sentences take from their words, rows.

The way back of ``windows`` and of rows taken from a table stands here too, that of ``pool`` in network.py.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from intake.learning.letters import WIDTH, Batch, Floats, Ints
from intake.understanding.network import TAIL


class Pools(NamedTuple):
    """What a sentence takes from its windows: the largest value of each unit, their sum, the largest at its end."""

    largest: Floats
    tail: Floats
    share: Floats
    tail_from: Ints
    both: Floats  # largest and sum side by side
    before: Floats  # the same of the sentence before
    after: Floats


def windows(x: Floats) -> Floats:
    """Each row beside its neighbours."""
    pad = WIDTH // 2
    count, size = x.shape
    out = np.zeros((count, WIDTH * size), np.float32)
    for i in range(WIDTH):
        shift = i - pad
        here, there = max(0, -shift), max(0, shift)
        out[here : count - there, i * size : (i + 1) * size] = x[there : count - here]
    return out


def unwindowed(slope: Floats, size: int) -> Floats:
    """The way back: what each row gave to all windows it stood in."""
    pad = WIDTH // 2
    count = len(slope)
    wide = np.zeros((count + 2 * pad, size), np.float32)
    for i in range(WIDTH):
        wide[i : i + count] += slope[:, i * size : (i + 1) * size]
    return wide[pad : pad + count]


def pool(b: Batch, seen: Floats, same: Floats) -> Pools:
    """Sentences from what their words give. ``same``: 1 where a sentence and the one before it are of one letter."""
    ends = b.starts + np.maximum(b.sizes, 1)
    tail_from = np.maximum(b.starts, ends - TAIL)
    bounds = np.stack([b.starts, ends], axis=1).ravel()
    largest = np.maximum.reduceat(seen, bounds, axis=0)[::2]
    tail = np.maximum.reduceat(seen, np.stack([tail_from, ends], axis=1).ravel(), axis=0)[::2]
    share = (1 / np.sqrt(1 + b.sizes)).astype(np.float32)[:, None]
    both = np.concatenate([largest, np.add.reduceat(seen, bounds, axis=0)[::2] * share], axis=1)
    nothing = np.zeros((1, both.shape[1]), np.float32)
    before = np.concatenate([nothing, both[:-1] * same])
    return Pools(largest, tail, share, tail_from, both, before, np.concatenate([both[1:] * same, nothing]))


def places(b: Batch) -> Floats:
    """As ``understanding.network.places``, for all letters of a batch."""
    counts = np.diff(np.append(b.first, len(b.owner)))[b.owner]
    at = np.arange(len(b.owner)) - b.first[b.owner]
    behind = counts - 1 - at
    rows = [at == 0, behind == 0, behind == 1, counts == 1, np.minimum(counts, 12) / 12, b.subject[b.starts, 0]]
    return np.stack(rows, axis=1).astype(np.float32)


def gathered(rows: Ints, slopes: Floats, count: int) -> Floats:
    """The slopes of each row of a table, summed over its occurrences."""
    out = np.zeros((count, slopes.shape[1]), np.float32)
    order = np.argsort(rows, kind="stable")
    present, starts = np.unique(rows[order], return_index=True)
    out[present] = np.add.reduceat(slopes[order], starts, axis=0)
    return out
