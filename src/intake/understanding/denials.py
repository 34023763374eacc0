"""Requests that a message names only to say that they are not meant: 「退会ではなく、書類の消去を」."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from intake.understanding.reading import Reading
from intake.understanding.rulebook import Rulebook

# What may stand between the name of a request and its denial: 退会 の手続きをお願いしているわけ ではありません
_BETWEEN = (
    "(?:の?(?:お?手続き?|申請|依頼|申し?込み|希望|件|ほう|方|こと|話))?(?:を|は|が|も|とか|まで|という(?:わけ|話|こと))?"
    "(?:(?:お願い)?する|(?:お願い)?したい|して(?:ほしい|いただきたい)|(?:お願い)?している|(?:お願い)?しております)?(?:という|との)?"
    "(?:ん|の|わけ|つもり|こと)?"
)


class Denials:
    """Finds what is named and denied, and nowhere named otherwise."""

    def __init__(self, rulebook: Rulebook) -> None:
        denied = _either(rulebook.denials)
        self._patterns: Mapping[str, tuple[re.Pattern[str], re.Pattern[str]]] = {
            request: (re.compile(_either(rules.names)), re.compile(f"{_either(rules.names)}{_BETWEEN}{denied}"))
            for request, rules in rulebook.requests.items()
            if rules.names and rulebook.denials
        }

    def without(self, reading: Reading, chosen: tuple[str, ...]) -> tuple[str, ...]:
        """``chosen`` without the requests of which the sender says in each place that they are not meant; ``other``
        where nothing is left. What a rule clearly hears stays; only what is chosen can go, nothing is ever added."""
        held = {hit.request for hit in reading.hits if hit.holds}
        left = tuple(request for request in chosen if request in held or not self._denied(reading.own, request))
        return left or ("other",)

    def _denied(self, text: str, request: str) -> bool:
        if request not in self._patterns:
            return False
        name, denial = self._patterns[request]
        denied = {found.start() for found in denial.finditer(text)}
        return bool(denied) and all(found.start() in denied for found in name.finditer(text))


def _either(words: Iterable[str]) -> str:
    return f"(?:{'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})"
