"""What is ours among the things that people leave and erase."""

from __future__ import annotations

import time

import pytest

from intake.parsing.quotes import segment
from intake.understanding import Understander, asides
from intake.understanding.subjects import another_subject

LEFT_ELSEWHERE = [
    "大阪支店の登録は解除してください。",
    "二段階認証の登録を解除してください。",
    "持株会を退会したいです。",
    "前の車の登録を解除してください。",
    "ロッカーの登録を外してください。",
    "送迎バスの名簿から外してください。",
    "英会話教室の退会をお願いします。",
    "Slackのアカウントを閉じてください。",
    "消防団、仕事と両立できず退会します。",
]
LEFT_HERE = [
    "御社の登録を解除してください。",
    "会員登録の抹消をお願いします。",
    "本日付で退会をお願いします。",
    "みなとキャリアの登録を消してください。",
    "コードリンクを退会したいです。",
    "私の登録を外してください。",
    "貴会を退会いたします。",
    "佐藤様の登録の件、抹消をお願いします。",
    "求職登録を取り消してください。",
]
ERASED_ELSE = [
    "右上のロゴを消してください。",
    "フッターの日付を削除してください。",
    "赤字のコメントを消してください。",
    "枠線は消してください。",
]
ERASED_HERE = [
    "履歴書を破棄してください。",
    "私の個人情報をすべて削除してください。",
    "面談の録画データは消去をお願いします。",
    "提出した診断書の写しを処分してください。",
    "電話番号を消してください。",
]
ANOTHER = [
    ("犬のしつけ教室", "犬が亡くなりました。退会の手続きをお願いします。"),
    ("町内会", "引っ越すので名前を外してください。"),
    ("下書き", "退会をお願いいたします。今までありがとうございました。"),
    ("メルマガの件", "お世話になります。登録を解除してください。"),
]
OURS = [
    ("", "退会をお願いします。"),
    ("x", "退会の手続きをお願いいたします。"),
    ("Hello", "退会の手続きをお願いいたします。"),
    ("山田 太郎", "退会の手続きをお願いいたします。"),
    ("加瀬", "退会でお願いします。"),
    ("退会の件", "お世話になります。手続きをお願いします。"),
    ("Re: 退会手続きのご案内", "このまま進めてください。"),
    ("夏の終わりに", "転職活動を終えます。退会をお願いします。"),
]


@pytest.mark.parametrize("text", LEFT_ELSEWHERE)
def test_leaving_something_that_is_not_ours_is_seen(understander: Understander, text: str) -> None:
    assert understander.rulebook.gate.stop("asking", "withdrawal", text)


@pytest.mark.parametrize("text", LEFT_HERE)
def test_leaving_us_is_not_taken_for_it(understander: Understander, text: str) -> None:
    assert not understander.rulebook.gate.stop("asking", "withdrawal", text)


@pytest.mark.parametrize("text", ERASED_ELSE)
def test_erasing_what_we_do_not_keep_is_seen(understander: Understander, text: str) -> None:
    assert understander.rulebook.gate.stop("asking", "deletion", text)


@pytest.mark.parametrize("text", ERASED_HERE)
def test_erasing_what_we_keep_is_not_taken_for_it(understander: Understander, text: str) -> None:
    assert not understander.rulebook.gate.stop("asking", "deletion", text)


@pytest.mark.parametrize(("subject", "own"), ANOTHER)
def test_a_subject_that_names_something_else_is_seen(understander: Understander, subject: str, own: str) -> None:
    assert another_subject("withdrawal", subject, own, understander.rulebook.gate)


@pytest.mark.parametrize(("subject", "own"), OURS)
def test_a_subject_of_ours_is_not_taken_for_it(understander: Understander, subject: str, own: str) -> None:
    assert not another_subject("withdrawal", subject, own, understander.rulebook.gate)


@pytest.mark.parametrize(
    ("body", "employers"),
    [
        ("スタッフが決まりましたので、退会させてください。", True),
        ("採用できました。登録を解除してください。", True),
        ("今月末をもちまして退会いたします。\n花かご 店主 川北", True),
        ("人手が足りない職場に疲れました。退会します。", False),
        ("勤め先も御社に求人を出しているようです。退会します。", False),
    ],
)
def test_an_employers_leaving_is_looked_at(understander: Understander, body: str, employers: bool) -> None:
    reading = understander.reader.read(body, "", ())
    assert ("business_sender" in set(asides.doubts(reading, body, ("withdrawal",)))) is employers


@pytest.mark.parametrize(
    "text", ["漢" * 60_000, "「退会します" * 10_000, "の登録" * 20_000, "たら\n" * 20_000, "店主 " * 20_000]
)
def test_no_text_takes_long(understander: Understander, text: str) -> None:
    started = time.process_time()
    another_subject("deletion", text, text, understander.rulebook.gate)
    for word, _ in understander.rulebook.gate.every():
        word.find(text)
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("body", "doubtful"),
    [
        ("主人の分もサービス停止をお願いします。", True),
        ("夫が転職活動をやめるので、夫のサービスを停止してください。", True),
        ("妻の担当を変更してください。", True),
        ("二人とも退会でお願いします。", True),
        ("夫の転勤のため、しばらくサービスを停止してください。", False),
        ("叔父の紹介で決まりました。面接は辞退します。", False),
        ("二人分の仕事を抱え、しばらく紹介を止めてください。", False),
    ],
)
def test_a_wish_for_ones_family_is_looked_at(understander: Understander, body: str, doubtful: bool) -> None:
    """It would change the writer's own record, and the other's not at all."""
    meaning = understander.read(channel="email", subject="", body=body, segments=segment(body), received_at=None)
    assert ("for_another" in meaning.doubts, meaning.sure) == (doubtful, not doubtful)
