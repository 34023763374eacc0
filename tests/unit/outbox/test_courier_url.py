"""INTAKE_RELAY_URL: what it may say, and that an error never repeats a secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake.errors import SettingError
from intake.outbox.courier import caught_in, open_courier, relay_of
from intake.outbox.dkim import SigningCourier
from intake.outbox.folder import FolderCourier
from intake.outbox.smtp import SmtpCourier
from intake.ports import Courier


def carrier(url: str, home: Path) -> Courier:
    courier = open_courier(url, home)
    assert isinstance(courier, SigningCourier)
    return courier.inner


def test_folders(tmp_path: Path) -> None:
    assert caught_in("folder:", tmp_path) == tmp_path / "mails"
    assert caught_in("folder:caught%20mail", tmp_path) == tmp_path / "caught mail"
    assert caught_in("folder:/var/caught", tmp_path) == Path("/var/caught")
    assert caught_in("smtp://127.0.0.1", tmp_path) is None
    assert isinstance(carrier("folder:", tmp_path), FolderCourier)


def test_relays() -> None:
    assert isinstance(carrier("smtp://127.0.0.1:2525", Path()), SmtpCourier)
    plain = relay_of("smtp://relay.example", None)
    assert (plain.host, plain.port, plain.tls_from_start, plain.user) == ("relay.example", 25, False, "")
    full = relay_of("smtps://agency%40example.com@relay.example/?auth=xoauth2&name=mx.agency.example", "token")
    assert (full.port, full.tls_from_start, full.user, full.auth) == (465, True, "agency@example.com", "xoauth2")
    assert full.own_name == "mx.agency.example"
    assert "token" not in repr(full)
    assert relay_of("smtp://[::1]:2525", None).on_loopback
    assert relay_of("smtp://localhost", None).on_loopback
    assert not relay_of("smtp://relay.example", None).on_loopback


@pytest.mark.parametrize(("url", "said"), [
    ("", "folder:"), ("http://relay.example", "folder:"), ("smtp://", "folder:"), ("smtp://relay.example/x", "folder:"),
    ("smtp://relay.example:99999", "port"), ("smtp://relay.example:x", "port"),
    ("smtp://agency:geheim@relay.example", "INTAKE_RELAY_PASSWORD_FILE"),
    ("smtp://agency@relay.example", "INTAKE_RELAY_PASSWORD_FILE"),
    ("smtp://relay.example?verify=no", "verify"), ("smtp://relay.example?auth=cram", "auth"),
    ("smtp://relay.example?starttls=never", "starttls"), ("smtp://relay.example?ca=/no/such/file", "ca"),
])  # fmt: skip
def test_a_wrong_url_says_what_to_write(url: str, said: str) -> None:
    with pytest.raises(SettingError, match=said) as caught:
        open_courier(url, Path())
    assert "geheim" not in str(caught.value)
