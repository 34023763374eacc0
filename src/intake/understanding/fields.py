"""Form lines in a text: 「■お名前：山田」. The answers are facts; only the free text is the sender's request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

_LINE = re.compile(
    r"(?m)^[ \t>]{0,4}[■●◆◇○▼□・*※]{0,2}[ ]?(?:【[ ]?(?P<a>[^】\n]{1,16})】[ ]?[:=|]?|\[(?P<b>[^\]\n]{1,16})\][ ]?[:=|]?|"  # noqa: E501
    r"(?P<c>[^:=|\n、。!?]{1,16}?)[ ]{0,3}[:=|]|(?<=[■●◆◇])(?P<d>[^ \n、。!?【〔「『]{2,10})(?=[ ])|"
    r"(?P<e>[^ \n、。!?:]{2,8}\((?:必須|任意)\))(?=[ ])|"
    r"(?P<f>お名前|氏名|名前|会員番号|電話番号|フリガナ)(?=[ ]))[ \t]*(?P<value>[^\n]*)$"
)
_KINDS = (
    ("kana", re.compile("フリガナ|ふりがな|カナ$|かな$|よみ")),
    (
        "member_id",
        re.compile(
            "会員番号|member[_ ]?(?:no|id|number)|会員ID|会員No|会員NO|登録番号|登録No|登録ID|求職者番号|求職番号|スタッフコード|スタッフNo|スタッフ番号|お客様番号|お客様ID|ユーザーID|ユーザID|マイページID|受付番号|会員コード|登録コード|^ID$|^No\\.?$|^番号$|会員番号等|^カイイン(?:バンゴウ|No\\.?|ID)$|^かいいんばんごう$"  # noqa: E501
        ),
    ),
    ("phone", re.compile("電話|TEL|Tel|tel|携帯|連絡先")),
    ("email", re.compile("メール|mail|Mail|MAIL|アドレス")),
    ("name", re.compile("氏名|名前|ニックネーム|なまえ|^姓$|^名$|^name$|^Name$|^[おオ]?(?:シメイ|しめい|ナマエ)$")),
    ("address", re.compile("住所|住まい|都道府県|居住地|郵便")),
    (
        "category",
        re.compile(
            "種別|カテゴリ|区分|種類|件名|項目|分類|ジャンル|返信先|ステータス|状況|対象|免許|資格|生年月日|年齢|性別|日時|現職|役職|時期|会社名|企業名|^部署"
        ),
    ),
    (
        "text",
        re.compile(
            "内容|本文|^(?:お問い合わせ|ご相談|ご質問)?詳細$|^ご?用件$|メッセージ|お問い合わせ|お問合せ|問い合わせ|コメント|ひとこと|自由記入|自由記述|ご質問|ご相談|ご意見|備考"
        ),
    ),
)
# Lists of choices: what is not ticked was printed, not said.
_BOX = re.compile(
    r"(?P<off>\[[ ]{0,2}\]|\([ ]{1,2}\)|□|☐)[ ]?(?P<text>[^\n\[\]□■☐☑]{1,30}?)(?=[ ]{0,3}(?:\[|□|■|☐|☑|\n|$|/|\||、))"
)
_TICKED = re.compile(r"\[[xX✓✔○●レ]\]|[☑✓✔]|(?m:^[ ]*■)")
_TELLING = re.compile("ステータス|状況|時期")


# An answer that goes on as a letter: 「会員番号 12345678 山田です。退会させてください。」
# 「会員番号 A-1234 山田 退会希望」: not 「面談希望」, nor 「※退会」, which may say what somebody is.
_WISH = "(?:退会|解約|休会|休止|再開|再登録|担当変更|個人情報削除|データ削除|サービス停止)[のを]?希望"
_GOES_ON = re.compile(
    "。[^ \n]|(?:です|ます|ません|申します|ください|下さい|ほしい|したい|お願い|" + _WISH + ")[。!?]?$"
)
# Who says who they are goes on to say what they want. Behind a telephone or an address stands what is to be done with
# these: 「緊急連絡先:登録を外してください」 leaves nothing.
_ENDS = {
    "member_id": re.compile("[A-Za-z]{0,4}[-‐ ]?[0-9][A-Za-z0-9-]{2,}"),
    "name": re.compile(f"[^。、\n]{{1,16}}?(?=です|と申|といい|と言い|でございます| {_WISH}[。!?]?$)"),
}
# 「[氏名]井口 真琴[会員番号]30100456[内容]…」, all on one line.
_INLINE = re.compile(r"(?:【[ ]?(?P<a>[^】\n]{1,16})】|\[(?P<b>[^\]\n]{1,16})\])[ ]?[:=|]?[ \t]*")
# 「御名前【井口 真琴】」, 「会員番号〔30100456〕」: the answer stands in brackets of its own.
_BOXED = re.compile(
    r"(?m)^[ \t]{0,4}[■●◆◇○▼□・*※]{0,2}[ ]?(?P<label>[^ \n、。!?:=|のはがをにで【】〔〕「」『』]{2,10})[ ]?[【〔「『]"
    r"(?P<value>[^\n【】〔〕『』]*?)(?P<closed>[】〕」』][ \t]*)?$"
)
# 「退会お願い会員番号【30100456】」, 「お名前【退会】」, 「住所も「削除」」: more than a label and its answer.
_PLEA = re.compile(
    "退会|脱会|解約|休会|休止|停止|中止|辞退|抹消|削除|消去|消し|解除|再開|再登録|取り?消|取り?下げ|変更|不要|やめ|止め"
)
_GOES_ON_IN_LABEL = re.compile("[もと]$")
# A word in brackets within a sentence, 「先日[電話]でお願いした…」, is no label: no answer of its kind follows it.
_SAID = re.compile(r"です|ます|ません|ました|[を。!?\[\]【】]|^[のとではにもしが]")
_ASIDE = r"[ ]?(?:\([^()]{1,16}\))?"
_NOTHING = r"(?:なし|無し|ナシ|-|不明|同上)"
_KANA_NAME = re.compile("[ぁ-ん]{2,6} [ぁ-ん]{2,5}(?<!です|ます|せん|した|ない|たい|して|ので|から)")  # もり さちこ
_FORMS = {
    "member_id": re.compile(rf"[A-Za-z]{{0,4}}[-‐ ]?[0-9][A-Za-z0-9-]{{2,23}}{_ASIDE}"),
    "phone": re.compile(rf"[+(]{{0,2}}[0-9][0-9() +‐–-]{{7,23}}{_ASIDE}"),
    "email": re.compile(r"[!-?A-~]{1,64}@[!-?A-~]{1,128}"),
    "name": re.compile(rf"[A-Za-z][A-Za-z .,'-]{{0,31}}|.{{1,16}}?{_ASIDE}"),
    "kana": re.compile(r"[ぁ-んァ-ヶーA-Za-z ・.'-]{1,32}"),
    "address": re.compile(r".{1,60}"),
    "category": re.compile(r".{1,30}"),
}
_MOST = 200  # form lines of a text: no honest form has more
_TIME = re.compile(r"電話 ?\d{1,2}:\d\d")  # 「石神様 電話 13:50」 is a note, no form line


@dataclass(frozen=True, slots=True)
class Field:
    """A form line: what it asks (``kind``) and where the answer stands."""

    kind: str
    label: str
    start: int  # of the whole line
    value_start: int
    value_end: int

    def value(self, text: str) -> str:
        """The answer, without white space round it."""
        return text[self.value_start : self.value_end].strip()


def fields(text: str) -> list[Field]:
    """The form lines of a normalised text, in order. One line alone with a colon is no form unless it is a fact."""
    found = _lines(text)
    boxed = islice(_boxed(text), _MOST) if "【" in text or "〔" in text or "「" in text or "『" in text else ()
    taken = {field.start for field in found}
    return sorted([*found, *(one for one in boxed if one.start not in taken)], key=lambda one: one.start)[:_MOST]


def _boxed(text: str) -> Iterator[Field]:
    """Answers in brackets of their own; what is no answer of its kind is the sender's own words."""
    for line in _BOXED.finditer(text):
        kind = _kind(line["label"])
        at, end = line.span("value")
        label, value = line["label"], line["value"]
        if not kind or _PLEA.search(label) or _GOES_ON_IN_LABEL.search(label):
            continue
        answer = line["closed"] and kind != "text" and _has_form(kind, value) and not _GOES_ON.search(value)
        if kind == "text" or (answer and not _PLEA.search(value)):
            yield Field(kind, line["label"], line.start(), at, end)


def _lines(text: str) -> list[Field]:
    """Those whose label stands in brackets, or before a colon."""
    found: list[Field] = []
    for line in _LINE.finditer(text):
        label = (line["a"] or line["b"] or line["c"] or line["d"] or line["e"] or line["f"] or "").strip()
        kind = _kind(label)
        if kind and not _TIME.search(line.group()[: line.start("value") - line.start() + 2]):
            at, end = line.span("value")
            whole = Field(kind, label, line.start(), at, at + _length(kind, text[at:end]))
            found += (_pieces(text, whole, end) if line["a"] or line["b"] else []) or [whole]
        if len(found) >= _MOST:
            break
    return found[:_MOST]


def _kind(label: str) -> str:
    return next((kind for kind, pattern in _KINDS if pattern.search(label)), "")


def _pieces(text: str, whole: Field, end: int) -> list[Field]:
    """The fields of a line that has more than one label in brackets; empty if it is one field. They end where the
    sender's own words begin: in a text, and wherever there is no answer of its kind behind a label."""
    if whole.kind == "text":
        return []
    pieces: list[Field] = []
    kind, label, start, at = whole.kind, whole.label, whole.start, whole.value_start
    for one in islice(_labels(text, at, end), _MOST):
        if not _has_form(kind, text[at : one.start()]):
            return pieces
        pieces.append(Field(kind, label, start, at, one.start()))
        label = (one["a"] or one["b"]).strip()
        kind, start, at = _kind(label), one.start(), one.end()
        if kind == "text":
            return [*pieces, Field(kind, label, start, at, end)]
    if not pieces:
        return []
    last = at + _length(kind, text[at:end])
    return [*pieces, Field(kind, label, start, at, last)] if _has_form(kind, text[at:last]) else pieces


def _labels(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    return (one for one in _INLINE.finditer(text, start, end) if _kind(one["a"] or one["b"]))


def _has_form(kind: str, value: str) -> bool:
    """An answer as one writes it into a form, or none; not the rest of a sentence."""
    answer = value[:_MOST].strip(" \t、,/;")
    if not answer or re.fullmatch(_NOTHING, answer):
        return True
    if kind in ("name", "kana") and _KANA_NAME.fullmatch(answer):
        return True
    return bool(_FORMS[kind].fullmatch(answer)) and not _SAID.search(answer)


def _length(kind: str, value: str) -> int:
    """How much of what stands behind the label is the answer; the rest, where a letter goes on, is the sender's."""
    if kind not in _ENDS or not _GOES_ON.search(value.rstrip()):
        return len(value)
    answer = _ENDS[kind].match(value)
    return len(answer.group().rstrip()) if answer else len(value)


def without_fields(text: str, found: list[Field]) -> str:
    """``text`` of the same length in which labels, and answers that are facts, are blank."""
    if _TICKED.search(text):
        text = blanked(text, [box.span() for box in _BOX.finditer(text)])
    spans = []
    for field in found:
        if field.kind == "text":
            spans.append((field.start, field.value_start))
        elif not (_TELLING.search(field.label) or _TICKED.search(field.value(text))) or not field.value(text):
            spans.append((field.start, field.value_end))
    return blanked(text, spans)


def blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """``text`` with white space at ``spans``, which are in order and apart; put together once, as each may be long."""
    parts, done = [], 0
    for start, end in spans:
        parts += [text[done:start], " " * (end - start)]
        done = end
    return "".join([*parts, text[done:]])
