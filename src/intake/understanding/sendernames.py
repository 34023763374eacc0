"""The From line only helps to recognise a name that the text states itself; it states nothing (GUIDE, facts)."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from intake.understanding.kin import FEW, KIN, is_only_told_of
from intake.understanding.persons import is_no_name, strength

_ADDRESSED = re.compile(r"[ ]?(?:様|さん|さま|殿|氏(?!名)|先生|くん|君)")
_NO_PERSON = re.compile(
    r"株式|有限|会社|法人|センター|事務所|事務局|サポート|サービス|採用|人事|総務|経理|営業|広報|[課係]$|(?:編集|"
    r"業務|管理|企画|事業|技術|製造|社長|相談|[本支])(?:部|室|局|店)$|お客|会員|匿名|希望|家族|遺族|フォーム|"
    r"大学|学園|病院|医院|役場|運営|ゲスト|名前|通知|配信|教頭|校長|社長|専務|常務|[長役]$|代表|担当|理事|主任|"
    r"秘書|受付|[@\d]"
)
_CALLING = re.compile("[剤護育務政書析縫][士師]$|役員$|大工$|農家$")
_FIRM = re.compile("商会|商店|商工会|クリニック|委員会|エステート|居酒屋|美容室|写真館|食堂|旅館|寿司")
_GIVEN_NAME = re.compile(
    r"[ ]{0,2}([ぁ-ん]{1,3}[子美代江枝恵]|[ァ-ヶー]{2}子|"
    r"[一-鿿々]{1,3}|[ぁ-ん]{2,5}|[ァ-ヶー]{2,6})"
)


@lru_cache(1024)
def parts_of(sender: str) -> tuple[str, ...]:
    """The words of the display name that may be a person's: 「株式会社サカエ食品 工場長 仲田」 → 仲田."""
    shown = unicodedata.normalize("NFKC", sender.partition("<")[0]).strip(" \"'")
    shown = re.sub(r"\([^)]*\)|【[^】]*】|様$|さん$", "", shown).strip()
    parts = [part for part in re.split(r"[ ・/|、,:]+", shown) if part]
    if not parts or _NO_PERSON.search(parts[-1]):
        return ()
    firm = any(_NO_PERSON.search(part) for part in parts) or any(_FIRM.search(part) for part in parts[:-1])
    return tuple(parts[-1:] if firm else parts)


def is_latin(sender: str) -> bool:
    """The From line shows a name in Latin letters, so that the text's may be in katakana."""
    parts = parts_of(sender)
    return bool(parts) and bool(re.match("[A-Za-z]", parts[0]))


def confirmed(text: str, sender: str) -> str | None:
    """The sender's name as ``text`` writes it, if the From line shows the same; None where it does not help."""
    parts = parts_of(sender)
    if not parts:
        return None
    if re.match("[A-Za-z]", parts[0]):
        return _latin(text, parts) or _behind_trade(text, parts)
    signed = _signed_in_kana(text, parts[0]) if len(parts) == 1 else None
    if signed:
        return signed
    if len(parts) > 1 and _CALLING.search(parts[0]):  # 薬剤師 丸谷
        said = _behind_trade(text, parts[1:])
        if said:
            return said
    return _whole(text, parts) or _turned(text, parts) or _surname(text, parts) or _behind_trade(text, parts)


_SIGNED = re.compile(
    r"(?m)(?:^|[。!?)><] ?| {2})(?P<surname>[一-鿿々]{1,3}|[ぁ-ん]{2,5}) "
    r"(?P<given>[ぁ-ん]{1,3}[ぁ-ん江子美代枝恵])(?=$|。|です| ?[(0-9|])"
)
_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヴ"))}


def _signed_in_kana(text: str, part: str) -> str | None:
    """「まつお しげる」「大沢 きく江」 at a line's end, where the From line shows one of the two, in either kana.

    Beside a given name stands a surname of the dictionary: 「おねがい はな」「店長 さくら」 are no whole names.
    """
    shown = part.translate(_TO_HIRAGANA)
    if len(shown) < 2 or not ("ぁ" <= shown[0] <= "ん"):
        return None
    found = None
    for signed in _SIGNED.finditer(text):
        surname, given = signed["surname"], signed["given"]
        sound = shown == given and strength(surname) >= 2
        if (sound or shown == surname) and not (is_no_name(surname) or is_no_name(given) or _NO_GIVEN.search(given)):
            found = f"{surname} {given}"
    return found


def _latin(text: str, parts: tuple[str, ...]) -> str | None:
    if len(parts) < 2:
        return None
    plain = text.lower()
    for order in (parts, parts[::-1]):
        name = " ".join(order)
        at = plain.find(name.lower())
        if at >= 0 and not _LETTER.match(text, at + len(name)) and text[at - 1 : at] not in ("@", "."):
            return text[at : at + len(name)]
    return None


def _whole(text: str, parts: tuple[str, ...]) -> str | None:
    whole = "".join(parts)
    if len(parts) == 1 and (len(whole) < 3 or strength(whole) < 2.2):
        return None
    plain: str | None = None
    at = text.find(whole[0])
    while at >= 0:
        end = _spelled(text, at, whole)
        if end and len(parts) == 1 and text[end : end + 1] == " " and "ー" not in whole:
            end += len(_given(text, end))  # 「上白石」 in the From line, 「上白石 紗枝です」 in the text
        elif end and len(parts) == 1 and len(whole) == 3 and "一" <= text[end : end + 1] <= "鿿":
            end += _together(text, end, whole)  # 「三枝木」, and 「三枝木宏」 in the text
        if end and not _ADDRESSED.match(text, end):
            if end - at > len(whole):
                return text[at:end]
            plain = text[at:end]
        at = text.find(whole[0], at + 1)
    return plain


def _together(text: str, end: int, whole: str) -> int:
    """How long the given name is that stands at ``end`` right behind a surname: not 「林美咲」 and 「解約です」."""
    given = _given(text, end)
    fits = given and not is_no_name(given) and strength(given) >= 1.5 and strength(whole + given) >= strength(whole)
    return len(given) if fits else 0


def _spelled(text: str, at: int, whole: str) -> int:
    """Where ``whole``, spelled from ``at`` on with a space or two within, ends; 0 if something else stands there."""
    for letter in whole:
        gap = 0
        while text[at : at + 1] in (" ", "・") and gap < 2 and letter not in " ・":
            at, gap = at + 1, gap + 1
        if text[at : at + 1] != letter:
            return 0
        at += 1
    return at


_LETTER = re.compile("[0-9A-Za-z]")
_AFTER = re.compile(
    r"[ ]{0,2}(?:\([^)\n]{1,24}\)|[/|])?[ ]{0,2}(?:$|[\n、。,!(/|]|と申|ともうし|です|でござ|でし|だ|デス|と言|っす|"
    r"と書いて|どす|ぜよ|やちゃ|ぞなもし|さー|ごわす|じゃ。|であり|(?:である|ばい|たい|や)。|やけど|じゃけど|(?<!と)い?いいます|"
    r"といい|拝|より|会員|登録|ID|No|[A-Z]{0,5}-?\d)|[ ]"
)
_SUBJECT_OF = re.compile("[はがも]|の名[でを]|宛")
_BEFORE = re.compile("[^一-鿿々ァ-ヶ]$|^$|[数歳員号番氏名]$")
_NO_GIVEN = re.compile(
    r"^(?!はる|はな|はじめ|はづ|のぞ|もえ|もも)[はがのとをにも](?!.{1,2}[子美代江枝恵]$)|^[市町村県駅区]$|どす|ぜよ|やちゃ|ぞな|ごわす|さー|であり|じゃ$|"
    r"エステート|写真|印刷|表具|青果|美容室|っす|では|^(?:ばい|たい|や|である|いいます)$|やけど|じゃけ|です|でご|でし|だ|と申|とも|より|から|まで|会員|登録|番号|電話|携帯|退会|希望|本人|拝|様|"
    r"さん|休止|再開|担当|先月|昨日|[屋会社園院店商製]|工業|精機|運輸|食品"
)


def _turned(text: str, parts: tuple[str, ...]) -> str | None:
    """Foreigners' names in either order: From 「フェルナンデス カルラ」, text 「カルラ・フェルナンデスです」."""
    if parts[0] not in text or not all(_KATAKANA.fullmatch(part) for part in parts):
        return None
    if len(parts) == 2:
        turned = re.search(rf"{parts[1]}[ ・=]{parts[0]}(?![ァ-ヶー])", text)
        return turned.group() if turned else None
    more = re.search(rf"(?<![ァ-ヶー・])[ァ-ヶー]{{2,12}}・{parts[0]}(?![ァ-ヶー])", text) if len(parts) == 1 else None
    return more.group() if more else None


def _behind_trade(text: str, parts: tuple[str, ...]) -> str | None:
    """The last word of 「保育士 内海」「ムラーノ商会 橘」, where the text introduces it: 「ムラーノ商会の橘です」."""
    for part in (parts[-1], parts[0]):
        if part not in text or not _ONE_WORD.fullmatch(part) or is_no_name(part):
            continue
        at = text.find(part)
        while at >= 0:
            before = text[max(0, at - 2) : at]
            if _INTRODUCES.match(text, at + len(part)) and _FREE.search(before) and not _TOPIC.search(before):
                return part
            at = text.find(part, at + 1)
    return None


_INTRODUCES = re.compile("[ ]?(?:です|と申|でござ|だ。|が担当)")
_FREE = re.compile("(?:^|[の、。!\\n |)])$")
_TOPIC = re.compile("[はが][ ]?$")
_ONE_WORD = re.compile("[一-鿿々ヶノツ]{1,4}|[ァ-ヶー]{2,8}|[ぁ-ん]{2,6}")
_KATAKANA = re.compile("[ァ-ヶー]{2,}")


def _surname(text: str, parts: tuple[str, ...]) -> str | None:
    """Only the surname of the From line stands in the text; a given name behind it belongs to it."""
    first = parts[0]
    cuts = (first, *(first[:n] for n in (3, 2) if len(parts) == 1 and len(first) > n and strength(first[:n]) >= 1))
    for cut in cuts:
        found = _by_surname(text, cut)
        if found:
            return found
    return None


def _given(text: str, at: int) -> str:
    """The given name behind a surname, the longest that ends where a name can end; empty if none stands there."""
    longest = _GIVEN_NAME.match(text, at)
    for end in range(longest.end(), longest.start(1), -1) if longest else ():
        if not _NO_GIVEN.search(text[at:end]) and _AFTER.match(text, end):
            return text[at:end]
    return ""


# 「妻の沢口 奈緒は続けます」 is not the sender, 「妻の沢口 奈緒です」 is.
_THEIRS = re.compile(rf"(?<![一-鿿々])(?:(?P<kin>{KIN})|友人|友達|知人|同僚|後輩|先輩|部下|上司)(?:の|、|・|である)$")
_IS_SENDER = re.compile("[ ]?(?:です|と申|でござ|より|拝|$|\\n)")


def _is_somebody_elses(text: str, at: int, end: int) -> re.Match[str] | None:
    """What the sender calls the person named from ``at`` to ``end``, if the sender is somebody else; else None."""
    theirs = _THEIRS.search(text[max(0, at - 6) : at])
    return None if _IS_SENDER.match(text, end) else theirs


def _by_surname(text: str, surname: str) -> str | None:
    if re.fullmatch("[ぁ-んァ-ヶー]{1,2}", surname):  # so short a word may be any word's part, but not a line's end
        return surname if re.search(rf"(?:[。!?\n][ ]?|[ ]{{2}}){surname}$", text.rstrip()) else None
    if len(surname) > 4 and not strength(surname):
        return None
    said: str | None = None
    weak: str | None = None
    others = 0
    at = text.find(surname)
    while at >= 0:
        end = at + len(surname)
        if _BEFORE.search(text[max(0, at - 1) : at]):
            given = _given(text, end)
            theirs = _is_somebody_elses(text, at, end + len(given))
            others += theirs is not None
            if theirs and (not theirs["kin"] or others > FEW or is_only_told_of(text, end + len(given))):
                at = text.find(surname, end)
                continue
            if given:
                return surname + given
            if _AFTER.match(text, end):
                said = surname
            elif _SUBJECT_OF.match(text, end):
                weak = surname
        at = text.find(surname, end)
    return said or (weak if len(surname) > 1 else None)
