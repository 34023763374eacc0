"""Who writes: the name that the text itself states, in an introduction, a form line or at its edges."""

from __future__ import annotations

import re

from intake.understanding import kin, sendernames
from intake.understanding.affiliations import of_firm, of_kin
from intake.understanding.callers import caller
from intake.understanding.edges import LAST, at_edges
from intake.understanding.introductions import introduced
from intake.understanding.persons import KANJI, NAME, is_no_name, strength

_RUN = re.compile(r"[0-9A-Za-z][0-9A-Za-z .@_+-]{2,60}")
_LABELLED = re.compile(
    r"[(\[「]?(?:旧|元|現)?(?:会員|登録|求職者?|スタッフ|お客様|ユーザー?|マイページ)?(?:番号|ID|コード|N)?[ :.=#]{0,3}"
    r"\|[)\]」]?(?:\(会員番号\))?"
)
# A whole form on one line, 「井口 真琴;会員番号:30100456」; not 「スミス、ジョン」.
_BESIDE = re.compile(
    r"[ ]?(?:様|さま|さん)[ ]?(?=[(/|、,【\[]).*$|\(.*?\)|〈.*?〉|[ ]?様$|[/|【].*$|"
    r"[;,、][ ]?(?:会員|登録|ID|電話|携帯|TEL|Tel|メール|住所|フリガナ|ふりがな)[^:=\n]{0,8}[:=].*$"
)
# 「株式会社コハル 人事 矢口」; not 「株式会社コハル 採用課」, where nobody is named.
_OF_A_FIRM = re.compile(
    r"^(?:(?:株式|有限|合同)会社|(?:医療|社会福祉|学校|一般社団)法人)[^ 、,/]{1,24}[ ]+"
    r"(?:(?:人事|総務|採用|営業|広報|経理)[部課]?(?:担当)?[ ]+)?(?![^ ]*[部課局室係店長]$)(?=[^ ])"
)
_LONGEST = 100  # letters of an answer that are looked at: a name and what stands beside it
_NEXT = re.compile(r"[ ]{2,}|[ ](?=会員|登録|ID)")
_NOBODY = re.compile(
    r"[\d@。]|匿名|テスト|なし|無し|担当$|サポート|同上|センター|(.)\1\1|"
    r"退会|解約|休止|元?会員|希望|(?:留年|浪人|大学|高校|中学|受験|就活)生|"
    r"(?:の|^)(?:[父母夫妻者会里]|保護者|家族)$|"
    r"[本支]店|支社|営業[部所課]?$|[ ][^ ]+[部課局室]$|PTA|"
    r"株式会社[^ ]*$|有限会社[^ ]*$|法人[^ ]*$|園長$|院長$|店長$|社長$|事務局"
)
_GIVEN = re.compile(r"[ ]?(?:[一-鿿々]{1,3}|[ぁ-ん]{2,5}|[ァ-ヶー]{2,6})(?=$|[ ]{2}|[ ]?[|(/])")
_FIELD = re.compile(
    r"(?:お?名前|ご?氏名|ご?担当者名?|登録者名?|求職者名|申込者|届出人|会員名)(?:\((?:必須|任意|"
    r"漢字)\))?[】\])]?[ ]{0,3}[:=|／/は]?[ ]{0,3}"
    rf"(?P<name>{NAME})(?=[ ]{{2,}}|[ ]?(?:[\n、,/|(;]|$)|[ ](?:ID|会員|登録|電話|\d))"
)

# Two members in one letter: the writer's own wish is theirs, whatever they ask for the other.
_BOTH = re.compile(
    r"(?:私|わたし|わたくし|こちら)の(?:ほう|方|分)|夫婦で登録|一緒に登録|"
    r"も(?:一緒に)?登録し"
)

# How the agency's own people note a call: 「有馬様より入電。」, 「中尾様(会員番号|)の奥様からお電話」.
_CALLED = re.compile(
    rf"\s*(?:[A-Z]{{1,4}}-?\d{{3,}}[ 、]{{0,2}})?"
    rf"(?P<name>{NAME})[ ]?(?:様|さま|さん)"
    rf"[ ]?(?:\([^)\n]{{1,24}}\))?(?:の[^\s。、様]{{1,4}}様?)?[ ]?(?:より|から)"
    r"[、 ]?(?:\d{1,2}:\d{2}[ に、]?)?(?:の?入電|の?ご?来電|[。「]|の?(?:お?電話|ご?連絡|ご?伝言)"
    r"(?!を?(?:いただ|頂|もら|くださ|下さ|受け)|が?あ|で|の))"
)

# Beside it a member number or how it is read: 「現在技術者(英語検定900点)です」 is nobody's name.
_IN_JAPANESE = re.compile(
    r"(?:^|[\n。、! ])(?P<name>[ァ-ヶー]{2,12}(?:[ ・=][ァ-ヶー]{1,12}){1,4}|"
    rf"{KANJI}{{1,4}}[ ]{KANJI}{{1,3}}|{KANJI}{{2,5}})"
    r"[ ]?(?:\((?:(?P<number>(?:(?:会員)?(?:番号|ID)[ :]?)?[A-Za-z0-9-]{3,24})|(?P<read>[ぁ-んァ-ヶー ・]{2,24}))\))?"
    r"[ ]?(?:(?P<own>と(?:申|もう)しま(?:す(?!、と|[ ]?(?:方|かた|者|人|もの|男性|女性|担当))|して))|です|でござ)"
)
# 「担当の山田 太郎と申します」 is somebody else, and 「ノヴァク ヤン」 behind 「担当の トマシュ」 part of a name.
_OF_OTHERS = re.compile(r"(?:の[^\n。、]{0,16}|担当者?[ :]?)$")


def find_name(text: str, answer: str, sender: str) -> str | None:
    """The name in a normalised ``text``: from the form line ``answer`` if that is one; the member's where somebody
    writes for them; as the From line confirms it; else the likeliest of introduction and signature. None in doubt."""
    answered = _answered(answer)
    if answered:
        return answered
    found = kin.member(text)
    if found and not _BOTH.search(text):
        return found
    called = _CALLED.match(text)
    if called and strength(called["name"].strip()) >= 1:
        return called["name"].strip()
    rang = caller(text, sender)
    if rang:
        return rang
    labelled = _FIELD.search(text) if "名" in text or "担当者" in text else None
    if labelled and strength(labelled["name"].strip()) >= 1:
        return labelled["name"].strip()
    firm = of_firm(text, sender)
    if firm:  # 「八代 恒夫」 in the signature; 「渡辺塗装」 there is no given name
        whole = _fullest(firm, [firm], _filled(_without_numbers(text)))
        firm = whole if " " in whole else firm
    known = of_kin(text, sender) or firm
    confirmed = sendernames.confirmed(text, sender)
    if confirmed and confirmed.isascii():  # as the members' list is likely to spell it
        confirmed = _said_in_japanese(text) or confirmed
    return known or confirmed or _likeliest(text, sendernames.is_latin(sender))


def _said_in_japanese(text: str) -> str | None:
    """「トマシュ・ノヴァク(GW-11320)と申します」 above 「Tomasz Nowak」: how the sender says it to us."""
    for said in _IN_JAPANESE.finditer(text):
        sure = said["own"] or said["read"] or re.search(r"\d{3}", said["number"] or "")
        others = _OF_OTHERS.search(text, max(0, said.start("name") - 20), said.start("name"))
        if sure and not others and _may_be_said(said):
            return said["name"]
    return None


def _may_be_said(said: re.Match[str]) -> bool:
    """A foreigner's name in katakana, or one in kanji that looks like a name: less so where its reading stands beside
    it, and hardly so, as no dictionary knows every Chinese name, where 「と申します」 follows that."""
    name = said["name"]
    if any(is_no_name(part) for part in (name, *re.split("[ ・=]", name))):
        return False
    least = 2.0 if not said["read"] else 0.8 if said["own"] else 1.8
    return not re.search(KANJI, name) or strength(name) >= least


def _answered(answer: str) -> str | None:
    if not answer:
        return None
    name = _of_a_firm(_BESIDE.sub("", answer[:_LONGEST]).strip(" ・,、。:"))
    name = _NEXT.split(name)[0]
    return name if 1 <= len(name) <= 32 and not _NOBODY.search(name) else None


def _of_a_firm(answer: str) -> str:
    """The person behind the firm's name; empty where there is none; another answer as it is."""
    person = _OF_A_FIRM.sub("", answer)
    return person if person == answer or strength(person) >= 0.8 else ""


def _likeliest(text: str, foreign: bool) -> str | None:
    masked = _without_numbers(text)
    filled = _filled(masked)
    candidates = [*introduced(masked, foreign), *at_edges(filled)]
    if not candidates:
        return None
    best = max(candidates).name
    return _fullest(best, [c.name for c in candidates], filled)


def _filled(text: str) -> list[str]:
    """The lines that hold something."""
    return [stripped for line in text.split("\n") if (stripped := line.strip())]


def _without_numbers(text: str) -> str:
    """Numbers, with what they are called, and mail addresses become ``|``."""
    masked = _RUN.sub(_number, text)
    return _LABELLED.sub("|", masked) if "|" in masked else masked


def _number(run: re.Match[str]) -> str:
    written = run.group()
    if "@" in written or sum(map(str.isdigit, written)) >= 3:
        return "|" + " " * (len(written) - len(written.rstrip(" ")))
    return written


def _fullest(best: str, names: list[str], lines: list[str]) -> str:
    """The fullest form of the same name: 「坪井です。… 坪井 祥子」 → 坪井 祥子."""
    plain = best.replace(" ", "")
    fuller = [n for n in names if plain in n.replace(" ", "") and len(n) > len(best)]
    longest = max(fuller, key=len, default=best)
    if longest != best or len(plain) > 3:
        return longest
    for line in lines[-LAST:]:
        name = _with_given(best, line)
        if name and strength(name) >= 1.8:
            return name
    return best


def _with_given(surname: str, line: str) -> str:
    """The surname and the given name behind it, where a line has both and nothing else beside them; else empty."""
    at = line.find(surname)
    while at >= 0:
        end = at + len(surname)
        given = _GIVEN.match(line, end) if at == 0 or line[at - 1] in " |" else None
        if given:
            return line[at : given.end()].strip(" |")
        at = line.find(surname, at + 1)
    return ""
