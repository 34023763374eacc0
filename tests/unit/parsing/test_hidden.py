"""What nobody sees in an HTML mail, or its author struck out, is not what they say."""

from __future__ import annotations

import pytest

from intake.parsing import hidden
from tests.unit.parsing.mails import mail, read

WISH = "しばらく休止してください。"
SEEN = "引き続きよろしくお願いします。"
HTML = {"Content_Type": "text/html; charset=utf-8"}
HIDING = [
    "display:none", "color:#fff;background:#fff", "background-color: White; color: rgb(255, 255, 255)",
    "color:transparent", "position:absolute;left:-9999px", "text-indent:-9999px", "clip-path:inset(100%)",
    "transform:scale(0)", "opacity:0.01", "opacity: 0", "font-size:0.1px", "font-size: 1.5px",
    "width:0;height:0;overflow:hidden", "text-decoration:line-through", "text-decoration-line: line-through",
]  # fmt: skip
SHOWING = [
    "color:#fff;background:#333", "color:#ffffff", "text-indent:-18.0pt", "opacity:0.9", "opacity:.5", "font-size:10px",
    "font-size:0.9em", "font-size:14.5px", "left:-12px", "height:0", "overflow:hidden", "transform:scale(0.9)",
    "background-color:#fff;border-color:#fff", "text-decoration:underline",
    "color: inherit; background-color: inherit", "color:initial;background:initial",
    "color:var(--a);background:var(--a)",
    "color:currentColor;background-color:currentColor", "overflow: hidden !important",
]  # fmt: skip


def of(body: str, head: str = "") -> str:
    return read(mail(f"<html><head>{head}</head><body><p>{SEEN}</p>{body}</body></html>", **HTML)).new_text


@pytest.mark.parametrize("style", HIDING)
def test_what_a_style_hides_is_not_read(style: str) -> None:
    assert of(f'<p style="{style}">{WISH}</p>') == SEEN
    assert of(f'<p class="z">{WISH}</p>', f"<style><!-- /* . */ p.z, #other {{{style}}} --></style>") == SEEN


@pytest.mark.parametrize("style", SHOWING)
def test_what_a_style_only_adorns_is_read(style: str) -> None:
    assert WISH in of(f'<p style="{style}">{WISH}</p>')
    assert WISH in of(f'<p class="z">{WISH}</p>', f"<style>.z{{{style}}}</style>")


@pytest.mark.parametrize(
    ("attribute", "hides"),
    [
        ("hidden", True),
        ("hidden=''", True),
        ("hidden ", True),
        ('aria-hidden="false"', False),
        ('title="hidden "', False),
    ],
)
def test_the_attribute_hides_and_not_its_like(attribute: str, hides: bool) -> None:
    assert (WISH in of(f"<p {attribute}>{WISH}</p>")) is not hides


@pytest.mark.parametrize("tag", ["s", "S", "strike", "del"])
def test_what_is_struck_out_is_taken_back(tag: str) -> None:
    assert of(f"<p><{tag}>{WISH}</{tag}></p>") == SEEN


@pytest.mark.parametrize("body", [f"<span>{WISH}</span>", f"<small>{WISH}</small>", f"<strong>{WISH}</strong>"])
def test_other_elements_are_read(body: str) -> None:
    assert WISH in of(body)


@pytest.mark.parametrize(
    "sheet",
    [
        "@media (max-width:480px){.z{display:none}}",
        ".z{display:none} @media (min-width:480px){.z{display:block}}",
        ".z{display:none} .z{display:block}",
        ".a .z{display:none}",
        ".z:hover{display:none}",
        "@import url(a); .zz{display:none}",
    ],
)
def test_a_rule_that_may_not_hold_hides_nothing(sheet: str) -> None:
    assert WISH in of(f'<p class="z">{WISH}</p>', f"<style>{sheet}</style>")


def test_rules_of_one_program_alone_hide_nothing() -> None:
    assert WISH in of(f'<p class="z">{WISH}</p>', "<!--[if mso]><style>.z{display:none}</style><![endif]-->")
    assert WISH in of(f'<p class="z" style="display:block">{WISH}</p>', "<style>.z{display:none}</style>")
    assert of(f"<p id=z>{WISH}</p>", "<!-- a --><style>#z{display:none}</style>") == SEEN


def test_where_all_is_struck_out_staff_see_it_and_nothing_is_sure() -> None:
    message = read(mail(f"<html><body><p><s>{WISH}</s></p></body></html>", **HTML))
    assert (message.new_text, message.doubts) == (WISH, ("hidden_only",))


@pytest.mark.parametrize("struck", [f"<s>{WISH}</s>", f'<span style="text-decoration: line-through">{WISH}</span>'])
def test_a_plain_rendering_that_knows_no_strokes_is_not_asked(struck: str) -> None:
    parts = [f"text/plain; charset=utf-8\r\n\r\n{WISH}\r\n{SEEN}", f"text/html; charset=utf-8\r\n\r\n{struck}<p>{SEEN}"]
    body = "".join(f"--b\r\nContent-Type: {part}\r\n" for part in parts) + "--b--"
    assert read(mail(body, Content_Type="multipart/alternative; boundary=b")).new_text == SEEN


def test_style_sheets_are_found_in_one_pass() -> None:
    source = "<!-- a -->" * 100_000 + "<STYLE>.a{}</STYLE><style>.b{}"
    assert hidden.sheets(source, source.lower()) == ".a{}\n.b{}"
    assert hidden.names("/*" * 30_000 + ".a{display:none}" * 1_000 + "{" * 30_000) <= {".a"}
