"""A line that begins as a form line and goes on as a letter: the letter is read, the answer is a fact."""

from __future__ import annotations

import pytest

from intake.parsing.quotes import segment
from intake.resources import shipped_rules
from intake.understanding import Understander, load_rulebook
from intake.understanding.fields import fields

UNDERSTANDER = Understander(load_rulebook([shipped_rules()]))


@pytest.mark.parametrize(
    ("body", "requests", "member", "name"),
    [
        ("会員番号 A-9153511 中島 優です。退会させてください。", ("withdrawal",), "A-9153511", "中島 優"),
        ("会員番号:8298673 渡辺一郎です。家庭の事情で退会をお願いします。", ("withdrawal",), "8298673", "渡辺一郎"),
        ("会員番号 7042255 大野 幸子です。個人情報を削除してください。", ("deletion",), "7042255", "大野 幸子"),
        ("会員番号 A-1234 山田 退会希望", ("withdrawal",), "A-1234", None),
        ("お名前 山田 太郎 退会希望", ("withdrawal",), None, "山田 太郎"),
        ("氏名:山田太郎です。担当者の変更をお願いします。", ("concierge_change",), None, "山田太郎"),
    ],
)
def test_what_follows_the_answer_is_read(
    body: str, requests: tuple[str, ...], member: str | None, name: str | None
) -> None:
    meaning = UNDERSTANDER.read(
        channel="email", subject="", body=body, segments=segment(body), received_at=None, sender="x <x@example.jp>"
    )
    assert meaning.requests == requests
    assert meaning.facts.member_id == member
    assert meaning.facts.name == name
    assert all(body[one.start : one.end] == one.text for one in meaning.why)


@pytest.mark.parametrize(
    ("line", "kind", "value"),
    [
        ("会員番号:12345678", "member_id", "12345678"),
        ("お名前 山田 太郎", "name", "山田 太郎"),
        ("電話番号:090-0000-1234(自宅)", "phone", "090-0000-1234(自宅)"),
        ("電話番号:090-0000-1234 夜にお願いします。", "phone", "090-0000-1234 夜にお願いします。"),
        ("会員番号 わかりません。退会したいです。", "member_id", "わかりません。退会したいです。"),
        ("氏名:登録を消してください。", "name", "登録を消してください。"),
        ("氏名:希望 太郎", "name", "希望 太郎"),
        ("氏名:太郎 希望", "name", "太郎 希望"),
        ("お名前:山田 美希望", "name", "山田 美希望"),
        ("氏名:山田 太郎 ※退会", "name", "山田 太郎 ※退会"),
        ("氏名:山田 太郎 面談希望", "name", "山田 太郎 面談希望"),
        ("お名前 山田 太郎 前回退会", "name", "山田 太郎 前回退会"),
        ("会員番号 12345678 山田太郎", "member_id", "12345678 山田太郎"),
        ("[氏名]山田 太郎", "name", "山田 太郎"),
        ("【電話番号】090-0000-1234[自宅]", "phone", "090-0000-1234[自宅]"),
        ("【氏名】山田 太郎 [x]", "name", "山田 太郎 [x]"),
    ],
)
def test_an_answer_alone_stays_whole(line: str, kind: str, value: str) -> None:
    [found] = fields(line)
    assert (found.kind, found.value(line)) == (kind, value)


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("登録情報変更フォーム", "氏名:山田太郎\nメールアドレス:登録を消してください\n電話番号:090-0000-5678"),
        ("", "会員番号:12345678\n緊急連絡先:登録を外してください"),
        ("", "会員番号:12345678\n旧メール:登録解除をお願いします\n新メール:a@example.com"),
        ("", "お名前:山田\nメールアドレス:個人情報の削除をお願いします"),
        ("", "会員番号:12345678\n携帯電話:090-0000-1234 登録を外してください"),
    ],
)
def test_what_is_to_be_done_with_one_answer_is_not_asked_of_the_person(subject: str, body: str) -> None:
    meaning = UNDERSTANDER.read(
        channel="email", subject=subject, body=body, segments=segment(body), received_at=None, sender="x <x@example.jp>"
    )
    assert not meaning.sure


def test_a_form_on_one_line_has_all_its_fields() -> None:
    line = "[氏名]山田 太郎[会員番号]12345678[内容]退会させてください。[x]同意する"
    assert [(one.kind, one.value(line)) for one in fields(line)] == [
        ("name", "山田 太郎"),
        ("member_id", "12345678"),
        ("text", "退会させてください。[x]同意する"),
    ]


def test_what_a_form_on_one_line_asks_is_read() -> None:
    body = "【氏名】山田 太郎【会員番号】12345678【内容】退会させてください"
    meaning = UNDERSTANDER.read(
        channel="email", subject="", body=body, segments=segment(body), received_at=None, sender="x <x@example.jp>"
    )
    assert meaning.requests == ("withdrawal",)
