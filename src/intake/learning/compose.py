"""Letters put together from labelled lines, to learn from and never to measure with: two requests in one letter, a
request beside a question or a mere mention, a reason before a request. The labels follow from how they are made.

Letters with two requests are rare among the labelled lines, and what a letter asks in passing is what is missed most.
All parts of one letter come from one part of the cross-validation, so nothing that is held out is ever learned from.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, islice
from random import Random

from intake.learning.corpus import Line
from intake.parsing.quotes import segment
from intake.understanding.reading import ASKED

KIND = "composed"
WEIGHT = 0.5  # of such a letter against one that somebody wrote
LEAST_SEEN = 3  # letters in which two requests stand side by side before we put them so
_LINKS = (
    "また、|また、|あわせて、|併せて、|それから、|それと、|なお、|あと、|ついでに、|加えて、|もう一点、|"
    "さらに、|別件ですが、|追伸 |P.S. |それともう一つ。|ちなみに、|話は変わりますが、||||"
).split("|")
_OPENINGS = (
    "|||お世話になっております。|いつもお世話になっております。|こんにちは。|"
    "ご連絡ありがとうございます。|お疲れ様です。"
).split("|")
_CLOSINGS = "|||よろしくお願いいたします。|どうぞよろしくお願いします。|お手数をおかけします。|以上です。".split("|")
_LISTS = (("1. ", "2. ", "3. "), ("①", "②", "③"), ("・", "・", "・"), ("(1)", "(2)", "(3)"))
_LAST_LINES = re.compile("よろしく|宜しく|失礼|以上|敬具|草々|かしこ|お手数")
_TRIES = 20_000
_SHORT_LINE = 14  # letters; at the end of a letter so short a line is a name
_LONGEST = 90  # letters of a sentence that is put into a letter
_LARGEST = 500  # letters of a letter that takes one more sentence

Pair = tuple[str, str]


@dataclass(slots=True)
class _Parts:
    """What letters of one part of the cross-validation are made of."""

    asks: dict[str, list[Line]] = field(default_factory=lambda: defaultdict(list))  # sentences with one request
    mentions: list[Line] = field(default_factory=list)  # sentences that ask for nothing
    reasons: list[Line] = field(default_factory=list)
    letters: dict[str, list[Line]] = field(default_factory=lambda: defaultdict(list))  # letters with one label
    pairs: list[tuple[Pair, float]] = field(default_factory=list)


def composed(lines: Sequence[Line], fold: Callable[[Line], int], count: int, seed: int = 0) -> list[Line]:
    """``count`` letters made of ``lines``; ``fold`` says which part of the cross-validation a line belongs to. The
    same lines give the same letters."""
    folds: dict[int, list[Line]] = defaultdict(list)
    for line in lines:
        folds[fold(line)].append(line)
    pairs = _pairs(lines)
    out: list[Line] = []
    for number, own in sorted(folds.items()):
        dice = Random(f"{seed}/{number}")  # noqa: S311 - the same letters each time
        parts = _parts(own, pairs)
        out += islice(_made(parts, dice), count * len(own) // len(lines))
    return out


def _pairs(lines: Sequence[Line]) -> list[tuple[Pair, float]]:
    """Requests that people make side by side, the frequent ones more often."""
    seen: Counter[Pair] = Counter()
    for line in lines:
        asked = [label for label in line.requests or () if label in ASKED]
        seen.update(combinations(sorted(asked), 2))
    return [(pair, times**0.5) for pair, times in sorted(seen.items()) if times >= LEAST_SEEN]


def _parts(lines: Sequence[Line], pairs: list[tuple[Pair, float]]) -> _Parts:
    parts = _Parts(pairs=pairs)
    for line in lines:
        if line.kind == "reason":
            parts.reasons.append(line)
        elif line.requests is None or len(line.requests) != 1 or _quotes(line):
            continue
        elif line.kind == "message":
            if len(line.body) <= _LARGEST:
                parts.letters[line.requests[0]].append(line)
        elif len(line.body) <= _LONGEST and "\n" not in line.body:
            (parts.asks[line.requests[0]] if line.requests[0] in ASKED else parts.mentions).append(line)
    return parts


def _quotes(line: Line) -> bool:
    return any(one.kind != "new" for one in segment(line.body))


def _made(parts: _Parts, dice: Random) -> Iterator[Line]:
    ways = (_letter_and_request, _letter_and_request, _two_requests, _two_requests, _beside_a_mention,
            _letter_and_mention, _letter_takes_request, _reason_and_request)  # fmt: skip
    for _ in range(_TRIES):  # few lines may give no letter at all
        made = dice.choice(ways)(parts, dice)
        if made:
            yield made


def _line(first: Line, body: str, requests: Sequence[str], reasons: tuple[str, ...] | None = None) -> Line:
    return replace(
        first, id=f"{first.id}+", body=body, requests=tuple(sorted(set(requests))), reasons=reasons, facts=None,
        kind=KIND, weight=WEIGHT,
    )  # fmt: skip


def _pair(parts: _Parts, dice: Random) -> Pair | None:
    if not parts.pairs:
        return None
    one, two = dice.choices([pair for pair, _ in parts.pairs], [times for _, times in parts.pairs])[0]
    return (one, two) if dice.random() < 0.5 else (two, one)


def _two_requests(parts: _Parts, dice: Random) -> Line | None:
    """お世話に… A また、B よろしく…, or a list."""
    pair = _pair(parts, dice)
    if pair is None or not all(parts.asks[one] for one in pair):
        return None
    one, two = pair
    first, second = dice.choice(parts.asks[one]), dice.choice(parts.asks[two])
    opening, closing = dice.choice(_OPENINGS), dice.choice(_CLOSINGS)
    if dice.random() < 0.15:
        marks = dice.choice(_LISTS)
        body = f"{marks[0]}{first.body}\n{marks[1]}{second.body}"
    else:
        body = _ended(first.body) + dice.choice(("", "\n", "\n\n")) + dice.choice(_LINKS) + second.body
    return _line(first, _framed(opening, body, closing, dice), (one, two))


def _letter_and_request(parts: _Parts, dice: Random) -> Line | None:
    """A letter that asks one thing, and in passing another."""
    pair = _pair(parts, dice)
    if pair is None or not parts.letters[pair[0]] or not parts.asks[pair[1]]:
        return None
    one, two = pair
    letter = dice.choice(parts.letters[one])
    return _line(letter, _inserted(letter.body, dice.choice(parts.asks[two]).body, dice), (one, two))


def _letter_takes_request(parts: _Parts, dice: Random) -> Line | None:
    """A letter of thanks, about a date, with a question: and in passing a request."""
    letters = parts.letters["other"] + parts.letters["question"]
    request = dice.choice(ASKED)
    if not letters or not parts.asks[request]:
        return None
    letter = dice.choice(letters)
    return _line(letter, _inserted(letter.body, dice.choice(parts.asks[request]).body, dice), (request,))


def _letter_and_mention(parts: _Parts, dice: Random) -> Line | None:
    """A letter that asks one thing and speaks of something else, or asks a question beside it."""
    request = dice.choice(ASKED)
    mention = _mention(parts, request, dice)
    if not parts.letters[request] or mention is None:
        return None
    letter = dice.choice(parts.letters[request])
    return _line(letter, _inserted(letter.body, mention.body, dice), (request,), letter.reasons)


def _beside_a_mention(parts: _Parts, dice: Random) -> Line | None:
    request = dice.choice(ASKED)
    mention = _mention(parts, request, dice)
    if not parts.asks[request] or mention is None:
        return None
    first, second = dice.choice(parts.asks[request]), mention
    body = [_ended(first.body), _ended(second.body)]
    if dice.random() < 0.6:
        body.reverse()
    between = dice.choice(("", "\n", "\n\n")) + dice.choice(_LINKS)
    return _line(
        first, _framed(dice.choice(_OPENINGS), between.join(body), dice.choice(_CLOSINGS), dice), (request,)
    )  # fmt: skip


def _mention(parts: _Parts, request: str, dice: Random) -> Line | None:
    """A sentence that asks for nothing and does not speak of ``request``: else it might deny it."""
    fitting = [
        line for line in dice.sample(parts.mentions, min(12, len(parts.mentions))) if line.of not in ("", request)
    ]
    return fitting[0] if fitting else None


def _reason_and_request(parts: _Parts, dice: Random) -> Line | None:
    request = dice.choice(("withdrawal", "pause", "decline", "concierge_change", "withdrawal", "deletion"))
    plain = [line for line in parts.asks[request] if not line.reasons]
    if not plain or not parts.reasons:
        return None
    why, first = dice.choice(parts.reasons), dice.choice(plain)
    body = _ended(why.body) + dice.choice(("", "\n", "そのため、", "ですので、", "つきましては、")) + first.body
    known = why.reasons if first.reasons is not None else None
    return _line(
        first, _framed(dice.choice(_OPENINGS), body, dice.choice(_CLOSINGS), dice), (request,), known
    )  # fmt: skip


def _framed(opening: str, body: str, closing: str, dice: Random) -> str:
    between = dice.choice(("\n", "\n", "", "\n\n"))
    return between.join(part for part in (opening, body, closing) if part)


def _ended(text: str) -> str:
    return text if text[-1:] in "。!?！？．.」)）\n" else text + "。"


def _inserted(letter: str, sentence: str, dice: Random) -> str:
    """The letter with one more sentence before its greeting at the end, or behind all as an afterthought."""
    lines = letter.rstrip().split("\n")
    at = len(lines)
    while at > 1 and (len(lines[at - 1].strip()) <= _SHORT_LINE or _LAST_LINES.search(lines[at - 1])):
        at -= 1
    if dice.random() < 0.2:
        at = len(lines)
    if at == 1 and len(lines) == 1:
        return _ended(letter.rstrip()) + dice.choice(("", "\n", "\n\n")) + dice.choice(_LINKS) + sentence
    more = dice.choice(_LINKS) + sentence
    return "\n".join([*lines[:at], *([""] if dice.random() < 0.4 else []), more, *lines[at:]])
