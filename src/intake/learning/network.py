"""Trains the third reader, a small network over windows of five words, with numpy alone.

Words give windows, and what is remembered on the way through the sentence (recurrent.py); both give sentences (with
their neighbours and their own end), and each sentence is looked at a second time beside the most that any sentence of
the letter says. ``step`` goes that way and back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from intake.learning import recurrent
from intake.learning.layers import Pools, gathered, places, pool, unwindowed, windows
from intake.learning.letters import WIDTH, Batch, Floats, Ints, Letter, batches
from intake.understanding.network import PLACES

Parameters = dict[str, Floats]


class Size(NamedTuple):
    """How many units a network has, and how many of them remember, on each way."""

    units: int
    memory: int


OF_REQUESTS = Size(128, 96)
OF_REASONS = Size(64, 0)  # a reason stands in few words: memory costs more than it gives
CONTEXT = 64  # units of the second look
WORD, SURFACE = 64, 24  # numbers for a word and for the form in which it stands
DROP = 0.25
FORGET = 0.08  # words left out at random while learning
PLAIN = 0.1  # words known by their class alone while learning, as those are that no line has
DECAY = 0.02
SHIFT = 1.0  # how far the words of a batch are shifted towards what misleads most (all their numbers together)


class Course(NamedTuple):
    """How long is learned."""

    rounds: int  # times that all lines are seen
    rate: float  # of the first steps; it falls to nothing
    calm: int  # rounds before words are shifted


FROM_NOTHING = Course(9, 4e-3, 2)
ONWARD = Course(3, 1.4e-3, 0)  # what is left of the nine after six, for parameters that know most already


def start(words: int, surfaces: int, labels: int, size: Size, dice: np.random.Generator) -> Parameters:
    """Parameters to begin with. Row 0 of words and surfaces is padding, row 1 the unknown."""
    units, memory = size

    def normal(*shape: int, scale: float = 0.0) -> Floats:
        return (dice.standard_normal(shape) * (scale or np.sqrt(1 / np.prod(shape[:-1])))).astype(np.float32)

    return {
        "word": normal(words, WORD, scale=0.05),
        "surface": normal(surfaces, SURFACE, scale=0.1),
        "window": normal(WIDTH * (WORD + SURFACE + 1), units),
        "window0": np.zeros(units, np.float32),
        "inputs": normal(WORD + SURFACE + 1, 6 * memory),
        "inputs0": np.zeros(6 * memory, np.float32),
        "turn": normal(2, memory, 3 * memory, scale=max(1, memory) ** -0.5),
        "turn0": np.zeros((2, 1, memory), np.float32),
        "mix": normal(units + 2 * memory, units),
        "mix0": np.zeros(units, np.float32),
        "sentence": normal(2 * units, units),
        "before": normal(2 * units, units) * np.float32(0.5),
        "after": normal(2 * units, units) * np.float32(0.5),
        "tail": normal(units, units) * np.float32(0.6),
        "sentence0": np.zeros(units, np.float32),
        "label": normal(units, labels),
        "label0": np.full(labels, -2.0, np.float32),
        "letter": normal(units, labels),
        "own": normal(units, CONTEXT),
        "whole": normal(units, CONTEXT),
        "place": normal(PLACES, CONTEXT) * np.float32(0.3),
        "context0": np.zeros(CONTEXT, np.float32),
        "context": normal(CONTEXT, labels) * np.float32(0.3),
    }


class _Words(NamedTuple):
    """The lowest layer of a batch: what stands in the windows, and what they give to the units."""

    words: Ints  # as they were looked up
    x: Floats  # what the words are, after the dice
    wide: Floats
    raw: Floats
    steps: list[recurrent.Step]
    kept_x: Floats
    kept_g: Floats | np.float32
    beside: Floats  # windows and what is remembered, side by side
    mixed: Floats
    kept_h: Floats
    seen: Floats  # both together, after the bend and the dice


def _kept(dice: np.random.Generator | None, shape: tuple[int, ...]) -> Floats | np.float32:
    if dice is None:
        return np.float32(1)
    return (dice.random(shape, np.float32) >= DROP).astype(np.float32) * np.float32(1 / (1 - DROP))


def _look(p: Parameters, fixed: Floats, b: Batch, dice: np.random.Generator | None) -> _Words:
    shape = len(b.words)
    words, present = b.words, b.present
    if dice is not None:
        present = present * (dice.random((shape, 1), np.float32) >= FORGET)
        words = np.where((dice.random(shape, np.float32) < PLAIN) & (words > 0), 1, words)
    x = np.concatenate([p["word"][words] + fixed[b.known], p["surface"][b.surfaces], b.subject], axis=1)
    kept_x = present * _kept(dice, x.shape)
    x = x * kept_x
    wide = windows(x)
    raw = wide @ p["window"] + p["window0"]
    remembered, steps = recurrent.forward(p, x, recurrent.steps_of(b.starts, b.sizes))
    kept_g = _kept(dice, remembered.shape)
    beside = np.concatenate([np.maximum(raw, 0), remembered * kept_g], axis=1)
    mixed = beside @ p["mix"] + p["mix0"]
    kept_h = b.present * _kept(dice, mixed.shape)
    return _Words(words, x, wide, raw, steps, kept_x, kept_g, beside, mixed, kept_h, np.maximum(mixed, 0) * kept_h)


def step(
    p: Parameters, fixed: Floats, b: Batch, dice: np.random.Generator | None = None, learns: bool = True
) -> tuple[Floats, Parameters]:
    """Log odds of the letters and, where it learns, the slopes of the loss. ``dice`` leave something out at random."""
    low = _look(p, fixed, b, dice)
    same = (b.owner[1:] == b.owner[:-1]).astype(np.float32)[:, None]
    pools = pool(b, low.seen, same)
    inner = pools.both @ p["sentence"] + pools.before @ p["before"] + pools.after @ p["after"]
    inner += pools.tail @ p["tail"] + p["sentence0"]
    kept_u = _kept(dice, inner.shape)
    u = np.maximum(inner, 0) * kept_u
    top = np.maximum.reduceat(u, b.first, axis=0)
    place = places(b)
    beside = u @ p["own"] + top[b.owner] @ p["whole"] + place @ p["place"] + p["context0"]
    kept_v = _kept(dice, beside.shape)
    v = np.maximum(beside, 0) * kept_v
    odds = np.exp(np.clip(u @ p["label"] + p["label0"] + v @ p["context"], -30, 30))
    total = np.add.reduceat(odds, b.first, axis=0)
    scores = np.log(total) + top @ p["letter"]
    if not learns:
        return scores, {}
    slope = b.counts * (1 / (1 + np.exp(-np.clip(scores, -30, 30))) - b.right) / np.float32(len(b.right))
    d_said = slope[b.owner] * odds / total[b.owner]
    d_beside = (d_said @ p["context"].T) * kept_v * (beside > 0)
    out: Parameters = {
        "letter": np.asarray(top.T @ slope, np.float32),
        "label": u.T @ d_said,
        "label0": d_said.sum(axis=0),
        "context": v.T @ d_said,
        "own": u.T @ d_beside,
        "whole": top[b.owner].T @ d_beside,
        "place": place.T @ d_beside,
        "context0": d_beside.sum(axis=0),
    }
    d_top = slope @ p["letter"].T + np.add.reduceat(d_beside @ p["whole"].T, b.first, axis=0)
    d_u = d_said @ p["label"].T + d_beside @ p["own"].T
    d_u += np.where((u == top[b.owner]) & (u > 0), d_top[b.owner], 0)
    _down(p, b, low, pools, d_u * kept_u * (inner > 0), same, out)
    return scores, out


def _down(p: Parameters, b: Batch, low: _Words, pools: Pools, d_inner: Floats, same: Floats, out: Parameters) -> None:
    """The slopes below the sentences."""
    units = len(p["mix0"])
    out["sentence"], out["sentence0"] = pools.both.T @ d_inner, d_inner.sum(axis=0)
    out["before"], out["after"] = pools.before.T @ d_inner, pools.after.T @ d_inner
    out["tail"] = pools.tail.T @ d_inner
    d_q = d_inner @ p["sentence"].T
    d_q[:-1] += (d_inner @ p["before"].T)[1:] * same
    d_q[1:] += (d_inner @ p["after"].T)[:-1] * same
    d_tail = d_inner @ p["tail"].T
    where = np.repeat(np.arange(len(b.sizes)), b.sizes)
    tokens = np.flatnonzero(b.present[:, 0])
    here = low.seen[tokens]
    d_here = (d_q[:, units:] * pools.share)[where]
    d_here += d_q[where, :units] * (here == pools.largest[where])
    at_end = (tokens >= pools.tail_from[where])[:, None]
    d_here += d_tail[where] * ((here == pools.tail[where]) & at_end)
    d_seen = np.zeros_like(low.seen)
    d_seen[tokens] = d_here * low.kept_h[tokens] * (low.mixed[tokens] > 0)
    out["mix"], out["mix0"] = low.beside.T @ d_seen, d_seen.sum(axis=0)
    d_beside = d_seen @ p["mix"].T
    d_raw: Floats = d_beside[:, :units] * (low.raw > 0)
    out["window"], out["window0"] = low.wide.T @ d_raw, d_raw.sum(axis=0)
    size = WORD + SURFACE + 1
    d_x = unwindowed(d_raw @ p["window"].T, size)
    d_x += recurrent.backward(p, low.x, low.steps, d_beside[:, units:] * low.kept_g, out)
    d_x = (d_x * np.broadcast_to(low.kept_x, d_x.shape))[tokens]
    out["word"] = gathered(low.words[tokens], d_x[:, :WORD], len(p["word"]))
    out["surface"] = gathered(b.surfaces[tokens], d_x[:, WORD : WORD + SURFACE], len(p["surface"]))


def train(
    letters: Sequence[Letter],
    fixed: Floats,
    sizes: tuple[int, int],
    size: Size = OF_REQUESTS,
    seed: int = 0,
    begin: Parameters | None = None,
) -> Parameters:
    """Parameters learned from ``letters``. ``fixed``: what is known of words beforehand; ``sizes``: how many words and
    surfaces there are; ``begin``: parameters to learn onward from, a third as long."""
    dice = np.random.default_rng(seed)
    course = ONWARD if begin else FROM_NOTHING
    p = start(*sizes, len(letters[0].right), size, dice)
    p |= {name: value.copy() for name, value in (begin or {}).items()}
    first = {name: np.zeros_like(value) for name, value in p.items()}
    second = {name: np.zeros_like(value) for name, value in p.items()}
    steps = course.rounds * sum(1 for _ in batches(letters, np.arange(len(letters))))
    turn = 0
    for round_ in range(1, course.rounds + 1):
        for here in batches(letters, dice.permutation(len(letters))):
            turn += 1
            rate = course.rate * min(1.0, turn / 50) * max(0.02, 1 - turn / steps)
            _, slopes = step(p, fixed, here, dice)
            if round_ > course.calm:
                slopes = _misled(p, fixed, here, dice, slopes)
            for name, slope in slopes.items():
                first[name] += np.float32(0.1) * (slope - first[name])
                second[name] += np.float32(0.01) * (slope * slope - second[name])
                root = np.sqrt(second[name] * np.float32(1 / (1 - 0.99**turn))) + np.float32(1e-6)
                move = first[name] * np.float32(1 / (1 - 0.9**turn)) / root + np.float32(DECAY) * p[name]
                p[name] -= np.float32(rate) * move
    return p


def _misled(p: Parameters, fixed: Floats, b: Batch, dice: np.random.Generator, slopes: Parameters) -> Parameters:
    """The slopes, and those where every word lies a little nearer to what is wrong of it (adversarial training of
    texts: Miyato, Dai and Goodfellow, 2017)."""
    word, slope = p["word"], slopes["word"]
    p["word"] = word + np.float32(SHIFT / (np.sqrt((slope * slope).sum()) + 1e-9)) * slope
    _, shifted = step(p, fixed, b, dice)
    p["word"] = word
    return {name: (one + shifted[name]) * np.float32(0.5) for name, one in slopes.items()}


def scores(p: Parameters, fixed: Floats, letters: Sequence[Letter]) -> Floats:
    """Log odds of each letter."""
    return np.concatenate([step(p, fixed, b, learns=False)[0] for b in batches(letters, np.arange(len(letters)))])
