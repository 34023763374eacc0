"""The person in charge whom a seeker names."""

from __future__ import annotations

import re

_CONCIERGE = re.compile(
    r"(?:担当|コンシェルジュ|アドバイザー|コーディネーター|パートナー|"
    r"コンサルタント)(?:者)?の?[ ]?(?P<a>[一-鿿々]{1,4})[ ]?(?:さん|様|氏)|"
    r"(?:^|\n)(?P<b>[一-鿿々]{1,4})[ ]?(?:さん|様)(?:[、。!\n]|$)"
)
_NOBODY = re.compile("担当|各位|皆|責任|部|課|室|窓口|求職|会員")


def find_concierge(text: str) -> str | None:
    """The surname that is addressed, or named as in charge; None if nobody is."""
    match = _CONCIERGE.search(text)
    name = (match["a"] or match["b"]) if match else None
    return name if name and not _NOBODY.search(name) else None
