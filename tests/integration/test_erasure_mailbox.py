"""Erased, and met again: in the mailbox on a real Dovecot, at the next poll, after an older backup came back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from intake.channels.imap import Mailbox, parse_accounts
from intake.pipeline.erasing import begin_operator
from intake.pipeline.erasing.begin import KEEPER
from intake.ports.erasing import ErasureRow
from intake.store import restore
from tests import rigs
from tests.house import TestHouse
from tests.integration.test_erasure_steps import ADDRESS, NAME, eraser, quick_house

MINE = (f"From: {ADDRESS}\r\nTo: support@agency.example.jp\r\nSubject: x\r\nMessage-ID: <mine-1@example.jp>\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n\r\n退会をお願いします。鵜殿珠緒子\r\n").encode()  # fmt: skip
OTHER = MINE.replace(ADDRESS.encode(), b"other@example.com").replace(b"mine-1", b"other-1")
OTHER = OTHER.replace("鵜殿珠緒子".encode(), "山田太郎".encode())


class Watched:
    """A house whose mailbox lies on Dovecot."""

    def __init__(self, house: TestHouse, user: str, dovecot: rigs.Dovecot) -> None:
        self.house, self.user, self.dovecot = house, user, dovecot

    def poll(self) -> int:
        """A new connection, all that is there taken in, read and settled."""
        s = self.house.settings
        (account,) = parse_accounts(s.imap_url, s.imap_password_file)
        taken = Mailbox(account, self.house.store, old_mail="process").sweep()
        self.house.work()
        return taken

    def on_server(self, folder: str = "INBOX") -> list[bytes]:
        with self.dovecot.connect(self.user) as client:
            if not client.folder_exists(folder):
                return []
            client.select_folder(folder, readonly=True)
            found = client.fetch(client.search(), ["BODY.PEEK[]"])
            return [bytes(row[b"BODY[]"]) for _, row in sorted(found.items())]

    def append(self, *mails: bytes) -> None:
        with self.dovecot.connect(self.user) as client:
            for raw in mails:
                client.append("INBOX", raw)

    def reset(self) -> None:
        """The mailbox is made anew with the same mails: new UIDVALIDITY, new UIDs."""
        kept = self.on_server()
        with self.dovecot.connect(self.user) as client:
            client.select_folder("INBOX")
            client.delete_messages(client.search())
            client.expunge()
            client.create_folder("Away")
            client.rename_folder("Away", "Away2")
        self.append(*kept)

    def erase(self) -> ErasureRow:
        with self.house.store.write() as tx:
            seeker = tx.seekers.get(self.house.get_seeker("M-1").id)
            row = begin_operator(tx, seeker, KEEPER, self.house.tools, self.house.now)
        (done,) = eraser(self.house).run(row.id)
        return done


@pytest.fixture
def watched(dovecot: rigs.Dovecot, tmp_path: Path) -> Callable[..., Watched]:
    def make(query: str = "", url: str = "") -> Watched:
        user = dovecot.new_user()
        home = tmp_path / "home"
        house = quick_house(home, url, imap_url=dovecot.url(user) + query,
                            imap_password_file=str(dovecot.password_file))  # fmt: skip
        house.seeker("M-1", NAME, ADDRESS, kana="ウドノ タマオコ")
        house.seeker("M-2", "山田 太郎", "other@example.com")
        made = Watched(house, user, dovecot)
        made.append(MINE, OTHER)
        assert made.poll() == 2
        assert len(house.cases()) == 2
        return made

    return make


def traces(w: Watched) -> list[int]:
    """Messages that can still be opened and hold the name or the address."""
    found = []
    with w.house.store.read() as tx:
        for message_id in range(1, sum(tx.inbox.counts().values()) + 1):
            reading = tx.inbox.reading(message_id)
            if reading and ("鵜殿" in reading[0].text or reading[0].sender.addr == ADDRESS):
                found.append(message_id)
    return found


@pytest.mark.parametrize("query", ["", "?after=move"])
def test_the_copy_is_deleted_and_expunged_and_no_other(watched: Callable[..., Watched], query: str) -> None:
    w = watched(query)
    assert traces(w) == [1]
    done = w.erase()
    assert done.certificate is not None
    assert (done.certificate["erased"]["deleted"], done.certificate["left_to_staff"]) == (1, 0)
    assert [*w.on_server(), *w.on_server("intake-done")] == [OTHER]
    assert w.poll() == 0
    assert (traces(w), len(w.house.cases())) == ([], 2)


def test_where_we_may_not_a_task_names_the_mails(watched: Callable[..., Watched]) -> None:
    w = watched("?after=nothing")
    done = w.erase()
    assert done.certificate is not None
    assert done.certificate["left_to_staff"] == 1
    with w.house.store.read() as tx:
        (task,) = [t for t in tx.tasks.open() if t.plan.kind == "erase_mailbox"]
    assert task.plan.subject.endswith("INBOX UID 1")
    assert NAME not in task.plan.subject
    assert w.on_server() == [MINE, OTHER]
    assert w.poll() == 0
    assert (traces(w), len(w.house.cases())) == ([], 2), "it still lies there, and opens nothing"


def test_a_server_that_is_away_leaves_a_task(watched: Callable[..., Watched], dovecot: rigs.Dovecot) -> None:
    w = watched()
    dovecot.stop()
    try:
        done = w.erase()
    finally:
        dovecot.start()
    assert done.certificate is not None
    assert done.certificate["left_to_staff"] == 1


def test_met_again_in_a_mailbox_made_anew(watched: Callable[..., Watched]) -> None:
    w = watched("?after=nothing")
    w.erase()
    w.reset()
    assert len(w.on_server()) == 2
    w.poll()
    assert (traces(w), len(w.house.cases())) == ([], 2)


def test_an_older_backup_and_the_mailbox_bring_nobody_back(
    watched: Callable[..., Watched], databases: Any, tmp_path: Path
) -> None:
    """The backup knows neither the mail nor the erasure; the mailbox still has the mail."""
    url = databases.fresh()
    w = watched("?after=nothing", url)
    early = tmp_path / "early"
    w.house.store.backup(early)  # type: ignore[attr-defined]
    late_mail = MINE.replace(b"mine-1", b"mine-2").replace("退会".encode(), "停止".encode())
    w.append(late_mail)
    w.poll()
    w.erase()
    w.house.store.close()
    assert restore(early, w.house.settings.store_url, w.house.tools.keyring) == 1
    w.house = quick_house(w.house.settings.home, url, imap_url=w.house.settings.imap_url,
                          imap_password_file=w.house.settings.imap_password_file)  # fmt: skip
    assert traces(w) == []
    assert w.poll() >= 1, "the ledger of the backup does not know the later mail"
    assert traces(w) == []
    with w.house.store.read() as tx:
        assert tx.seekers.by_member_id("M-1") is None
        assert tx.seekers.by_member_id("M-2") is not None
        assert [c for c in w.house.cases() if c.state.is_open and c.seeker_id is None] == []
        assert tx.audit.verify()[0]
        assert tx.inbox.counts()["waiting"] == 0
    w.house.store.close()
    databases.discard(url)


def test_a_new_mail_of_the_same_address_is_a_new_person(watched: Callable[..., Watched]) -> None:
    """Who was erased may come again: other words are no old mail."""
    w = watched()
    w.erase()
    w.append(MINE.replace(b"mine-1", b"new-1").replace("退会をお願いします".encode(), "登録したいです".encode()))
    w.poll()
    assert len(w.house.cases()) == 3
