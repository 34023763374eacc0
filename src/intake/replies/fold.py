"""Folding the lines of a plain text mail as Japanese mails are folded: at 36 wide characters, between phrases.

A phrase ends after 、 or 。, or where a particle turns into the next word; else the rules of 禁則 hold.
"""

from __future__ import annotations

import re
import unicodedata

COLUMNS = 72
_COMMA_WITHIN = 18  # columns from the end within which a 、 or 。 is the better place
_PHRASE_WITHIN = 36
_NOT_FIRST = "、。，．・：；？！）」』】〕〉》”’ーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ々,.)]}!?:;%％〜～"
_NOT_LAST = "（「『【〔〈《“‘([{〒"
_WORD = re.compile(r"[!-~]+|.", re.DOTALL)  # a run of ASCII stays whole: addresses, numbers, telephones
_KANA = re.compile("[ぁ-ん]")
_PARTICLE = re.compile("[をはがにでともへのやかばてら]")  # ends a phrase; other kana may stand within 差し上げる
_OPENS = re.compile("[一-龥々ァ-ヴ「『（0-9A-Za-z]")
_BULLET = "・"


def fold(text: str, columns: int = COLUMNS) -> str:
    """Fold each line that is too long; lines that hold the address of a page are left alone."""
    return "\n".join(line if "://" in line else "\n".join(fold_line(line, columns)) for line in text.split("\n"))


def fold_line(line: str, columns: int) -> list[str]:
    """One line as several of at most ``columns`` (full-width characters count two), nothing lost but blanks."""
    if 2 * len(line) <= columns:
        return [line]
    pieces = _WORD.findall(line)
    indent = "　" if line.startswith(_BULLET) else ""
    folded: list[str] = []
    while width(_indented(folded, indent) + "".join(pieces)) > columns:
        cut = _cut(pieces, columns - width(_indented(folded, indent)))
        if cut >= len(pieces):
            break
        folded.append((_indented(folded, indent) + "".join(pieces[:cut])).rstrip(" 　"))
        pieces = pieces[cut:]
        while pieces and pieces[0] in " 　":
            pieces = pieces[1:]
    return [*folded, _indented(folded, indent) + "".join(pieces)]


def _indented(folded: list[str], indent: str) -> str:
    return indent if folded else ""


def _cut(pieces: list[str], columns: int) -> int:
    """How many pieces stay on this line: at least one."""
    fits, used = 0, 0
    for piece in pieces:
        used += width(piece)
        if used > columns:
            break
        fits += 1
    fits = max(fits, 1)
    return (
        _last_place(pieces, fits, _COMMA_WITHIN, _after_comma)
        or _last_place(pieces, fits, _PHRASE_WITHIN, _between_phrases)
        or _last_place(pieces, fits, columns, _may_break)
        or fits
    )


def _last_place(pieces: list[str], fits: int, within: int, is_place: object) -> int:
    """The last place at or before ``fits`` that is no more than ``within`` columns away; 0 if there is none."""
    skipped = 0
    for at in range(fits, 0, -1):
        if callable(is_place) and is_place(pieces, at):
            return at
        skipped += width(pieces[at - 1])
        if skipped > within:
            break
    return 0


def _after_comma(pieces: list[str], at: int) -> bool:
    return pieces[at - 1][-1] in "、。" and _may_break(pieces, at)


def _between_phrases(pieces: list[str], at: int) -> bool:
    if not _may_break(pieces, at) or at >= len(pieces):
        return _may_break(pieces, at)
    before, after = pieces[at - 1][-1], pieces[at][0]
    polite = after in "おご" and at + 1 < len(pieces) and _OPENS.match(pieces[at + 1][0])
    if polite and _KANA.match(before) and before not in "おご":
        return True
    return bool((_PARTICLE.match(before) or before in "、。」 　") and (polite or _OPENS.match(after)))


def _may_break(pieces: list[str], at: int) -> bool:
    if at >= len(pieces):
        return True
    return pieces[at][0] not in _NOT_FIRST and pieces[at - 1][-1] not in _NOT_LAST


class _Widths(dict[str, int]):
    """Columns of a character, asked of Unicode once."""

    def __missing__(self, character: str) -> int:
        self[character] = wide = 2 if unicodedata.east_asian_width(character) in "WFA" else 1
        return wide


_WIDTHS = _Widths()


def width(text: str) -> int:
    """Columns: two for a wide character."""
    return sum(map(_WIDTHS.__getitem__, text))
