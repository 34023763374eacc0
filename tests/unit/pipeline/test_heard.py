"""Who asks in words that programs use as well is heard; what programs write still ends without a case."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake.model import CaseState, End, SeekerStatus
from tests.house import DESK, open_test_house

HISTORY = f"\n\n-----Original Message-----\nFrom: <{DESK}>\nTo: 山田太郎\nSubject: 求人のご紹介\n\n求人をお送りします。"
STOP = "https://agency.example.jp/stop"
PEOPLE = [
    ("育児休業につき退会いたします", "育児休業に入りますので退会します。手続きを進めてください。", "withdrawal"),
    ("しばらくお休みのご連絡", "転職活動をお休みします。求人の連絡を止めてください。", "pause"),
    ("退会(自動返信不要)", "退会します。手続きをお願いいたします。", "withdrawal"),
    ("Re2:【自動返信】お問い合わせ", "はい、退会で間違いありません。進めてください。", "withdrawal"),
    ("退会", "このメールは送信専用アドレス宛かもしれませんが、他に連絡先がわかりません。退会手続きをお願いします。",
     "withdrawal"),
    ("退会希望", f"配信停止はこちら、というリンク {STOP} を押しても止まりません。退会の手続きをお願いいたします。",
     "withdrawal"),
    ("退会フォームが送信できません", f"退会フォームから送信できません。退会させてください。{HISTORY}", "withdrawal"),
]  # fmt: skip
PROGRAMS = [
    ("自動返信: Re: 退会のお手続き", "ただいま休暇をいただいております。11月30日に戻り次第ご連絡いたします。"),
    ("夏季休業のお知らせ", "誠に勝手ながら8月10日から15日まで休業いたします。休み明けに順次ご連絡いたします。"),
    ("不在のお知らせ", "12月28日から1月5日までお休みをいただきます。お急ぎの場合は携帯までご連絡ください。"),
    ("休業のお知らせ", "しばらくの間、お休みさせていただきます。ご了承ください。"),
    ("退会完了のお知らせ", "退会手続きが完了しました。このメールは送信専用です。ご返信いただいてもお答えできません。"),
    (
        "メールマガジン第120号",
        f"今週の求人です。\n■営業 東京\n■事務 大阪\n配信停止はこちら {STOP}\n次号もお楽しみに。",
    ),
]


def _mail(subject: str, body: str) -> bytes:
    head = f"From: taro@example.jp\nTo: {DESK}\nSubject: {subject}\nContent-Type: text/plain; charset=utf-8\n"
    return f"{head}\n{body}\n".replace("\n", "\r\n").encode()


@pytest.mark.parametrize(("subject", "body", "request_"), PEOPLE)
def test_a_wish_in_the_words_of_programs_waits_for_staff(
    tmp_path: Path, subject: str, body: str, request_: str
) -> None:
    house = open_test_house(tmp_path)
    house.seeker()
    house.raw(_mail(subject, body), mail_from="taro@example.jp")
    house.work()
    (case,) = house.cases()
    assert (case.request, case.state) == (request_, CaseState.REVIEW)
    assert house.relay.mails == []
    assert house.get_seeker().status is SeekerStatus.ACTIVE


@pytest.mark.parametrize(("subject", "body"), PROGRAMS)
def test_what_programs_write_ends_without_a_case(tmp_path: Path, subject: str, body: str) -> None:
    house = open_test_house(tmp_path)
    house.seeker()
    house.raw(_mail(subject, body), mail_from="taro@example.jp")
    house.work()
    with house.store.read() as tx:
        assert tx.inbox.end_of(1) == (End.MACHINE, None)
    assert house.cases() == [] and house.relay.mails == []


@pytest.mark.parametrize(
    ("words", "ends"),
    [("選考を辞退し、退会します。手続きをお願いいたします。", End.CASE), ("山田太郎さんが承諾しました。", End.MACHINE)],
)
def test_words_of_ones_own_in_a_calendar_answer_are_read(tmp_path: Path, words: str, ends: End) -> None:
    house = open_test_house(tmp_path)
    head = f"From: taro@example.jp\nTo: {DESK}\nSubject: 面談\nContent-Type: multipart/alternative; boundary=b\n"
    text = f"--b\nContent-Type: text/plain; charset=utf-8\n\n{words}\n"
    answer = "--b\nContent-Type: text/calendar; method=REPLY\n\nBEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR\n--b--\n"
    house.raw(f"{head}\n{text}{answer}".replace("\n", "\r\n").encode(), mail_from="taro@example.jp")
    house.work()
    with house.store.read() as tx:
        assert tx.inbox.end_of(1)[0] is ends
