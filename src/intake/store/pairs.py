"""Text as keyed hashes of its character pairs: what the search index holds instead of words.

A pair is three bytes of a keyed hash, written as six hex digits. Pairs stand in order, so that a word is a phrase of
its pairs; single characters follow as a set without order, for words of one character.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from intake.keyring import Keyring
from intake.model.folding import fold

SIZE = 3
LONGEST_TEXT = 100_000  # characters of one text that can be found
LONGEST_WORD = 32  # characters of a word that are looked up; the caller rechecks the rest
_KNOWN_MOST = 200_000


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
            plain = fold(text[:LONGEST_TEXT])
            found += [self.token(plain[i : i + 2]) for i in range(len(plain) - 1)]
            found.append(self.token(""))
        return found

    def singles(self, texts: Sequence[str]) -> list[bytes]:
        """Each character once, sorted by hash: no order of the text shows."""
        return sorted({self.token(c) for text in texts for c in fold(text[:LONGEST_TEXT])})

    def phrase(self, word: str) -> list[str]:
        """The tokens of a normalised word as hex, to be found in this order."""
        word = word[:LONGEST_WORD]
        if len(word) == 1:
            return [self.token(word).hex()]
        return [self.token(word[i : i + 2]).hex() for i in range(len(word) - 1)]
