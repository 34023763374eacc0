"""How words are compared wherever staff look for them: the search index and the recheck must fold alike."""

from __future__ import annotations

import unicodedata

from intake.model.kanji import FOLD

VERSION = 2  # of ``fold``: raised whenever it changes, so that the search index is made anew (pipeline/reindex.py)
_ALIKE = {c: c - 0x60 for c in range(0x30A1, 0x30F7)} | FOLD  # ァ..ヶ as hiragana, 髙 as 高


def fold(text: str) -> str:
    """NFKC, katakana as hiragana, old kanji as new, case folded, without blanks and controls: mails are wrapped
    within words."""
    folded = unicodedata.normalize("NFKC", text).translate(_ALIKE).casefold()
    return "".join(c for c in folded if not c.isspace() and unicodedata.category(c) not in {"Cc", "Cf"})


def words_of(query: str) -> list[str]:
    """The words of a query, folded; all of them must be found."""
    return [w for w in (fold(part) for part in unicodedata.normalize("NFKC", query).split()) if w]


def holds(text: str, query: str) -> bool:
    """True where every word of the query is in the text."""
    plain = fold(text)
    return all(word in plain for word in words_of(query))
