"""Who writes, by whom they belong to: 「サンライト広告の下枝です」「佐伯の母です」. The From line shows the same."""

from __future__ import annotations

import re
import unicodedata

from intake.understanding.persons import is_no_name
from intake.understanding.sendernames import parts_of

_TELLING = 3  # letters of a firm's name that two firms hardly share
_OF_FIRM = re.compile(
    r"(?P<firm>[^\s、。,()]{3,24})の(?P<name>[一-鿿々ヶノツ]{1,4}|[ァ-ヶー]{2,8})(?=[ ]?(?:です|でござ|と申|といい))"
)
_OF_KIN = re.compile(
    r"(?:^|[\n。、! ]|ます)(?P<name>[一-鿿々ヶノツ]{1,4})の"
    r"(?:[義祖]?[父母]|夫|妻|主人|家内|息子|娘|兄|弟|姉|妹)(?=です|でござ|と申)"
)


def of_firm(text: str, sender: str) -> str | None:
    """「サンライト広告の下枝です」, where the From line shows the firm: somebody of its people; else None."""
    shown = unicodedata.normalize("NFKC", sender.partition("<")[0])
    for said in _OF_FIRM.finditer(text):
        if said["firm"][-_TELLING:] in shown and not is_no_name(said["name"]):
            return said["name"]
    return None


def of_kin(text: str, sender: str) -> str | None:
    """「佐伯の母です」, where the From line shows the same family; else None."""
    parts = parts_of(sender)
    said = _OF_KIN.search(text) if parts else None
    return said["name"] if said and parts[0].startswith(said["name"]) else None
