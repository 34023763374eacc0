"""Two alternatives of one mail that say different things: one program shows the one, another the other. Nobody acts."""

from __future__ import annotations

import pytest

from tests.unit.parsing.mails import mail, read

WISH = "しばらく休止してください。求人の紹介を止めてください。"
OTHER = "<p>求人の紹介をたくさんお願いします。<br>活動しています。</p>"


def doubts(plain: str, html: str) -> tuple[str, ...]:
    parts = [f"text/plain; charset=utf-8\r\n\r\n{plain}", f"text/html; charset=utf-8\r\n\r\n{html}"]
    body = "".join(f"--b\r\nContent-Type: {part}\r\n" for part in parts) + "--b--"
    return read(mail(body, Content_Type="multipart/alternative; boundary=b")).doubts


@pytest.mark.parametrize("html", [OTHER, OTHER * 2, f"<!-- {WISH} -->{OTHER}"])
def test_parts_that_say_different_things_are_doubted(html: str) -> None:
    assert doubts(WISH, html) == ("parts_differ",)


LONG = "お世話になっております。山田太郎です。仕事が決まりましたので、今月いっぱいで退会の手続きをお願いいたします。"


@pytest.mark.parametrize(
    ("plain", "html"),
    [
        (WISH, f"<div dir=ltr>{WISH}</div>"),
        (f"*{LONG[:20]}*\n{LONG[20:40]}\n{LONG[40:]}\n\n- https://example.com/a", f"<b>{LONG[:20]}</b>{LONG[20:]}"),
        (f"{LONG}\n[image: 会社のロゴ]\n-- \n山田", f"<p>{LONG}</p><img alt='会社のロゴ'>--<br>山田"),
        (LONG, "".join(f"&#{ord(char)};" for char in LONG)),
        (LONG, f"<p>{LONG.replace('。', '。&nbsp;</p><p>')}</p><p>公開講座のご案内のフッターがここに入ります</p>"),
        (f"> {LONG}\n承知しました。", f"<p>承知しました。</p><blockquote>{LONG}</blockquote>"),
        ("このメールはHTML形式です。", OTHER),
        ("iPhoneから送信されたメールです。", OTHER),
        ("このメールはデコメールです。対応機種でお読みください。", OTHER),
        (WISH, "<img src=x>"),
        ("はい", OTHER),
    ],
)
def test_honest_programs_are_not(plain: str, html: str) -> None:
    assert doubts(plain, html) == ()


def test_what_could_be_read_only_in_part_is_never_sure() -> None:
    """The condition may stand in the piece that is missing."""
    wish = "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n退会をお願いします。\r\n"
    body = f"{wish}--b\r\nContent-Type: message/partial\r\n\r\nx\r\n--b--"
    message = read(mail(body, From="taro@example.jp", Content_Type="multipart/mixed; boundary=b"))
    assert message.error
    assert "unread_part" in message.doubts
