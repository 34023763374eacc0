"""Sentences: where one ends, although mail breaks lines anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from intake.understanding.tokens import Token

_ENDS = frozenset("。!?！？♪")
_TAILS = frozenset("」』)）】…")  # belong to the sentence that they close
_BULLETS = frozenset("・●■◆○◇※*-①②③④⑤[【(<■□▪→>")
_SHORT_LINE = 8  # a line shorter than this was ended on purpose


@dataclass(frozen=True, slots=True)
class Sentence:
    """Tokens ``start`` to ``end`` (exclusive) of the text's tokens."""

    start: int
    end: int


def split(text: str, tokens: Sequence[Token]) -> list[Sentence]:
    """Sentences in order; they cover all tokens. A line break inside a sentence does not end it."""
    found: list[Sentence] = []
    start = 0
    line_start = 0
    for at, token in enumerate(tokens):
        following = tokens[at + 1] if at + 1 < len(tokens) else None
        if following is None:
            break
        between = text[token.end : following.start]
        ended = token.word.surface[-1] in _ENDS and following.word.surface[0] not in _TAILS | _ENDS
        closed = token.word.surface[0] in _TAILS and at > start and tokens[at - 1].word.surface[-1] in _ENDS
        broken = "\n" in between and _breaks(token, following, between, token.end - tokens[line_start].start)
        if ended or (closed and following.word.pos != "助詞") or broken:
            found.append(Sentence(start, at + 1))
            start = at + 1
        if "\n" in between:
            line_start = at + 1
    if tokens:
        found.append(Sentence(start, len(tokens)))
    return found


def _breaks(token: Token, following: Token, between: str, length: int) -> bool:
    """Whether a line break ends the sentence: not after a comma, a particle or an unfinished verb."""
    if between.count("\n") > 1 or following.word.surface[0] in _BULLETS:
        return True
    word = token.word
    if word.surface[-1] in "、,":
        return False
    if length < _SHORT_LINE:
        return True
    if word.pos == "助詞":
        return word.pos2 == "終助詞"
    return not word.cform.startswith(("連用形", "未然形", "仮定形", "連体形"))
