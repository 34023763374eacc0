"""Answers to quoted lists and questions: what was picked, in full words, and what was not."""

from __future__ import annotations

import pytest

from intake.parsing.quotes import segment
from intake.resources import shipped_rules
from intake.understanding import load_rulebook, quoted
from intake.understanding.reading import Reader

NUMBERS = "> 番号でお返事ください。\n> 1 このまま続ける\n> 2 しばらく休む\n> 3 退会"
ONE_LINE = "> ①登録をやめる ②しばらく休む\n> ③履歴書を消す"
LETTERS = "> A 続ける  B しばらく休む  C やめる のいずれかをご返信ください。"
BULLETS = "> どちらをご希望でしょうか。\n> ・会員登録の終了\n> ・お預かりしている書類の消去"
COMPANIES = "> 1. 青葉印刷\n> 2. 湊倉庫\n> 推薦してよろしいでしょうか。"


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(load_rulebook([shipped_rules()]))


@pytest.mark.parametrize(
    ("own", "quote", "means"),
    [
        ("2でお願いします。", NUMBERS, "しばらく休むことを希望します。"),
        ("「3」です。森", NUMBERS, "退会を希望します。\n森"),
        ("3番だけは選びません。1番で。", NUMBERS, "このまま続けることを希望します。\n3番だけは選びません。"),
        ("2と3で迷いましたが、2にしておきます。", NUMBERS, "しばらく休むことを希望します。"),
        ("①と③で!", ONE_LINE, "登録をやめることを希望します。\n履歴書を消すことを希望します。"),
        ("Aの「続ける」で。担当は替えてください。", LETTERS, "続けることを希望します。\n担当は替えてください。"),
        ("Cです。", LETTERS, "やめることを希望します。"),
        ("両方です。", BULLETS, "会員登録の終了を希望します。\nお預かりしている書類の消去を希望します。"),
        ("前者だけお願いします。後者は結構です。", BULLETS, "会員登録の終了を希望します。\n後者は結構です。"),
        ("下のほうで。", BULLETS, "お預かりしている書類の消去を希望します。"),
        (
            "後者です。",
            "> お申し出は「退会」でしょうか、それとも「書類の破棄」でしょうか。",
            "書類の破棄を希望します。",
        ),
        (
            "ええ、ぜひ。ご無沙汰しておりますが、皆様のお顔はよく覚えております。",
            "> 紹介を再開してよろしいでしょうか。",
            "紹介を再開してください。\nご無沙汰しておりますが、皆様のお顔はよく覚えております。",
        ),
        (
            "そのようにお願いします。",
            "> A社様の辞退、B社様は継続でよろしいでしょうか。",
            "A社様の辞退、B社様は継続をお願いします。",
        ),
    ],
)
def test_what_an_answer_means(reader: Reader, own: str, quote: str, means: str) -> None:
    body = f"{own}\n\n{quote}"
    parts = segment(body)
    assert quoted.answered(reader.read(body, "", parts), parts, body) == means


@pytest.mark.parametrize(
    ("own", "quote"),
    [
        ("2番を選んだ場合、費用はかかりますか。", NUMBERS),
        ("BとCのあいだで揺れています。", LETTERS),
        ("11月2日に伺います。", NUMBERS),
        ("2件とも拝見しました。", NUMBERS),
        ("1番と2番の会社に出してください。", COMPANIES),
        ("面談は水曜日に伺います。", LETTERS),
    ],
)
def test_what_picks_nothing(reader: Reader, own: str, quote: str) -> None:
    body = f"{own}\n\n{quote}"
    parts = segment(body)
    assert quoted.answered(reader.read(body, "", parts), parts, body) is None
