"""What the learned reader looks at: words, pairs of words, classes of words, what is said how, which rules hit.

A feature has a code (a whole number where it speaks of words, a string elsewhere) and, in a vocabulary, a number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

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

_Known = tuple[int, tuple[int, ...]]


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
        self._numbers = {word: number for number, word in enumerate(words, _FIRST_WORD)}
        self._classes = classes
        self.known: tuple[dict[str, _Known], dict[str, _Known]] = ({}, {})  # words; words in the subject
        self._named: dict[tuple[str, ...], tuple[int, ...]] = {}
        self._lent: dict[tuple[str, str, bool], tuple[tuple[int, ...], ...]] = {}

    def number(self, code: Code) -> int:
        """The number of a feature; 0 if it is unknown."""
        if self.grows:
            return self.vocabulary.setdefault(code, len(self.vocabulary) + 1)
        return self.vocabulary.get(code, 0)

    def word(self, key: str, subject: bool) -> _Known:
        """Number of the word, and the features that it has by itself."""
        base = _SUBJECT if subject else 0
        one = {NUMBER: 3, NAME: 2}.get(key) or self._numbers.get(key, 0)
        coarse, fine = self._classes.classes(key) if self._classes else (0, 0)
        found = (
            one,
            self.some(base + _ONE + one, base + _COARSE + coarse, base + _FINE + fine),
        )
        if len(self.known[subject]) < _REMEMBER:
            self.known[subject][key] = found
        return found

    def some(self, *codes: Code) -> tuple[int, ...]:
        """The numbers of those features that are known."""
        return tuple([number for code in codes if (number := self.number(code))])

    def lent(self, concept: str, tone: str, subject: bool) -> tuple[tuple[int, ...], ...]:
        """What a concept lends to the sentence behind it, to the one before it, and to the letter."""
        key = (concept, tone, subject)
        found = self._lent.get(key)
        if found is None:
            sides = ((), ()) if subject else (_beside_names("<", concept, tone), _beside_names(">", concept, tone))
            letter = f"{'ds' if subject else 'd'}{concept}+{tone}"
            found = self._lent[key] = (self.some(*sides[0]), self.some(*sides[1]), self.some(letter))
        return found

    def named(self, kind: str, *parts: str) -> tuple[int, ...]:
        """The numbers of the features that ``parts`` make, remembered: they recur in every letter."""
        key = (kind, *parts)
        found = self._named.get(key)
        if found is None:
            found = self.some(*_NAMES[kind](*parts))
            if len(self._named) < _REMEMBER:
                self._named[key] = found
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
    piece.numbers = list(set(_numbers(piece, coder, None)))
    for concept, tone in dict.fromkeys((said.concept, said.tone) for said in piece.said):
        before, after, whole = coder.lent(concept, tone, piece.subject)
        piece.before += before
        piece.after += after
        piece.whole += whole


def places(piece: Piece, coder: Coder) -> tuple[list[int], list[Place]]:
    """The features of the sentence and the tokens of each; found when first asked for."""
    if piece.places is None:
        at: list[Place] = []
        piece.places = _numbers(piece, coder, at), at
    return piece.places


def _numbers(piece: Piece, coder: Coder, at: list[Place] | None) -> list[int]:
    found = _word_numbers(piece.words, coder, piece.subject, at)
    if piece.said or piece.hits or piece.reasons:
        for numbers, place in _parts(piece, coder):
            found += numbers
            if at is not None:
                at += [place] * len(numbers)
    return found


def _word_numbers(words: Sequence[Word], coder: Coder, subject: bool, places: list[Place] | None) -> list[int]:
    found: list[int] = []
    known = coder.known[subject]
    get = coder.number if coder.grows else coder.vocabulary.get
    two = _TWO + (_SUBJECT if subject else 0)
    before = _EDGE
    for at, word in enumerate(words):
        one, alone = known.get(word.feature) or coder.word(word.feature, subject)
        found += alone
        pair = get(two + (before << _SHIFT) + one)
        if pair:
            found.append(pair)
        if places is not None:
            places += [(at, at + 1)] * len(alone)
            if pair:
                places.append((max(at - 1, 0), at + 1))
        before = one
    return found


def _parts(piece: Piece, coder: Coder) -> list[tuple[tuple[int, ...], Place]]:
    found: list[tuple[tuple[int, ...], Place]] = []
    prefix = "s" if piece.subject else ""
    named = coder.named
    for i, one in enumerate(piece.said):
        found.append((named("concept", prefix, one.concept, one.manner), (one.start, one.end)))
        found += [
            (named("pair", prefix, one.concept, two.concept, two.tone), (one.start, two.end))
            for two in piece.said[i + 1 : i + 7]
            if two.start >= one.end and two.concept != one.concept
        ]
    for hit in piece.hits:
        place = hit.start, hit.end
        found.append((named("hit", hit.rule, "r" if hit.holds else "x"), place))
        found += [(named("blocked", hit.request, mark), place) for mark in hit.blocked]
    for code in sorted(piece.reasons):
        marks: tuple[str, ...] = ("", "!") if piece.turns else ("",)
        # A whole wording (family*) speaks louder than a word: it is said three times more.
        marks += ("1", "2", "3") * (code[-1] == "*")
        found += [(named("because", code, mark), (0, len(piece.words))) for mark in marks]
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
        found += named("last", one.concept, one.manner)
    for request, holds in {(hit.request, "" if hit.holds else "-") for hit in hits}:
        found += named("letter hit", request, holds)
    for request in verdict:
        found += named("verdict", request)
    found += named("size", str(min(len(pieces), 9)))
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
