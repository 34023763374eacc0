"""The person in charge whom a seeker names."""

from __future__ import annotations

import re

_CONCIERGE = re.compile(
    r"(?:担当|コンシェルジュ|アドバイザー|コーディネーター|パートナー|"
    r"コンサルタント)(?:者)?の?[ ]?(?P<a>[一-鿿々]{1,4})[ ]?(?:さん|様|氏)|"
    r"(?:^|\n)(?P<b>[一-鿿々]{1,4})[ ]?(?:さん|様)(?:[、。!\n]|$)"
)
# 「担当者様」「人事部の皆様」 address an office and nobody by name; 阿部, 室井 and 皆川 are names.
_NOBODY = re.compile(
    "担当|者|各位|^皆$|責任|窓口|求職|会員|御社|貴社|御中|人事|採用|事務局|一同|"
    "(?:営業|総務|経理|事業|管理|業務|企画|開発|支援|推進)部|課$|室$"
)


def find_concierge(text: str) -> str | None:
    """The surname that is addressed, or named as in charge; None if nobody is."""
    match = _CONCIERGE.search(text)
    name = (match["a"] or match["b"]) if match else None
    return name if name and not _NOBODY.search(name) else None
