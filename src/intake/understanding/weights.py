"""The weights of the learned reader: one small file, shipped with the package, loaded with numpy alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from intake.understanding.features import Code
from intake.understanding.network import Learned

Floats = npt.NDArray[np.float32]

FILE = Path(__file__).with_name("weights.npz")
_REQUESTS, _REASONS = ("net_", "net2_"), "why_"  # names in the file begin so


@dataclass(frozen=True)
class Weights:
    """Row 0 is the constant, row n the feature of number n, the last row of ``sentence`` is zero.

    ``sentence`` and ``message``: features × (request labels, then reason labels).
    ``sure`` turns signs into a chance; ``floors`` say which chance is enough.
    """

    words: tuple[str, ...]
    codes: tuple[Code, ...]  # the code of feature n at place n - 1
    request_labels: tuple[str, ...]
    reason_labels: tuple[str, ...]
    sentence: Floats
    message: Floats
    sure: dict[str, float]
    floors: dict[str, float]
    networks: tuple[Learned, ...] = ()  # of requests: taught the same, from different beginnings
    reasons: Learned | None = None

    @cached_property
    def table(self) -> Floats:
        """Both side by side: one look for a feature."""
        return np.hstack([self.sentence, self.message])

    @property
    def nothing(self) -> int:
        """The row of zeros."""
        return len(self.sentence) - 1

    def vocabulary(self) -> dict[Code, int]:
        """Features and their numbers."""
        return {code: number for number, code in enumerate(self.codes, 1)}


def load_weights(path: Path = FILE) -> Weights:
    """Read the weights; some 30 ms. Nothing in the file is executed (no pickles)."""
    with np.load(path, allow_pickle=False) as data:
        meta = json.loads(bytes(data["meta"]).decode("utf-8"))
        codes: list[Code] = [*data["numbers"].tolist(), *bytes(data["names"]).decode("utf-8").split("\n")]
        words = tuple(bytes(data["words"]).decode("utf-8").split("\n"))
        table = np.hstack([data["sentence"], data["message"]]).astype(np.float32)
        table *= np.float32(meta["scale"])
        sentence, message = np.hsplit(table, 2)
        networks, reasons = _networks(data)
    weights = Weights(
        words,
        tuple(codes),
        tuple(meta["request_labels"]),
        tuple(meta["reason_labels"]),
        sentence,
        message,
        meta["sure"],
        meta["floors"],
        networks,
        reasons,
    )
    weights.__dict__["table"] = table  # made already: both are parts of it
    return weights


def save_weights(path: Path, weights: Weights) -> None:
    """Write the weights as 16-bit numbers with one scale: finer than what they know. Numbers first, then names."""
    order = sorted(range(len(weights.codes)), key=lambda n: isinstance(weights.codes[n], str))
    codes = [weights.codes[n] for n in order]
    rows = [0, *(n + 1 for n in order), len(weights.sentence) - 1]
    largest = max(float(np.abs(weights.sentence).max()), float(np.abs(weights.message).max()), 1e-6)
    scale = largest / 32000
    meta = {
        "request_labels": weights.request_labels,
        "reason_labels": weights.reason_labels,
        "sure": weights.sure,
        "floors": weights.floors,
        "scale": scale,
    }
    numbers = [code for code in codes if isinstance(code, int)]
    names = [code for code in codes if isinstance(code, str)]
    network: dict[str, Any] = {}
    for prefix, learned in zip((*_REQUESTS, _REASONS), (*_padded(weights.networks), weights.reasons), strict=True):
        if learned:  # all of the same words
            network |= {f"{prefix}{name}": value.astype(np.float16) for name, value in learned.values.items()}
            network["network_words"] = _bytes("\n".join(learned.words))
            network["network_surfaces"] = _bytes("\n".join(learned.surfaces))
    np.savez_compressed(
        path,
        meta=_bytes(json.dumps(meta, ensure_ascii=False)),
        words=_bytes("\n".join(weights.words)),
        numbers=np.array(numbers, np.int64),
        names=_bytes("\n".join(names)),
        sentence=np.round(weights.sentence[rows] / scale).astype(np.int16),
        message=np.round(weights.message[rows] / scale).astype(np.int16),
        **network,
    )


def _padded(networks: Sequence[Learned]) -> tuple[Learned | None, ...]:
    return (*networks, *[None] * (len(_REQUESTS) - len(networks)))


def _networks(data: Any) -> tuple[tuple[Learned, ...], Learned | None]:
    """Those of requests, and that of reasons."""
    if "network_words" not in data:
        return (), None
    words, surfaces = (tuple(bytes(data[f"network_{k}"]).decode("utf-8").split("\n")) for k in ("words", "surfaces"))
    found = [
        Learned(words, surfaces, values) if (values := _values(data, prefix)) else None
        for prefix in (*_REQUESTS, _REASONS)
    ]
    return tuple(one for one in found[:-1] if one), found[-1]


def _values(data: Any, prefix: str) -> dict[str, Any]:
    return {name.removeprefix(prefix): data[name] for name in data.files if name.startswith(prefix)}


def _bytes(text: str) -> npt.NDArray[np.uint8]:
    return np.frombuffer(text.encode("utf-8"), np.uint8)
