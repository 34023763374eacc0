"""What the learned reader looks at: words, pairs of words, classes of words, what is said how, which rules hit.

A feature has a code (a whole number where it speaks of words, a string elsewhere) and, in a vocabulary, a number.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from functools import partial
from itertools import chain
from operator import add, attrgetter
from typing import TypeVar

from intake.understanding.document import Hit, Piece, Said
from intake.understanding.tokens import NAME, NUMBER, Word
from intake.understanding.wordclasses import WordTable

Code = int | str
Place = tuple[int, int]  # first and last (exclusive) token of the sentence

_ONE, _TWO, _COARSE, _FINE = (kind << 44 for kind in range(1, 5))
_SUBJECT = 1 << 48
_SHIFT = 22
_EDGE = 1
_FIRST_WORD = 4
_REMEMBER = 60_000  # entries kept of each kind; words without end must not grow us
_FEATURE: Callable[[Word], str] = attrgetter("feature")

_K = TypeVar("_K")
_V = TypeVar("_V")
_Lent = tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]


class Coder:
    """Gives features their numbers. With a given vocabulary, unknown features have number 0; else it grows."""

    def __init__(
        self,
        words: Sequence[str],
        classes: WordTable | None,
        vocabulary: dict[Code, int] | None = None,
    ) -> None:
        self.vocabulary: dict[Code, int] = {} if vocabulary is None else vocabulary
        self.grows = vocabulary is None
        self.numbers = _Numbers({word: number for number, word in enumerate(words, _FIRST_WORD)} | {NUMBER: 3, NAME: 2})
        self.befores = _Befores(self.numbers, _TWO), _Befores(self.numbers, _TWO + _SUBJECT)  # by place of the word
        self._classes = classes
        self.alone = tuple(_Memo(partial(self._alone, base)) for base in (0, _SUBJECT))  # by the word; in the subject
        self.named: dict[tuple[str, ...], tuple[int, ...]] = _Memo(lambda key: self.some(*_NAMES[key[0]](*key[1:])))
        self.lent: dict[tuple[str, str, bool], _Lent] = _Memo(lambda key: self._lent(*key))
        self.find: Callable[[Code], int | None] = self.number if self.grows else self.vocabulary.get

    def number(self, code: Code) -> int:
        """The number of a feature; 0 if it is unknown."""
        if self.grows:
            return self.vocabulary.setdefault(code, len(self.vocabulary) + 1)
        return self.vocabulary.get(code, 0)

    def some(self, *codes: Code) -> tuple[int, ...]:
        """The numbers of those features that are known."""
        find = self.find
        return tuple([number for code in codes if (number := find(code))])

    def _alone(self, base: int, word: str) -> tuple[int, ...]:
        """The features that a word has by itself."""
        one = self.numbers[word]
        coarse, fine = self._classes.classes(word) if self._classes else (0, 0)
        return self.some(base + _ONE + one, base + _COARSE + coarse, base + _FINE + fine)

    def _lent(self, concept: str, tone: str, subject: bool) -> _Lent:
        """What a concept lends to the sentence behind it, to the one before it, and to the letter."""
        letter = self.some(f"{'ds' if subject else 'd'}{concept}+{tone}")
        if subject:
            return (), (), letter
        return self.some(*_beside_names("<", concept, tone)), self.some(*_beside_names(">", concept, tone)), letter


class _Numbers(dict[str, int]):
    """Numbers of words; 0 for one that is not known."""

    def __missing__(self, word: str) -> int:
        return 0


class _Befores(dict[str, int]):
    """What the code of a pair is but for its second word, by the first. ``edge``: where a sentence begins."""

    def __init__(self, numbers: dict[str, int], two: int) -> None:
        super().__init__({word: two + (number << _SHIFT) for word, number in numbers.items()})
        self._none = two
        self.edge = two + (_EDGE << _SHIFT)

    def __missing__(self, word: str) -> int:
        return self._none


class _Memo(dict[_K, _V]):
    """What ``make`` gives for a key, made when first asked for."""

    def __init__(self, make: Callable[[_K], _V]) -> None:
        self._make = make

    def __missing__(self, key: _K) -> _V:
        found = self._make(key)
        if len(self) < _REMEMBER:
            self[key] = found
        return found


def _concept_names(prefix: str, concept: str, manner: str) -> list[Code]:
    marks = manner.split("+") if manner else []
    return [f"{prefix}c{concept}", f"{prefix}m{concept}={manner}", *(f"{prefix}n{concept}+{mark}" for mark in marks)]


def _pair_names(prefix: str, one: str, two: str, tone: str) -> list[Code]:
    return [f"{prefix}p{one}>{two}", f"{prefix}q{one}>{two}={tone}"]


def _beside_names(side: str, concept: str, tone: str) -> list[Code]:
    return [side + concept, f"{side}{concept}+{tone}"] if tone else [side + concept]


_NAMES: dict[str, Callable[..., list[Code]]] = {
    "concept": _concept_names,
    "pair": _pair_names,
    "last": lambda concept, manner: [f"L{concept}={manner}"],
    "hit": lambda rule, holds: [f"{holds}{rule}"],
    "blocked": lambda request, mark: [f"y{request}-{mark}"],
    "because": lambda code, mark: [f"R{code}{mark}"],
    "letter hit": lambda request, holds: [f"h{request}{holds}"],
    "verdict": lambda request: [f"v{request}"],
    "size": lambda size: [f"z{size}"],
}


def fill(piece: Piece, coder: Coder) -> None:
    """The features of one sentence, of those it lends to its neighbours, and to the letter."""
    keys = list(map(_FEATURE, piece.words))
    piece.pairs = _pair_numbers(keys, coder, piece.subject)
    found = set(chain.from_iterable(map(coder.alone[piece.subject].__getitem__, keys)))
    found.update(filter(None, piece.pairs))
    if piece.said or piece.hits or piece.reasons:
        found.update(*[numbers for numbers, _ in _parts(piece, coder)])
        lent = coder.lent
        for concept, tone in dict.fromkeys([(said.concept, said.tone) for said in piece.said]):
            before, after, whole = lent[concept, tone, piece.subject]
            piece.before += before
            piece.after += after
            piece.whole += whole
    piece.numbers = list(found)


def places(piece: Piece, coder: Coder, wanted: Container[int]) -> list[tuple[int, Place]]:
    """Those of the sentence's features that are ``wanted``, each with its tokens, as often as it stands there."""
    found: list[tuple[int, Place]] = []
    alone = coder.alone[piece.subject]
    for at, (word, pair) in enumerate(zip(piece.words, piece.pairs, strict=True)):
        found += [(number, (at, at + 1)) for number in alone[word.feature] if number in wanted]
        if pair in wanted:
            found.append((pair or 0, (max(at - 1, 0), at + 1)))
    for numbers, place in _parts(piece, coder):
        found += [(number, place) for number in numbers if number in wanted]
    return found


def _pair_numbers(keys: Sequence[str], coder: Coder, subject: bool) -> list[int | None]:
    """For each word the feature that it makes with the word before it; None or 0: an unknown one."""
    befores = coder.befores[subject]
    codes = map(add, chain((befores.edge,), map(befores.__getitem__, keys)), map(coder.numbers.__getitem__, keys))
    return list(map(coder.find, codes))


def _parts(piece: Piece, coder: Coder) -> list[tuple[tuple[int, ...], Place]]:
    found: list[tuple[tuple[int, ...], Place]] = []
    prefix = "s" if piece.subject else ""
    named = coder.named
    every = piece.said
    for i, (concept, start, end, _, manner, _) in enumerate(every, 1):
        found.append((named["concept", prefix, concept, manner], (start, end)))
        for other, begin, last, _, _, tone in every[i : i + 6]:
            if begin >= end and other != concept:
                found.append((named["pair", prefix, concept, other, tone], (start, last)))
    for hit in piece.hits:
        place = hit.start, hit.end
        found.append((named["hit", hit.rule, "r" if hit.holds else "x"], place))
        found += [(named["blocked", hit.request, mark], place) for mark in hit.blocked]
    for code in sorted(piece.reasons):
        marks: tuple[str, ...] = ("", "!") if piece.turns else ("",)
        # A whole wording (family*) speaks louder than a word: it is said three times more.
        marks += ("1", "2", "3") * (code[-1] == "*")
        found += [(named["because", code, mark], (0, len(piece.words))) for mark in marks]
    return found


def letter_numbers(pieces: Sequence[Piece], verdict: Sequence[str], coder: Coder) -> list[int]:
    """The features that the sentences make together."""
    found: list[int] = []
    last: Sequence[Said] = ()
    hits: list[Hit] = []
    for piece in pieces:
        if piece.said:
            found += piece.whole
            if not piece.subject:
                last = piece.said
        hits += piece.hits
    named = coder.named
    for one in last:
        found += named["last", one.concept, one.manner]
    for request, holds in dict.fromkeys([(hit.request, "" if hit.holds else "-") for hit in hits]):
        found += named["letter hit", request, holds]
    for request in verdict:
        found += named["verdict", request]
    found += named["size", str(min(len(pieces), 9))]
    return found


def name_of(code: Code, words: Sequence[str]) -> str:
    """A feature in readable letters, for ``why``."""
    if isinstance(code, str):
        return code
    subject, rest = divmod(code, _SUBJECT)
    kind, rest = divmod(rest, 1 << 44)
    first, second = divmod(rest, 1 << _SHIFT)
    prefix = "s" if subject else ""
    if kind in (1, 2):
        names = [_word_name(n, words) for n in ((second,) if kind == 1 else (first, second))]
        return f"{prefix}{'w' if kind == 1 else 'b'}{'|'.join(names)}"
    return f"{prefix}k{kind}:{first}:{second}"


def _word_name(number: int, words: Sequence[str]) -> str:
    if number < _FIRST_WORD:
        return ("?", "^", "(名)", "(数)")[number]
    return words[number - _FIRST_WORD]
