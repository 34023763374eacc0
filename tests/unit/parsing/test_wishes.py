"""A person's own wish is not cut away because it begins like a notice or stands where signatures stand."""

from __future__ import annotations

import pytest

from intake.parsing import quotes

WISHES = [
    "退会をお願いします。\n\nこのメールの受領後、速やかに個人情報を削除してください。",
    "退会をお願いします。\n\n注意事項:まだ退会手続きは進めないでください。",
    "退会をお願いします。\n\nただし、このメールは誤って送信した場合があります。連絡がなければ退会は取り消しとしてください。",
    "お世話になっております。\n\nご注意:来月末まで連絡しないでください。",
    "お世話になっております。\n\n重要なお知らせを見落としておりました。退会させてください。",
    "下記の通りお願いいたします。\n\n――――――――\n担当変更\n山田太郎 090-0000-1111\n――――――――",
    "お世話になっております。\n\n--\n退会\n山田太郎\ntaro@example.jp\n090-0000-1111",
    "お世話になっております。\n\n退会\n山田太郎\ntaro@example.jp\n090-0000-1111",
]
CUT = [
    "退会をお願いします。\n\n本メールは機密情報を含みます。誤って受信された場合は、個人情報を削除のうえご連絡ください。",
    "退会をお願いします。\n\n【ご注意】\n本メールを誤って受信された方は破棄してください。",
    "退会をお願いします。\n\n本メールに記載された個人情報は、利用目的の達成後、速やかに消去いたします。",
    "退会をお願いします。\n\n--\n山田太郎\n都市再開発株式会社\ntaro@example.jp",
]


def _new(text: str) -> str:
    return "".join(text[one.start : one.end] for one in quotes.split(text).segments if one.kind == "new")


@pytest.mark.parametrize("text", WISHES)
def test_a_wish_stays_among_the_words(text: str) -> None:
    assert _new(text).split()[-1] in (text.split()[-1], "――――――――") or text.split("\n\n")[1][:4] in _new(text)
    assert all(line in _new(text) for line in text.split("\n\n")[1].split("\n") if "変更" in line or "退会" in line)


@pytest.mark.parametrize("text", CUT)
def test_notices_and_signatures_are_cut_as_before(text: str) -> None:
    assert _new(text).strip() == "退会をお願いします。"
