"""Notes of calls: whoever took the call names the caller first, 「勝俣様 14:44」「岸様。…とのこと」."""

from __future__ import annotations

import re

from intake.understanding import sendernames
from intake.understanding.persons import is_no_name, strength

_WORD = r"[^\s。、,.()「」『』:/|\d様]"
_NAME = rf"(?P<name>{_WORD}{{1,7}}(?:[ ]{_WORD}{{1,6}})?)"
_TAKEN = r"(?:受電|入電|来電|着信|架電|受付|電話|来所|来社|TEL)"
# 「10/14 16:20 」「受電 18:20 」「5/18 9:05 着 」: a time of day only, a day alone may begin any letter.
_STAMP = (
    rf"(?P<stamp>{_TAKEN}?[ :]?(?:\d{{1,2}}/\d{{1,2}}[ ])?\d{{1,2}}:\d{{2}}[ ]?(?:着|受|頃|{_TAKEN})?[ 、。\n]{{0,2}})?"
)
_HEAD = re.compile(
    rf"\s*(?:[^\s。、]{{2,12}}窓口。)?{_STAMP}(?:会員|登録者|求職者)?(?:の)?"
    rf"(?:[A-Z]{{1,4}}-?\d{{3,}}[ 、]{{0,2}})?{_NAME}[ ]?(?:様|さま|さん)"
    r"(?P<beside>[ ]?\([^)\n]{1,24}\))?(?P<behind>[^\n]{0,12})"
)
_TIMED = re.compile(r"[ ]?(?:電話[ ]?)?\d{1,2}:\d{2}(?!\d)")
_ON_THE_LINE = re.compile(r"(?:の?(?:入電|ご?来電|来所|来社)|が来[所社]|[ ]?ご本人|へ(?:状況|定期|お電話|架電))")
_ANOTHER = re.compile(r"[^\n]{0,14}\n[^\n。、]{1,10}(?:様|さま|さん)(?:より|から|が)")
_ARRIVED = re.compile("(?:入電|ご?来電|来[所社])")
_NO_CALL = re.compile("と(?:の|お)|の件|[にへ](?!お電話)|宛")
_PAUSED = re.compile(
    r"[。、 :]|TEL|より|から|の(?:奥|ご主人|お母|お父|ご家族|ご子息|お子|[父母兄姉弟妹息娘][^。、 ]{0,2}様)|にお電話"
)
# 「11/20 松重様。… 受:岸」: who took the call signs, so the day before the caller begins a note.
_DAY = re.compile(r"\s*\d{1,2}/\d{1,2}(?:\([月火水木金土日]\))?[ ]{1,2}")
_SIGNED_BY_TAKER = re.compile(r"(?:受|取|取次|応対|記|受付)[ ]?:[ ]?[^\s。、]{1,6}\s*$")
# How the taker reports what was said, and what a letter of one's own has in its place.
_REPORTED = re.compile(
    r"との(?:こと|由|ご|お)|(?:希望|依頼|質問|要望|意向|由|お尋ね|申し?出|了承|相談|報告|近況|説明)[。、はあと]|"
    r"(?:希望|依頼|回答|済み?|続行|継続|いただく|ございます|不要|なし)。?$|"
    r"様(?:ご本人)?より。|(?:変更|のみ|確認|ため|取消したい|ほしい)。|"
    r"[」とに](?:のお怒り|話され)|お話し|折り?返|来所|と(?:苦笑い|。)"
)
_GREETS = re.compile(
    r"お世話に(?:なって|なり)|お世話さま|いつもあり|こんにちは|はじめまして|初めまして|突然|お疲れ|ご無沙汰"
)
_OWN = re.compile(r"(?:ます|ました|ません|です|でした|ください|下さい|ますか|ませんか)(?:ね|よ|が|ので|。|[!?\n]|$)")
_SAID = re.compile(r"「[^」]*」|との(?:こと|由|ご?[^。、]{1,4})(?:です|でした)|そう(?:です|でした)")
_TAKER = re.compile(r"コールセンター|電話|受電|入電|来電|^担当 |架電|着信|受付|窓口|メモ|伝言|記録|来所|来社|応対|控え")
_NOBODY = re.compile("^(?:奥|皆$|お客|各|お母|お父|ご家族|担当|責任|事務|御(?!手洗|園|子柴|厨|幸|前|供)|貴)")


def caller(text: str, sender: str) -> str | None:
    """The caller in a normalised ``text`` that is a note of a call; None in letters, which begin with the addressee.

    ``sender``: the From line. It must be the taker's (「電話受付」) or the caller's own, or show nobody, and the text
    must report what was said, unless a time of day stands beside the name.
    """
    day = _DAY.match(text) if _SIGNED_BY_TAKER.search(text) else None
    text = text[day.end() :] if day else text
    head = _HEAD.match(text)
    if head is None:
        return None
    name = head["name"].strip()
    if not _is_person(name):
        return None
    behind = head["behind"]
    if _ARRIVED.match(behind) and not sendernames.parts_of(sender):
        return name
    if "\n" in (head["stamp"] or "") and _ANOTHER.match(text, head.end("name")):
        return None  # 「10:00 / 佐藤様 / 田中様より」 is addressed to the first
    timed = _TIMED.match(behind) or (head["stamp"] and head["stamp"].strip())
    plain = bool(timed) or behind[:1] == "。"
    if _GREETS.search(text) or not (_is_reported(text, sender, name, plain) or _is_noted(text, bool(timed))):
        return None
    if timed:
        return None if _NO_CALL.match(behind) else name
    return name if head["beside"] or _PAUSED.match(behind) or _ON_THE_LINE.match(behind) else None


def _is_person(name: str) -> bool:
    if _NOBODY.search(name) or is_no_name(name):
        return False
    if " " in name:
        return strength(name) >= 1.8
    return strength(name) >= 0.8 or bool(re.fullmatch("[一-鿿々ヶノツ]{1,4}", name))


def _is_noted(text: str, timed: bool) -> bool:
    """「9:50 友利様。…とのこと。」 is nobody's own letter, whoever it is from."""
    return timed and bool(_REPORTED.search(text)) and not _OWN.search(_SAID.sub("", text))


def _is_reported(text: str, sender: str, name: str, plain: bool) -> bool:
    shown = sender.partition("<")[0].strip()
    taken = bool(_TAKER.search(shown))
    if (plain or _REPORTED.search(text)) and (taken or (shown and shown.startswith(name.split(" ")[0]))):
        return True
    return (taken or (not shown and (plain or bool(_REPORTED.search(text))))) and not _OWN.search(_SAID.sub("", text))
