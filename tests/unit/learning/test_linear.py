"""Logistic regression by hand: it must find what is plainly there."""

from __future__ import annotations

import numpy as np

from intake.learning.linear import Rows, fit, fit_letters


def test_fit_separates_two_words() -> None:
    rows = Rows.of([[0, 1], [0, 2], [0, 1], [0, 2]], 3)
    targets = np.array([[1.0], [0.0], [1.0], [0.0]])
    weights = fit(rows, targets, 0.01)
    scores = rows.dot(weights)[:, 0]
    assert list(scores > 0) == [True, False, True, False]


def test_l2_holds_weights_down() -> None:
    rows = Rows.of([[0, 1], [0, 2]], 3)
    targets = np.array([[1.0], [0.0]])
    loose, tight = (np.abs(fit(rows, targets, l2)[1:]).max() for l2 in (0.01, 10.0))
    assert tight < loose / 5


def test_a_letter_asks_what_one_of_its_sentences_asks() -> None:
    """Word 1 asks; words 2 and 3 do not, however many of them surround it."""
    sentences = Rows.of([[0, 1], [0, 2], [0, 3], [0, 2], [0, 3], [0, 1], [0, 2]], 4)
    letters = Rows.of([[0]] * 4, 4)
    starts = np.array([0, 1, 3, 5])  # {1}, {2 3}, {2 3}, {1 2}
    targets = np.array([[1.0], [0.0], [0.0], [1.0]])
    sentence, _ = fit_letters(sentences, letters, starts, targets, np.ones((4, 1)), (0.05, 0.5), 80)
    assert sentence[1, 0] > 0 > sentence[3, 0]
    assert sentence[1, 0] > sentence[2, 0]


def test_a_prior_holds_the_weights_where_they_were() -> None:
    sentences, letters = Rows.of([[0, 1]], 2), Rows.of([[0]], 2)
    prior = (np.full((2, 1), 0.7), np.full((2, 1), -0.2))
    sentence, letter = fit_letters(
        sentences, letters, np.array([0]), np.array([[1.0]]), np.zeros((1, 1)), (1.0, 1.0), 20, prior=prior
    )
    assert np.allclose(sentence, 0.7, atol=1e-3)
    assert np.allclose(letter, -0.2, atol=1e-3)
