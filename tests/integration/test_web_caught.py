"""The demo's caught mails: links to our own two pages can be clicked, nothing else can."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette

from intake.model import MailOrigin
from intake.ports import NewMail
from tests.house import TestHouse, open_test_house
from tests.integration.web_parts import LEAD, Client, app_of, staffed

OURS = "https://intake.example.jp"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[TestHouse]:
    found = staffed(open_test_house(tmp_path))
    found.seeker()
    found.mail("退会を希望します。よろしくお願いいたします。")
    found.work()
    yield found
    found.store.close()


def demo(house: TestHouse) -> Starlette:
    app = app_of(house, public_url=house.tools.public_url)
    object.__setattr__(app.state.context, "demo", True)
    return app


def links(page: str) -> list[str]:
    return re.findall(r'href="([^"]*)"', page.partition('<article class="message">')[2].partition("</article>")[0])


def with_words(house: TestHouse, text: str) -> int:
    """A mail like the first, that says ``text``."""
    from dataclasses import replace

    first = house.outbox()[0]
    with house.store.write() as tx:
        mail = replace(first.mail, text=text, message_id="<x@intake.example.jp>")
        return tx.outbox.add(NewMail(mail, first.case_ids, house.now, automatic=False, origin=MailOrigin.ANSWER),
                             house.now).id  # fmt: skip


def test_the_link_of_a_caught_mail_opens_the_seekers_page(house: TestHouse) -> None:
    (link,) = links(Client(demo(house), LEAD).get("/staff/mails/1").text)
    assert link == f"{house.tools.public_url}/c/{house.link()}"
    assert "退会" in Client(demo(house)).get(link.removeprefix(house.tools.public_url)).text


def test_outside_the_demo_not_even_the_secret_is_there(house: TestHouse) -> None:
    page = Client(app_of(house), LEAD).get("/staff/mails/1").text
    assert links(page) == []
    assert house.link() not in page


def test_nothing_but_our_own_two_pages_is_a_link(house: TestHouse) -> None:
    base = house.tools.public_url
    hostile = [
        "https://evil.example.com/c/abc", "javascript:alert(1)", f"{base}.evil.example.com/c/abc",
        f"{base}@evil.example.com/",
        f"{base}/c/abc@evil.example.com", f"{base}/c/abc?x=1", f"{base}/c/../staff/people", f"{base}/staff/people",
        f"{base}/return/../staff", f"{base}/returned", f"https://evil.example.com/?u={base}/c/abc", f"{base}/c/",
        f'"><script>alert(1)</script>{base}/c/x"onmouseover="alert(1)', f"{base}/c/<b>", f"//{base}/return",
    ]  # fmt: skip
    for text in hostile:
        page = Client(demo(house), LEAD).get(f"/staff/mails/{with_words(house, text)}").text
        assert links(page) == [], text
        assert "<script>alert" not in page
    good = (
        Client(demo(house), LEAD).get(f"/staff/mails/{with_words(house, f'「{base}/return」と {base}/c/a-b_1')}").text
    )
    assert links(good) == [f"{base}/return", f"{base}/c/a-b_1"]
