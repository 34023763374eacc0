"""What general Japanese text says of a word: its classes (words that mean alike share one) and its place among words.

The table is built by learning/wordclasses.py.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

FILE = Path(__file__).with_name("wordclasses.npz")

_Vector = npt.NDArray[np.float32]


class WordTable:
    """Words, their coarse and their fine class (both counted from 1, 0: none), and their vectors (zeros: none)."""

    def __init__(
        self, words: list[str], classes: npt.NDArray[np.uint16], vectors: npt.NDArray[np.int8], scale: float
    ) -> None:
        self.rows = {word: row for row, word in enumerate(words)}
        self._classes = classes
        self._vectors = vectors
        self._scale = np.float32(scale)

    def classes(self, word: str) -> tuple[int, int]:
        """Coarse and fine class; 0 where there is none."""
        row = self.rows.get(word)
        if row is None:
            return 0, 0
        coarse, fine = self._classes[row].tolist()
        return coarse, fine

    def vector(self, word: str) -> _Vector | None:
        """Where the word stands among all words; None if that is not known."""
        row = self.rows.get(word)
        return None if row is None else self._vectors[row] * self._scale

    def vectors(self) -> _Vector:
        """All of them, in order of ``rows``."""
        return self._vectors * self._scale


@cache
def load_classes(path: Path = FILE) -> WordTable:
    """The table; some 20 ms."""
    with np.load(path, allow_pickle=False) as data:
        words = bytes(data["words"]).decode("utf-8").split("\n")
        return WordTable(words, data["classes"], data["vectors"], float(data["scale"]))


def vector(word: str) -> _Vector | None:
    """The vector of a word in the table that is shipped."""
    return load_classes().vector(word)


def save_classes(path: Path, words: list[str], classes: npt.NDArray[np.uint16], vectors: _Vector) -> None:
    """Write the table: a row of ``classes`` and of ``vectors`` for each word."""
    scale = float(np.abs(vectors).max()) / 127
    np.savez_compressed(
        path,
        words=np.frombuffer("\n".join(words).encode("utf-8"), np.uint8),
        classes=classes.astype(np.uint16),
        vectors=np.round(vectors / scale).astype(np.int8),
        scale=np.array(scale),
    )
