"""Member numbers in a normalised text; telephone, order, job and other people's numbers are none."""

from __future__ import annotations

import re

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
    r"[A-Z]{1,4}\d{0,4}-\d{3,10}(?:-\d{1,6})?)(?![0-9A-Za-z@-])"
)
_OTHER_NUMBER = re.compile(
    r"〒[ ]?$|(?:機種|型[番式]|品番|モデル|機番|車番|物件|商品|製品|"
    r"請求書?|求人|掲載|応募|受付|組合員?|案件|書\(|注文|見積|伝票|社員|"
    r"郵便|口座|免許|保険証?|部屋|職員|"
    r"問い?合わせ|整理券|FAX|Fax|電話|携帯)(?:番号|No\.?|ID)?は?[ .:(]{0,3}$"
)
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


def find_member_id(answer: str, text: str, phones: frozenset[str], name: str | None = None) -> str | None:
    """The member number: from its form line, behind or before its label, by its look, beside a name. ``phones``: the
    digits of all telephone numbers; ``name``: whom the text says it is from."""
    in_field = re.search(_ID, answer) if answer else None
    if in_field and in_field["id"].strip("0- "):
        return _tidy(in_field["id"])
    if not any(sum(map(str.isdigit, run)) >= 3 for run in _RUN.findall(text)):
        return None
    for pattern, least in ((_LABEL, 3), (_LABEL_FAR, 3), (_LABEL_BEHIND, 3), (_BARE, 4)):
        for match in pattern.finditer(text):
            candidate = _tidy(match["id"])
            if not _is_other(text, match) and _usable(candidate, least, phones):
                return candidate
    for match in _BY_NAME.finditer(text):
        group = next(kind for kind in ("id", "alone", "first", "round") if match[kind])
        if _is_bare(_tidy(match[group]), phones) and not _is_other(text, match, group):
            return _tidy(match[group])
    alone = _SAID_ALONE.search(text)
    return (_beside(text, name, phones) if name else None) or (alone["id"] if alone else None)


def _beside(text: str, name: str, phones: frozenset[str]) -> str | None:
    """Beside the name as found, written in one, or the surname alone."""
    spellings = dict.fromkeys((name, name.replace(" ", ""), name.partition(" ")[0]))
    return next((number for one in spellings if (number := _beside_one(text, one, phones))), None)


def _beside_one(text: str, name: str, phones: frozenset[str]) -> str | None:
    at = text.find(name)
    while at >= 0:
        end = at + len(name)
        for match in (_AHEAD.search(text, max(0, at - 20), at), _BEHIND.match(text, end)):
            if match and _is_bare(match["id"], phones) and not _is_other(text, match):
                return match["id"]
        at = text.find(name, end)
    return None


def _is_bare(candidate: str, phones: frozenset[str]) -> bool:
    """A bare number that is no telephone number, day, postal code or house number, and says something."""
    digits = _digits(candidate)
    telephone = digits in phones or (candidate[0] == "0" and len(digits) > 8)
    return not (telephone or _is_day(candidate) or _NO_ID.fullmatch(candidate)) and len(digits) >= 3


def _is_other(text: str, match: re.Match[str], group: str = "id") -> bool:
    return bool(_OTHER_NUMBER.search(text[max(0, match.start() - 6) : match.start(group)]))


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
