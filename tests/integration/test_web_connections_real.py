"""The test of the connections over real servers: out through Postfix or a relay with TLS, back by Dovecot's mailbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from intake.channels.imap import Knock, Mailbox, knock, parse_accounts
from intake.model import End
from intake.outbox.courier import open_courier
from tests import rigs
from tests.house import TestHouse, open_test_house
from tests.integration.postfix import Postfix
from tests.integration.test_web_connections import URL, begin, said
from tests.integration.web_parts import ADMIN, Client, app_of, staffed
from tests.unit.outbox.test_smtp import Relaying


@pytest.fixture
def house(tmp_path: Path) -> Iterator[TestHouse]:
    found = staffed(open_test_house(tmp_path / "home"))
    yield found
    found.store.close()


def asking(house: TestHouse, **settings: str) -> Client:
    """The admin's browser; mail leaves by the relay of the settings."""
    house.settings = replace(house.settings, **settings)
    return Client(app_of(house, **settings), ADMIN)


def leaves_by(house: TestHouse, url: str, password: str | None = None) -> None:
    house.relay = open_courier(url, house.settings.home, password)  # type: ignore[assignment]


def test_out_through_postfix_and_back_by_dovecot(house: TestHouse, dovecot: rigs.Dovecot) -> None:
    postfix = Postfix()
    try:
        user = dovecot.new_user()
        box = Mailbox(parse_accounts(dovecot.url(user), dovecot.password_file)[0], house.store)
        box.sweep()  # the first look: what lay there before is archived
        client = asking(house, relay_url=postfix.url, imap_url=dovecot.url(user),
                        imap_password_file=str(dovecot.password_file))  # fmt: skip
        leaves_by(house, postfix.url)
        url = begin(client)
        assert ("done", "済 受信箱にサインインできました 127.0.0.1") in said(client, url)
        house.work()
        (raw,) = postfix.delivered(1)
        assert said(client, url)[-1] == ("waits", "待機中 届くのを待っています")
        dovecot.deliver(user, raw)  # what a provider does between its relay and its mailboxes
        assert box.sweep() == 1
        house.now += timedelta(seconds=9)
        house.work()
        steps = said(client, url)
        assert [how for how, _ in steps] == ["done"] * 5
        assert "届きました IMAP" in steps[3][1]
        with house.store.read() as tx:
            assert tx.inbox.end_of(1)[0] is End.MACHINE
        assert house.cases() == []
    finally:
        postfix.stop()


@pytest.fixture
def relaying() -> Iterator[Callable[..., Relaying]]:
    made: list[Relaying] = []

    def make(certificate: Path, **how: bool) -> Relaying:
        made.append(Relaying(certificate, **how))
        return made[-1]

    yield make
    for server in made:
        server.stop()


def failing(house: TestHouse, url: str, password: str | None = None) -> tuple[str, str]:
    """What the page says after the first try."""
    client = asking(house, relay_url=url)
    leaves_by(house, url, password)
    test = begin(client)
    house.work()
    steps = said(client, test)
    assert steps[-1][0] == "later", "nothing is waited for that has not left"
    return steps[-2]


def test_a_wrong_password_of_the_relay(house: TestHouse, tmp_path: Path, relaying: Callable[..., Relaying]) -> None:
    certificate = rigs.write_certificate(tmp_path)
    url = f"smtp://agency@127.0.0.1:{relaying(certificate).port}?ca={certificate}"
    how, words = failing(house, url, "wrong")
    assert how == "again"
    assert "送信サーバーにサインインできません" in words
    assert "INTAKE_RELAY_PASSWORD_FILE" in words
    assert "535" in words
    assert "wrong" not in words


def test_a_certificate_of_another_name(house: TestHouse, tmp_path: Path, relaying: Callable[..., Relaying]) -> None:
    certificate = rigs.write_certificate(tmp_path, "mail.example.com")
    how, words = failing(house, f"smtp://agency@127.0.0.1:{relaying(certificate).port}?ca={certificate}", "geheim")
    assert how == "again"
    assert "証明書の名前が、INTAKE_RELAY_URL のサーバー名と違います" in words


def test_nobody_listens_or_the_name_is_unknown(house: TestHouse, free_port: int) -> None:
    assert "接続を断られました" in failing(house, f"smtp://127.0.0.1:{free_port}")[1]
    assert "名前が見つかりません" in failing(house, "smtp://nowhere.invalid:25")[1]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("password", "受信箱にサインインできません"), ("closed", "接続を断られました"),
        ("name", "証明書の名前が、INTAKE_IMAP_URL のサーバー名と違います"), ("authority", "証明書を確かめられません"),
        ("folder", "フォルダーを開けません"), ("host", "名前が見つかりません"),
    ],
)  # fmt: skip
def test_a_mailbox_that_does_not_let_us_in(
    house: TestHouse, dovecot: rigs.Dovecot, tmp_path: Path, free_port: int, relaying: Callable[..., Relaying],
    monkeypatch: pytest.MonkeyPatch, change: str, words: str,
) -> None:  # fmt: skip
    user, secret = dovecot.new_user(), tmp_path / "secret"
    secret.write_text("wrong" if change == "password" else dovecot.password)
    url = dovecot.url(user)
    if change == "closed":
        url = f"imap://{user}@127.0.0.1:{free_port}/INBOX"
    elif change == "name":
        certificate = rigs.write_certificate(tmp_path, "imap.example.com")
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        url = f"imaps://{user}@127.0.0.1:{relaying(certificate, from_start=True).port}/INBOX"
    elif change == "authority":
        url = dovecot.tls_url(user)
    elif change == "folder":
        url = dovecot.url(user, "nowhere")
    elif change == "host":
        url = f"imaps://{user}@nowhere.invalid/INBOX"
    client = asking(house, imap_url=url, imap_password_file=str(secret))
    test = begin(client)
    how, text = said(client, test)[1]
    assert how == "failed"
    assert words in text
    assert user not in text
    assert "wrong" not in text


def test_a_mailbox_that_is_silent_keeps_nobody_waiting_long(dovecot: rigs.Dovecot, tmp_path: Path) -> None:
    import socket
    import time

    from imapclient import SocketTimeout

    secret = tmp_path / "secret"
    secret.write_text("x")
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        (account,) = parse_accounts(f"imap://u@127.0.0.1:{mute.getsockname()[1]}/INBOX", secret)
        begun = time.monotonic()
        assert knock(account, SocketTimeout(connect=1, read=1)) is Knock.SILENT
        assert time.monotonic() - begun < 5


def test_looking_at_the_page_with_words_of_ones_own_says_nothing(house: TestHouse) -> None:
    client = asking(house)
    url = begin(client)
    page = client.get(f"{url}&in=<script>,open,password").text
    assert "<script>," not in page
    assert "受信箱" not in "".join(words for _, words in said(client, url))  # no mailbox is set here
    assert client.get(f"{URL}?in=password").status_code == 200
