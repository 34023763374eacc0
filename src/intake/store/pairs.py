"""Text as keyed hashes of its character pairs: what the search index holds instead of words.

A pair is three bytes of a keyed hash, written as six hex digits. Pairs stand in order, so that a word is a phrase of
its pairs; single characters follow as a set without order, for words of one character.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence

from intake.keyring import Keyring

SIZE = 3
LONGEST_TEXT = 100_000  # characters of one text that can be found
LONGEST_WORD = 32  # characters of a word that are looked up; the caller rechecks the rest
_KNOWN_MOST = 200_000
_HIRAGANA = {c: c - 0x60 for c in range(0x30A1, 0x30F7)}  # ァ..ヶ


def normalise(text: str) -> str:
    """NFKC, katakana as hiragana, case folded, without blanks and controls: mails are wrapped within words."""
    folded = unicodedata.normalize("NFKC", text).translate(_HIRAGANA).casefold()
    return "".join(c for c in folded if not c.isspace() and unicodedata.category(c) not in {"Cc", "Cf"})


def words_of(query: str) -> list[str]:
    """The words of a query, normalised; all of them must be found."""
    return [w for w in (normalise(part) for part in unicodedata.normalize("NFKC", query).split()) if w]


def holds(text: str, query: str) -> bool:
    """The recheck after decryption: every word of the query is in the text."""
    plain = normalise(text)
    return all(word in plain for word in words_of(query))


class Hasher:
    """Keyed hashes of characters and pairs, remembered while the process lives."""

    def __init__(self, keyring: Keyring) -> None:
        self._hash: Callable[[str, str], bytes] = keyring.hash
        self._known: dict[str, bytes] = {}

    def token(self, piece: str) -> bytes:
        """Three bytes for one character, one pair, or "" (the gap between two texts)."""
        found = self._known.get(piece)
        if found is None:
            if len(self._known) > _KNOWN_MOST:
                self._known.clear()
            found = self._known[piece] = self._hash("search", piece)[:SIZE]
        return found

    def pairs(self, texts: Sequence[str]) -> list[bytes]:
        """Pairs of all texts in order, a gap after each text."""
        found: list[bytes] = []
        for text in texts:
            plain = normalise(text[:LONGEST_TEXT])
            found += [self.token(plain[i : i + 2]) for i in range(len(plain) - 1)]
            found.append(self.token(""))
        return found

    def singles(self, texts: Sequence[str]) -> list[bytes]:
        """Each character once, sorted by hash: no order of the text shows."""
        return sorted({self.token(c) for text in texts for c in normalise(text[:LONGEST_TEXT])})

    def phrase(self, word: str) -> list[str]:
        """The tokens of a normalised word as hex, to be found in this order."""
        word = word[:LONGEST_WORD]
        if len(word) == 1:
            return [self.token(word).hex()]
        return [self.token(word[i : i + 2]).hex() for i in range(len(word) - 1)]
