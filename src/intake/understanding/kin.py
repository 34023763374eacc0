"""Whose name counts where somebody writes for a member: the member's (GUIDE, facts)."""

from __future__ import annotations

import re

from intake.understanding.persons import KANJI, strength

_KIN = (
    "夫|妻|主人|家内|旦那|嫁|父|母|義父|義母|息子|せがれ|倅|娘|長男|次男|三男|長女|次女|三女|兄|弟|姉|妹|義兄|義弟|"
    "義姉|義妹|"
    "祖父|祖母|叔父|叔母|伯父|伯母|甥|姪|孫|父親|母親|パートナー"
)
_ANY = re.compile(_KIN)
_FULL = (
    rf"{KANJI}{{1,4}}[ ]?(?:{KANJI}{{1,4}}|[ぁ-ん]{{2}}[子美代江枝恵]|"
    r"(?![はがをにのもと](?:[、。 ]|$))[ぁ-ん]{1,5}?|[ァ-ヶー]{2,6})"
)
# 「夫の平井誠司が」「父(二宮義男、会員番号…)」: not 「妻の春菜です」「長男の樋口隆より」, which name the writer.
_NAMED = re.compile(
    rf"(?:{_KIN})(?<!姉(?=崎))(?<!妹(?=尾))(?:の|、|・|である|[ ])?[ ]?[(「]?(?P<name>{_FULL})"
    r"(?=[)」]|[ ]?[(、,/]|が|は|を|も|の(?!です)|に|宛|名義|様|さん|の件|[ ](?:会員|登録|ID|No|[A-Z0-9]))(?!よ?り|"
    r"です|と申)"
)
# 「宮内航太の母でございます」「長沢光の妻の春菜です」「越智 勲(65歳)の家内で」
_BELONGS = re.compile(
    rf"(?:^|[\n。、!? ]|(?<=[てにで]い)[たる]|(?<=まし)た|(?<=おり)ます)"
    rf"(?:(?:会員番号[ :]*)?[A-Z0-9-]{{3,14}}[ ]?の?[ ]?)?(?P<name>{_FULL})[ ]?(?:\([^)\n]{{1,24}}\))?の"
    rf"(?:{_KIN})(?:の[^。、\n]{{1,8}})?(?:で|と申|より|に代|。|、|が代)"
)


def member(text: str) -> str | None:
    """The member's full name, if the writer calls them by what they are to each other; None in most letters."""
    if not _ANY.search(text):
        return None
    for pattern in (_NAMED, _BELONGS):
        for match in pattern.finditer(text):
            name = match["name"].strip()
            if strength(name) >= 2.2 and len(name.replace(" ", "")) >= 3:
                return name
            if " " in name and strength(name) >= 1.0:
                return name
    return None
