"""Chromium through playwright: it shows Japanese, keeps Japanese time, and reports what breaks in a page."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests import conftest


def test_a_page_is_shown_in_japanese_and_tokyo_time(page: Any) -> None:
    page.set_content("<h1>退会のお手続き</h1>")
    assert page.locator("h1").inner_text() == "退会のお手続き"
    assert page.evaluate("navigator.language") == "ja-JP"
    assert page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone") == "Asia/Tokyo"


def test_a_japanese_font_is_there(page: Any) -> None:
    page.set_content("<p>退会希望</p>")
    tools = page.context.new_cdp_session(page)
    tools.send("DOM.enable")
    tools.send("CSS.enable")
    root = tools.send("DOM.getDocument")["root"]["nodeId"]
    node = tools.send("DOM.querySelector", {"nodeId": root, "selector": "p"})["nodeId"]
    fonts = tools.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
    assert [font["familyName"] for font in fonts if "CJK" in font["familyName"]], fonts


def test_an_error_in_a_pages_script_fails_the_test(browser: Any) -> None:
    steps = conftest.page.__wrapped__(browser)  # the fixture's own steps
    opened = next(steps)
    opened.set_content("<script>throw new Error('broken')</script>")
    opened.wait_for_timeout(50)
    with pytest.raises(AssertionError, match="scripts of the page failed"):
        next(steps)


def test_the_thread_has_a_running_loop_while_the_browser_is_open(browser: Any) -> None:
    """Why async tests stand in other files."""
    assert asyncio.get_running_loop().is_running()
