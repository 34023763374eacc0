"""The network learns what only the order of words tells, and reads in the product what it reads while learning."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from intake.learning import letters as shapes
from intake.learning import network, networks, prepared
from intake.learning.corpus import Line
from intake.resources import shipped_rules
from intake.understanding import learned
from intake.understanding.network import Network
from intake.understanding.rulebook import LABELS

LINE = Line("x", "t", "form", "", "", "", None, None, None, kind="asks")
TEXTS = (
    ("退会しますが、休止はしません。", "withdrawal"),
    ("休止しますが、退会はしません。", "pause"),
    ("担当の方は元気です。", "other"),
)
REASONS = (("仕事が立て込んでいます。", "busy"), ("体の具合が悪いのです。", "health"))


def lines(count: int) -> list[Line]:
    return [
        replace(
            LINE, id=f"t{i}", group=f"g{i}", body=TEXTS[i % 3][0] + "はい。" * (i // 3 % 3), requests=(TEXTS[i % 3][1],)
        )
        for i in range(count)
    ]


def test_order_is_learned_and_read_alike_in_the_product(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapes, "TOKENS", 60)  # many small steps
    known_lines, known = prepared.ready(lines(60), shipped_rules())
    letters = networks.letters_of(known_lines, known, networks.right_of)
    given = networks.of_requests(known_lines, known)[0]
    scores = network.scores(dict(given.values), networks.vectors(), letters)
    reads = [learned.decode(row, LABELS) for row in scores]
    assert reads == [one.line.requests for one in known_lines]
    product = Network(given)
    for one, row in zip(known_lines, scores, strict=True):
        assert np.allclose(product.scores(one.reading.document.pieces)[0], row, atol=1e-2)


def test_a_network_without_memory_is_read_alike_in_the_product(monkeypatch: pytest.MonkeyPatch) -> None:
    """That of reasons; beside the other it keeps its own view of each sentence."""
    monkeypatch.setattr(shapes, "TOKENS", 60)
    told = zip(lines(60), REASONS * 30, strict=True)
    why = [replace(one, body=f"{one.body}{word}", reasons=(code,)) for one, (word, code) in told]
    known_lines, known = prepared.ready([one for one in why if one.requests != ("other",)], shipped_rules())
    requests = Network(networks.of_requests(known_lines, known)[0])
    given = networks.of_reasons(known_lines, known, ("busy", "health"))
    assert given is not None
    product = Network(given, learned.REASONS)
    for one in known_lines:
        pieces = one.reading.document.pieces
        requests.scores(pieces)
        alone = network.scores(
            dict(given.values), networks.vectors(), networks.letters_of([one], known, networks.right_of)
        )
        assert np.allclose(product.scores(pieces)[0], alone[0], atol=1e-2)
        assert (alone[0] > 0).tolist() == [one.line.reasons == ("busy",), one.line.reasons == ("health",)]


def _small(size: network.Size) -> tuple[network.Parameters, network.Floats, shapes.Batch]:
    """Parameters that know nothing yet, and a batch of two letters."""
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
    return network.start(6, 5, 2, size, dice), fixed, shapes.batch([letter, letter])


def _loss(
    p: network.Parameters, fixed: network.Floats, both: shapes.Batch, step: Callable[..., Any] = network.step
) -> float:
    scores, _ = step(p, fixed, both, learns=False)
    return float((both.counts * (np.logaddexp(0, scores) - both.right * scores)).sum() / 2)


def test_words_are_shifted_to_what_misleads_and_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second look is at words from which the batch is read worse; they are as they were afterwards."""
    p, fixed, both = _small(network.Size(12, 8))
    word, plain, step = p["word"], _loss(p, fixed, both), network.step
    shifted: list[float] = []

    def seen(p: network.Parameters, *rest: Any, **how: Any) -> tuple[network.Floats, network.Parameters]:
        shifted.append(_loss(p, fixed, both))
        return step(p, *rest, **how)

    _, slopes = step(p, fixed, both)
    monkeypatch.setattr(network, "step", seen)
    monkeypatch.setattr(network, "SHIFT", 0.05)
    monkeypatch.setattr(network, "DROP", 0.0)
    misled = network._misled(p, fixed, both, np.random.default_rng(2), slopes)
    assert shifted and shifted[0] > plain
    assert p["word"] is word
    assert misled.keys() == slopes.keys() and not np.allclose(misled["label"], slopes["label"])


@pytest.mark.parametrize("size", [network.Size(12, 8), network.Size(12, 0)])
def test_slopes_are_those_of_the_loss(size: network.Size) -> None:
    """Every parameter's slope against a small step of it, without the dice of dropping."""
    p, fixed, both = _small(size)
    _, slopes = network.step(p, fixed, both)

    def loss() -> float:
        return _loss(p, fixed, both)

    for name, slope in slopes.items():
        if not slope.size:  # of memory that is not there
            continue
        at = np.unravel_index(int(np.abs(slope).argmax()), slope.shape)
        before, width = p[name][at], 1e-2
        losses = []
        for move in (width, -width):
            p[name][at] = before + move
            losses.append(loss())
        p[name][at] = before
        assert np.isclose((losses[0] - losses[1]) / (2 * width), slope[at], rtol=0.05, atol=2e-3), name
