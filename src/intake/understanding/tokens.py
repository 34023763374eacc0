"""Words: surface, base form, part of speech. One tagger a process, one pass over a text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from operator import attrgetter
from pathlib import Path

import unidic_lite
from fugashi import GenericTagger

from intake.understanding.dictionary import Share, places

_TURNS = frozenset(("が", "けど", "けれど", "けれども", "ので", "から", "のに", "し", "けんど", "ばってん", "さかい"))
_MEMO_LIMIT = 20_000  # distinct words kept, some 14 MB; an attack by random words must not grow us
_BREAK = "\x1e"  # stands behind each word in the tagger's answer
_BLANK = " \t\n\x0b\xd0"  # what this dictionary takes for white space
_UNSAFE = {0: " ", ord(_BREAK): " "}
ENDS = frozenset("。!?！？♪")
NUMBER, NAME = "\0", "\1"  # what all numbers and all names are to the learned reader
CLOSERS = ENDS | frozenset("」』)）】…")  # the latter belong to the sentence that they close


@dataclass(slots=True, eq=False)
class Word:
    """What the dictionary says of a surface, and the white space before it; shared by all its occurrences.

    Nobody changes one (a frozen class would take three times as long to make, and every letter brings new words).
    ``key`` is what rules and the model compare: the base form as written (``orthBase``), since UniDic's lemma is
    a katakana reading for names. ``lemma`` is empty for words that the dictionary does not know.
    """

    surface: str
    key: str
    lemma: str
    pos: str
    pos2: str
    cform: str
    is_name: bool
    is_number: bool
    size: int
    full: int  # size with the white space before it
    breaks: int  # line breaks before it
    ends: bool  # the last character ends a sentence
    edge: bool  # a sentence may begin or end here
    gap: str  # the white space before it
    private: bool  # a name, a number, or unknown: a sentence with such a word is not remembered
    turns: bool  # a particle after which the clause turns: が, けど, ので …
    feature: str  # what the learned reader takes it for: all names are one, all numbers are one
    shown: str  # the surface, behind a blank where white space stands before it
    person: str = ""  # 姓 or 名 in names of people


_FULL: Callable[[Word], int] = attrgetter("full")


class Tokens:
    """The words of a text side by side with their offsets (lists: one object a letter, not one a word)."""

    __slots__ = ("ends", "words")

    def __init__(self, words: list[Word]) -> None:
        self.words = words
        self.ends = list(accumulate(map(_FULL, words)))

    def __len__(self) -> int:
        return len(self.words)

    @property
    def starts(self) -> list[int]:
        """Where each word starts; made when asked for."""
        return [end - word.size for end, word in zip(self.ends, self.words, strict=True)]

    def start(self, at: int) -> int:
        """Where word ``at`` starts."""
        return self.ends[at] - self.words[at].size


class Tokenizer:
    """Cuts text into words. Holds the process's only tagger."""

    def __init__(self) -> None:
        rc = Path(__file__).with_name("mecabrc")
        others = places(unidic_lite.DICDIR)
        self._tagger = GenericTagger(f'-r "{rc}" -O intake -d "{unidic_lite.DICDIR}"')
        self._memo = _Known()
        self._share = Share(places(unidic_lite.DICDIR) - others)

    def words(self, text: str) -> list[Word]:
        """The words of ``text`` in order; white space is not a word."""
        if "\0" in text or _BREAK in text:
            text = text.translate(_UNSAFE)
        lines = self._tagger.parse(text)[1:].split(_BREAK)  # a hyphen before and behind keeps the white space
        lines.pop()
        self._share.told()
        return list(map(self._memo.__getitem__, lines))

    def tokens(self, text: str) -> Tokens:
        """The words of ``text`` with their offsets."""
        return Tokens(self.words(text))


class _Known(dict[str, Word]):
    """Words by the tagger's line for them."""

    def __missing__(self, line: str) -> Word:
        if len(self) >= _MEMO_LIMIT:
            self.clear()
        word = self[line] = _word(line)
        return word


def _word(line: str) -> Word:
    full, pos, pos2, person, cform, base = line.rsplit("\t", 5)
    surface = full.lstrip(_BLANK)
    number = pos2 == "数詞" or surface.isdigit()
    name = pos2 == "固有名詞"
    key = base or surface
    size = len(surface)
    gap = full[: len(full) - size]
    breaks = gap.count("\n")
    return Word(
        surface,
        key,
        base,
        pos,
        pos2,
        cform,
        name,
        number,
        size,
        len(full),
        breaks,
        surface[-1:] in ENDS,
        breaks > 0 or surface[-1:] in CLOSERS,
        gap,
        number or name or not (base or pos == "補助記号"),
        pos2 == "接続助詞" and key in _TURNS,
        NUMBER if number else NAME if name else key,
        f" {surface}" if gap else surface,
        person,
    )


@cache
def tokenizer() -> Tokenizer:
    """The process's tokenizer, made when first asked for."""
    return Tokenizer()


def tokens_of(text: str) -> list[dict[str, str]]:
    """The words of ``text`` (its first 2,000 characters: the tagger dies of a line without end) for ``intake explain``:
    surface, base, pos."""
    return [{"surface": w.surface, "base": w.key, "pos": w.pos} for w in tokenizer().words(text[:2_000])]
