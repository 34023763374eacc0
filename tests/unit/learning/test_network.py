"""The network learns what only the order of words tells, and reads in the product what it reads while learning."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from intake.learning import letters as shapes
from intake.learning import network, train
from intake.learning.corpus import Line
from intake.resources import shipped_rules
from intake.understanding import learned
from intake.understanding.network import Network

LINE = Line("x", "t", "form", "", "", "", None, None, None, kind="asks")
TEXTS = (
    ("退会しますが、休止はしません。", "withdrawal"),
    ("休止しますが、退会はしません。", "pause"),
    ("担当の方は元気です。", "other"),
)


def lines(count: int) -> list[Line]:
    return [
        replace(
            LINE, id=f"t{i}", group=f"g{i}", body=TEXTS[i % 3][0] + "はい。" * (i // 3 % 3), requests=(TEXTS[i % 3][1],)
        )
        for i in range(count)
    ]


def test_order_is_learned_and_read_alike_in_the_product(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapes, "TOKENS", 60)  # many small steps
    prepared, known = train.ready(lines(60), shipped_rules())
    letters = train.letters_of(prepared, known)
    given = train.network_of(prepared, known)
    vectors = train.vectors()
    scores = network.scores(dict(given.values), vectors, letters)
    reads = [learned.decode(row, train.LABELS) for row in scores]
    assert reads == [one.line.requests for one in prepared]
    product = Network(given)
    for one, row in zip(prepared, scores, strict=True):
        assert np.allclose(product.scores(one.reading.document.pieces)[0], row, atol=1e-3)


def test_slopes_are_those_of_the_loss() -> None:
    """Every parameter's slope against a small step of it, without the dice of dropping."""
    dice = np.random.default_rng(1)
    letter = shapes.Letter(
        np.array([2, 3, 4, 2]),
        np.array([1, 2, 0, 1]),
        np.array([2, 3, 3, 2]),
        np.array([3, 1]),
        np.array([False, True]),
        np.array([1, 0], np.float32),
        np.array([1, 0.5], np.float32),
    )
    fixed = dice.standard_normal((3, network.WORD)).astype(np.float32)
    p = network.start(6, 5, 2, dice)
    both = shapes.batch([letter, letter])
    _, slopes = network.step(p, fixed, both)

    def loss() -> float:
        scores, _ = network.step(p, fixed, both, learns=False)
        return float((both.counts * (np.logaddexp(0, scores) - both.right * scores)).sum() / 2)

    for name, slope in slopes.items():
        at = np.unravel_index(int(np.abs(slope).argmax()), slope.shape)
        before, width = p[name][at], 1e-2
        losses = []
        for move in (width, -width):
            p[name][at] = before + move
            losses.append(loss())
        p[name][at] = before
        assert np.isclose((losses[0] - losses[1]) / (2 * width), slope[at], rtol=0.05, atol=2e-3), name
