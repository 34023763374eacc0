"""The HTML view says the same as the text, and nothing in it runs or loads."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from html import unescape

import pytest

from intake.keyring import Keyring
from intake.model import Stage
from intake.replies import Letter, Part, Thread, compose, load_templates, new_message_id
from intake.replies.examples import AGENCY, letters
from intake.replies.markup import as_html
from intake.resources import shipped_templates

BOOK = load_templates([shipped_templates()])
WITH_HTML = AGENCY.model_copy(update={"html": True})
ID = new_message_id(Keyring(bytes(range(32))), "agency.example", "a1")


def views(letter: Letter, charset: str = "utf-8") -> tuple[str, str]:
    mail = compose(
        BOOK, replace(letter, agency=WITH_HTML), to="hanako@example.jp", from_="a@agency.example",
        now=datetime(2026, 4, 1, tzinfo=UTC), message_id=ID, mail_from="", thread=Thread(), charset=charset,
    )  # fmt: skip
    plain, html = message_from_bytes(mail.data, policy=policy.default).iter_parts()  # type: ignore[attr-defined]
    return plain.get_content(), html.get_content()


def words(text: str) -> str:
    return re.sub(r"[\s・-]", "", text)


@pytest.mark.parametrize("charset", ["utf-8", "iso-2022-jp"])
@pytest.mark.parametrize("template", BOOK.names())
def test_both_views_say_the_same(template: str, charset: str) -> None:
    for letter in letters(template).values():
        plain, html = views(letter, charset)
        body = html.split("<body", 1)[1].split(">", 1)[1]
        assert words(unescape(re.sub("<[^>]*>", "", body))) == words(plain)


def test_nothing_loads_and_nothing_of_the_register_is_markup() -> None:
    evil = '<script src="https://x.example/x.js">&"\'</script><img src=x>'
    part = Part("withdrawal", "receipt_withdrawal", evil, applications=((evil, Stage.APPLIED),), gentle_way=evil)
    _, html = views(Letter(evil, (part,), False, AGENCY))
    assert set(re.findall(r"<([a-z0-9]+)", html)) <= {
        "html",
        "head",
        "meta",
        "style",
        "body",
        "p",
        "br",
        "ul",
        "li",
        "a",
        "h2",
    }
    assert not any(re.search(r"src=|url\(|\son[a-z]+=", tag) for tag in re.findall("<[^>]+>", html))
    assert set(re.findall('href="([^"]*)"', html)) == {AGENCY.privacy_page}


def test_only_a_line_that_is_an_address_becomes_a_link() -> None:
    made = as_html(
        'javascript://x\nsee https://a.example/\nhttps://a.example/?a=1&b="2"\n' + "-" * 40 + "\nx\n" + "-" * 40
    )
    assert re.findall('href="([^"]*)"', made) == ["https://a.example/?a=1&amp;b=&quot;2&quot;"]
