"""The weights of the learned reader: one small file, shipped with the package, loaded with numpy alone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

FILE = Path(__file__).with_name("weights.npz")


@dataclass(frozen=True, slots=True)
class Weights:
    """``requests`` and ``reasons``: features × labels; row 0 is the constant. ``sure`` turns figures into a chance."""

    vocabulary: dict[str, int]
    request_labels: tuple[str, ...]
    reason_labels: tuple[str, ...]
    requests: Floats
    reasons: Floats
    sure: dict[str, float]
    floors: dict[str, float]


@cache
def load_weights(path: Path = FILE) -> Weights:
    """Read the weights; about 20 ms. Nothing in the file is executed (no pickles)."""
    with np.load(path, allow_pickle=False) as data:
        names = bytes(data["vocabulary"]).decode("utf-8").split("\n")
        meta = json.loads(bytes(data["meta"]).decode("utf-8"))
        requests = data["requests"].astype(np.float32) * np.float32(meta["scale"])
        reasons = data["reasons"].astype(np.float32) * np.float32(meta["scale"])
    return Weights(
        {name: i for i, name in enumerate(names, 1)},
        tuple(meta["request_labels"]),
        tuple(meta["reason_labels"]),
        requests,
        reasons,
        meta["sure"],
        meta["floors"],
    )


def save_weights(path: Path, weights: Weights) -> None:
    """Write the weights as 16-bit numbers with one scale: a tenth of a percent is more than they know."""
    largest = max(float(np.abs(weights.requests).max()), float(np.abs(weights.reasons).max()), 1e-6)
    scale = largest / 32000
    meta = {
        "request_labels": weights.request_labels,
        "reason_labels": weights.reason_labels,
        "sure": weights.sure,
        "floors": weights.floors,
        "scale": scale,
    }
    names = [name for name, _ in sorted(weights.vocabulary.items(), key=lambda item: item[1])]
    np.savez_compressed(
        path,
        vocabulary=np.frombuffer("\n".join(names).encode("utf-8"), np.uint8),
        meta=np.frombuffer(json.dumps(meta, ensure_ascii=False).encode("utf-8"), np.uint8),
        requests=np.round(weights.requests / scale).astype(np.int16),
        reasons=np.round(weights.reasons / scale).astype(np.int16),
    )
