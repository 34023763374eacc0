"""Logistic regression with numpy alone: many labels at once, sparse yes/no features, L2."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
_PIECE = 6000  # features summed at a time


@dataclass(frozen=True, slots=True)
class Rows:
    """A sparse matrix of weights 1/sqrt(n): ``indices[indptr[i]:indptr[i+1]]`` are the features of line i."""

    indices: Ints
    indptr: Ints
    values: Floats
    columns: int

    @staticmethod
    def of(lines: Sequence[Sequence[int]], columns: int, values: Sequence[Sequence[float]] | None = None) -> Rows:
        """Make a matrix from lists of feature numbers; every line needs at least one (the constant)."""
        sizes = [len(line) for line in lines]
        indptr = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        indices = np.fromiter((i for line in lines for i in line), np.int64, int(indptr[-1]))
        weights = (
            np.ones(len(indices))
            if values is None
            else np.fromiter((v for line in values for v in line), np.float64, len(indices))
        )
        return Rows(indices, indptr, weights, columns)

    def dot(self, weights: Floats) -> Floats:
        """Lines × labels."""
        return _sums(weights.astype(np.float32), self.indices, self.values.astype(np.float32), self.indptr[:-1])

    def transposed(self) -> Callable[[Floats], Floats]:
        """A function that gives features × labels from lines × labels."""
        order = np.argsort(self.indices, kind="stable")
        lines = np.repeat(np.arange(len(self.indptr) - 1), np.diff(self.indptr))[order]
        values = self.values[order].astype(np.float32)
        present, starts = np.unique(self.indices[order], return_index=True)

        def product(residuals: Floats) -> Floats:
            out = np.zeros((self.columns, residuals.shape[1]))
            out[present] = _sums(residuals.astype(np.float32), lines, values, starts)
            return out

        return product


def _sums(table: npt.NDArray[np.float32], rows: Ints, values: npt.NDArray[np.float32], starts: Ints) -> Floats:
    """Sums of weighted rows of ``table``, piece by piece: what fits the cache goes several times as quick."""
    out = np.empty((len(starts), table.shape[1]))
    first = 0
    while first < len(starts):
        limit = int(np.searchsorted(starts, starts[first] + _PIECE))
        last = max(limit - 1, first + 1) if limit < len(starts) else len(starts)
        begin, end = int(starts[first]), int(starts[last]) if last < len(starts) else len(rows)
        part = table.take(rows[begin:end], axis=0)
        part *= values[begin:end, None]
        out[first:last] = np.add.reduceat(part, starts[first:last] - begin, axis=0)
        first = last
    return out


def fit(rows: Rows, targets: Floats, l2: float | Floats, rounds: int = 60, weight: Floats | None = None) -> Floats:
    """Weights (features × labels) of independent logistic regressions. Column 0 is the constant, not held down.

    ``l2`` may be a number or one number for each feature; ``weight`` one for each line (lines × 1).
    """
    back = rows.transposed()
    penalty = np.full(rows.columns, l2) if isinstance(l2, float) else l2.copy()
    penalty[0] = 1e-4
    scale = np.ones((targets.shape[0], 1)) if weight is None else weight

    def loss(flat: Floats) -> tuple[float, Floats]:
        w = flat.reshape(rows.columns, -1)
        scores = rows.dot(w)
        chances = 1 / (1 + np.exp(-np.clip(scores, -35, 35)))
        value = float(np.sum(scale * (np.logaddexp(0, scores) - targets * scores)))
        value += 0.5 * float(np.sum(penalty[:, None] * w * w))
        return value, (back(scale * (chances - targets)) + penalty[:, None] * w).ravel()

    start = np.zeros(rows.columns * targets.shape[1])
    return _lbfgs(loss, start, rounds).reshape(rows.columns, -1)


def fit_letters(
    sentences: Rows,
    letters: Rows,
    starts: Ints,
    targets: Floats,
    weight: Floats,
    l2: tuple[float, float],
    rounds: int,
    prior: tuple[Floats, Floats] | None = None,
    offset: Floats | None = None,
) -> tuple[Floats, Floats]:
    """Weights for sentences and for whole letters, learned together: a letter's log odds are the log of its
    sentences' summed odds plus its own score. ``starts``: first sentence of each letter; ``weight``: lines × labels,
    0 where a line does not say whether the label holds; ``prior``: where the weights are held to, else to zero;
    ``offset``: what is added to the log odds of each letter."""
    owner = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(sentences.indptr) - 1)))
    back_sentence, back_letter = sentences.transposed(), letters.transposed()
    labels = targets.shape[1]
    cut = sentences.columns * labels
    hold_sentence = np.full((sentences.columns, 1), l2[0])
    hold_letter = np.full((letters.columns, 1), l2[1])
    home_sentence, home_letter = prior or (0.0, 0.0)
    given = 0.0 if offset is None else offset
    if prior is None:
        hold_sentence[0] = hold_letter[0] = 1e-3

    def loss(flat: Floats) -> tuple[float, Floats]:
        ws, wl = flat[:cut].reshape(-1, labels), flat[cut:].reshape(-1, labels)
        odds = np.exp(np.clip(sentences.dot(ws), -30, 30))
        total = np.add.reduceat(odds, starts, axis=0)
        scores = np.log(total) + letters.dot(wl) + given
        residual = weight * (1 / (1 + np.exp(-np.clip(scores, -35, 35))) - targets)
        value = float((weight * (np.logaddexp(0, scores) - targets * scores)).sum())
        far_sentence, far_letter = ws - home_sentence, wl - home_letter
        value += 0.5 * float((hold_sentence * far_sentence**2).sum() + (hold_letter * far_letter**2).sum())
        slope_sentence = back_sentence(residual[owner] * odds / total[owner]) + hold_sentence * far_sentence
        slope_letter = back_letter(residual) + hold_letter * far_letter
        return value, np.concatenate([slope_sentence.ravel(), slope_letter.ravel()])

    start = np.zeros(cut + letters.columns * labels)
    start[:labels] = -2.0
    if prior is not None:
        start = np.concatenate([prior[0].ravel(), prior[1].ravel()])
    flat = _lbfgs(loss, start, rounds)
    return flat[:cut].reshape(-1, labels), flat[cut:].reshape(-1, labels)


def _lbfgs(loss: Callable[[Floats], tuple[float, Floats]], at: Floats, rounds: int, memory: int = 8) -> Floats:
    value, slope = loss(at)
    steps: list[tuple[Floats, Floats, float]] = []
    for turn in range(rounds):
        direction = _direction(slope, steps)
        length = 1.0 if turn else 1.0 / max(1.0, float(np.abs(slope).sum()))
        drop = float(slope @ direction)
        for _ in range(20):
            trial = at + length * direction
            new_value, new_slope = loss(trial)
            if new_value <= value + 1e-4 * length * drop:
                break
            length *= 0.5
        moved, turned = trial - at, new_slope - slope
        curvature = float(moved @ turned)
        if curvature > 1e-12:
            steps = [*steps[-(memory - 1) :], (moved, turned, 1 / curvature)]
        done = abs(value - new_value) < 1e-5 * max(1.0, abs(value))
        at, value, slope = trial, new_value, new_slope
        if done:
            break
    return at


def _direction(slope: Floats, steps: Sequence[tuple[Floats, Floats, float]]) -> Floats:
    q = slope.copy()
    shares = []
    for moved, turned, rho in reversed(steps):
        share = rho * float(moved @ q)
        q -= share * turned
        shares.append(share)
    if steps:
        moved, turned, _ = steps[-1]
        q *= float(moved @ turned) / float(turned @ turned)
    for (moved, turned, rho), share in zip(steps, reversed(shares), strict=True):
        q += moved * (share - rho * float(turned @ q))
    return -q
