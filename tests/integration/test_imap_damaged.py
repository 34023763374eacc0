"""A mail that the server itself cannot read stops no other: real Dovecot, files damaged beneath it."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from imapclient import IMAPClient

from intake.channels.imap import Mailbox, parse_accounts, watch
from intake.channels.imap.credentials import SignInRefused
from tests import rigs
from tests.integration.test_imap_dovecot import append, mail, raws
from tests.unit.channels.stores import real_store


def _file(dovecot: rigs.Dovecot, user: str, subject: bytes) -> Path:
    files = [p for p in dovecot.folder.rglob("*") if p.is_file() and p.parent.name in ("cur", "new") and user in str(p)]
    return next(p for p in files if b"Subject: %s\r\n" % subject in p.read_bytes().replace(b"\n", b"\r\n"))


def _sweep(box: Mailbox, times: int) -> None:
    for _ in range(times):
        with contextlib.suppress(OSError, IMAPClient.Error):
            box.sweep()


@pytest.mark.parametrize("damage", ["unreadable", "shortened"])
def test_one_damaged_mail_blocks_no_other(
    dovecot: rigs.Dovecot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    user = dovecot.new_user()
    with real_store(tmp_path) as store:
        [account] = parse_accounts(dovecot.url(user), dovecot.password_file)
        box = Mailbox(account, store)
        box.sweep()
        append(dovecot, user, *(mail(n, 5000) for n in range(1, 6)))
        with dovecot.connect(user) as client:  # the server knows their sizes
            client.select_folder("INBOX", readonly=True)
            client.fetch(client.search(), ["RFC822.SIZE"])
        bad = _file(dovecot, user, b"3")
        if damage == "unreadable":
            bad.chmod(0)
        else:
            bad.write_bytes(bad.read_bytes()[:2000])
        _sweep(box, 4)
        assert raws(store) == [mail(n, 5000) for n in (1, 2, 4, 5)]
        append(dovecot, user, mail(6))
        _sweep(box, 2)
        assert raws(store)[-1] == mail(6)
        assert "1 mails cannot be fetched" in (box.trouble() or "")
        next(
            dovecot.folder.rglob(f"{bad.name.partition(',')[0]}*")
        ).unlink()  # as staff are told: read in the mailbox, and taken out
        monkeypatch.setattr(watch, "STUCK_SECONDS", 0.0)
        _sweep(box, 2)
        assert box.trouble() is None


def test_a_password_put_right_in_its_file_is_read(dovecot: rigs.Dovecot, tmp_path: Path) -> None:
    user, file = dovecot.new_user(), tmp_path / "password"
    file.write_text("wrong")
    with real_store(tmp_path) as store:
        [account] = parse_accounts(dovecot.url(user), file)
        box = Mailbox(account, store)
        file.write_text(dovecot.password_file.read_text())
        with pytest.raises(SignInRefused):
            box.sweep()
        assert box.sweep() == 0
