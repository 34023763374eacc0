"""Letters that say nothing: a name, a member's number, a telephone. Nobody asks for anything in them."""

from __future__ import annotations

import re

from intake.understanding.persons import strength
from intake.understanding.reading import Reading

_LONGEST = 80  # letters of what may be a name and a number
_NUMBERS = re.compile(
    r"(?:会員|登録|求職者?|整理|携帯|電話)?(?:番号|ID|No\.?|TEL)?[\s::.]*[A-Za-z]{0,4}[-‐]?[0-9][0-9 ()-]{2,}",
    re.IGNORECASE,
)
_LATIN = re.compile("[A-Za-z]")  # "Cancel" may ask
_SELF = re.compile(r"(?:です|と申します|といいます|と言います|でございます|より|拝|様|さま)?[\s。.、,()/・*■【】<>-]*$")


def says_nothing(reading: Reading) -> bool:
    """Whether every sentence, the subject too, is no more than a name or a number: 「山田」「会員番号 12345678」."""
    pieces = reading.document.pieces
    if reading.hits or sum(len(word.surface) for piece in pieces for word in piece.words) > _LONGEST:
        return False
    return all(_is_name("".join(word.surface for word in piece.words)) for piece in pieces)


def _is_name(text: str) -> bool:
    plain = _SELF.sub("", _NUMBERS.sub("", text)).strip(" 　\n。.、,()/・*■【】<>-")
    return not plain or (not _LATIN.search(plain) and strength(plain) >= 1)
