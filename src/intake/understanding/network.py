"""The third reader: small networks that look through windows of five words. They know nothing of rules or lexicon.

Requests have two, which remember what they have read, and were taught the same from different beginnings: what one
mistakes, the other often does not. Reasons have a smaller one, which does not remember.

A word is its dictionary form, the form it stands in, and what general Japanese text says of it (wordclasses.npz).
The first layer is linear in these, so what a word gives to each place of a window is computed once and remembered.
A sentence is what its windows hold, what is kept in mind while it is read (recurrent.py), its neighbours and its own
end: who asks, asks last. Then each sentence is looked at once more, beside the most that any sentence of the letter
says, and by its place in the letter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from intake.understanding.document import Piece
from intake.understanding.recurrent import Memory
from intake.understanding.tokens import Word
from intake.understanding.wordclasses import vector

Floats = npt.NDArray[np.float32]
WIDTH = 5  # words that a window sees
TAIL = 7  # windows at the end of a sentence
PLACES = 6  # figures that say where in the letter a sentence stands
_PAD = WIDTH // 2
_BETWEEN = [0] * _PAD
_FEW = 24  # sentences at a time: products of larger matrices would call BLAS's threads
_REMEMBER = 4_000  # rows of what words give to windows: some 12 MB, of reasons 3


@dataclass(frozen=True, slots=True)
class Learned:
    """What training gives, see learning/network.py. Row 0 of ``word`` and ``surface`` is padding, row 1 the unknown."""

    words: tuple[str, ...]
    surfaces: tuple[str, ...]
    values: Mapping[str, Floats]


class Network:
    """Scores letters. Remembers words, nothing of letters. ``view``: where a sentence keeps what this network saw;
    ``beside``: another network of the same words, whose numbers of them serve both."""

    def __init__(self, learned: Learned, view: str = "view", beside: Network | None = None) -> None:
        self._view = view
        self._mixes = "mix" in learned.values
        given = complete(learned.values)
        self._word, self._surface = given.pop("word"), given.pop("surface")  # as they are: a row is needed but once
        values = {name: np.ascontiguousarray(value, np.float32) for name, value in given.items()}
        self._words: dict[str, int] = beside._words if beside else _numbered(learned.words)
        self._surfaces: dict[str, int] = beside._surfaces if beside else _numbered(learned.surfaces)
        self.units = values["window"].shape[1]
        window = values["window"].reshape(WIDTH, -1, self.units)
        self._window = np.ascontiguousarray(window.transpose(1, 0, 2).reshape(window.shape[1], -1))
        self._window0 = values["window0"]
        self._memory = Memory(values["turn"], values["turn0"])
        self._mix, self._mix0 = values["mix"], values["mix0"]
        self._inputs, self._inputs0 = values["inputs"], values["inputs0"]
        self._inner = np.hstack([values["sentence"], values["before"], values["after"]])
        self._inner0 = values["sentence0"]
        self._tail = values["tail"]
        self._own = np.hstack([values["label"], values["own"]])
        self._own0 = np.concatenate([values["label0"], values["context0"]])
        self._whole_letter, self._place, self._context = values["whole"], values["place"], values["context"]
        self._label0, self._letter = values["label0"], values["letter"]
        self._rows = _Rows(self, False), _Rows(self, True)
        self._known: dict[tuple[str, int, bool], int] = {}
        self._size = self._word.shape[1]
        self._whole = np.zeros(self._window.shape[0], np.float32)  # what a word is, while its row is made
        # By place in the window; row 0: no word. Memory that no word has touched yet costs nothing. (Halves of numbers:
        # the rows of all networks were a fifth of the process.)
        self._tables = np.zeros((WIDTH, _REMEMBER + 1_000, self.units), np.float16)
        self._given = np.zeros((_REMEMBER + 1_000, self._inputs.shape[1]), np.float16)

    def scores(self, pieces: Sequence[Piece]) -> tuple[Floats, Floats]:
        """Log odds of a letter for each label, and what each of its sentences gives to them (sentences × labels)."""
        if not pieces:
            return self._label0, self._label0[None]
        size = self.units
        inner: Floats = np.empty((len(pieces), 3 * size), np.float32)
        self._look(pieces, inner)
        total = inner[:, :size]
        total += self._inner0
        total[1:] += inner[:-1, size : 2 * size]
        total[:-1] += inner[1:, 2 * size :]
        np.maximum(total, 0, out=total)
        top = np.maximum.reduce(total)
        said = self._said(total, top, [piece.subject for piece in pieces])
        scores: Floats = np.log(np.add.reduce(np.exp(said)))
        scores += top @ self._letter
        return scores, said

    def _said(self, total: Floats, top: Floats, subject: Sequence[bool]) -> Floats:
        """What each sentence gives to the labels: by itself, and beside the rest of the letter."""
        labels, count = len(self._label0), len(total)
        own: Floats = np.concatenate([total[at : at + _FEW] @ self._own for at in range(0, count, _FEW)])
        own += self._own0
        beside = own[:, labels:]
        beside += top @ self._whole_letter
        beside += places(count, subject) @ self._place
        np.maximum(beside, 0, out=beside)
        said = own[:, :labels]
        said += beside @ self._context
        np.minimum(np.maximum(said, -30, out=said), 30, out=said)
        return said

    def _look(self, pieces: Sequence[Piece], inner: Floats) -> None:
        """Give each sentence its view: the largest and the summed value of every unit over its windows, as the layer
        above takes them. (One product a sentence: a product of matrices of this size would call BLAS's threads, which
        cost ten times what they save.)"""
        if len(self._known) > _REMEMBER:
            self._forget()
        numbers = [0] * _PAD
        fresh: list[tuple[int, Piece, int, int]] = []
        for at, piece in enumerate(pieces):
            view = getattr(piece, self._view)
            if view is None:
                start = len(numbers) - _PAD
                numbers += map(self._rows[piece.subject].__getitem__, piece.words)
                fresh.append((at, piece, start, len(numbers) - _PAD))
                numbers += _BETWEEN
            else:
                inner[at] = view
        if not fresh:
            return
        seen = self._seen(np.fromiter(numbers, np.int64, len(numbers)), [(start, end) for _, _, start, end in fresh])
        size = self.units
        both = np.empty(2 * size, np.float32)
        top, together = both[:size], both[size:]
        for at, piece, start, end in fresh:
            here = self._mixed(seen[start:end])
            np.maximum.reduce(here, out=top)
            np.add.reduce(here, out=together)
            together *= (1 + end - start) ** -0.5
            view = both @ self._inner
            setattr(piece, self._view, view)
            view[:size] += np.maximum.reduce(here[-TAIL:]) @ self._tail
            inner[at] = view

    def _seen(self, numbers: npt.NDArray[np.int64], spans: Sequence[tuple[int, int]]) -> Floats:
        """What every window gives to every unit, and beside it what is kept in mind at its middle word."""
        count = len(numbers) - 2 * _PAD
        windows = self._windows(numbers, count)
        if not self._memory.size:
            return windows
        given = self._given.take(numbers[_PAD : _PAD + count], axis=0).astype(np.float32)
        return np.hstack([windows, self._memory.read(given.reshape(count, 2, -1), spans)])

    def _mixed(self, seen: Floats) -> Floats:
        """Both together. (Of one sentence at a time, see ``_look``.)"""
        if not self._mixes:
            return seen
        mixed: Floats = seen @ self._mix
        mixed += self._mix0
        return np.maximum(mixed, 0, out=mixed)

    def _windows(self, numbers: npt.NDArray[np.int64], count: int) -> Floats:
        """What every window of words gives to every unit."""
        tables = self._tables
        seen: Floats = tables[0].take(numbers[:count], axis=0).astype(np.float32)
        for place in range(1, WIDTH):
            seen += tables[place].take(numbers[place : place + count], axis=0)
        seen += self._window0
        return np.maximum(seen, 0, out=seen)

    def row(self, word: Word, subject: bool) -> int:
        """The row of a word in the tables. Words that are the same to the network share one."""
        surface = self._surfaces.get(word.surface, 1)
        key = word.feature, surface, subject
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = len(self._known) + 1
            if found == self._tables.shape[1]:  # one letter of thousands of new words
                self._tables = np.concatenate([self._tables, np.zeros_like(self._tables)], axis=1)
                self._given = np.concatenate([self._given, np.zeros_like(self._given)])
            whole = self._whole
            whole[: self._size] = self._word[self._words.get(word.feature, 1)]
            known = vector(word.feature)
            if known is not None:
                whole[: self._size] += known
            whole[self._size : -1] = self._surface[surface]
            whole[-1] = subject
            self._tables[:, found] = (whole @ self._window).reshape(WIDTH, self.units)
            self._given[found] = whole @ self._inputs + self._inputs0
        return found

    def _forget(self) -> None:
        self._known.clear()
        for rows in self._rows:
            rows.clear()


def complete(values: Mapping[str, Floats]) -> dict[str, Floats]:
    """With nothing for what weights of an older version do not have: no second look, no view of the end, no memory."""
    units, labels = values["label"].shape
    words = values["word"].shape[1] + values["surface"].shape[1] + 1
    shapes: dict[str, tuple[int, ...]] = {"inputs": (words, 0), "inputs0": (0,), "turn": (2, 0, 0), "turn0": (2, 1, 0)}
    shapes |= {"mix": (units, units), "mix0": (units,)}
    shapes |= {"tail": (units, units), "own": (units, 1), "whole": (units, 1), "place": (PLACES, 1), "context0": (1,)}
    return {
        **{name: np.zeros(shape, np.float32) for name, shape in shapes.items()},
        "context": np.zeros((1, labels), np.float32),
        **values,
    }


def places(count: int, subject: Sequence[bool]) -> Floats:
    """Where each sentence of a letter stands: first, last, last but one, alone; of how many; in the subject."""
    found = np.zeros((count, PLACES), np.float32)
    found[0, 0] = found[-1, 1] = 1
    if count > 1:
        found[-2, 2] = 1
    found[:, 3] = count == 1
    found[:, 4] = min(count, 12) / 12
    found[:, 5] = subject
    return found


def _numbered(words: Sequence[str]) -> dict[str, int]:
    return {word: number for number, word in enumerate(words, 2)}


class _Rows(dict[Word, int]):
    """The rows of words; found when first asked for."""

    def __init__(self, network: Network, subject: bool) -> None:
        self._network, self._subject = network, subject

    def __missing__(self, word: Word) -> int:
        if len(self) >= 2 * _REMEMBER:
            self.clear()
        found = self[word] = self._network.row(word, self._subject)
        return found
