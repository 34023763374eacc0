"""What a line of a mail is by its looks: drawn with signs, or a sentence."""

from __future__ import annotations

import re

_DRAWING = frozenset(
    "/／\\―–—￣ー-‐－─━═＝=*＊_＿~～〜+＋#＃・･.…‥☆★◇◆□■○●◎▽▼△▲♪♦┏┓┗┛┣┫┌┐└┘┠┨┯┷┿╋┼│┃"
    "|｜°∞∴∵≡≪≫╂┝┥┬┴┰┸╋〓✿❀✩✧♡♥❤◈※╭╮╰╯╔╗╚╝║╠╣▬▪▫◤◢◣◥✂❖✦"
)
_NOT_DRAWN = frozenset("!！?？。、,")
SENTENCE = re.compile(
    r"(?:です|ます|ません|ました|ください|下さい|でした|ましょう|ですか|ますか|\S{3}たい|\S{3}ない|お願い"
    r"|致し|いたし|ほしい|欲しい|\S{4}だ"
    r"|\S{4}ん)[。．.！!？?♪…\s　]*$|。|[？?]\s*$|してください|退会|削除",
)
_CLOSING = re.compile(r"^[\s　]*(?:以上|敬具|草々|かしこ|よろしく|宜しく)")
_ENGLISH_SENTENCE = re.compile(
    r"\b(?:I|you|we|please|is|are|will|would|have|the)\b.*\s\w+\s\w+\s\w+.*[.?!]\s*$",
    re.IGNORECASE,
)


def is_rule(line: str) -> bool:
    """A line drawn with signs: rules of ─━＝*-_ and the ornaments around them."""
    text = line.strip()
    if not 4 <= len(text) <= 200 or (text[0].isalnum() and text[0] not in "ーﾟo"):
        return False
    signs = set(text)
    if len(signs) > 12 or len(signs) == len(text) or not signs & _DRAWING:
        return False
    return all(not char.isalnum() or char in "ーﾟo〇" for char in signs) and not signs <= _NOT_DRAWN


def is_sentence(line: str) -> bool:
    """Somebody says something here: Japanese or English, or a closing formula."""
    return bool(SENTENCE.search(line) or _ENGLISH_SENTENCE.search(line[:200]) or _CLOSING.match(line))
