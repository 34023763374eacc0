"""Conditions that a message names and does not wish: 「東京都以外」, 「営業は希望しません」, 「600万円から500万円に」.

What is not surely wished is left to the concierge, who reads the message; the receipt says only what was asked for.
"""

from __future__ import annotations

import re
from functools import cache

_NOUNS = r"(?:の|での)?[^\s。、はがをもでにへとか]{0,6}"  # 東京都(の求人)は, 営業(職)は
_GOES_ON = r"(?:(?!ます|です|ので|けど)(?:[^。\n、はも]|もう)){0,16}?"
_NOT = (
    r"希望は?(?:し|いたし|致し)[^。\n、]{0,5}?(?:ません|ない|なく)|望(?:みませ|まな)|外[しすれ]|除[いきく外]|不可|不要|NG|ng|対象外|"
    r"駄目|だめ|ダメ|無理(?!な[らけく]|のな|せず)|難し(?!け|いよう|いなら|い場合)|厳し(?!け)|困[りるっ]|やめ|止め|控え|遠慮|避け|嫌|苦手|抵抗|"
    r"(?:通え|行け|働け|でき|出来|いら|要ら|合わ)(?:な|ませ|そうに[なもあ])|(?:いり|要り|合い)ませ|必要は?(?:な[いく]|ありませ)|"
    r"(?:取り?)(?:下げ|消し|やめ)|削除|消し|たく(?:な[いく]|ありませ)|(?:考えて|興味)[^。\n、]{0,3}(?:な[いく]|ませ)|結構です|"
    r"では?(?:な[いく]|あり?ませ)|ないで(?:くだ|下|ほ|欲|頂|いた)|なくて(?:も|結構|大丈|い|よ|構)|住(?:ん|ま)"
)
_DENIED = re.compile(
    rf"{_NOUNS}(?:以外|抜き|在住|出身|に住|NG|ng|不可|不要|[でじ](?:は|ゃ)?(?:な[いくし]|ありませ)|から[外除削]|"
    rf"(?:し|され|いただ)[^。\n、]{{0,4}}?(?:ないで|なくて)|(?:は|も|を|が|では|でも|には|にも|へは|への|について){_GOES_ON}(?:{_NOT}))"
)
# 「500万円以上でないと困ります」, 「東京都以外は希望しません」, 「事務だけでなく」: all of these are wished for.
_MUST = re.compile(
    rf"{_NOUNS}(?:で(?:ない(?:と|な)|なけ|なくては|なきゃ)|[はが](?:ないと|なけ|必[要須](?!で|は|な|あり)|ほし|欲し|外せ|譲)|"
    rf"以外(?:[はだ]|の[^。\n、]{{0,6}}は?|では)(?:{_GOES_ON})(?:{_NOT}|見)|」?(?:だけ|のみ)(?:では?|じゃ)な)"
)
_AS_IT_WAS = re.compile(
    r"(?:(?:現在|現状|いま|今|現職|前職|従来)[のは、]|(?:これまで|今まで|もともと)[のは、]|変更前[のは:])(?!まま|とおり)"
    r"(?:(?!希望|条件|ですが|ますが|だが|けれ|けど|ので)[^。\n、]){0,20}$"
)
_OF_THE_UNWANTED = re.compile(
    r"(?:希望しない|希望しません|NG|ng|不可|除外|避けたい|通えない|対象外|変更前|旧条件)[^。\n、]{0,8}?[はが:][^。\n]{0,20}$"
)
_TO = r"[^。\n、]{0,12}?[にへ][^。\n、]{0,8}?(?:変|下げ|上げ|引き|切り?替|替え|移|転向|見直|シフト|お願い|して)"


def is_unwanted(own: str, start: int, end: int, pattern: str) -> bool:
    """Whether what stands at ``start`` to ``end`` is denied, was so until now, or gives way to another of its kind.

    ``pattern`` is what finds values of this kind; 「東京と神奈川は通えない」 denies both.
    """
    after = end - 2 if own[start:end].endswith("から") else end
    before, tail = own[max(0, start - 60) : start], own[after : after + 80]
    if _AS_IT_WAS.search(before) or _OF_THE_UNWANTED.search(before) or _gives_way(pattern).match(tail):
        return True
    tail = tail[_more(pattern).match(tail).end() :]  # type: ignore[union-attr]  # it matches the empty string
    return not _MUST.match(tail) and bool(_DENIED.match(tail))


@cache
def _more(pattern: str) -> re.Pattern[str]:
    """Further values beside the first: what is said of the last is said of all."""
    beside = r"\s*(?:と|や|・|、|,|/|及び|および|または|又は|か(?!ら)|も)\s*"
    return re.compile(rf"(?:{beside}(?>{pattern})){{0,10}}+")  # taken whole: no second way through a long list


@cache
def _gives_way(pattern: str) -> re.Pattern[str]:
    """An old value, followed by the new one of the same kind: 「東京都から福岡県に変更」."""
    rest = rf"(?:から|を)、?[^。\n、]{{0,6}}?(?:{pattern}){_TO}|\s*(?:→|⇒|->)"
    return re.compile(rf"{_more(pattern).pattern}{_NOUNS}(?:{rest})")
