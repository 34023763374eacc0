"""The agency's own form, as somebody with a telephone fills it in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import TestHouse, open_test_house
from tests.integration.web_parts import Client, app_of, form_of

FILLED = {"category": "退会について", "name": "青木 涼", "message": "退会を希望します。", "step": "confirm"}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[TestHouse]:
    found = open_test_house(tmp_path)
    yield found
    found.store.close()


def test_a_full_width_address_is_taken_and_shown_as_it_will_be_used(house: TestHouse) -> None:
    client = Client(app_of(house))
    assert (
        'id="email" name="email" type="text" inputmode="email"' in client.get("/contact").text
    )  # no browser refuses it
    page = client.post("/contact", FILLED | {"email": "ａｏｋｉ＠ｅｘａｍｐｌｅ．ｊｐ"})
    assert page.status_code == 200
    assert form_of(page.text, "/contact").fields["email"] == "aoki@example.jp"


@pytest.mark.parametrize("email", ["", "ａｏｋｉ", "aoki＠", "a b＠example.jp"])
def test_what_is_no_address_is_still_refused(house: TestHouse, email: str) -> None:
    assert Client(app_of(house)).post("/contact", FILLED | {"email": email}).status_code == 422
