"""The sender's telephone number in a normalised text: no old one where a new one stands, nobody else's."""

from __future__ import annotations

import re
from collections.abc import Sequence
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
# 「先方(総務の三輪様 03-…)」「緊急連絡先=松田 由香(妻)090-…」「後輩の今村くんの携帯は090-…」
_OF_OTHERS = re.compile(
    r"(?:緊急(?:時の?)?連絡先|(?:先方|面接官|面接先|応募先|訪問先|派遣先|就業先|会場)(?!に|へ)|"
    r"御社の(?:代表|番号|電話)|御社の(?=[ (]*$)|不在着信|着信(?:番号|履歴|元|が))[^\d]*$|"
    r"(?:後輩|先輩|同僚|友人|友達|知人|知り合い|部下|上司)"
    rf"(?:(?:の|、)?{_CALLED})??(?:さん|くん|君|様|氏)?{_THING}"
)
_OF_KIN = re.compile(rf"(?<![一-鿿々])(?:{KIN})(?:(?:の|、){_CALLED})??{_THING}")
# 「050-…から着信がありました」: not 「鷲見 弘様(090-…)よりお電話」, where somebody notes a member's call.
_RANG = re.compile(
    r"[)」]?[ ]?(?:という|の)?(?:お?電話)?(?:番号)?(?:から|より)[^。\n]{0,14}?"
    r"(?:着信|かかって|かけて[きこ]|電話が|電話を?(?:いただ|頂|もら|受け)|SMS|ショート|メッセージ|連絡が|連絡を?(?:いただ|頂))"
)
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
_TURNS_INTO = re.compile(r"[)」]?[ ]?(?:→|⇒|->|=>|>|から|より|ではなく|でなく|じゃなく|を)[^\d。]{0,16}$")
_NEW = re.compile(
    r"(?:新しい(?:携帯|電話|番号|連絡先)|新(?:番号|電話|携帯|連絡先)|変更後|訂正後|正しくは)[^\d旧誤前。]{0,12}$"
)
_WORK = re.compile(r"(?:会社|勤務先|職場|実家|代表)[^\d。、]{0,8}$")
# 「後輩の今村くんが登録したいと言っています。本人の連絡先は…」; 「緊急連絡先の件です。弟の番号が…」
_NEWCOMER = re.compile(
    rf"(?:後輩|先輩|同僚|友人|友達|知人|知り合い|部下|くん|{KIN})[^。\n]{{0,16}}[がも]"
    r"(?:(?!私|僕|俺|自分)[^。\n]){0,24}(?:登録|利用|入会|応募)(?:した|を(?:希望|考え|検討)|に(?:興味|関心)|させた)"
)
_THEIR_OWN = re.compile(r"(?:本人|彼女?|あちら|当人)[^\d。\n]{0,12}$")
_SENDERS = re.compile(r"本人|私|わたし|自分|こちら|(?:電話(?:番号)?|携帯(?:電話|番号)?|TEL|Tel)[ ]?[:=]")
_SOON = 120  # characters in which a subject once named goes on


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
    found = numbers(text)
    own = [(at, one) for at, one in enumerate(found) if not _is_of_others(text, one)]
    first = [one for at, one in own if not _is_second_choice(text, found, at)] or [one for _, one in own]
    asked = [one for one in first if any(start <= one.start < end for start, end in answers)] or first
    new = [one for one in asked if _NEW.search(_before(text, one))] or asked
    return _mobile_beside(text, new[0], first).written if new else None


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
    if _RANG.match(text, one.end) and not _NOTED.search(before):
        return True
    earlier = text[max(0, one.start - _SOON) : one.start]
    contact = earlier.rfind("緊急連絡先")
    if contact >= 0 and not _SENDERS.search(earlier, contact):
        return True
    return bool(_THEIR_OWN.search(before) and _NEWCOMER.search(earlier))


def _is_second_choice(text: str, found: Sequence[Number], at: int) -> bool:
    """Old, or a firm's, or of somebody of the family."""
    one, before = found[at], _before(text, found[at])
    if _OLD.search(before) or _WORK.search(before) or _OF_KIN.search(before) or _NO_LONGER.match(text, one.end):
        return True
    following = text[one.end : found[at + 1].start] if at + 1 < len(found) else ""
    return len(following) < _REACH and bool(_TURNS_INTO.match(following))


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
