"""Who writes, and what they state of themselves: name, member number, telephone, dates, the concierge named."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from intake.model import Facts
from intake.understanding.dates import Found, dates
from intake.understanding.fields import Field
from intake.understanding.reading import Reading

_ID = r"(?P<id>[A-Za-z]{0,5}[ ]?[-]?[ ]?\d(?:[ -]?[0-9A-Za-z]){2,14}|[A-Za-z]{1,5}-?\d[0-9A-Za-z-]{2,12})"
_ID_LABEL = re.compile(
    r"(?:会員(?:番号|ID|No\.?|NO|コード|N)|登録(?:番号|No\.?|ID|コード)|求職(?:者)?番号|スタッフ(?:コード|番号|No\.?|ID)|"
    r"お客様(?:番号|ID)|ユーザー?(?:ID|番号)|マイページID|整理番号|カイインバンゴウ|かいいんばんごう|ばんごう|番号|会員|ID|No\.|Member(?:ship)?\s?(?:ID|No\.?|number)?)"
    r"[ ]*(?:は|が|:|=|\||/|】|」|・|。|-)?[ \n]{0,3}[「(]?[ ]*(?:旧|元)?[ ]*" + _ID
)
_ID_BARE = re.compile(
    r"(?<![0-9A-Za-z@.\-/])(?P<id>[A-Z]{1,5}-?\d{4,10}(?:-\d{1,6})?|[A-Z]{1,4}-\d{3,10}(?:-\d{1,6})?)(?![0-9A-Za-z@-])"
)
_OTHER_NUMBER = re.compile(r"(?:請求書|求人|掲載|応募|受付|組合員?|案件|書\()(?:番号|No\.?)?[ .:(]{0,3}$")
_ID_BY_NAME = re.compile(
    r"(?:^|[。\n ])[一-鿿々ヶ]{1,4}[ ]?[一-鿿々ヶぁ-んァ-ヶー]{1,5}[ (/]{0,3}(?P<id>\d[\d-]{4,11})\)?[ ]*(?=\n|$|で)|"
    r"\n[ ]*(?P<alone>\d[\d-]{5,10})[ ]*(?=\n|$)|(?:^|\n)[ ]*(?P<first>\d[\d-]{5,10})(?:[ ]{1,3}|の)(?=[一-鿿])|"
    r"[一-鿿ぁ-んァ-ヶー]\((?P<round>\d{2,6}-\d{3,8})\)"
)
_PHONE = re.compile(
    r"(?<![\dA-Za-z-])(?:\+81[ -]?|\(?0)\d{0,4}\)?[ -]?\(?\d{1,4}\)?[ -]?\d{2,4}(?:[ -]?\d{1,4})?(?![\d-])"
)
_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_KANJI = "[一-鿿々ヶ]"
_KANA = "[ァ-ヶー]"
_SOFT = "[ぁ-かき-てど-なぬ-ねば-ろん]"  # hiragana without the particles の は を が で と に
_PERSON = (
    rf"(?P<name>{_KANJI}{{1,4}}[ ]?(?!会員|番号|登録|担当|様|当方)(?:{_KANJI}{{1,4}}|{_SOFT}{{1,5}}|{_KANA}{{1,8}})?|{_SOFT}{{2,5}}[ ]{_SOFT}{{2,5}}|"  # noqa: E501
    rf"{_KANA}{{2,10}}(?:[ ・]{{1,2}}{_KANA}{{2,10}}){{0,3}}|[A-Z][a-z]+(?:[ ][A-Z][a-z]+){{1,2}})"
)
_NUMBER = r"(?:会員番号|会員|No\.?|ID)?[ :]{0,2}[A-Z]{0,5}-?\d[\dA-Z-]{2,12}"
_SAYS = re.compile(
    rf"(?:^|(?<=[\n。、!?」)の はたるで])|(?<=より)|(?<={_KANA}の)|(?<=\d))[ ]?"
    + _PERSON
    + r"[ ]?(?:\([^)\n]{1,24}\))?(?:と申します|と申しまして|と言います|といいます|ともうします|と申す者|と申す|"
    r"です(?!か|が、良|ので|けど|し)|でございます|でした。|だ[。よ])"
)
_LINE_NAME = re.compile(
    rf"^[ >―—\-=*・]*(?:(?:会員|求職者|登録者|氏名|名前|差出人|拝)[ :]*)?(?:{_NUMBER}[ ]{{1,3}})?"
    + _PERSON
    + r"(?:拝|より|[ ]?\([^)]{1,40}\)?|[ ]?[/|、,][ ]?(?:会員|No|ID|[A-Z\d]).{0,30}|"
    + rf"[ ]{{0,4}}{_NUMBER}|[ ]{{1,4}}[A-Za-z0-9@+(].{{0,50}})?[ ]*$"
)
_AT_END = re.compile(rf"[。!?」)♪][ ]{{0,3}}(?:{_NUMBER}[ ]{{0,3}})?" + _PERSON + rf"(?:[ (]{{0,3}}{_NUMBER}\)?)?[ ]*$")
_AT_START = re.compile(rf"^(?:{_NUMBER}[ ]{{0,3}})?" + _PERSON + r"[ ]?(?:。|、|[ ]{1,2}\S)")
_NOT_NAMES = re.compile(
    r"お世話|よろしく|宜しく|以上|敬具|草々|拝啓|前略|担当|御中|様|先生|さん$|会社|エージェント|株式|部$|課$|室$|センター|サポート|相談|連絡|"
    r"退会|希望|理由|電話|番号|会員|登録|条件|勤務|転職|求人|面接|応募|追伸|内容|変更|再開|停止|休止|削除|質問|お願|本人|母$|父$|妻$|夫$|代理|家族|住所|"
    r"次第|所存|予定|状況|状態|可能|不要|大丈夫|結構|無理|残念|初め|最後|以前|今回|今後|先日|本日|昨日|明日|来月|今月|平日|午前|午後|曜|月|日$|年$|"
    r"ありがと|すみません|すいません|ください|こんにち|こんばん|はじめ|おはよう|ごめん|です|ます|した|ない|たい|いい|ござい|まで|から|けど|それ|これ|どう|"
    r"正社員|派遣|時短|夜勤|日勤|在宅|希望者|の者|新入|学生|社員|主婦|男性|女性|同じ|別の|一つ|点$|件$|方$|次$|旨$|事$|由$|所$|通り|ため|こと|もの|ところ|つもり|"
    r"休み|勉強|仕事|都合|病院|病気|入院|手術|介護|出産|育児|試験|東京|大阪|以内|以上|以下|未定|同様|同意|了解|承知|確認|追加|件名|参考|無題|なし|はい|いいえ|"
    r"キャリア|パートナー|アドバイザー|コンシェルジュ|サービス|アプリ|メール|データ|コード|リンク|ナース|ログイン|エラー|スマホ|ライン|リモート|フル|ボーナス|コメント|"
    r"ばかり|いつも|とても|もう|また|やはり|やっぱり|まだ|すべて|全部|全て|今年|去年|来年|先週|来週|今週|毎日|当方|自分|私|僕|俺|わたし|うち|一同"
)


@dataclass(frozen=True, slots=True)
class Known:
    """Facts for the model, and the last day of a pause."""

    facts: Facts
    pause_until: date | None


def of_reading(reading: Reading, body: str, today: date | None, given: Mapping[str, str]) -> Known:
    """Facts of a message: what form or app state beats what the text states."""
    surnames = [w.surface for w in reading.document.tokens.words if w.is_name]
    found = state(reading.stated, reading.fields, today, surnames)
    facts = Facts(
        name=given.get("name") or found.name,
        member_id=given.get("member_id") or found.member_id,
        phone=given.get("phone") or found.phone,
        resume_on=found.resume_on or (found.resolved_on if today else None),
        concierge=found.concierge,
        addresses=found.addresses,
    )
    return Known(facts, found.pause_until)


@dataclass(frozen=True, slots=True)
class Stated:
    """Raw facts of a text, before they become the model's ``Facts``."""

    name: str | None = None
    member_id: str | None = None
    phone: str | None = None
    resume_on: date | None = None
    resolved_on: date | None = None
    pause_until: date | None = None
    addresses: tuple[str, ...] = ()
    concierge: str | None = None


def state(text: str, found: Sequence[Field], today: date | None, names: Iterable[str] = ()) -> Stated:
    """Facts in a normalised text from which quotes are blanked. ``names``: words the tokenizer takes for surnames."""
    by_kind = _answers(text, found)
    phone = _phone(by_kind.get("phone", "")) or _phone(text)
    member_id = _member_id(by_kind.get("member_id", ""), text, phone)
    name = _clean(by_kind.get("name", "")) or _name(text, frozenset(names))
    resume = _resume(text, today)
    return Stated(
        name=name,
        member_id=member_id,
        phone=phone,
        resume_on=resume.on if resume and resume.stated else None,
        resolved_on=resume.on if resume else None,
        pause_until=_until(text, today),
        addresses=tuple(dict.fromkeys(_ADDRESS.findall(text))),
        concierge=_concierge(text),
    )


def _answers(text: str, found: Sequence[Field]) -> dict[str, str]:
    answers: dict[str, str] = {}
    for field in found:
        value = field.value(text)
        if value and (field.kind not in answers or not answers[field.kind]):
            answers[field.kind] = value
    return answers


def _clean(value: str) -> str | None:
    name = re.sub(r"\(.*?\)|様$|/.*$|〈.*?〉", "", value).strip(" 　・,、。:")
    return name if 1 < len(name) <= 24 and not re.search(r"[\d@。]", name) else None


def _phone(text: str) -> str | None:
    for match in _PHONE.finditer(text):
        digits = re.sub(r"\D", "", match.group().replace("+81", "0"))
        if len(digits) in (10, 11) and digits.startswith("0") and not digits.startswith("00"):
            return match.group().strip()
    return None


def _member_id(answer: str, text: str, phone: str | None) -> str | None:
    in_field = re.search(_ID, answer) if answer else None
    if in_field:
        return _tidy_id(in_field["id"])
    for pattern in (_ID_LABEL, _ID_BARE):
        for match in pattern.finditer(text):
            candidate = _tidy_id(match["id"])
            digits = re.sub(r"\D", "", candidate)
            if phone and digits == re.sub(r"\D", "", phone):
                continue
            if _OTHER_NUMBER.search(text[max(0, match.start() - 6) : match.start("id")]):
                continue
            if len(digits) >= 3 + (pattern is _ID_BARE) and not re.fullmatch(r"0\d{1,4}-\d{1,4}-\d{3,4}", candidate):
                return candidate
    for match in _ID_BY_NAME.finditer(text):
        candidate = _tidy_id(match["id"] or match["alone"] or match["first"] or match["round"])
        if not (phone and re.sub(r"\D", "", candidate) == re.sub(r"\D", "", phone)) and not candidate.startswith("0"):
            return candidate
    return None


def _tidy_id(written: str) -> str:
    tidy = written.strip(" -")
    return tidy.replace(" ", "") if re.fullmatch(r"[\d ]+", tidy) else tidy


def _name(text: str, surnames: frozenset[str]) -> str | None:
    candidates: list[tuple[float, str]] = []
    lines = [line.strip() for line in text.split("\n")]
    filled = [i for i, line in enumerate(lines) if line]
    for match in _SAYS.finditer(text):
        start = match.start("name")
        begins = start == 0 or text[start - 1] in "\n。 "
        known = any(match["name"].startswith(s) for s in surnames)
        if known or not text.startswith("が", match.end()):  # 「病棟見学ですが」 is no name
            _candidate(candidates, match["name"], 2.3 if begins else 2.0, surnames)
    for place, index in enumerate(filled):
        from_end = len(filled) - place
        if from_end <= 3 and (last := _AT_END.search(lines[index])):
            _candidate(candidates, last["name"], 2.4, surnames)
        if place == 0 and (first := _AT_START.match(lines[index])):
            _candidate(candidates, first["name"], 1.6, surnames)
        line = _LINE_NAME.match(lines[index])
        if line and (from_end <= 6 or place == 0):
            score = 2.2 if from_end <= 2 else 1.5 if from_end <= 6 else 0.6
            _candidate(candidates, line["name"], score, surnames)
    if not candidates:
        return None
    best = max(candidates)
    # The fullest form of the same name wins: 「坪井です。… 坪井 祥子」.
    fuller = [n for _, n in candidates if n.replace(" ", "").startswith(best[1].replace(" ", ""))]
    return max(fuller, key=lambda n: len(n.replace(" ", "")))


_NEVER = re.compile("様|先生|担当|会員|退会|御中|番号|希望|株式|会社|さん|以上|敬具|合掌")


def _candidate(candidates: list[tuple[float, str]], written: str, score: float, surnames: frozenset[str]) -> None:
    name = written.strip(" ・")
    known = any(name.startswith(s) for s in surnames)
    plain = bool(re.fullmatch(r"[一-鿿々ヶ ]+", name))
    foreign = bool(re.fullmatch(r"[ァ-ヶー・ ]+|[A-Za-z ]+", name))
    if (_NEVER if known and plain and len(name) <= 6 else _NOT_NAMES).search(name) or len(name) < 2 - known:
        return
    if not known and not plain and not (foreign and score >= 2.0) and score < 2.2:
        return
    candidates.append((score + known + 0.1 * (" " in name) + 0.01 * len(name), name))


_UNTIL = re.compile(r"^\s?(?:頃|ごろ|ころ|くらい|ぐらい)?\s?(?:まで|いっぱい|一杯|間|の間|は|中)")
_FROM = re.compile(
    r"^\s?(?:\([^)]{1,3}\))?\s?(?:頃|ごろ|ころ|くらい|ぐらい)?\s?(?:から|~|以降|より|に(?:再開|また|なったら|なりましたら)|になりましたら|をめど|を目処|に)"
)


def _until(text: str, today: date | None) -> date | None:
    for one in dates(text, today):
        if _UNTIL.match(text[one.end :]) or text[one.start : one.end].endswith(("いっぱい", "末", "年内", "まで")):
            return one.on
    return None


def _resume(text: str, today: date | None) -> Found | None:
    """The day things start again: 「4月1日から再開」, or the day after 「3月31日まで休み」 (decisions.md)."""
    best = None
    for one in dates(text, today):
        after = text[one.end : one.end + 24]
        stated_before = re.search(r"再開[^\n。]{0,8}$", text[max(0, one.start - 14) : one.start])
        if stated_before and not _UNTIL.match(after):
            return one
        if _FROM.match(after) and re.search(
            "再開|紹介|連絡|案内|求人|活動|動|お願い|声|始|戻", after + text[one.end + 24 : one.end + 50]
        ):
            return one
        if (
            best is None
            and _UNTIL.match(after)
            and re.search(
                "止|休|控|待|停|保留|中断|ストップ|見合|遠慮|就業でき|送らない|難し|動け", text[one.end : one.end + 60]
            )
        ):
            best = Found(one.on + timedelta(days=1), one.start, one.end, one.stated)
    return best


_CONCIERGE = re.compile(
    r"(?:担当|コンシェルジュ|アドバイザー|コーディネーター|パートナー|コンサルタント)(?:者)?の?[ ]?(?P<a>[一-鿿々]{1,4})[ ]?(?:さん|様|氏)|(?:^|\n)(?P<b>[一-鿿々]{1,4})[ ]?(?:さん|様)(?:[、。!\n]|$)"  # noqa: E501
)


def _concierge(text: str) -> str | None:
    match = _CONCIERGE.search(text)
    name = (match["a"] or match["b"]) if match else None
    return name if name and not re.search("担当|各位|皆|責任|部|課|室|窓口|求職|会員", name) else None
