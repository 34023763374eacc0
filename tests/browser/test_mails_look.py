"""Five mails as their readers see them: as HTML by day and by night, as text. Nothing is loaded, all can be read.

``INTAKE_TEST_SHOTS=DIR`` keeps the pictures for a person to look at.
"""

from __future__ import annotations

import os
import struct
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from html import escape
from pathlib import Path
from typing import Any

import pytest

from intake.keyring import Keyring
from intake.replies import Thread, compose, load_templates, new_message_id
from intake.replies.examples import AGENCY, letters
from intake.resources import shipped_templates

BOOK = load_templates([shipped_templates()])
MAILS = ("receipt_withdrawal", "receipt_several", "done_withdrawal", "receipt_preferences", "deletion_scheduled")
WITH_HTML = AGENCY.model_copy(update={"html": True})
# (contrast, font size) of every text node against the first background behind it.
MEASURE = """() => {
  const light = c => { const [r, g, b] = c.match(/[\\d.]+/g).map(Number).map(v => v / 255)
      .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126*r + 0.7152*g + 0.0722*b; };
  const behind = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
      if (!c.startsWith('rgba(0, 0, 0, 0')) return c; } return 'rgb(255, 255, 255)'; };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT); const found = [];
  while (walker.nextNode()) { const e = walker.currentNode.parentElement; if (!walker.currentNode.data.trim()) continue;
      const s = getComputedStyle(e), a = light(s.color) + 0.05, b = light(behind(e)) + 0.05;
      found.push([Math.max(a, b) / Math.min(a, b), parseFloat(s.fontSize)]); }
  return found; }"""


def views(template: str) -> tuple[str, str]:
    letter = replace(next(iter(letters(template).values())), agency=WITH_HTML)
    mail = compose(
        BOOK, letter, to="hanako@example.jp", from_="a@agency.example", now=datetime(2026, 4, 1, tzinfo=UTC),
        message_id=new_message_id(Keyring(bytes(range(32))), "agency.example", "a1"), mail_from="", thread=Thread(),
    )  # fmt: skip
    plain, html = message_from_bytes(mail.data, policy=policy.default).iter_parts()  # type: ignore[attr-defined]
    return plain.get_content(), html.get_content()


def shot(page: Any, folder: Path, name: str) -> Path:
    path = Path(os.environ.get("INTAKE_TEST_SHOTS") or folder) / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(path), full_page=True)
    return path


def levels(path: Path) -> int:
    """How many different byte values the picture's filtered rows hold: next to none on a blank page."""
    data, pixels, at = path.read_bytes(), b"", 8
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        pixels += data[at + 8 : at + 8 + size] if kind == b"IDAT" else b""
        at += size + 12
    return len(set(zlib.decompress(pixels)))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("template", MAILS)
def test_the_html_can_be_read_by_day_and_by_night(browser: Any, tmp_path: Path, template: str, scheme: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme=scheme, locale="ja-JP")
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(views(template)[1])
    measured = page.evaluate(MEASURE)
    assert len(measured) > 8
    assert min(contrast for contrast, _ in measured) >= 4.5
    assert min(size for _, size in measured) >= 13
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(27, 27, 29)"
    assert dark is (scheme == "dark")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert levels(shot(page, tmp_path, f"{template}-html-{scheme}")) > 40
    assert [url for url in asked if not url.startswith(("about:", "data:"))] == []
    context.close()


@pytest.mark.parametrize("template", MAILS)
def test_the_text_fits_a_mail_program(browser: Any, tmp_path: Path, template: str) -> None:
    context = browser.new_context(viewport={"width": 760, "height": 900}, locale="ja-JP")
    page = context.new_page()
    page.set_content(f"<pre style='font:15px/1.6 monospace'>{escape(views(template)[0])}</pre>")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert levels(shot(page, tmp_path, f"{template}-text")) > 40
    page.set_content("<pre></pre>")
    assert levels(shot(page, tmp_path, "blank")) <= 40
    context.close()
