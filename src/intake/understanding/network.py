"""The third reader: a small network that looks through windows of five words. It knows nothing of rules or lexicon.

A word is its dictionary form, the form it stands in, and what general Japanese text says of it (wordclasses.npz).
The first layer is linear in these, so what a word gives to each place of a window is computed once and remembered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from intake.understanding.document import Piece
from intake.understanding.tokens import Word
from intake.understanding.wordclasses import vector

Floats = npt.NDArray[np.float32]
WIDTH = 5  # words that a window sees
_PAD = WIDTH // 2
_REMEMBER = 5_000  # words whose share in windows is kept: some 10 MB


@dataclass(frozen=True, slots=True)
class Learned:
    """What training gives, see learning/network.py. Row 0 of ``word`` and ``surface`` is padding, row 1 the unknown."""

    words: tuple[str, ...]
    surfaces: tuple[str, ...]
    values: Mapping[str, Floats]


class Network:
    """Scores letters. Remembers words, nothing of letters."""

    def __init__(self, learned: Learned) -> None:
        values = {name: np.ascontiguousarray(value, np.float32) for name, value in learned.values.items()}
        self._words = {word: number for number, word in enumerate(learned.words, 2)}
        self._surfaces = {word: number for number, word in enumerate(learned.surfaces, 2)}
        self._word, self._surface = learned.values["word"], learned.values["surface"]
        self.units = values["window"].shape[1]
        window = values["window"].reshape(WIDTH, -1, self.units)
        self._window = np.ascontiguousarray(window.transpose(1, 0, 2).reshape(window.shape[1], -1))
        self._window0 = values["window0"]
        self._inner = np.hstack([values["sentence"], values["before"], values["after"]])
        self._inner0 = values["sentence0"]
        self._label, self._label0, self._letter = values["label"], values["label0"], values["letter"]
        self._rows: tuple[dict[Word, int], dict[Word, int]] = ({}, {})
        self._tables = np.zeros((WIDTH, 1024, self.units), np.float32)  # by place in the window; row 0: no word
        self._used = 1

    def scores(self, pieces: Sequence[Piece]) -> Floats:
        """Log odds of a letter for each request label."""
        if not pieces:
            return self._label0
        self._look(pieces)
        views: list[Any] = [piece.view for piece in pieces]
        inner = np.array(views) @ self._inner
        size = self.units
        total = inner[:, :size] + self._inner0
        total[1:] += inner[:-1, size : 2 * size]
        total[:-1] += inner[1:, 2 * size :]
        np.maximum(total, 0, out=total)
        said = total @ self._label + self._label0
        np.clip(said, -30, 30, out=said)
        scores: Floats = np.log(np.exp(said).sum(axis=0)) + total.max(axis=0) @ self._letter
        return scores

    def _look(self, pieces: Sequence[Piece]) -> None:
        """Give each sentence its view: the largest and the summed value of every unit over its windows."""
        fresh = [piece for piece in pieces if piece.view is None]
        if not fresh:
            return
        if self._used > _REMEMBER:
            self._used = 1
            self._rows[0].clear()
            self._rows[1].clear()
        numbers = [0] * _PAD
        bounds: list[int] = []
        for piece in fresh:
            rows = self._rows[piece.subject]
            bounds.append(len(numbers) - _PAD)
            numbers += [rows[word] if word in rows else self._row(word, piece.subject) for word in piece.words]
            bounds.append(len(numbers) - _PAD)
            numbers += [0] * _PAD
        every = np.array(numbers)
        count = len(numbers) - 2 * _PAD
        seen = self._tables[0].take(every[:count], axis=0)
        seen += self._window0
        for place in range(1, WIDTH):
            seen += self._tables[place].take(every[place : place + count], axis=0)
        np.maximum(seen, 0, out=seen)
        bounds.pop()
        largest = np.maximum.reduceat(seen, bounds, axis=0)[::2]
        summed = np.add.reduceat(seen, bounds, axis=0)[::2]
        for piece, top, together in zip(fresh, largest, summed, strict=True):
            piece.view = np.concatenate([top, together * np.float32((1 + len(piece.words)) ** -0.5)])

    def _row(self, word: Word, subject: bool) -> int:
        """The row of a word that was not met before."""
        if self._used == self._tables.shape[1]:
            self._tables = np.concatenate([self._tables, np.zeros_like(self._tables)], axis=1)
        known = vector(word.feature)
        inside = self._word[self._words.get(word.feature, 1)].astype(np.float32)
        inside = inside if known is None else inside + known
        whole = np.concatenate([inside, self._surface[self._surfaces.get(word.surface, 1)], [np.float32(subject)]])
        self._tables[:, self._used] = (whole.astype(np.float32) @ self._window).reshape(WIDTH, self.units)
        self._rows[subject][word] = self._used
        self._used += 1
        return self._used - 1
