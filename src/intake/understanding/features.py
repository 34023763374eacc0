"""What the learned reader looks at: words, pairs of words, classes of words, what is said how, which rules hit.

A feature has a code (a whole number where it speaks of words, a string elsewhere) and, in a vocabulary, a number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from intake.understanding.document import Document, Said
from intake.understanding.rules import Hit
from intake.understanding.tokens import NAME, NUMBER, Word

Code = int | str
Place = tuple[int, int]  # first and last (exclusive) token

_ONE, _TWO, _COARSE, _FINE, _FINE_TWO = (kind << 44 for kind in range(1, 6))
_SUBJECT = 1 << 48
_SHIFT = 22
_EDGE, _NAME, _NUMBER = 1, 2, 3
_FIRST_WORD = 4
_REMEMBER = 60_000  # entries kept of each kind; words without end must not grow us
_FINE_FROM = 1000  # words without a class stand for themselves, behind all classes


class Coder:
    """Gives features their numbers. With a given vocabulary, unknown features have number 0; else it grows."""

    def __init__(
        self,
        words: Sequence[str],
        classes: Mapping[str, tuple[int, int]],
        vocabulary: dict[Code, int] | None = None,
    ) -> None:
        self.vocabulary: dict[Code, int] = {} if vocabulary is None else vocabulary
        self.grows = vocabulary is None
        self._numbers = {word: number for number, word in enumerate(words, _FIRST_WORD)}
        self._classes = classes
        self.known: tuple[dict[str, tuple[int, int, tuple[int, ...]]], ...] = ({}, {})  # words; words in the subject
        self._named: dict[tuple[str, ...], tuple[int, ...]] = {}

    def number(self, code: Code) -> int:
        """The number of a feature; 0 if it is unknown."""
        if self.grows:
            return self.vocabulary.setdefault(code, len(self.vocabulary) + 1)
        return self.vocabulary.get(code, 0)

    def word(self, key: str, subject: bool) -> tuple[int, int, tuple[int, ...]]:
        """Number of the word, of its fine class, and the features that it has by itself."""
        base = _SUBJECT if subject else 0
        one = _NUMBER if key == NUMBER else _NAME if key == NAME else self._numbers.get(key, 0)
        coarse, fine = self._classes.get(key, (0, 0))
        found = (
            one,
            fine or one + _FINE_FROM,
            self.some(base + _ONE + one, base + _COARSE + coarse, base + _FINE + fine),
        )
        if len(self.known[subject]) < _REMEMBER:
            self.known[subject][key] = found
        return found

    def some(self, *codes: Code) -> tuple[int, ...]:
        """The numbers of those features that are known."""
        return tuple(number for code in codes if (number := self.number(code)))

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


def _beside_names(prefix: str, concept: str, tone: str) -> list[Code]:
    return [prefix + concept, f"{prefix}{concept}+{tone}"] if tone else [prefix + concept]


_NAMES: dict[str, Callable[..., list[Code]]] = {
    "concept": _concept_names,
    "pair": _pair_names,
    "beside": _beside_names,
    "letter": lambda prefix, concept, tone: [f"{prefix}{concept}+{tone}"],
    "last": lambda concept, manner: [f"L{concept}={manner}"],
}


def sentence_numbers(
    document: Document, number: int, hits: Sequence[Hit], coder: Coder, places: list[Place] | None = None
) -> list[int]:
    """The features of one sentence. ``places``, where given, gets the tokens of each."""
    sentence = document.sentences[number]
    subject = document.in_subject(sentence)
    found = _word_numbers(document.tokens.words[sentence.start : sentence.end], coder, subject, places, sentence.start)
    whole = (sentence.start, sentence.end)
    for numbers, place in _sentence_parts(document, number, hits, subject, whole, coder):
        found += numbers
        if places is not None:
            places += [place] * len(numbers)
    return found


def _word_numbers(
    words: Sequence[Word], coder: Coder, subject: bool, places: list[Place] | None, start: int
) -> list[int]:
    found: list[int] = []
    known = coder.known[subject]
    get = coder.number if coder.grows else coder.vocabulary.get
    two = _TWO + (_SUBJECT if subject else 0)
    fine_two = _FINE_TWO + (_SUBJECT if subject else 0)
    before, fine_before = _EDGE, _EDGE + _FINE_FROM
    for at, word in enumerate(words, start):
        one, fine, alone = known.get(word.feature) or coder.word(word.feature, subject)
        found += alone
        pair = get(two + (before << _SHIFT) + one)
        if pair:
            found.append(pair)
        fine_pair = get(fine_two + (fine_before << _SHIFT) + fine)
        if fine_pair:
            found.append(fine_pair)
        if places is not None:
            both = (max(at - 1, start), at + 1)
            places += [(at, at + 1)] * len(alone) + [both] * (bool(pair) + bool(fine_pair))
        before, fine_before = one, fine
    return found


def _sentence_parts(
    document: Document, number: int, hits: Sequence[Hit], subject: bool, whole: Place, coder: Coder
) -> list[tuple[tuple[int, ...], Place]]:
    found: list[tuple[tuple[int, ...], Place]] = []
    prefix = "s" if subject else ""
    named = coder.named
    said = document.said[number]
    for i, one in enumerate(said):
        found.append((named("concept", prefix, one.concept, one.manner), (one.start, one.end)))
        found += [
            (named("pair", prefix, one.concept, two.concept, two.tone), (one.start, two.end))
            for two in said[i + 1 : i + 7]
            if two.start >= one.end and two.concept != one.concept
        ]
    found += [(coder.some(*_hit_names(hit)), (hit.start, hit.end)) for hit in hits]
    if document.reasons[number]:
        because = "!" if any(whole[0] <= at < whole[1] for at in document.turns) else ""
        names = [f"R{code}{mark}" for code in document.reasons[number] for mark in {"", because}]
        # A whole wording (family*) speaks louder than a word: it is said three times more.
        names += [f"R{code}{again}" for code in document.reasons[number] if code[-1] == "*" for again in (1, 2, 3)]
        found.append((coder.some(*names), whole))
    for neighbour, side in ((number - 1, "<"), (number + 1, ">")):
        beside = document.said[neighbour] if 0 <= neighbour < len(document.sentences) else []
        if beside and not document.in_subject(document.sentences[neighbour]):
            found += [(named("beside", side, one.concept, one.tone), whole) for one in beside]
    return found


def _hit_names(hit: Hit) -> list[Code]:
    return [f"{'r' if hit.holds else 'x'}{hit.rule}", *(f"y{hit.request}-{mark}" for mark in hit.blocked)]


def message_numbers(
    document: Document, hits: Sequence[Hit], verdict: Sequence[str], sentences: Sequence[Sequence[int]], coder: Coder
) -> set[int]:
    """The features of the whole message: those of its sentences, and what they make together."""
    found: set[int] = set()
    found.update(*sentences)
    last: Sequence[Said] = ()
    for sentence, said in zip(document.sentences, document.said, strict=True):
        if said:
            subject = document.in_subject(sentence)
            prefix = "ds" if subject else "d"
            for one in said:
                found.update(coder.named("letter", prefix, one.concept, one.tone))
            if not subject:
                last = said
    for one in last:
        found.update(coder.named("last", one.concept, one.manner))
    names = {f"h{hit.request}{'' if hit.holds else '-'}" for hit in hits}
    names.update([f"v{request}" for request in verdict])
    names.add(f"z{min(len(document.sentences), 9)}")
    found.update(coder.some(*names))
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
