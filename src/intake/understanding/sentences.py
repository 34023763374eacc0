"""Sentences: where one ends, although mail breaks lines anywhere."""

from __future__ import annotations

from typing import NamedTuple

from intake.understanding.tokens import Tokens, Word

_ENDS = frozenset("。!?！？♪")
_TAILS = frozenset("」』)）】…")  # belong to the sentence that they close
_CLOSERS = _ENDS | _TAILS
_BULLETS = frozenset("・●■◆○◇※*-①②③④⑤[【(<■□▪→>")
_SHORT_LINE = 8  # a line shorter than this was ended on purpose


class Sentence(NamedTuple):
    """Tokens ``start`` to ``end`` (exclusive) of the text's tokens."""

    start: int
    end: int


def split(text: str, tokens: Tokens) -> list[Sentence]:
    """Sentences in order; they cover all tokens. A line break inside a sentence does not end it."""
    words, starts, ends = tokens.words, tokens.starts, tokens.ends
    found: list[Sentence] = []
    start = line_start = 0
    for at in range(len(words) - 1):
        gap = ends[at] != starts[at + 1]
        surface = words[at].surface
        broken = False
        if gap:
            between = text[ends[at] : starts[at + 1]]
            if "\n" in between:
                broken = _breaks(words[at], words[at + 1], between, ends[at] - starts[line_start])
                line_start = at + 1
        if broken or (surface[-1] in _CLOSERS and _ended(words, at, start)):
            found.append(Sentence(start, at + 1))
            start = at + 1
    if words:
        found.append(Sentence(start, len(words)))
    return found


def _ended(words: list[Word], at: int, start: int) -> bool:
    following = words[at + 1]
    if words[at].surface[-1] in _ENDS:
        return following.surface[0] not in _CLOSERS
    return at > start and words[at - 1].surface[-1] in _ENDS and following.pos != "助詞"


def _breaks(word: Word, following: Word, between: str, length: int) -> bool:
    """Whether a line break ends the sentence: not after a comma, a particle or an unfinished verb."""
    if between.count("\n") > 1 or following.surface[0] in _BULLETS:
        return True
    if word.surface[-1] in "、,":
        return False
    if length < _SHORT_LINE:
        return True
    if word.pos == "助詞":
        return word.pos2 == "終助詞"
    return not word.cform.startswith(("連用形", "未然形", "仮定形", "連体形"))
