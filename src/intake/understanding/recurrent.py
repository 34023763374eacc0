"""Reads sentences word by word, from both ends, and keeps what it needs: 「退会」 three words before 「までは考えて
いません」 is no wish. (A gated recurrent unit on each way; Cho et al., 2014.)

All sentences go side by side: a letter costs as many steps as its longest sentence has words.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
_SIDE_BY_SIDE = 24  # sentences: products of larger matrices would call BLAS's threads
LONG = 200  # words; in what has no end, the way begins anew after so many
_WAYS = np.array([[0], [1]])  # from the first word on, from the last word back


class Memory:
    """The learned part: how what is remembered turns with each word."""

    def __init__(self, turn: Floats, turn0: Floats) -> None:
        self.size = turn.shape[1]
        self._turn, self._turn0 = turn.copy(), turn0
        self._turn[..., : 2 * self.size] *= 0.5  # of gates the tanh of the half is taken, which is their logistic curve

    def read(self, given: Floats, spans: Sequence[tuple[int, int]]) -> Floats:
        """What is remembered at each word. ``given``: what each word gives (words × ways × gates and candidate);
        ``spans``: first and last (exclusive) word of each sentence. Words of no sentence: nothing."""
        out: Floats = np.zeros((len(given), 2, self.size), np.float32)
        short = [(at, min(at + LONG, end)) for start, end in spans for at in range(start, end, LONG)]
        ordered = sorted(short, key=lambda span: span[0] - span[1])
        for at in range(0, len(ordered), _SIDE_BY_SIDE):
            self._some(given, np.array(ordered[at : at + _SIDE_BY_SIDE], np.int64), out)
        return out.reshape(len(given), 2 * self.size)

    def _some(self, given: Floats, spans: npt.NDArray[np.int64], out: Floats) -> None:
        """Sentences side by side, the longest first; each step takes a word of those that have one left."""
        size = self.size
        starts, ends = spans.T
        sizes = ends - starts
        longest = int(sizes[0])
        counts = np.searchsorted(-sizes, -np.arange(longest), side="left").tolist()
        steps = np.arange(longest)[:, None]
        rows = np.stack([np.minimum(starts + steps, ends - 1), np.maximum(ends - 1 - steps, starts)], axis=1)
        taken = given[rows, _WAYS]  # steps × ways × sentences × gates and candidate
        taken[..., : 2 * size] *= 0.5
        remembered = np.zeros((2, len(spans), size), np.float32)
        kept = np.zeros((longest, 2, len(spans), size), np.float32)
        for at, count in enumerate(counts):
            before = remembered[:, :count]
            here = taken[at, :, :count]
            turned = before @ self._turn
            gates = turned[..., : 2 * size]
            gates += here[..., : 2 * size]
            np.tanh(gates, out=gates)
            gates += 1
            gates *= 0.5
            candidate = turned[..., 2 * size :]
            candidate += self._turn0
            candidate *= gates[..., :size]
            candidate += here[..., 2 * size :]
            np.tanh(candidate, out=candidate)
            before -= candidate
            before *= gates[..., size:]
            before += candidate
            kept[at, :, :count] = before
        for at, count in enumerate(counts):
            out[rows[at, :, :count], _WAYS] = kept[at, :, :count]
