"""Wishes from a closed vocabulary: amounts, prefectures, occupations, remote, start month, way of contact.

What is named to say that it is not wanted is none of them (``unwanted``)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from intake.model import Preference
from intake.understanding.reading import Reading
from intake.understanding.unwanted import is_unwanted

_PREFECTURES = (
    "北海道 青森 岩手 宮城 秋田 山形 福島 茨城 栃木 群馬 埼玉 千葉 東京 神奈川 新潟 富山 石川 福井 山梨 長野 岐阜 静岡 愛知 三重 滋賀 京都 "  # noqa: E501
    "大阪 兵庫 奈良 和歌山 鳥取 島根 岡山 広島 山口 徳島 香川 愛媛 高知 福岡 佐賀 長崎 熊本 大分 宮崎 鹿児島 沖縄"
).split()
_JOBS = (
    "営業事務 一般事務 事務 経理 人事 総務 法務 広報 企画 営業 販売 接客 エンジニア プログラマー デザイナー ディレクター マーケティング 看護師 保健師 薬剤師 "  # noqa: E501
    "介護職 保育士 保育補助 教員 講師 ドライバー 警備 清掃 調理 製造 倉庫 物流 施工管理 品質管理 生産管理 コールセンター データ入力 研究開発 コンサルタント 秘書 "  # noqa: E501
    "管理職 受付 医療事務 翻訳 通訳 編集"
).split()
_WAYS = (
    ("電話", "電話"), ("メール", "メール"), ("LINE", "LINE"), ("ライン", "LINE"), ("ショートメール", "ショートメール"),
    ("SMS", "ショートメール"), ("チャット", "チャット"),
)  # fmt: skip
_PATTERNS = (
    (
        "salary",
        re.compile(
            r"(?:年収|月給|月収|月|時給|日給|給与|手取り)?[^\n。、]{0,4}?\d[\d,.]*\s?(?:万円?|円)(?:台|以上|以下|から|まで|程度|前後|くらい|~|位)*"
        ),
    ),
    ("place", re.compile("|".join(f"{p}(?:都|道|府|県)?" for p in _PREFECTURES))),
    ("occupation", re.compile("|".join(_JOBS))),
    ("remote", re.compile(r"(?:フル|完全)?(?:リモート(?:ワーク)?|在宅(?:勤務|ワーク)?|テレワーク)")),
    (
        "start",
        re.compile(
            r"(?:20\d\d年\s?)?(?:来年|今年)?\s?\d{1,2}月(?:頃|中|末|上旬|中旬|下旬|以降|から)?\s?(?:の)?(?:入社|勤務開始|開始|以降|から働|スタート)"
        ),
    ),
    (
        "contact",
        re.compile(
            r"(?:電話|メール|LINE|(?<!オン)ライン|ショートメール|SMS|チャット)"
            r"(?:のみ|だけ|で(?:お願い|ください|連絡|ご連絡|の連絡)|にして|宛)"
        ),
    ),
    (
        "hours",
        re.compile(
            r"(平日|土日祝?|夜勤|日勤|時短|残業)(?:月|[はのがもを:に]){0,2}(\d{1,3}(?:時間|時))?(?:より|の)?(なし|のみ|以内|以降|まで|少な[いめ]|不可|可|休み|OK)"
        ),
    ),
    ("employment", re.compile(r"正社員|正職員|契約社員|派遣社員|パート|アルバイト|業務委託")),
)
_WORDS_BEFORE = re.compile(r"\D*")  # 「の年収は」 before an amount


def found(reading: Reading, body: str) -> tuple[Preference, ...]:
    """What was wished, in order of the text, with offsets of the body as given."""
    return tuple(sorted(_found(reading), key=lambda p: (p.start, p.field)))


def _found(reading: Reading) -> Iterator[Preference]:
    own = reading.document.text[: len(reading.own)]
    for field, pattern in _PATTERNS:
        for match in pattern.finditer(own):
            before = _WORDS_BEFORE.match(match.group()).end() if field == "salary" else 0  # type: ignore[union-attr]
            if not is_unwanted(own, match.start() + before, match.end(), pattern.pattern):
                start, end = reading.body.origin(match.start(), match.end())
                yield Preference(field, _value(field, match), start, end)


def _value(field: str, match: re.Match[str]) -> str:
    """The wish alone, in our words: 「年収は500万円以上」 is 500万円以上; 「メールで連絡を」 is メール."""
    said = match.group()
    if field == "contact":
        return next(way for word, way in _WAYS if said.startswith(word))
    if field == "hours":
        return "".join(group or "" for group in match.groups())
    return _amount(said) if field == "salary" else said.strip(" 、")


def _amount(said: str) -> str:
    """What kind of pay it is stays where it is not a year's."""
    amount = re.search(r"\d.*", said)
    kind = re.match(r"月給|月収|時給|日給|手取り", said)
    return (kind.group() if kind else "") + (amount.group() if amount else said).strip(" 、")
