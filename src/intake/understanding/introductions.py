"""Introductions: 「坪井と申します」「会員番号 A-3077 竹の内です」, not 「至急です」."""

from __future__ import annotations

import re
from typing import NamedTuple

from intake.understanding.persons import KANJI, NAME, is_no_name, is_short_surname, strength

_LONG = 34  # characters before 「です」 that can still be an introduction
_SAYS = re.compile(
    r"(?P<own>と申し|ともうし|と申す|と言いま(?!した)|といいま(?!した)|ト モウシ|トモウシ)|"
    r"で(?:す(?=[。、\n!が♪(]|$| |お疲れ|いつも|ご|先|今|こ|お)|ございます|ござる|した。)|デス(?=[。、\n]|$| )|"
    r"だ(?=[。よが]|けど|けれ|$)|や。|っす(?=。|$)"
)
_READING = re.compile(r"[ ]?\((?P<in>[^)\n]{1,24})\)[ ]?$")
_WHOLE = re.compile(NAME)
_BOUNDARY = re.compile(r"[|、。,!?」) のはでがをに・:]|より|から|[たるい](?=[一-鿿ァ-ヶ])")
_GREETED = ("です", "ます", "ました", "ません", "さま", "様", "ちは", "わ", "は", "ー")
_LEADS = ("|", "の", "、", " ", "た", "る", "い")


# Whose the name is: 「だんなさんは なごやです」 is not the sender.
_OF_OTHERS = re.compile(r"(?<!にち|ばん|んは|名前)(?<!私)(?<!僕)(?<!俺)(?<!わたし)(?<!なまえ)(?<!名)は[ ]?$")
_HELLO = re.compile(
    r"^[ ]*(?:Hi|Hello|Hey|Good \w+|Dear [A-Za-z]+(?: [A-Za-z]+)?|[^\s、。]{1,10}(?:さん|様|さま))[ ]?[,、。! ][ ]?"
)
_PLAIN = re.compile(rf"{KANJI}{{2,3}}")
_FIRM_OF = re.compile(
    r"[^\s。、]{2}(?:社|店|会|院|園|校|所|組|屋|館|部|課|係|局|大学|法人|ホーム|センター|"
    r"クリニック|サービス|工業|電装|建設|商事|冷熱|事務|事務長|食堂|製[麺菓作造])の$|^院長の$"
)


_MY_NAME = re.compile(r"[Mm]y name is (?P<name>[A-Z][A-Za-z'-]+(?: [A-Z][A-Za-z'-]+){0,3})")


class Candidate(NamedTuple):
    """A name and how likely it is the sender's."""

    score: float
    name: str


def introduced(text: str, foreign: bool) -> list[Candidate]:
    """Names that are introduced. ``text``: numbers are ``|``; ``foreign``: the From line is in Latin letters."""
    found: list[Candidate] = []
    named = _MY_NAME.search(text) if "ame is" in text else None
    if named:
        found.append(Candidate(5.5, named["name"]))
    for say in _SAYS.finditer(text):
        at = say.start()
        begin = max(text.rfind("\n", 0, at), text.rfind("。", 0, at), at - _LONG - 1) + 1
        before = text[begin:at]
        reading = _READING.search(before) if before.endswith((")", ") ")) else None
        piece = (before[: reading.start()] if reading else before).rstrip(" |")
        piece = piece.rstrip("、, ") if before.rstrip().endswith("|") else piece
        own = say["own"] is not None
        name = _name_at_end(piece, own or foreign)
        if name is None:
            if (
                own and _PLAIN.fullmatch(piece) and not is_no_name(piece)
            ):  # 「戸板と申します」: a word, said to be a name
                found.append(Candidate(4.3, piece))
            continue
        weighed = _weighed(text, at, begin, name, own, piece[: -len(name)], foreign)
        if found and not own:  # the first introduction of oneself wins: 「セルゲイです。… 千葉の 八千代です」
            weighed = [Candidate(one.score - 1, one.name) for one in weighed]
        found += weighed
        fuller = reading["in"].strip() if reading else ""
        if found and fuller != name and name in fuller and strength(fuller) >= 1:
            found.append(Candidate(found[-1].score + 0.1, fuller))
    return found


def _weighed(text: str, at: int, begin: int, name: str, own: bool, rest: str, foreign: bool) -> list[Candidate]:
    """An introduction counts by how it is said, where it stands, and how much the name looks like one."""
    power = _power(name, own or foreign)
    if own:
        return [Candidate(4 + power, name)] if power >= 0.3 else []
    if _OF_OTHERS.search(rest):
        return []
    greeted = _HELLO.sub("", rest)
    alone = not greeted.strip(" |、")
    begins = alone or rest.endswith(_LEADS) or rest.rstrip(" 、。,").endswith(_GREETED)
    early = begin < 90 or not text[:begin].strip(" \n")
    late = len(text) - at < 24
    least = 0.3 if alone and (early or late) else 1.0 if alone or (begins and early) else 1.8
    if early and _FIRM_OF.search(rest) and is_short_surname(name):
        least = 0.8
    if power < least or not begins:
        return []
    return [Candidate(2 + power + 0.5 * alone + 0.3 * early, name)]


def _power(name: str, foreign: bool) -> float:
    """A word of the dictionary in katakana may be a foreigner's name: チョウ, フイ."""
    maybe = foreign and bool(re.fullmatch("[ァ-ヶー]{2,8}", name)) and not is_no_name(name)
    return strength(name) or (1.0 if maybe else 0.0)


def _name_at_end(piece: str, foreign: bool) -> str | None:
    """The run at the end of ``piece`` that most looks like a name: 「名古屋の熊谷」 → 熊谷, 「竹の内」 whole."""
    best: tuple[float, str] | None = None
    starts = [m.end() for m in _BOUNDARY.finditer(piece, max(0, len(piece) - 25))]
    for start in [0, *starts] if len(piece) <= 24 else starts:
        name = piece[start:].strip()
        if name and _WHOLE.fullmatch(name):
            power = _power(name, foreign)
            if power > 0 and (best is None or power > best[0]):
                best = (power, name)
    return best[1] if best else None
