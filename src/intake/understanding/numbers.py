"""Member numbers in a normalised text; telephone, order, job and other people's numbers are none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from intake.understanding.kin import FEW, KIN, acts_for_another, is_only_told_of

_NO_MAIL = "(?![0-9A-Za-z]{0,64}@)"
_ID = r"(?P<id>[A-Za-z]{0,5}[ ]?-?[ ]?\d(?:[ -]?[0-9A-Za-z]){2,14}|[A-Za-z]{1,5}-?\d[0-9A-Za-z-]{2,12})" + _NO_MAIL
_LABEL = re.compile(
    r"(?:会員(?:番号|ID|No\.?|NO\.?|コード|N(?!-)|証番号)|登録(?:番号|No\.?|NO\.?|ID|コード)|求職(?:者)?番号|"
    r"スタッフ(?:コード|番号|No\.?|ID)|"
    r"お客様(?:番号|ID)|ユーザー?(?:ID|番号)|マイページ(?:ID|番号)|整理番号|カイインバンゴウ|かいいんばんごう|"
    r"ばんごう|番号|会員|ID|No\.|"
    r"[Mm]ember(?:ship)?[ ]?(?:ID|id|[Nn]o\.?|[Nn]umber)?)"
    r"[ ]*(?:\([^)\n]{0,10}\)[ ]*)?(?:は|が|も|:|=|\||/|】|」|\]|・|。|、|-)?[ \n]{0,3}[「(【]?[ ]*(?:旧|元)?[ ]*" + _ID
)
_LABEL_FAR = re.compile(r"(?:会員番号|登録番号|会員ID|会員No\.?)[^0-9A-Za-z。\n]{1,16}" + _ID)
_LABEL_BEHIND = re.compile(_ID + r"[ ]?(?:(?:\(|は|が|、)[ ]?(?:会員番号|登録番号|会員ID|会員No)|の(?:会員)?登録)")
_RUN = re.compile(r"[0-9A-Za-z][0-9A-Za-z -]{2,40}")  # every number of three digits lies in one
_BARE = re.compile(
    r"(?<![0-9A-Za-z@.\-])(?<![0-9A-Za-z.\-]/)(?P<id>[A-Z]{1,5}-?\d{4,10}(?:-\d{1,6})?|"
    r"[A-Z]{1,4}\d{0,4}-\d{3,10}(?:-\d{1,6})?|\d{1,2}[A-Z]{1,3}-\d{4,10})(?![0-9A-Za-z@-])"
)
_BY_NUMBER = r"(?:番号|No\.?|NO\.?|ID|コード)"
_THINGS = (
    r"(?:機種|型[番式]|品番|モデル|機番|車番|物件|商品|製品|請求書?|求人(?:票|広告)?|掲載|応募|受付|組合員?|案件|書\(|注文|見積|伝票|社員|"
    r"被保険者|雇用保険|年金|郵便|口座|免許|保険証?|部屋|職員|問い?合わせ|整理券|FAX|Fax|電話|携帯)[ (「【]{0,2}"
    + _BY_NUMBER
    + "?"
)
_OTHER_NUMBER = re.compile(
    rf"〒[ ]?$|(?:{_THINGS}|(?:お?仕事|ジョブ|オファー|エントリー|予約|チケット)[ (「【]{{0,2}}{_BY_NUMBER})"
    r"[」】]?(?:は|が|も)?[ .:=(#「【]{0,3}$"
)
# 「求人番号 JOB-118204 … JOB-118377」: the second is an opening too.
_OF_OPENINGS = re.compile(
    rf"(?:求人|案件|掲載|応募|お?仕事|ジョブ|オファー){_BY_NUMBER}?"
    r"[」】]?(?:は|が|も)?[ .:=(#「【]{0,3}(?P<prefix>[A-Z]{1,5})-?(?P<digits>\d{1,12}(?:-\d{1,6})?)"
)
_OPENINGS = frozenset(("JOB", "REQ", "OFFER"))
_PREFIX = re.compile("[A-Z]+")
# 「サクラ転職の会員番号：SQ-552190」 of somebody who does not know his number here.
_ELSEWHERE = re.compile(
    r"(?:別|他|ほか)に(?:登録|利用|使って)[^。\n]{0,16}[ (]$|"
    r"(?:他社|他サービス|別サービス|ハローワーク|職安|(?:別|他|よそ|ほか)の(?:会社|サイト|サービス|エージェント|ところ|転職サイト|媒体)?)(?:さん|様)?の?$"
)
_NAMED_PLACE = re.compile(
    r"(?:^|[\s。、(「])(?!貴社|御社|そちら|こちら|当方|私|わたし|自分|本人)(?P<place>[^\s。、(「]{2,16})の$"
)
_A_SERVICE = re.compile(
    r"求人|転職|就職|仕事|人材|派遣|紹介|会社|他社|サイト|サービス|エージェント|ネット|ワーク|ナビ|キャリア|スタッフ|"
    r"ジョブ|バイト|センター|[ァ-ヶー]{4}|[A-Za-z]{2}"
)
# 「スマホの会員証の会員番号」「登録メールの番号」: where the number with us is written.
_WRITTEN_ON = re.compile(
    r"(?:メール|登録|会員|カード|証|手帳|マイページ|スマホ|スマートフォン|アプリ|ファイル|フォルダ|パソコン|ノート|メモ|"
    r"手紙|はがき|ハガキ|書類|封筒|画面|控え|手元)(?:上|内|画面|時)?$"
)
_NOT_KNOWN = (
    r"(?:(?:分か|わか)(?:ら|りませ|りかね)|不明|忘れ|失念|見つか(?:ら|りませ)|手元に?[はも]?(?:な|無|ござい?ませ|ありませ)|"
    r"(?:覚え|控え)て(?:い?な|い?ませ|おらず|おりませ))"
)
_UNKNOWN_HERE = re.compile(rf"(?:貴社|御社|そちら|こちら)の(?:会員|登録)?(?:番号|ID)[^。\n]{{0,12}}?{_NOT_KNOWN}")
_OF_SOMEBODY = (
    r"(?:(?:の|、|・)[^\s\d、。はがにをで()]{1,8}(?:[ ][^\s\d、。はがにをで()]{1,6})?)?(?:も)?[ (]{0,2}の?"
    rf"(?:会員|登録)?{_BY_NUMBER}?(?:は|が|:)?[ (]*$"
)
_OF_FRIENDS = re.compile(rf"(?:友人|友達|知人|知り合い|同僚|後輩|先輩|部下|上司)(?=[の・(]){_OF_SOMEBODY}")
_OF_KIN = re.compile(rf"(?<![一-鿿々])(?:{KIN}){_OF_SOMEBODY}")
_BY_NAME = re.compile(
    r"(?:^|[。\n ])[一-鿿々ヶ]{1,4}[ ]?[一-鿿々ヶぁ-んァ-ヶー]{1,5}[ (/]{0,3}(?P<id>\d[\d-]{4,11})\)?[ ]*(?=\n|$|"
    r"で|[/|])|"
    r"\n[ ]*(?P<alone>\d[\d-]{5,10})[ ]*(?=\n|$)|(?:^|\n)[ ]*(?P<first>\d[\d-]{5,10})(?:[ ]{1,3}|の)(?=[一-鿿])|"
    r"[一-鿿ぁ-んァ-ヶー]\((?P<round>\d{2,6}-\d{3,8})\)"
)
# A number that stands beside the sender's own name: 「1085502、薄井 恭平」「冨田林 誠司(TB-4-0771)」.
_SIDE = r"(?P<id>[A-Z]{1,5}(?:[/-]?\d{1,8}){1,3}|\d{1,4}-\d{3,8}(?:-\d{1,4})?|\d{3,6}-\d{1,2}|\d{5,10})"
_AHEAD = re.compile(rf"(?:^|[^0-9A-Za-z@./-]){_SIDE}[)]?[ ]?(?:[、,/:]|の)?[ ]?$")
_BEHIND = re.compile(
    rf"(?:です[。、]?|様|さん)?[ ]{{0,2}}[(、,/:]?[ ]?{_SIDE}(?=[)、。,/ \n]|$|です|と申|でござ|番[。)]|の登録)"
)
# 「27-020871です。」 is the whole introduction of a student.
_SAID_ALONE = re.compile(r"(?:^|[\n。!])[ ]*(?P<id>\d{2}-\d{5,7})です[。\n]")
_NO_ID = re.compile(r"\d{1,2}(?:-\d{1,2}){1,3}|\d-\d{3}|0[0-]*|(?:19|20)\d\d(?:[-/]\d{1,2}){0,2}")
_TELEPHONE_LIKE = re.compile(r"0\d{1,4}-\d{1,4}-\d{3,4}")


class _Found(NamedTuple):
    """A number, where what led to it begins, and where it stands itself."""

    number: str
    start: int
    at: int
    end: int


def find_member_id(answer: str, text: str, phones: frozenset[str], name: str | None = None) -> str | None:
    """The member number: from its form line, behind or before its label, by its look, beside a name. ``phones``: the
    digits of all telephone numbers; ``name``: whom the text says it is from."""
    in_field = re.search(_ID, answer) if answer else None
    if in_field and in_field["id"].strip("0- "):
        return _tidy(in_field["id"])
    if not any(sum(map(str.isdigit, run)) >= 3 for run in _RUN.findall(text)):
        return None
    kin: list[_Found] = []
    elsewhere: set[str] = set()
    unknown_here, for_another = bool(_UNKNOWN_HERE.search(text)), acts_for_another(text)
    for one in _candidates(text, phones, name):
        before = text[max(0, one.at - 24) : one.at].rpartition("\n")[2]
        if _OF_KIN.search(before):
            kin.append(one)
        elif _is_elsewhere(text, one.start, unknown_here, name):
            elsewhere.add(one.number)
        elif one.number not in elsewhere and (not _OF_FRIENDS.search(before) or for_another):
            return one.number
    return next((one.number for one in kin[:FEW] if not is_only_told_of(text, one.end)), None)


def _candidates(text: str, phones: frozenset[str], name: str | None) -> Iterator[_Found]:
    """Numbers that may be a member's, the likeliest first."""
    openings = {(match["prefix"], len(_digits(match["digits"]))) for match in _OF_OPENINGS.finditer(text)}
    for pattern, least in ((_LABEL, 3), (_LABEL_FAR, 3), (_LABEL_BEHIND, 3), (_BARE, 4)):
        for match in pattern.finditer(text):
            one = _found(match)
            opening = pattern is _BARE and _is_opening(text, one, openings, name)
            if not opening and not _is_other(text, one) and _usable(one.number, least, phones):
                yield one
    for match in _BY_NAME.finditer(text):
        one = _found(match)
        if _is_bare(one.number, phones) and not _is_other(text, one):
            yield one
    beside = _beside(text, name, phones) if name else None
    alone = _SAID_ALONE.search(text)
    yield from (one for one in (beside, _found(alone) if alone else None) if one)


def _found(match: re.Match[str]) -> _Found:
    """A match whose one group that matched is the number."""
    group = match.lastgroup or "id"
    return _Found(_tidy(match[group]), match.start(), *match.span(group))


def _is_opening(text: str, one: _Found, openings: set[tuple[str, int]], name: str | None) -> bool:
    """Written like a number that the text calls an opening's, with the same letters and as many digits, and not beside
    the writer's own name."""
    prefix = _PREFIX.match(one.number)
    if prefix is None:
        return False
    if prefix.group() in _OPENINGS:
        return True
    alike = (prefix.group(), len(_digits(one.number))) in openings
    return alike and not (name and _is_beside(text, one, name))


def _is_beside(text: str, one: _Found, name: str) -> bool:
    """On the same line as the name with nothing but a mark between, or alone on the line next to it."""
    ahead, behind = text[max(0, one.at - 40) : one.at], text[one.end : one.end + 40]
    alone = ahead.rstrip(" (")[-1:] in ("", "\n") and behind.lstrip(" )")[:1] in ("", "\n")
    marks = " ()/、,:の\n" if alone else " ()/、,:の"
    ahead, behind = ahead.rstrip(marks), behind.lstrip(marks)
    return any(ahead.endswith(spelling) or behind.startswith(spelling) for spelling in _spellings(name))


def _is_elsewhere(text: str, start: int, unknown_here: bool, name: str | None) -> bool:
    """A member number with another service: so called, or in a letter that says that the one with us is not known."""
    before = text[max(0, start - 24) : start]
    if _ELSEWHERE.search(before):
        return True
    named = _NAMED_PLACE.search(before) if unknown_here else None
    return named is not None and _is_service(named["place"], name)


def _is_service(place: str, name: str | None) -> bool:
    """「サクラ転職」; not the writer's own name, nor the card or the letter on which the number is written."""
    if name and any(spelling in place for spelling in _spellings(name)):
        return False
    return any(_A_SERVICE.search(part) and not _WRITTEN_ON.search(part) for part in place.split("の"))


def _spellings(name: str) -> list[str]:
    """The name as found, written in one, and the surname alone."""
    return list(dict.fromkeys((name, name.replace(" ", ""), name.partition(" ")[0])))


def _beside(text: str, name: str, phones: frozenset[str]) -> _Found | None:
    return next((found for one in _spellings(name) if (found := _beside_one(text, one, phones))), None)


def _beside_one(text: str, name: str, phones: frozenset[str]) -> _Found | None:
    at = text.find(name)
    while at >= 0:
        end = at + len(name)
        for match in (_AHEAD.search(text, max(0, at - 20), at), _BEHIND.match(text, end)):
            one = _found(match) if match else None
            if one and _is_bare(one.number, phones) and not _is_other(text, one):
                return one
        at = text.find(name, end)
    return None


def _is_bare(candidate: str, phones: frozenset[str]) -> bool:
    """A bare number that is no telephone number, day, postal code or house number, and says something."""
    digits = _digits(candidate)
    telephone = digits in phones or (candidate[0] == "0" and len(digits) > 8)
    return not (telephone or _is_day(candidate) or _NO_ID.fullmatch(candidate)) and len(digits) >= 3


def _is_other(text: str, one: _Found) -> bool:
    return bool(_OTHER_NUMBER.search(text[max(0, one.start - 8) : one.at]))


def _usable(candidate: str, least: int, phones: frozenset[str]) -> bool:
    digits = _digits(candidate)
    return (
        len(digits) >= least
        and digits.strip("0") != ""
        and digits not in phones
        and not _TELEPHONE_LIKE.fullmatch(candidate)
    )


def _is_day(candidate: str) -> bool:
    return bool(re.fullmatch(r"(?:19|20)\d\d-?(?:0[1-9]|1[0-2])-?[0-3]\d", candidate))


def _digits(written: str) -> str:
    return re.sub(r"\D", "", written)


def _tidy(written: str) -> str:
    tidy = written.strip(" -")
    return tidy.replace(" ", "") if re.fullmatch(r"[\d ]+", tidy) else tidy
