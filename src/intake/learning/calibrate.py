"""How sure the classifier may be: from readings of lines that the model had not seen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from intake.learning.corpus import ATTACK, PLAIN, Line
from intake.learning.linear import Rows, fit
from intake.model import DESTRUCTIVE
from intake.understanding.reasons import WISHES, reasons_of
from intake.understanding.sureness import brief, chance, is_brief, kind_of, prefix_of

# Precision asked of `auto` on letters that the readers never saw. More than half of them were written to be mistaken:
# what gives 0.98 of these all together gives 0.99 and more of those that are everyday mail.
AIM = {"deletion": 0.99, "withdrawal": 0.99, "asked": 0.98, "rest": 0.98}
# The same of single sentences and letters of a few words, near misses among them; the floors above are of the others.
AIM_BRIEF = {"asked": 0.993, "rest": 0.993}
KINDS = tuple(AIM)
SURE_AT_LEAST = {"deletion": 0.88, "withdrawal": 0.88}
SENTENCE = 0.3  # what a single sentence counts against a letter
HELD = 2.0  # how firmly the weights of the signs are held to nothing
MARGIN = 0.25  # log odds above the worst of the letters
_WISH_FLOORS = [n / 4 for n in range(-8, 9)]
LEAST = 40  # readings below which a share says nothing


@dataclass(frozen=True, slots=True)
class Outcome:
    """An out-of-fold reading: what was read, what is right, and the signs of sureness."""

    line: Line
    chosen: tuple[str, ...]
    figures: dict[str, float]
    odds: tuple[float, ...]
    reason_odds: tuple[float, ...]
    reason_labels: tuple[str, ...]
    doubted: bool = False  # a person looks at it whatever the chance
    views: tuple[tuple[float, ...], tuple[float, ...]] = ((), ())  # odds of the linear reader, of the network

    @property
    def exact(self) -> bool:
        """Whether exactly the right requests were read."""
        return self.chosen == self.line.requests

    @property
    def harmful(self) -> bool:
        """Whether somebody is wrongly taken to leave, or to want their data erased."""
        return bool(DESTRUCTIVE & set(self.chosen) - set(self.line.requests or ()))


def calibrate(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Weights that turn the signs into the chance of being exactly right: one set for leaving and erasure, one for
    readings that ask for something else, one for those that ask for nothing."""
    usable = [o for o in outcomes if o.line.requests is not None]
    found: dict[str, float] = {}
    for prefix in sorted({prefix_of(o.figures) for o in usable}):
        found |= _weights([o for o in usable if prefix_of(o.figures) == prefix], prefix)
    return found


def _weights(outcomes: Sequence[Outcome], prefix: str) -> dict[str, float]:
    names = sorted({name for o in outcomes for name in o.figures})
    names.insert(0, names.pop(names.index("one")))
    values = [[o.figures.get(n, 0.0) for n in names] for o in outcomes]
    rows = Rows.of([list(range(len(names)))] * len(outcomes), len(names), values)
    targets = np.array([[float(o.exact)] for o in outcomes])
    counts = np.array([[1.0 if o.line.kind == "message" else SENTENCE] for o in outcomes])
    weights = fit(rows, targets, HELD, rounds=200, weight=counts)
    return {prefix + name: float(value) for name, value in zip(names, weights[:, 0], strict=True)}


def floors_of(outcomes: Sequence[Outcome], sure: dict[str, float]) -> dict[str, float]:
    """The least chance with which a reading is sure: above it, ``AIM`` of the letters are right, and nobody is wrongly
    taken for leaving or erasure, see ``_worst``."""
    every = [o for o in outcomes if o.line.requests is not None and not o.doubted]
    floors = {kind: max(_floor_of(every, sure, kind, AIM[kind]), SURE_AT_LEAST.get(kind, 0.0)) for kind in KINDS}
    few = [o for o in every if is_brief(o.figures) and o.line.kind not in (ATTACK, PLAIN)]
    return floors | {brief(kind): _brief_floor(few, sure, kind, aim) for kind, aim in AIM_BRIEF.items()}


def _brief_floor(few: Sequence[Outcome], sure: dict[str, float], kind: str, aim: float) -> float:
    """0 where there are too few to say."""
    rated = [(chance(o.figures, sure), o.exact) for o in few if kind_of(o.chosen) == kind]
    return _floor(rated, aim) if len(rated) >= LEAST else 0.0


def _floor_of(outcomes: Sequence[Outcome], sure: dict[str, float], kind: str, aim: float) -> float:
    here = [o for o in outcomes if kind_of(o.chosen) == kind]
    letters = [o for o in here if o.line.kind == "message" and not (kind in AIM_BRIEF and is_brief(o.figures))]
    rated = [(chance(o.figures, sure), o.exact) for o in letters]
    return max(_floor(rated, aim), round(_worst(here, sure), 4))


def _worst(outcomes: Sequence[Outcome], sure: dict[str, float]) -> float:
    """Clearly more than the chance of any letter that was wrongly taken for leaving or erasure, and more than that of
    any sentence, near misses and minimal pairs included. Not of letters that were written to get past the gate: that
    they do not is the gate's business, and of such letters there is always one more."""
    harmful = [(chance(o.figures, sure), o.line.kind) for o in outcomes if o.harmful and o.line.kind != ATTACK]
    return max((_above(value) if kind == "message" else value + 0.0001 for value, kind in harmful), default=0.0)


def _above(value: float) -> float:
    """A chance that is higher by ``MARGIN`` log odds."""
    return 1 / (1 + (1 - value) / value * math.exp(-MARGIN))


def _floor(rated: Sequence[tuple[float, bool]], aim: float) -> float:
    ordered = sorted(rated, key=lambda pair: -pair[0])
    wrong = 0
    floor = 0.999
    for count, (value, exact) in enumerate(ordered, 1):
        wrong += not exact
        if count >= LEAST and 1 - wrong / count >= aim:
            floor = value
    return round(max(floor, 0.5), 4)


def reason_floors(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """The log odds from which the likeliest reason, and each further one, is taken: those that read most letters
    right."""
    letters = [o for o in outcomes if o.line.reasons is not None and o.line.kind == "message"]
    wishes = [o for o in letters if o.chosen == WISHES]
    rest = [o for o in letters if o.chosen != WISHES]
    _, first, more = max(
        (sum(_reasons(o, first, more) == o.line.reasons for o in rest), first, more)
        for first in map(float, np.arange(-3.0, 1.01, 0.25))
        for more in map(float, np.arange(max(first, -1.0), 3.01, 0.25))
    )
    floors = {"reason": first, "more_reasons": more}
    if len(wishes) >= LEAST:
        right = [(sum(_reasons(o, f, max(f, more)) == o.line.reasons for o in wishes), f) for f in _WISH_FLOORS]
        floors["reason_of_wishes"] = max(right)[1]
    return floors


def _reasons(one: Outcome, first: float, more: float) -> tuple[str, ...]:
    return reasons_of(one.reason_odds, one.chosen, one.reason_labels, {"reason": first, "more_reasons": more})
