"""One spelling for what looks different but reads the same, with the way back to the original offsets."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

# Dashes that people type for one another. The long vowel mark is not among them: 「データー」 is a word,
# and normalisers that turn "-" into it break telephone numbers.
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－"), "-")
_EXTRA = _DASHES | {
    0x3000: " ",
    0x00A0: " ",
    0x301C: "~",  # wave dash and fullwidth tilde are one key on Japanese keyboards
    0xFF5E: "~",
    0x2019: "'",
}


def _one_to_one() -> dict[int, str]:
    table: dict[int, str] = {}
    for code in (*range(0x2460, 0x2474), *range(0x2F00, 0x2FD6), *range(0xFF01, 0xFF61), *range(0xF900, 0xFAFF)):
        mapped = unicodedata.normalize("NFKC", chr(code))
        if len(mapped) == 1 and mapped != chr(code):
            table[code] = mapped
    table.update(_EXTRA)
    return table


_TABLE = _one_to_one()
_MAPPED = re.compile(f"[{re.escape(''.join(map(chr, sorted(_TABLE))))}]")
# What changes the number of characters: half-width kana with its sound marks, combining marks, ㈱ ㍻ ⑩ ligatures.
_UNEVEN = re.compile(
    "[\uff61-\uff9f\u3099\u309a\u2474-\u24ff\u2150-\u218f\u3200-\u33ff\ufb00-\ufb06\u0300-\u036f\u2469-\u2473]"
)


@dataclass(frozen=True, slots=True)
class Normal:
    """Normalised text. ``offsets`` is None where both texts have the same length, character by character."""

    text: str
    offsets: tuple[int, ...] | None = None

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the text as given for a run of the normalised text."""
        if self.offsets is None:
            return start, end
        return self.offsets[start], self.offsets[end]


def normalize(text: str) -> Normal:
    """NFKC with dashes and spaces made one; never changes what a character means, never drops one."""
    if not _UNEVEN.search(text):
        return Normal(text.translate(_TABLE) if _MAPPED.search(text) else text)
    pieces: list[str] = []
    offsets: list[int] = []
    index, end = 0, len(text)
    while index < end:
        stop = index + 1
        while stop < end and text[stop] in "\u3099\u309a\uff9e\uff9f":  # a sound mark belongs to the kana before it
            stop += 1
        mapped = unicodedata.normalize("NFKC", text[index:stop]).translate(_TABLE)
        pieces.append(mapped)
        offsets.extend([index] * len(mapped))
        index = stop
    offsets.append(end)
    return Normal("".join(pieces), tuple(offsets))
