"""Which class a word belongs to: words that mean alike share one (see learning/wordclasses.py)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

FILE = Path(__file__).with_name("wordclasses.npz")


@cache
def load_classes(path: Path = FILE) -> dict[str, tuple[int, int]]:
    """Word to its coarse and its fine class, both counted from 1."""
    with np.load(path, allow_pickle=False) as data:
        words = bytes(data["words"]).decode("utf-8").split("\n")
        coarse, fine = data["classes"].astype(int).T.tolist()
    return dict(zip(words, zip(coarse, fine, strict=True), strict=True))


def save_classes(path: Path, words: list[str], classes: npt.NDArray[np.int64]) -> None:
    """Write the table; ``classes`` has a row for each word and counts from 0."""
    np.savez_compressed(
        path, words=np.frombuffer("\n".join(words).encode("utf-8"), np.uint8), classes=(classes + 1).astype(np.uint16)
    )
