"""``intake reconcile``: every mail on the server and every accepted message has one of the four ends, or is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from intake.channels.imap import parse_accounts
from intake.channels.imap.watch import Mailbox
from tests.integration.test_imap_dovecot import append, mail
from tests.process import Product


@pytest.fixture
def home(tmp_path: Path, dovecot: Any) -> Product:
    """A home whose mailbox holds two old mails and one new one, all of them taken in and worked off."""
    user = dovecot.new_user()
    product = Product(tmp_path / "home", INTAKE_IMAP_URL=dovecot.url(user),
                      INTAKE_IMAP_PASSWORD_FILE=str(dovecot.password_file))  # fmt: skip
    assert product.command("init").returncode == 0
    append(dovecot, user, mail(1), mail(2))
    sweep(product, dovecot.url(user), dovecot.password_file)
    append(dovecot, user, mail(3))
    sweep(product, dovecot.url(user), dovecot.password_file)
    assert product.command("work", "--until-idle").returncode == 0
    product.user = user  # type: ignore[attr-defined]
    return product


def sweep(product: Product, url: str, password_file: Path) -> None:
    """One look of the mailbox's thread."""
    (account,) = parse_accounts(url, password_file)
    store = product.store()
    Mailbox(account, store).sweep()
    store.close()


def test_all_is_accounted_for_and_then_one_is_not(home: Product, dovecot: Any) -> None:
    user = home.user  # type: ignore[attr-defined]
    whole = home.command("reconcile", "--json")
    assert whole.returncode == 0, whole.stderr
    said = json.loads(whole.stdout)
    assert (said["waiting"], said["without_end"]) == (0, [])
    assert sum(said["counts"].values()) == 3
    (server,) = said["servers"]
    assert (server["folder"], server["on_server"], server["without_row"]) == ("INBOX", 3, [])

    append(dovecot, user, mail(4))
    missing = home.command("--lang", "ja", "reconcile")
    assert missing.returncode == 1
    assert "サーバー上 4 通; 未取り込みのUID 4" in missing.stdout
    with dovecot.connect(user) as client:
        client.select_folder("INBOX", readonly=True)
        assert client.get_flags([4])[4] in ((), (b"\\Recent",)), "looking touches nothing"

    sweep(home, dovecot.url(user), dovecot.password_file)
    waiting = home.command("--lang", "en", "reconcile")
    assert waiting.returncode == 1
    assert "message 4 has no end yet" in waiting.stdout
    assert home.command("work", "--until-idle").returncode == 0
    assert home.command("reconcile").returncode == 0

    dovecot.stop()  # a server that is away is said, and is no success
    away = home.command("--lang", "en", "reconcile")
    assert away.returncode == 1
    assert "INBOX: could not be looked at (ConnectionRefusedError)" in away.stdout
    assert "Traceback" not in away.stderr
