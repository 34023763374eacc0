"""The sender's telephone number in a normalised text: no old one where a new one stands, nobody else's."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from intake.understanding.kin import KIN

_PHONE = re.compile(
    r"(?<![\dA-Za-z-])(?:\+81[ .-]?(?:\(0\))?|\(?0)\d{1,4}\)?[ .-]{0,2}\(?\d{1,4}\)?[ .-]{0,2}\d{3,4}(?![\d-])"
)
_MOBILE = ("090", "080", "070")
_REACH = 40  # characters round a number that say whose it is
_BESIDE = 60  # characters between a landline and the mobile number of the same signature
_STOP = re.compile(r"[。\n]")
_FAX_OR_ID = re.compile(
    r"(?:FAX|Fax|fax|ファックス|ファクス|ファクシミリ|F:|F\.)[^\n\d]{0,8}$|"
    r"(?:会員|登録|求職者?|スタッフ)(?:番号|ID|No\.?|コード)[^\n\d]{0,4}$"
)
_TEL_TOO = re.compile(r"(?:TEL|Tel|tel|電話)[ ]?[/・&][ ]?(?:FAX|Fax|fax)[^\n\d]{0,8}$")
_THING = r"(?:の?(?:連絡先|電話(?:番号)?|携帯(?:電話|番号)?|スマホ|番号))?[ ]?(?:は|が|も|:|=|、)?[ (]*$"
_CALLED = r"[^\s\d、。はがにをで()]{1,8}?(?:[ ][^\s\d、。はがにをで()]{1,5}?)?"
_LINE = r"(?:お?電話(?:番号)?|携帯(?:電話|番号)?|TEL|Tel|tel|番号|連絡先)"
# Words between somebody else's name and a number with which the sender comes back to themselves.
_MINE_AGAIN = (
    r"(?:携帯|TEL|Tel|tel|電話|私|わたし|自分|本人|こちら|日中|折り?返|です|ます|まし|から|より|まで|"
    r"ので|ため|氏名|名前)"
)
_OTHER = r"(?:先方|面接官|面接先|応募先|訪問先|派遣先|就業先|会場)(?:様|さん)?"
# The word must belong to the number: 「先方(総務の三輪様 03-…)」「会場の電話は03-…」「応募先の三輪様の携帯090-…」, not
# 「派遣先で働いている井口(090-…)」「先方が090-…に」.
_OF_OTHERS = re.compile(
    rf"{_OTHER}(?:(?:の|[ ])?(?:担当者?(?:様|さん|の方)?の?)?{_LINE}(?:は|(?<=番号)が|(?<=連絡先)が)?)?"
    r"[ ]?[の:=]?[ (]*$|"
    rf"{_OTHER}[ ]?\((?:(?!私|本人|こちら|自分)[^\d、。)]){{0,16}}$|"
    rf"{_OTHER}[ ]?[:=](?:(?!{_MINE_AGAIN})[^\d、。):=]){{0,16}}$|"
    rf"{_OTHER}の(?=[^\d、。]{{0,12}}(?:様|さん|氏(?!名)|担当|総務|人事|受付|窓口|代表))"
    rf"(?:(?!{_MINE_AGAIN})[^\d、。はがをにへで():=]){{1,16}}(?:(?:の|[ ]?\(){_LINE})?[は:]?[ (]*$|"
    rf"御社の(?:代表)?{_LINE}(?:と思われる|である|らしき|は|の|:)?[ (「]*$|御社の(?:代表)?[ (]*$|"
    r"(?:不在着信|着信(?:番号|履歴|元))[にはの]?[ ]?:?[ (「]*$|"
    r"着信[がの](?:あった|ありました|残っていた)(?:お?電話)?番号[は:]?[ (「]*$|"
    r"(?:後輩|先輩|同僚|友人|友達|知人|知り合い|部下|上司)"
    rf"(?:(?:の|、)?{_CALLED})??(?:さん|くん|君|様|氏)?{_THING}"
)
_OF_KIN = re.compile(rf"(?<![一-鿿々])(?:{KIN})(?:(?:の|、){_CALLED})??{_THING}")
# 「050-…から着信がありました」, in plain words of having been called: who rang 御社 from a number tells of their own.
# Not 「鷲見 弘様(090-…)よりお電話」 either, where somebody notes a member's call.
_HAD = r"(?:\d{1,2}[回件]|何[度回]か|数[回件])?(?:あり(?!ます)|あっ|入り|入っ|残っ|来|きま|きて|届|ござ)"
_RANG = re.compile(
    r"[)」]?[ ]?(?:という|の)?(?:お?電話)?(?:番号)?(?:から|より)"
    r"(?:(?!御社(?!を名|と名|の[方担名])|貴社(?!を名|と名|の[方担名])|そちら|(?:送|かけ|し)(?:まし|た|て))[^。\n]){0,14}?"
    rf"(?:着信[がも]?{_HAD}|(?:電話が)?かかって(?:き|来)|電話が{_HAD}|連絡が{_HAD}|"
    rf"(?:SMS|ショートメ[ーッ][ルセ](?:ージ)?|メッセージ)[がも]{_HAD}|"
    r"(?:電話|連絡)を?(?:いただ[きい]|頂[きい]|もら[いっ])(?!た[いく]|ますよう))"
    r"(?![りっいたまし]{0,4}(?:か?と(?:思|存|お?伝|ご伝)|はず))"
)
_RANG_ME = re.compile(r"着信が[ (「]*$")  # 「着信が03-…からありました」
_FROM = re.compile(r"[)」]?[ ]?(?:から|より)")
_MY = re.compile(r"(?:私|わたし|わたくし|僕|自分|本人)の[^\d。]{0,12}$|この(?:お?電話)?番号[ (「]*$")
_NOTED = re.compile(r"(?:様|さま|さん|会員|本人)[ (:]*$")
_OLD = re.compile(
    r"(?:旧(?!姓|友|名)|誤|変更前|訂正前)[^\d新正後。]{0,12}$|"
    r"(?:(?<!名)前の|以前の|これまでの|今までの|従来の|古い|元の)(?:携帯|電話|番号|連絡先|もの|ほう|方|スマホ|ガラケー)*"
    r"(?:は|が|:)?[ (]*$"
)
_NO_LONGER = re.compile(
    r"[)」]?[ ]?(?:は|が|も)?[ ]?(?:(?:今月|来月|先月|本日|昨日|\d{1,2}月)末?(?:で|に|から|をもって))?"
    r"(?:もう|すでに|既に|現在)?(?:解約|使えな|使えま|使わな|使って(?:い|お)|使用でき|つながら|繋がら|通じ|廃止|無効|古い|旧|誤り|間違|"
    r"誤記|前の|以前の)"
)
_TURNS_INTO = re.compile(r"[)」]?[ ]?(?:→|⇒|->|=>|>|ではなく|でなく|じゃなく)[^\d。]{0,16}$")
# 「090-…から080-…に変わりました」, not 「090-…から03-…に電話をかけました」.
_FROM_TO = re.compile(r"[)」]?[ ]?(?:から|より|を)(?P<new>[^\d。]{0,16})$")
_CHANGED = re.compile(
    r"(?:[ ]?\([^)\n]{0,12}\)|[)」])?[ ]?(?:に|へ|と)?[ ]?"
    r"(?:変|新|なり|なっ|切り?替|差し?替|替え|換え|更新|訂正|修正|直し)"
)
_NEW = re.compile(
    r"(?:新しい(?:携帯|電話|番号|連絡先)|新(?:番号|電話|携帯|連絡先)|変更後|訂正後|正しくは)[^\d旧誤前。]{0,12}$"
)
# 「代表」 alone is also who signs: 「代表 井口 真琴 090-…」.
_WORK = re.compile(
    r"(?:会社|勤務先|職場|実家)[^\d。、]{0,8}$|代表(?:番号|電話(?:番号)?)(?:は|が|:|=)?[ (]*$|\(代表?\)[ :]*$"
)
_SWITCHBOARD = re.compile(r"[ ]?\(?代表?\)|[ ]?\((?:代表番号|代表電話)\)")
# 「後輩の今村くんが登録したいと言っています。本人の連絡先は…」; 「緊急連絡先の件です。弟の番号が…」
_NEWCOMER = re.compile(
    rf"(?:後輩|先輩|同僚|友人|友達|知人|知り合い|部下|くん|{KIN})[^。\n]{{0,16}}[がも]"
    r"(?:(?!私|僕|俺|自分)[^。\n]){0,24}(?:登録|利用|入会|応募)(?:した|を(?:希望|考え|検討)|に(?:興味|関心)|させた)"
)
_THEIR_OWN = re.compile(r"(?:本人|彼女?|あちら|当人)[^\d。\n]{0,12}$")
_CONTACT = re.compile(r"緊急(?:時の?)?連絡先")
_SENDERS = re.compile(r"本人|私|わたし|自分|こちら|日中|折り?返|不要|な[しいく]|無し|ませ[んぬ]")
_LINES = re.compile(r"自宅|携帯|電話|TEL|Tel|tel")
_KINS_LINE = re.compile(rf"(?:{KIN})の?{_LINE}")
# What stands between 「緊急連絡先」 and its number. 「…:松田 由香(妻)」「…の夫の番号は」「…を」「…TEL:」
_LABELLED = re.compile(
    rf"(?:の?{_LINE})?[ ]?[はがをの:=)\]】|]*[ ]?"
    r"(?P<whose>(?:(?!です|ます|まし)[^\d、。\nはがをにへで]){0,24}[は:]?[ (]*)$"
)
_LABELLED_KIN = re.compile(rf"[^\d。\n]{{0,30}}(?:{KIN})(?:(?:の|、){_CALLED})??{_THING}")
# 「緊急連絡先\n080-…」「緊急連絡先:松田 由香(妻)\n080-…」
_BELOW = re.compile(
    rf"[ ]*[:=)\]】]?[ ]*(?:\n[ ]*(?:{KIN})[^\d。\n]{{0,12}}|(?:[^\d。\n]{{0,16}}(?:{KIN})[^\d。\n]{{0,8}})?\n[ (]*)$"
)
_THEN = r"(?:旧(?:番号)?|変更前|訂正前|誤)(?=[ :は)】(]|$)"
_NOW = r"(?:新(?:番号)?|変更後|訂正後|正)(?=[ :は)】(]|$)"  # not 「新井」
# 「緊急連絡先の件です。弟の番号が変わりました。\n旧 …\n新 …」「緊急連絡先を変えたいです。新しい番号は…」
_CHANGES = re.compile(
    rf"[^\d。\n]{{0,16}}(?:変え|変更|変わ|訂正|修正|更新|差し?替|の件(?:です|で、)[^\d。\n]{{0,8}}。(?=[^\d。\n]{{0,6}}(?:{KIN})の))"
    rf"[^\d\n]{{0,48}}(?:\n[ ]*[(【]?(?:{_THEN}|{_NOW})[^\d\n]{{0,10}})?$"
)
_OLD_AND_NEW = re.compile(
    r"(?:[ ]?\([^)\n]{0,8}\))?[)」]?[ ]?(?:(?:から|より|→|⇒|->|=>|>|ではなく|でなく)[^\d。\n]{0,12}|"
    rf"[、,/]?[ ]?\n?[ ]*[(【]?{_NOW}[^\d。\n]{{0,10}})$"
)
_AND = ("と", "や", "・", "、")
_SOON = 120  # characters in which a subject once named goes on
_MANY = 1000  # numbers looked at: nobody's letter has more


class Number(NamedTuple):
    """A telephone number and where it stands."""

    written: str
    digits: str
    start: int
    end: int


def numbers(text: str) -> list[Number]:
    """All telephone numbers of ten or eleven digits, faxes and member numbers among them."""
    found = []
    for match in _PHONE.finditer(text):
        digits = re.sub(r"\D", "", match.group().replace("(0)", "").replace("+81", "0"))
        if len(digits) in (10, 11) and digits.startswith("0") and not digits.startswith("00"):
            written = match.group().strip(" .")
            written = written if ")" in written else written.lstrip("(")
            found.append(Number(written, digits, match.start(), match.end()))
    return found


def find_phone(text: str, answers: Sequence[tuple[int, int]] = ()) -> str | None:
    """The sender's own number. ``answers``: where the text answers a form that asks for it; such a number wins.

    Of an old and a new one the new one, beside a landline the mobile one. An old number, a firm's, that of a wife count
    where no other stands: the member may be registered with it.
    """
    found = numbers(text)[:_MANY]
    contacts = _contacts(text, found)
    own = [(at, one) for at, one in enumerate(found) if at not in contacts and not _is_of_others(text, one)]
    first = [one for at, one in own if not _is_second_choice(text, found, at)] or [one for _, one in own]
    asked = _within(first, answers) or first
    new = [one for one in asked if _NEW.search(_before(text, one))] or asked
    return _mobile_beside(text, new[0], first).written if new else None


def _within(some: Sequence[Number], spans: Sequence[tuple[int, int]]) -> list[Number]:
    """Those that stand within a span; forms of thousands of lines must not cost lines times numbers."""
    ordered = sorted(spans)
    starts = [start for start, _ in ordered]
    ends = list(accumulate((end for _, end in ordered), max))
    return [one for one in some if (at := bisect_right(starts, one.start)) and one.start < ends[at - 1]]


def _before(text: str, one: Number) -> str:
    """What stands before a number in its sentence and line."""
    piece = text[max(0, one.start - _REACH) : one.start]
    return _STOP.split(piece)[-1]


def _is_of_others(text: str, one: Number) -> bool:
    before = _before(text, one)
    if _FAX_OR_ID.search(before[-16:]) and not _TEL_TOO.search(before):
        return True
    if _OF_OTHERS.search(before):
        return True
    if _is_callers(text, one, before):
        return True
    earlier = text[max(0, one.start - _SOON) : one.start]
    return bool(_THEIR_OWN.search(before) and _NEWCOMER.search(earlier))


def _is_callers(text: str, one: Number, before: str) -> bool:
    """Whether the sender was rung up from this number."""
    if _NOTED.search(before) or _MY.search(before):
        return False
    return bool(_RANG.match(text, one.end) or (_RANG_ME.search(before) and _FROM.match(text, one.end)))


def _contacts(text: str, found: Sequence[Number]) -> set[int]:
    """Which numbers are those of 「緊急連絡先」: the first behind the word, and the new one behind that as the old one.

    The word says nothing of a later sentence, a signature, another form line: there stands the sender's own number.
    """
    theirs: set[int] = set()
    end = 0
    for at, one in enumerate(found):
        piece = text[max(end, one.start - _SOON) : one.start]
        words = list(_CONTACT.finditer(piece))
        if words:
            is_theirs = _is_contacts(piece[words[-1].end() :], alone=piece[: words[-1].start()][-1:] not in _AND)
        else:
            is_theirs = at - 1 in theirs and bool(_OLD_AND_NEW.match(piece))
        if is_theirs:
            theirs.add(at)
        end = one.end
    return theirs


def _is_contacts(between: str, *, alone: bool) -> bool:
    """``between``: from 「緊急連絡先」 to the number. ``alone``: not 「電話番号と緊急連絡先」."""
    if _SENDERS.search(between):
        return False
    if _LABELLED_KIN.fullmatch(between) or _BELOW.fullmatch(between):
        return True
    label = _LABELLED.fullmatch(between)
    if label and not _LINES.search(label["whose"]):
        return True
    return alone and not _LINES.search(_KINS_LINE.sub("", between)) and bool(_CHANGES.fullmatch(between))


def _is_second_choice(text: str, found: Sequence[Number], at: int) -> bool:
    """Old, or a firm's, or of somebody of the family."""
    one, before = found[at], _before(text, found[at])
    if _OLD.search(before) or _WORK.search(before) or _OF_KIN.search(before) or _NO_LONGER.match(text, one.end):
        return True
    if _SWITCHBOARD.match(text, one.end):
        return True
    return at + 1 < len(found) and _turns_into(text, one, found[at + 1])


def _turns_into(text: str, one: Number, other: Number) -> bool:
    """Whether the second number stands in place of the first."""
    between = text[one.end : min(other.start, one.end + _REACH)]
    if one.end + _REACH <= other.start:
        return False
    if _TURNS_INTO.match(between):
        return True
    passes = _FROM_TO.match(between)
    return bool(passes and ("新" in passes["new"] or _CHANGED.match(text, other.end)))


def _mobile_beside(text: str, first: Number, own: Sequence[Number]) -> Number:
    """The number ``first``, or, where that is a landline, the mobile one that stands behind it."""
    if first.digits.startswith(_MOBILE):
        return first
    for one in own[own.index(first) + 1 :]:
        between = text[first.end : one.start]
        if len(between) > _BESIDE or "。" in between:
            return first
        if one.digits.startswith(_MOBILE):
            return one
    return first
