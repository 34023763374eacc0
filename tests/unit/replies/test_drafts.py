"""A rewritten mail: other words, the same headers, link and signature; never another header or address."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest

from intake.errors import BadInput
from intake.keyring import Keyring
from intake.model import Mail
from intake.replies import (
    Thread,
    compose,
    has_link,
    load_templates,
    new_message_id,
    rewrite,
    signature_of,
    words_of,
)
from intake.replies.examples import AGENCY, letters
from intake.resources import shipped_templates

BOOK = load_templates([shipped_templates()])
KEYS = Keyring(bytes(range(32)))
NOW = datetime(2026, 4, 1, 3, 0, tzinfo=UTC)
ID, NEW = (new_message_id(KEYS, "agency.example", u) for u in ("a1", "a2"))
THREAD = Thread("<p@example.jp>", tuple(f"<{'x' * 50}{i}@example.jp>" for i in range(6)))


def written(template: str, **agency: object) -> Mail:
    letter = next(iter(letters(template).values()))
    return compose(
        BOOK, letter, to="hanako@example.jp", from_="a@agency.example", now=NOW, message_id=ID, mail_from="",
        thread=THREAD, charset=str(agency.get("charset", "utf-8")),
    )  # fmt: skip


def again(mail: Mail, words: str, **agency: object) -> Mail:
    given = AGENCY.model_copy(update=agency)
    return rewrite(mail, words, agency=given, from_="a@agency.example", now=NOW, message_id=NEW)


@pytest.mark.parametrize("charset", ["utf-8", "iso-2022-jp"])
@pytest.mark.parametrize("template", BOOK.names())
def test_unchanged_words_make_the_same_mail(template: str, charset: str) -> None:
    mail = written(template, charset=charset)
    made = again(mail, words_of(mail), charset=charset)
    assert made.text.rstrip("\n") == mail.text.rstrip("\n")
    old, new = (message_from_bytes(m.data, policy=policy.default) for m in (mail, made))
    assert old.keys() == new.keys()
    for name in old:
        assert name == "Message-ID" or str(old[name]).split() == str(new[name]).split(), name
    assert made.edited
    assert made.message_id == NEW


def test_the_secret_is_not_among_the_words_and_comes_back() -> None:
    mail = written("receipt_withdrawal")
    assert has_link(mail)
    assert "Zk3vXo0b1rQmW8tYp5sLdA" not in words_of(mail)
    assert again(mail, words_of(mail) + "\n追伸").text.count("/c/Zk3vXo0b1rQmW8tYp5sLdA") == 1
    assert not has_link(written("receipt_other"))


@pytest.mark.parametrize("change", [
    lambda w: "", lambda w: "\n \n", lambda w: w.replace("/c/…", "/c/"), lambda w: w.replace("/c/…", "/c/other"),
    lambda w: w.replace("https://agency.example/c/…", "リンク"), lambda w: w + "\nhttps://agency.example/c/…",
    lambda w: w * 60,
])  # fmt: skip
def test_nothing_too_much_or_a_changed_link_is_refused(change: object) -> None:
    mail = written("receipt_withdrawal")
    with pytest.raises(BadInput):
        again(mail, change(words_of(mail)))  # type: ignore[operator]


def test_words_cannot_become_headers_and_the_signature_stays() -> None:
    mail = written("receipt_other")
    evil = "x\r\nBcc: y@example.jp\n\u202e\0" + "-" * 40 + "\nFrom: z"
    made = again(mail, evil)
    read = message_from_bytes(made.data, policy=policy.default)
    assert "Bcc" not in read and len(read.get_all("From", [])) == 1
    assert signature_of(mail) in made.text
    assert "\u202e" not in made.text and "\0" not in made.text


def test_a_character_that_the_charset_lacks_makes_it_utf_8() -> None:
    mail = written("receipt_other", charset="iso-2022-jp")
    assert b"charset=iso-2022-jp" in again(mail, words_of(mail), charset="iso-2022-jp").data
    assert b"charset=utf-8" in again(mail, words_of(mail) + "髙", charset="iso-2022-jp").data


def test_the_html_view_follows() -> None:
    mail = written("receipt_other")
    read = message_from_bytes(again(mail, "直した<b>文", html=True).data, policy=policy.default)
    plain, html = (part.get_content() for part in read.iter_parts())  # type: ignore[attr-defined]
    assert "直した<b>文" in plain
    assert "直した&lt;b&gt;文" in html
