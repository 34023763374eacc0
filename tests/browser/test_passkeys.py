"""Passkeys in a real Chromium with a virtual authenticator."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.screen import give_password, sign_in
from tests.house import TestHouse
from tests.integration.web_parts import LEAD, PASSWORD, SATO, served


@pytest.fixture
def site(house: TestHouse, free_port: int) -> Iterator[str]:
    with served(house, free_port, "localhost") as url:
        yield url


def authenticator(page: Any, *, verifies: bool = True) -> tuple[Any, str]:
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
               "isUserVerified": verifies, "automaticPresenceSimulation": True}  # fmt: skip
    return cdp, cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


def test_a_passkey_is_added_signs_in_alone_and_is_the_second_factor(page: Any, site: str, house: TestHouse) -> None:
    cdp, device = authenticator(page)
    sign_in(page, site)
    page.goto(f"{site}/staff/me")
    page.fill("#key-name", "机のノート")
    page.fill("#old-key", PASSWORD)
    page.click("text=パスキーを登録する")
    page.wait_for_selector("text=パスキーを登録しました")
    assert "机のノート" in page.inner_text("main")
    assert Axe().run(page).response["violations"] == []
    page.click("text=サインアウト >> nth=0")
    page.wait_for_url(lambda url: "/sign-in" in url)
    page.click("text=パスキーでサインイン")
    page.wait_for_selector("#main")
    assert LEAD in page.inner_text("header")
    with house.store.read() as tx:
        methods = [s.method for s in tx.access.sessions(LEAD, house.now)]
    assert methods == ["passkey"]
    page.context.clear_cookies()
    give_password(page, site)
    page.wait_for_url(lambda url: "/sign-in/second" in url)
    assert page.query_selector("#code") is None
    assert Axe().run(page).response["violations"] == []
    page.click("text=パスキーでサインイン")
    page.wait_for_selector("#main")
    cdp.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.context.clear_cookies()
    page.goto(f"{site}/staff/sign-in")
    page.click("text=パスキーでサインイン")
    page.wait_for_selector("[data-failed]:visible")
    page.goto(f"{site}/staff/")
    assert "/sign-in" in page.url


def said(page: Any) -> str:
    """What was to be sent, once it is there. Waiting for it in the page would want ``eval``, which the CSP forbids."""
    page.wait_for_timeout(50)
    return str(page.evaluate("() => window.sent || ''"))


def test_what_another_site_or_an_old_challenge_signed_opens_nothing(page: Any, site: str, house: TestHouse) -> None:
    authenticator(page)
    sign_in(page, site)
    page.goto(f"{site}/staff/me")
    page.fill("#old-key", PASSWORD)
    page.click("text=パスキーを登録する")
    page.wait_for_selector("text=パスキーを登録しました")
    page.context.clear_cookies()
    page.goto(f"{site}/staff/sign-in")
    keep = "window.sent = this.elements.credential.value"
    page.evaluate(f"() => {{ HTMLFormElement.prototype.submit = function () {{ {keep} }} }}")
    page.click("text=パスキーでサインイン")
    answer = next(filter(None, (said(page) for _ in range(200))))

    def send(text: str) -> int:
        return int(page.request.post(f"{site}/staff/sign-in/passkey", form={"credential": text, "next": "/staff/"},
                                     max_redirects=0).status)  # fmt: skip

    assert send(answer.replace('"signature":"', '"signature":"AAAA')) == 401
    assert send("{}") == 401
    assert send(answer) == 303
    assert send(answer) == 401  # seen once


def test_after_five_minutes_a_challenge_is_over(page: Any, site: str, house: TestHouse) -> None:
    from datetime import timedelta

    authenticator(page)
    sign_in(page, site, SATO)
    page.goto(f"{site}/staff/me")
    page.fill("#old-key", PASSWORD)
    house.now += timedelta(minutes=6)
    page.click("text=パスキーを登録する")
    page.wait_for_selector("text=パスキーを登録できませんでした")
    with house.store.read() as tx:
        assert tx.access.passkeys(SATO) == []
