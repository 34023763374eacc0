"""How sure a reading is: agreement of the two readers, margins, and how much of the text is unknown ground."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np

from intake.model import DESTRUCTIVE
from intake.understanding.reading import ASKED, Reading, verdict
from intake.understanding.weights import Floats

_ITEM = re.compile(r"(?m)^[ ]*(?:[0-9]{1,2}[.)、 ]|\([0-9]\)|[・*]|[0-9]\))")
_ALSO = re.compile("また、|それから|あわせて|併せて|ついでに|加えて|それと|もう一[つ点]|なお、|別件|さらに")
_TURN = re.compile("やはり|やっぱ|撤回|取り消|気が変わ|ではなく|じゃなく|だったが|と思っていました")


def signs(reading: Reading, given: Floats, chosen: Sequence[str], labels: Sequence[str]) -> dict[str, float]:
    """The figures that the calibration weighs. The same code serves training and reading."""
    by_rules = verdict(reading.hits)
    odds: list[float] = given.tolist()
    picked = {labels.index(name) for name in chosen}
    asked = range(len(ASKED))
    margins = sorted(abs(odds[i]) for i in asked)
    chance = sum(-math.log1p(math.exp(-_clip(odds[i] if i in picked else -odds[i]))) for i in asked)
    rest = {i for i in picked if i >= len(ASKED)}
    between = odds[labels.index("other")] - odds[labels.index("question")]
    blocked = {hit.request for hit in reading.hits if not hit.holds}
    words = reading.document.tokens.words
    return {
        "one": 1.0,
        "margin": min(margins[0], 4.0),
        "margin2": min(margins[1], 4.0),
        "chance": max(chance, -4.0),
        "agree": float(set(by_rules) == set(chosen)),
        "rules_more": float(bool(set(by_rules) & set(ASKED) - set(chosen))),
        "rules_less": float(bool(set(chosen) & set(ASKED) - set(by_rules))),
        "rest": float(bool(rest)),
        "rest_margin": min(abs(between), 4.0) if rest else 0.0,
        "several": float(len(chosen) > 1),
        "blocked": float(bool(blocked & set(chosen))),
        "blocked_other": float(bool(blocked - set(chosen))),
        "length": min(math.log(1 + len(words)), 6.0) - 3.0,
        "unknown": [w.lemma for w in words].count("") / (len(words) + 5),
        "agree_margin": float(set(by_rules) == set(chosen)) * min(margins[0], 4.0),
        "items": float(len(_ITEM.findall(reading.own)) > max(1, len(chosen))),
        "also": float(len(chosen) == 1 and bool(_ALSO.search(reading.own))),
        "turns": float(bool(_TURN.search(reading.own))),
        **{f"is_{name}": 1.0 for name in chosen},
    }


def _clip(value: float) -> float:
    return max(-30.0, min(30.0, float(value)))


def chance(figures: dict[str, float], weights: dict[str, float]) -> float:
    """The calibrated chance that the reading is exactly right."""
    total = sum(weights.get(name, 0.0) * value for name, value in figures.items())
    return float(1 / (1 + np.exp(-_clip(total))))


def kind_of(chosen: Sequence[str]) -> str:
    """Which floor a reading must reach: destructive, asked (the other seven), rest (question, other)."""
    if DESTRUCTIVE & set(chosen):
        return "destructive"
    return "asked" if set(chosen) & set(ASKED) else "rest"
