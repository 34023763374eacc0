"""A mail to ourselves: what the page says at each step is what really happened."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from intake.errors import RelayPermanent
from intake.model import End, Mail
from intake.ports import Delivery
from tests.house import DESK, TestHouse, open_test_house
from tests.integration.web_parts import ADMIN, Client, app_of, form_of, staffed

URL = "/staff/connections"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[TestHouse]:
    found = staffed(open_test_house(tmp_path))
    yield found
    found.store.close()


def begin(client: Client) -> str:
    sent = client.post(URL, form_of(client.get(URL).text, URL).fields)
    assert sent.status_code == 303
    return str(sent.headers["location"])


def said(client: Client, url: str) -> list[tuple[str, str]]:
    page = client.get(url).text
    return [(how, " ".join(re.sub("<[^>]+>", " ", rest).split()))
            for how, rest in re.findall(r'<li class="(done|waits|failed|later|again)">(.*?)</li>', page)]  # fmt: skip


def test_there_and_back(house: TestHouse) -> None:
    client = Client(app_of(house, relay_url="smtp://u@relay.example.jp:587"), ADMIN)
    assert "smtp://relay.example.jp:587" in client.get(URL).text
    assert "u@" not in client.get(URL).text
    url = begin(client)
    assert [how for how, _ in said(client, url)] == ["done", "waits", "later"]
    house.work()
    assert said(client, url)[-1] == ("waits", "待機中 届くのを待っています")
    house.now += timedelta(seconds=7)
    (mail,) = house.relay.mails
    assert mail.to == DESK
    house.raw(mail.data)
    house.work()
    steps = said(client, url)
    assert [how for how, _ in steps] == ["done"] * 4
    assert re.search(r"届きました SMTP・7秒", steps[2][1])
    with house.store.read() as tx:
        assert tx.inbox.end_of(1)[0] is End.MACHINE
    assert house.cases() == []
    assert len(house.relay.mails) == 1


def test_a_mail_that_does_not_come_back_is_said_to(house: TestHouse) -> None:
    client = Client(app_of(house, relay_url="smtp://relay.example.jp"), ADMIN)
    url = begin(client)
    house.work()
    house.now += timedelta(minutes=11)
    assert said(client, url)[-1][0] == "failed"


def test_a_relay_that_refuses_is_named_with_its_words(house: TestHouse) -> None:
    class Refusing:
        mails: list[Mail] = []

        def deliver(self, mail: Mail) -> Delivery:
            raise RelayPermanent("550 5.7.1 relaying denied")

        def close(self) -> None:
            return None

    client = Client(app_of(house, relay_url="smtp://relay.example.jp"), ADMIN)
    url = begin(client)
    house.relay = Refusing()  # type: ignore[assignment]
    house.work()
    steps = said(client, url)
    assert steps[-1][0] == "failed"
    assert "relaying denied" in steps[-1][1]


def test_a_folder_gives_nothing_back(house: TestHouse) -> None:
    client = Client(app_of(house), ADMIN)
    url = begin(client)
    house.work()
    assert said(client, url)[-1] == (
        "failed", "失敗 外へは送らない設定のため、届きません。送信先のサーバーを設定してください")  # fmt: skip


def test_only_a_test_is_shown(house: TestHouse) -> None:
    house.seeker()
    house.mail("退会を希望します。")
    house.work()
    client = Client(app_of(house), ADMIN)
    assert client.get(f"{URL}?test=1").status_code == 404
    assert client.get(f"{URL}?test=x").status_code == 200
