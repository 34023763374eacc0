"""Teaches what reads a sentence word by word, from both ends (understanding/recurrent.py), with numpy alone."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from intake.learning.letters import Floats, Ints
from intake.understanding.recurrent import LONG

_WAYS = np.array([[0], [1]])  # from the first word on, from the last word back


class Step(NamedTuple):
    """One word of every sentence that is that long, on both ways, and what it made of what was remembered."""

    rows: Ints  # ways × sentences: the words' rows
    before: Floats  # what was remembered
    gates: Floats  # reset, then keep
    said: Floats  # what was remembered, as the candidate takes it
    candidate: Floats


def steps_of(starts: Ints, sizes: Ints) -> list[Ints]:
    """The rows of the first, second, … words of all sentences, longest sentences first, on both ways."""
    spans = [
        (at, min(LONG, start + size - at))
        for start, size in zip(starts, sizes, strict=True)
        for at in range(start, start + size, LONG)
    ]
    starts, sizes = np.array(sorted(spans, key=lambda span: -span[1]), np.int64).reshape(-1, 2).T
    out = []
    for at in range(int(sizes[0]) if len(sizes) else 0):
        count = int(np.searchsorted(-sizes, -at, side="left"))  # sentences of more than ``at`` words
        out.append(np.stack([starts[:count] + at, starts[:count] + sizes[:count] - 1 - at]))
    return out


def forward(p: dict[str, Floats], x: Floats, rows: list[Ints]) -> tuple[Floats, list[Step]]:
    """What is remembered at each word (rows of ``x`` × both ways), and the steps to go back on."""
    size = p["turn"].shape[1]
    if not size:  # of a network without memory
        return np.zeros((len(x), 0), np.float32), []
    given = (x @ p["inputs"] + p["inputs0"]).reshape(len(x), 2, 3 * size)
    out = np.zeros((len(x), 2, size), np.float32)
    remembered = np.zeros((2, rows[0].shape[1] if rows else 0, size), np.float32)
    steps = []
    for here in rows:
        taken = given[here, _WAYS]
        before = remembered[:, : here.shape[1]].copy()
        turned = before @ p["turn"]
        gates = 0.5 * (1 + np.tanh(0.5 * (taken[..., : 2 * size] + turned[..., : 2 * size])))
        said = turned[..., 2 * size :] + p["turn0"]
        candidate = np.tanh(taken[..., 2 * size :] + gates[..., :size] * said)
        after = candidate + gates[..., size:] * (before - candidate)
        remembered[:, : here.shape[1]] = after
        out[here, _WAYS] = after
        steps.append(Step(here, before, gates, said, candidate))
    return out.reshape(len(x), 2 * size), steps


def backward(p: dict[str, Floats], x: Floats, steps: list[Step], d_out: Floats, out: dict[str, Floats]) -> Floats:
    """The slopes of ``x``; those of the parameters go to ``out``."""
    size = p["turn"].shape[1]
    slope = d_out.reshape(len(x), 2, size)
    d_given = np.zeros((len(x), 2, 3 * size), np.float32)
    out["turn"], out["turn0"] = np.zeros_like(p["turn"]), np.zeros_like(p["turn0"])
    turn = np.ascontiguousarray(p["turn"].transpose(0, 2, 1))
    later = np.zeros((2, steps[0].rows.shape[1] if steps else 0, size), np.float32)
    for rows, before, gates, said, candidate in reversed(steps):
        count = rows.shape[1]
        d = later[:, :count] + slope[rows, _WAYS]
        reset, keep = gates[..., :size], gates[..., size:]
        d_candidate = d * (1 - keep) * (1 - candidate * candidate)
        d_keep = d * (before - candidate) * keep * (1 - keep)
        d_reset = d_candidate * said * reset * (1 - reset)
        d_said = d_candidate * reset
        d_given[rows, _WAYS] = np.concatenate([d_reset, d_keep, d_candidate], axis=2)
        d_turned = np.concatenate([d_reset, d_keep, d_said], axis=2)
        out["turn"] += before.transpose(0, 2, 1) @ d_turned
        out["turn0"] += d_said.sum(axis=1, keepdims=True)
        later[:, :count] = d * keep + d_turned @ turn
    flat = d_given.reshape(len(x), 6 * size)
    out["inputs"], out["inputs0"] = x.T @ flat, flat.sum(axis=0)
    slopes: Floats = flat @ p["inputs"].T
    return slopes
