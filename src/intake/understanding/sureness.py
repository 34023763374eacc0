"""How sure a reading is: agreement of the two readers, margins, and how much of the text is unknown ground."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from intake.model import DESTRUCTIVE
from intake.understanding.learned import Scores, together
from intake.understanding.reading import ASKED, Reading
from intake.understanding.rulebook import LABELS

_ITEM = re.compile(r"(?m)^[ ]*(?:[0-9]{1,2}[.)、 ]|\([0-9]\)|[・*]|[0-9]\))")
_ALSO = re.compile("また、|それから|あわせて|併せて|ついでに|加えて|それと|もう一[つ点]|なお、|別件|さらに")
_FAR = 4.0  # log odds
_LEAST_WORSE = -2.0  # log of a chance; what lies below is rare, and nothing is learned of it
LEAVES = "leave "  # weights of readings of leaving and erasure
_MOST = 40  # sentences that are looked at one by one
_KNOTS = (2.0, 0.5, 0.1, 0.03)  # log odds: at 0.97 a chance says other things than at 0.6, so its curve may bend there
_CHANCES = ("chance", "chance_linear", "chance_network", "least", "chance_worse")
_BENDS = [(f"{name}>-{knot}", name, knot) for name in _CHANCES for knot in _KNOTS]
_SHORT = 30  # words; so short an answer means what the quoted letter asked
# Marks of a question and of a plea: where one is read without, or nothing is read beside one, more may be meant.
_ASKS = re.compile(
    "[?]|(?:です|ます|でしょう|だろう|る|た|い|の)か(?:[。、 \n」]|と|$)|知りたい|お?尋ね|伺い|問い合わせ|質問|"
    "かどうか|教えて(?:いただけ|ください|下さい|ほしい|もら[えい])|いつ(?!も)|どう[いしすやな]|どこ(?!ろ)|どれ|どなた|なぜ|"
    "なんで|何[時日人]|いくら|でしたっけ|お教え|ご教[示授]|お聞かせ|(?<!な)かな(?=[。?!\n」]|$)"
)
_PLEADS = re.compile(
    "ください|下さい|くださ|お願い|おねがい|願い[また]|ほしい|欲しい|希望|もらえ|もらい|いただけ|いただき(?!まし|、?あり)|頂け|頂き(?!まし|、?あり)|頼み|"
    "たのみ|ましょう|たいです|たいと|お断り|結構です"
)
_MOST_PLEAS = 3
_BRIEF = math.log(1 + 25) - 3  # a letter of so few words says little beside what it asks: see ``brief``
_TURN = re.compile("やはり|やっぱ|撤回|取り消|気が変わ|ではなく|じゃなく|だったが|と思っていました")


def signs(reading: Reading, scores: Scores, doubts: Sequence[str] = ()) -> dict[str, float]:
    """The figures that the calibration weighs. The same code serves training and reading. ``doubts``: the gate's."""
    chosen = scores.chosen
    picked = [LABELS.index(name) for name in chosen]
    asks = picked[0] < len(ASKED)
    agree = float(set(reading.verdict) == set(chosen))
    blocked = {hit.request for hit in reading.hits if not hit.holds}
    words = reading.document.tokens.words
    views = np.array([scores.odds, *scores.each])
    signs_of = np.full(len(ASKED), -1.0)
    signs_of[[i for i in picked if i < len(ASKED)]] = 1.0
    every = np.clip(views[:, : len(ASKED)], -30, 30)
    chances = _chances(every, signs_of)
    figures = {
        "one": 1.0,
        "agree": agree,
        "rules_more": float(bool(set(reading.verdict) & set(ASKED) - set(chosen))),
        "rules_less": float(bool(set(chosen) & set(ASKED) - set(reading.verdict))),
        "rest": float(not asks),
        "several": float(len(chosen) > 1),
        "blocked": float(bool(blocked & set(chosen))),
        "blocked_other": float(bool(blocked - set(chosen))),
        "length": min(math.log(1 + len(words)), 6.0) - 3.0,
        "unknown": [word.lemma for word in words].count("") / (len(words) + 5),
        "linear": float(scores.views[0] == chosen),
        "network": float(scores.views[1] == chosen),
        "all_agree": agree * (scores.views[0] == scores.views[1] == chosen),
        "items": float(len(_ITEM.findall(reading.own)) > max(1, len(chosen))),
        "also": float(len(chosen) == 1 and bool(_ALSO.search(reading.own))),
        "turns": float(bool(_TURN.search(reading.own))),
        **{f"is_{name}": 1.0 for name in chosen},
    }
    pleas = len(_PLEADS.findall(reading.own))
    figures["pleas"] = float(min(_MOST_PLEAS, max(0, pleas - len(chosen) * asks)))
    if not asks:
        figures["question_marks" if chosen == ("other",) else "no_question_marks"] = float(
            bool(_ASKS.search(reading.own)) == (chosen == ("other",))
        )
    odds_of_asked = views[0, : len(ASKED)].tolist()
    for name, odds, chance in zip(("", "_linear", "_network"), views.tolist(), chances, strict=True):
        asked = odds[: len(ASKED)]
        figures[f"chance{name}"] = chance
        figures[f"margin{name}"] = min(4.0, *map(abs, asked))
        figures[f"low{name}"] = min([asked[i] for i in picked if i < len(ASKED)] or [5.0])
        figures[f"next{name}"] = max([-_FAR, *(value for i, value in enumerate(asked) if i not in picked)])
        question, other = odds[len(ASKED) :]
        figures[f"between{name}"] = 4.0 if asks else (question - other) * (1 if chosen == ("question",) else -1)
    figures.update(_asides(reading, scores, picked))
    if len(scores.apart) > 1:
        figures.update(_apart(scores, signs_of))
    first = sorted(odds_of_asked, reverse=True)
    figures["second"], figures["third"] = first[1], first[2]
    quotes = len(reading.stated.split()) < len(reading.body.text.split())
    figures["short_reply"] = float(quotes and len(words) < _SHORT)
    for name in figures:
        if name.startswith(
            ("low", "next", "between", "aside", "spot", "second", "third")
        ):  # beyond that, more says no more
            figures[name] = max(-_FAR, min(_FAR, figures[name]))
    figures.update({f"doubt_{name.rpartition('_')[0]}": 1.0 for name in doubts})
    figures["least"] = min(chances)
    figures.update({bent: max(0.0, 1 + figures[name] / knot) for bent, name, knot in _BENDS if name in figures})
    figures["agree_margin"] = agree * figures["margin"]
    return figures


def _chances(every: npt.NDArray[Any], signs_of: npt.NDArray[np.float64]) -> list[float]:
    """The log of the chance that a reading is exactly right, if its odds are; of each row of odds."""
    chances: list[float] = np.maximum(-np.logaddexp(0, -every * signs_of).sum(axis=1), -6.0).tolist()
    return chances


def _apart(scores: Scores, signs_of: npt.NDArray[np.float64]) -> dict[str, float]:
    """What the less sure of the networks says: taught the same, they differ where neither was taught well."""
    odds = np.array(scores.apart)
    worse = min(_chances(np.clip(odds[:, : len(ASKED)], -30, 30), signs_of))
    figures = {"chance_worse": max(_LEAST_WORSE, worse)}
    if max(signs_of) < 0:
        question = odds[:, len(ASKED)] - odds[:, len(ASKED) + 1]
        figures["between_worse"] = float((question * (1 if scores.chosen == ("question",) else -1)).min())
    return figures


def _asides(reading: Reading, scores: Scores, picked: Sequence[int]) -> dict[str, float]:
    """What single sentences of the body ask, whatever the letter as a whole says: the most for something that was not
    read (``aside``), and the most for the least certain of what was (``spot``)."""
    body = [n for n, piece in enumerate(reading.document.pieces) if not piece.subject][:_MOST]
    if not body:
        return {"aside": -_FAR, "aside_network": -_FAR, "aside_both": -_FAR, "spot": -_FAR, "sentences": 0.0}
    linear, network = (rows[body][:, : len(ASKED)].max(axis=0) for rows in (scores.rows, scores.heard))
    both = together(linear, network)
    others = [i for i in range(len(ASKED)) if i not in picked]
    return {
        "aside": float(linear[others].max(initial=-_FAR)),
        "aside_network": float(network[others].max(initial=-_FAR)),
        "aside_both": float(both[others].max(initial=-_FAR)),
        "spot": min([float(both[i]) for i in picked if i < len(ASKED)] or [_FAR]),
        "sentences": min(len(body), 12) / 6,
    }


def _clip(value: float) -> float:
    return max(-30.0, min(30.0, float(value)))


def chance(figures: dict[str, float], weights: dict[str, float]) -> float:
    """The calibrated chance that the reading is exactly right. Readings that ask for nothing, and those of leaving and
    erasure, have weights of their own: what speaks for the one speaks against the other."""
    prefix = prefix_of(figures)
    if prefix == LEAVES and f"{LEAVES}one" not in weights:  # of an older version
        prefix = ""
    total = sum(weights.get(prefix + name, 0.0) * value for name, value in figures.items())
    return 1 / (1 + math.exp(-_clip(total)))


def prefix_of(figures: dict[str, float]) -> str:
    """Which of the three sets of weights a reading has."""
    if figures["rest"]:
        return "rest "
    return LEAVES if DESTRUCTIVE & {name.removeprefix("is_") for name in figures} else ""


def kind_of(chosen: Sequence[str]) -> str:
    """Which floor a reading must reach: deletion, withdrawal, asked (the other seven), rest (question, other)."""
    for request in sorted(DESTRUCTIVE):
        if request in chosen:
            return request
    return "asked" if set(chosen) & set(ASKED) else "rest"


def brief(kind: str) -> str:
    """The floor that a reading of a few words must reach besides: 「もう結構です」 alone may mean anything."""
    return f"{kind} brief"


def is_brief(figures: Mapping[str, float]) -> bool:
    """Whether the letter has but a few words."""
    return figures.get("length", _BRIEF) < _BRIEF


def floor_of(chosen: Sequence[str], figures: Mapping[str, float], floors: Mapping[str, float]) -> float:
    """The least chance with which a reading is sure enough."""
    kind = kind_of(chosen)
    return max(floors.get(kind, 1.1), floors.get(brief(kind), 0.0) if is_brief(figures) else 0.0)
