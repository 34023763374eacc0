"""Sentences: where one ends, although mail breaks lines anywhere."""

from __future__ import annotations

from typing import NamedTuple

from intake.understanding.tokens import CLOSERS, Tokens, Word

_BULLETS = frozenset("・●■◆○◇※*-①②③④⑤[【(<■□▪→>")
_SHORT_LINE = 8  # a line shorter than this was ended on purpose


class Sentence(NamedTuple):
    """Tokens ``start`` to ``end`` (exclusive) of the text's tokens."""

    start: int
    end: int


def split(tokens: Tokens) -> list[Sentence]:
    """Sentences in order; they cover all tokens. A line break inside a sentence does not end it."""
    words, ends = tokens.words, tokens.ends
    found: list[Sentence] = []
    start = line_start = 0
    last = len(words) - 1
    for at in [at for at, word in enumerate(words) if word.edge]:
        word = words[at]
        if word.breaks:
            if at > start and _breaks(words[at - 1], word, ends[at - 1] - tokens.start(line_start)):
                found.append(Sentence(start, at))
                start = at
            line_start = at
        if at < last and word.surface[-1] in CLOSERS and _ended(words, at, start):
            found.append(Sentence(start, at + 1))
            start = at + 1
    if words:
        found.append(Sentence(start, last + 1))
    return found


def _ended(words: list[Word], at: int, start: int) -> bool:
    following = words[at + 1]
    if words[at].ends:
        return following.surface[0] not in CLOSERS
    return at > start and words[at - 1].ends and following.pos != "助詞"


def _breaks(word: Word, following: Word, length: int) -> bool:
    """Whether a line break ends the sentence: not after a comma, a particle or an unfinished verb."""
    if following.breaks > 1 or following.surface[0] in _BULLETS:
        return True
    if word.surface[-1] in "、,":
        return False
    if length < _SHORT_LINE:
        return True
    if word.pos == "助詞":
        return word.pos2 == "終助詞"
    return not word.cform.startswith(("連用形", "未然形", "仮定形", "連体形"))
