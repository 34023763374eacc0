"""Names in Latin letters read as kana."""

from __future__ import annotations

import re

_VOWELS = "aiueo"
_ROWS = {  # consonant: the kana before a, i, u, e, o
    "": "アイウエオ", "k": "カキクケコ", "s": "サシスセソ", "t": "タチツテト", "n": "ナニヌネノ", "h": "ハヒフヘホ",
    "m": "マミムメモ", "r": "ラリルレロ", "g": "ガギグゲゴ", "z": "ザジズゼゾ", "d": "ダヂヅデド", "b": "バビブベボ",
    "p": "パピプペポ",
}  # fmt: skip
_GLIDES = {  # consonant: the kana that a small ャ, ュ or ョ follows
    "ky": "キ", "sh": "シ", "sy": "シ", "ch": "チ", "ty": "チ", "ny": "ニ", "hy": "ヒ", "my": "ミ", "ry": "リ",
    "gy": "ギ", "j": "ジ", "jy": "ジ", "zy": "ジ", "by": "ビ", "py": "ピ",
}  # fmt: skip
_SYLLABLES = {
    **{c + v: row[i] for c, row in _ROWS.items() for i, v in enumerate(_VOWELS)},
    **{c + v: kana + small for c, kana in _GLIDES.items() for v, small in zip("auo", "ャュョ", strict=True)},
}
_SYLLABLES |= {"ya": "ヤ", "yu": "ユ", "yo": "ヨ", "wa": "ワ", "wo": "ヲ", "shi": "シ", "chi": "チ", "tsu": "ツ"}
_SYLLABLES |= {"fu": "フ", "ji": "ジ", "n": "ン", "m": "ン"}
_LONG = re.compile(
    r"ー|(?<=[オコソトノホモヨロゴゾドボポョヲウクスツヌフムユルグズヅブプュ])ウ|(?<=[オコソトノホモヨロゴゾドボポョヲ])オ"
)
MOST_LETTERS = 40


def kana_of(letters: str) -> frozenset[str]:
    """The readings of a name in Latin letters, family name first or last; empty where it is no Japanese name.

    ``letters`` has no blanks left, so every cut in two is tried for the other order.
    """
    if not letters.isascii() or not letters.isalpha() or not 3 <= len(letters) <= MOST_LETTERS:
        return frozenset()
    whole = _read(letters)
    found = {whole} if whole else set()
    for cut in range(2, len(letters) - 1):
        first, last = _read(letters[:cut]), _read(letters[cut:])
        if first and last:
            found.add(last + first)
    return frozenset(found)


def without_long_vowels(kana: str) -> str:
    """The form that passports have: ヤマダタロウ and ヤマダタロ are one. Different people may share it."""
    return _LONG.sub("", kana)


def _read(text: str) -> str | None:
    out, i = [], 0
    while i < len(text):
        if i + 1 < len(text) and text[i] == text[i + 1] and text[i] not in _VOWELS + "n":
            out.append("ッ")
            i += 1
            continue
        size = next((n for n in (3, 2, 1) if text[i : i + n] in _SYLLABLES and _fits(text, i, n)), 0)
        if not size:
            return None
        out.append(_SYLLABLES[text[i : i + size]])
        i += size
    return "".join(out)


def _fits(text: str, i: int, n: int) -> bool:
    """``m`` is a syllable of its own only before b, m and p (Honma, Nanba)."""
    return text[i : i + n] != "m" or text[i + 1 : i + 2] in ("b", "m", "p")
