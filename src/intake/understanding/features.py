"""What the learned reader looks at: words, pairs of words, classes of words, what is said how, which rules hit.

A feature has a code (a whole number where it speaks of words, a string elsewhere) and, in a vocabulary, a number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from intake.understanding.document import Document, Said
from intake.understanding.rules import Hit
from intake.understanding.tokens import Word

Code = int | str
Place = tuple[int, int]  # first and last (exclusive) token

_ONE, _TWO, _COARSE, _FINE, _FINE_TWO = (kind << 44 for kind in range(1, 6))
_SUBJECT = 1 << 48
_SHIFT = 22
_EDGE, _NAME, _NUMBER = 1, 2, 3
_FIRST_WORD = 4
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
        self._known: tuple[dict[str, tuple[int, int, tuple[int, ...]]], ...] = ({}, {})

    def number(self, code: Code) -> int:
        """The number of a feature; 0 if it is unknown."""
        if self.grows:
            return self.vocabulary.setdefault(code, len(self.vocabulary) + 1)
        return self.vocabulary.get(code, 0)

    def word(self, word: Word, subject: bool) -> tuple[int, int, tuple[int, ...]]:
        """Number of the word, of its fine class, and the features that it has by itself."""
        known = self._known[subject]
        key = "\0" if word.is_number else "\1" if word.is_name else word.key
        found = known.get(key)
        if found is None:
            base = _SUBJECT if subject else 0
            one = _NUMBER if word.is_number else _NAME if word.is_name else self._numbers.get(key, 0)
            coarse, fine = (0, 0) if one in (_NUMBER, _NAME) else self._classes.get(key, (0, 0))
            codes = (base + _ONE + one, base + _COARSE + coarse, base + _FINE + fine)
            found = one, fine or one + _FINE_FROM, tuple(n for code in codes if (n := self.number(code)))
            if len(known) < 60_000:
                known[key] = found
        return found


def sentence_numbers(
    document: Document, number: int, hits: Sequence[Hit], coder: Coder, places: list[Place] | None = None
) -> list[int]:
    """The features of one sentence. ``places``, where given, gets the tokens of each."""
    sentence = document.sentences[number]
    subject = document.in_subject(sentence)
    found = _word_numbers(document.tokens.words[sentence.start : sentence.end], coder, subject, places, sentence.start)
    get = coder.vocabulary.get
    for name, place in _sentence_names(document, number, hits, subject):
        feature = coder.number(name) if coder.grows else get(name)
        if feature:
            found.append(feature)
            if places is not None:
                places.append(place)
    return found


def _word_numbers(
    words: Sequence[Word], coder: Coder, subject: bool, places: list[Place] | None, start: int
) -> list[int]:
    found: list[int] = []
    known = coder._known[subject]
    get = coder.number if coder.grows else coder.vocabulary.get
    two = _TWO + (_SUBJECT if subject else 0)
    fine_two = _FINE_TWO + (_SUBJECT if subject else 0)
    before, fine_before = _EDGE, _EDGE + _FINE_FROM
    for at, word in enumerate(words, start):
        entry = None if word.is_name or word.is_number else known.get(word.key)
        one, fine, alone = entry or coder.word(word, subject)
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


def _sentence_names(document: Document, number: int, hits: Sequence[Hit], subject: bool) -> list[tuple[str, Place]]:
    found = _said(document.said[number], "s" if subject else "")
    for hit in hits:
        place = (hit.start, hit.end)
        found.append((f"{'r' if hit.holds else 'x'}{hit.rule}", place))
        found += [(f"y{hit.request}-{mark}", place) for mark in hit.blocked]
    sentence = document.sentences[number]
    whole = (sentence.start, sentence.end)
    for neighbour, prefix in ((number - 1, "<"), (number + 1, ">")):
        if 0 <= neighbour < len(document.sentences) and not document.in_subject(document.sentences[neighbour]):
            for one in document.said[neighbour]:
                found.append((prefix + one.concept, whole))
                if one.tone:
                    found.append((f"{prefix}{one.concept}+{one.tone}", whole))
    return found


def _said(said: Sequence[Said], prefix: str) -> list[tuple[str, Place]]:
    found: list[tuple[str, Place]] = []
    for i, one in enumerate(said):
        place = (one.start, one.end)
        found.append((f"{prefix}c{one.concept}", place))
        found.append((f"{prefix}m{one.concept}={one.manner}", place))
        found += [(f"{prefix}n{one.concept}+{mark}", place) for mark in one.marks]
        for two in said[i + 1 : i + 7]:
            if two.start >= one.end and two.concept != one.concept:
                both = (one.start, two.end)
                found.append((f"{prefix}p{one.concept}>{two.concept}", both))
                found.append((f"{prefix}q{one.concept}>{two.concept}={two.tone}", both))
    return found


def message_numbers(
    document: Document, hits: Sequence[Hit], verdict: Sequence[str], sentences: Sequence[Sequence[int]], coder: Coder
) -> set[int]:
    """The features of the whole message: those of its sentences, and what they make together."""
    names: set[str] = set()
    last: Sequence[Said] = ()
    for sentence, said in zip(document.sentences, document.said, strict=True):
        if said:
            subject = document.in_subject(sentence)
            prefix = "ds" if subject else "d"
            names.update([f"{prefix}{one.concept}+{one.tone}" for one in said])
            if not subject:
                last = said
    names.update([f"L{one.concept}={one.manner}" for one in last])
    names.update([f"h{hit.request}{'' if hit.holds else '-'}" for hit in hits])
    names.update([f"v{request}" for request in verdict])
    names.add(f"z{min(len(document.sentences), 9)}")
    get = coder.number if coder.grows else coder.vocabulary.get
    found = {number for name in names if (number := get(name))}
    found.update(*sentences)
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
