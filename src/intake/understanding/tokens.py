"""Words: surface, base form, lemma, reading, part of speech. One tagger a process, one pass over a text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import unidic_lite
from fugashi import GenericTagger

_TURNS = frozenset(("が", "けど", "けれど", "けれども", "ので", "から", "のに", "し", "けんど", "ばってん", "さかい"))
_MEMO_LIMIT = 60_000  # distinct words kept; mail repeats itself, an attack by random words must not grow us


@dataclass(frozen=True, slots=True)
class Word:
    """What the dictionary says of a surface; shared by all its occurrences.

    ``key`` is what rules and the model compare: the base form as written (``orthBase``), since UniDic's lemma is
    empty for unknown words and a katakana reading for names.
    """

    surface: str
    key: str
    lemma: str
    reading: str
    pos: str
    pos2: str
    ctype: str
    cform: str
    is_name: bool
    is_number: bool
    size: int
    turns: bool  # a particle after which the clause turns: が, けど, ので …
    feature: str  # what the learned reader takes it for: all names are one, all numbers are one
    person: str = ""  # 姓 or 名 in names of people


class Tokens:
    """The words of a text side by side with their offsets (lists: one object a letter, not one a word)."""

    __slots__ = ("ends", "starts", "words")

    def __init__(self, words: list[Word], starts: list[int], ends: list[int]) -> None:
        self.words = words
        self.starts = starts
        self.ends = ends

    def __len__(self) -> int:
        return len(self.words)


class Tokenizer:
    """Cuts text into words. Holds the process's only tagger."""

    def __init__(self) -> None:
        rc = Path(__file__).with_name("mecabrc")
        self._tagger = GenericTagger(f'-r "{rc}" -O intake -d "{unidic_lite.DICDIR}"')
        self._memo: dict[str, Word] = {}

    def words(self, text: str) -> list[Word]:
        """The words of ``text`` in order; white space is not a word."""
        memo = self._memo
        return [memo.get(line) or self._remember(line) for line in self._tagger.parse(text).split("\n") if line]

    def tokens(self, text: str) -> Tokens:
        """The words of ``text`` with their offsets."""
        words = self.words(text)
        starts: list[int] = []
        ends: list[int] = []
        at = 0
        find = text.find
        for word in words:
            start = find(word.surface, at)
            if start < 0:  # a character that the tagger prints otherwise (NUL); offsets must stay true
                start = at
            at = start + word.size
            starts.append(start)
            ends.append(at)
        return Tokens(words, starts, ends)

    def _remember(self, line: str) -> Word:
        surface, pos, pos2, ctype, cform, lemma, reading, base, person = (line.split("\t") + [""] * 9)[:9]
        number = pos2 == "数詞" or surface.isdigit()
        key, plain = base or surface, lemma.partition("-")[0]
        word = Word(
            surface,
            key,
            plain,
            reading,
            pos,
            pos2,
            ctype,
            cform,
            pos2 == "固有名詞",
            number,
            len(surface),
            pos2 == "接続助詞" and key in _TURNS,
            _feature(key, pos2, number),
            person,
        )
        if len(self._memo) >= _MEMO_LIMIT:
            self._memo.clear()
        self._memo[line] = word
        return word


NUMBER, NAME = "\0", "\1"


def _feature(key: str, pos2: str, is_number: bool) -> str:
    return NUMBER if is_number else NAME if pos2 == "固有名詞" else key


@cache
def tokenizer() -> Tokenizer:
    """The process's tokenizer, made when first asked for."""
    return Tokenizer()


def tokens_of(text: str) -> list[dict[str, str]]:
    """The words of ``text`` for ``intake explain``: surface, base, lemma, reading, pos."""
    return [
        {"surface": w.surface, "base": w.key, "lemma": w.lemma, "reading": w.reading, "pos": w.pos}
        for w in tokenizer().words(text)
    ]
