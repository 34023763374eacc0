"""Mailboxes on a real Dovecot, into a real store."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from intake.channels.imap import Account, Mailbox, parse_accounts, reconcile
from intake.channels.imap import drain as draining
from intake.channels.imap.connection import Connection
from intake.errors import StoreBusy
from intake.store import SqlStore
from tests import rigs
from tests.unit.channels.stores import real_store


def mail(n: int, size: int = 100) -> bytes:
    return (
        b"From: taro%d@example.jp\r\nSubject: %d\r\nMessage-ID: <%d@example.jp>\r\n\r\n" % (n, n, n)
        + b"x" * size
        + b"\r\n"
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with real_store(tmp_path) as opened:
        yield opened


@pytest.fixture
def user(dovecot: rigs.Dovecot) -> str:
    return dovecot.new_user()


@pytest.fixture
def mailbox(dovecot: rigs.Dovecot, store: SqlStore, user: str) -> Callable[..., Mailbox]:
    """Makes a Mailbox of this test's user; the folder's first connection has been, unless ``fresh``."""

    def make(folder: str = "INBOX", query: str = "", fresh: bool = False, tls: bool = False, **options: Any) -> Mailbox:
        url = (dovecot.tls_url if tls else dovecot.url)(user, quote(folder)) + query
        [account] = parse_accounts(url, dovecot.password_file)
        made = Mailbox(account, store, **options)
        if not fresh:
            made.sweep()
        return made

    return make


def append(dovecot: rigs.Dovecot, user: str, *mails: bytes, folder: str = "INBOX", at: datetime | None = None) -> None:
    with dovecot.connect(user) as client:
        if not client.folder_exists(folder):
            client.create_folder(folder)
        for raw in mails:
            client.append(folder, raw, msg_time=at)


def raws(store: SqlStore) -> list[bytes]:
    """The bytes in the inbox that wait or have ended, by id."""
    with store.read() as tx:
        waiting = tx.inbox.backlog(datetime.now(UTC)).waiting
        return [tx.inbox.envelope(n).raw for n in range(1, waiting + 1)]


def flags(dovecot: rigs.Dovecot, user: str, folder: str = "INBOX") -> list[set[bytes]]:
    with dovecot.connect(user) as client:
        client.select_folder(folder, readonly=True)
        found = client.get_flags(client.search())
        return [set(found[uid]) - {b"\\Recent"} for uid in sorted(found)]


def folder_of(dovecot: rigs.Dovecot, user: str, folder: str) -> list[bytes]:
    with dovecot.connect(user) as client:
        if not client.folder_exists(folder):
            return []
        client.select_folder(folder, readonly=True)
        got = client.fetch(client.search(), ["BODY.PEEK[]"])
        return [got[uid][b"BODY[]"] for uid in sorted(got)]


def test_mails_come_in_once_with_their_bytes_and_are_flagged(
    dovecot: rigs.Dovecot, user: str, store: SqlStore, mailbox: Callable[..., Mailbox]
) -> None:
    box = mailbox()
    arrived = datetime.now(UTC) - timedelta(days=7)
    mails = [mail(n) for n in range(120)]
    append(dovecot, user, *mails, at=arrived)
    assert box.sweep() == 120
    assert box.sweep() == 0
    assert raws(store) == mails
    assert flags(dovecot, user) == [{b"\\Seen", b"$IntakeKept"}] * 120
    with store.read() as tx:
        envelope = tx.inbox.envelope(1)
    assert (envelope.via, envelope.channel, envelope.archive) == ("imap", "email", False)
    assert abs(envelope.received_at - arrived) < timedelta(seconds=2)  # not the day we came to look


def test_a_person_reading_the_same_mailbox_hides_nothing(
    dovecot: rigs.Dovecot, user: str, store: SqlStore, mailbox: Callable[..., Mailbox]
) -> None:
    box = mailbox()
    append(dovecot, user, mail(1), mail(2), mail(3))
    with dovecot.connect(user) as person:
        person.select_folder("INBOX")
        person.add_flags(person.search(), [b"\\Seen", b"\\Answered"])
        person.delete_messages([2])
        person.expunge()
    assert box.sweep() == 2
    assert raws(store) == [mail(1), mail(3)]


def test_old_mail_is_kept_as_archive_and_left_untouched(
    dovecot: rigs.Dovecot, user: str, store: SqlStore, mailbox: Callable[..., Mailbox]
) -> None:
    append(dovecot, user, mail(1), mail(2))
    assert mailbox(fresh=True).sweep() == 2
    append(dovecot, user, mail(3))
    assert mailbox(fresh=True).sweep() == 1
    with store.read() as tx:
        assert [tx.inbox.envelope(n).archive for n in (1, 2, 3)] == [True, True, False]
    assert flags(dovecot, user) == [set(), set(), {b"\\Seen", b"$IntakeKept"}]


def test_a_crash_while_archiving_does_not_move_the_line(
    dovecot: rigs.Dovecot, user: str, store: SqlStore, mailbox: Callable[..., Mailbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    append(dovecot, user, *(mail(n) for n in range(210)))
    real = draining.Drain._keep
    done: list[int] = []

    def once(self: Any, opened: Any, fetched: Any) -> Any:
        if done:
            raise StoreBusy
        done.append(1)
        return real(self, opened, fetched)

    monkeypatch.setattr(draining.Drain, "_keep", once)
    with pytest.raises(StoreBusy):
        mailbox(fresh=True).sweep()
    monkeypatch.undo()
    append(dovecot, user, mail(999))
    assert mailbox(fresh=True).sweep() == 210 - draining.COMMIT + 1
    with store.read() as tx:
        assert [tx.inbox.envelope(n).archive for n in range(1, 212)] == [True] * 210 + [False]


def test_old_mail_may_be_processed(
    dovecot: rigs.Dovecot, user: str, store: SqlStore, mailbox: Callable[..., Mailbox]
) -> None:
    append(dovecot, user, mail(1))
    assert mailbox(fresh=True, old_mail="process").sweep() == 1
    with store.read() as tx:
        assert not tx.inbox.envelope(1).archive


def test_nothing_is_flagged_before_the_commit(
    dovecot: rigs.Dovecot, user: str, store: SqlStore, mailbox: Callable[..., Mailbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    box = mailbox()
    append(dovecot, user, mail(1))
    monkeypatch.setattr(store, "write", lambda *_: (_ for _ in ()).throw(StoreBusy()))
    with pytest.raises(StoreBusy):
        box.sweep()
    assert flags(dovecot, user) == [set()]
    monkeypatch.undo()
    assert box.sweep() == 1
    assert flags(dovecot, user) == [{b"\\Seen", b"$IntakeKept"}]


def test_a_crash_between_commit_and_flag_is_made_good(
    dovecot: rigs.Dovecot, user: str, store: SqlStore, mailbox: Callable[..., Mailbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    box = mailbox()
    append(dovecot, user, mail(1))

    def die(name: str) -> None:
        raise KeyboardInterrupt(name)

    monkeypatch.setattr(draining, "reach", die)
    with pytest.raises(KeyboardInterrupt, match=r"imap\.committed_unflagged"):
        box.sweep()
    monkeypatch.undo()
    assert flags(dovecot, user) == [set()]
    assert mailbox(fresh=True).sweep() == 0
    assert raws(store) == [mail(1)]
    assert flags(dovecot, user) == [{b"\\Seen", b"$IntakeKept"}]


def test_mails_are_moved_into_folders_made_for_them(
    dovecot: rigs.Dovecot, user: str, store: SqlStore, mailbox: Callable[..., Mailbox]
) -> None:
    query = f"?after=move&done={quote('処理済み')}&failed={quote('大きすぎる')}"
    box = mailbox(query=query, max_bytes=5000)
    append(dovecot, user, mail(1), mail(2, size=6000), mail(3))
    assert box.sweep() == 3
    assert folder_of(dovecot, user, "INBOX") == []
    assert folder_of(dovecot, user, "処理済み") == [mail(1), mail(3)]
    assert folder_of(dovecot, user, "大きすぎる") == [mail(2, size=6000)]
    assert box.sweep() == 0


def test_a_server_without_move_or_uidplus(
    dovecot: rigs.Dovecot, user: str, store: SqlStore, mailbox: Callable[..., Mailbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Connection.has_capability
    for lacking, left in (({"MOVE"}, []), ({"MOVE", "UIDPLUS", "NAMESPACE"}, [{b"\\Deleted", b"\\Seen"}])):
        monkeypatch.setattr(
            Connection, "has_capability", lambda self, c, lacking=lacking: c not in lacking and real(self, c)
        )
        box = mailbox(query="?after=move")
        append(dovecot, user, mail(len(lacking)))
        assert box.sweep() == 1
        assert flags(dovecot, user) == left
        assert mailbox(query="?after=move", fresh=True).sweep() == 0
    assert folder_of(dovecot, user, "intake-done") == [mail(1), mail(3)]


def test_reading_only_touches_nothing(
    dovecot: rigs.Dovecot, user: str, store: SqlStore, mailbox: Callable[..., Mailbox]
) -> None:
    box = mailbox(query="?after=nothing")
    append(dovecot, user, mail(1))
    assert box.sweep() == 1
    assert flags(dovecot, user) == [set()]
    assert mailbox(query="?after=nothing", fresh=True).sweep() == 0


def test_a_folder_with_a_japanese_name_over_tls(
    dovecot: rigs.Dovecot, user: str, store: SqlStore, mailbox: Callable[..., Mailbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    append(dovecot, user, folder="受信/退会 & 停止")
    with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
        mailbox("受信/退会 & 停止", tls=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.ca_file))
    box = mailbox("受信/退会 & 停止", tls=True)
    append(dovecot, user, mail(1), folder="受信/退会 & 停止")
    assert box.sweep() == 1
    assert raws(store) == [mail(1)]


def test_a_new_uidvalidity_loses_and_repeats_nothing(
    dovecot: rigs.Dovecot, user: str, store: SqlStore, mailbox: Callable[..., Mailbox]
) -> None:
    append(dovecot, user, mail(1), folder="box")
    box = mailbox("box")  # the first is old mail
    append(dovecot, user, mail(2), folder="box")
    assert box.sweep() == 1
    with dovecot.connect(user) as client:
        client.delete_folder("box")
    time.sleep(1.1)  # Dovecot takes the second for its UIDVALIDITY
    append(dovecot, user, mail(3), mail(2), mail(1), mail(4), folder="box")  # same UIDs, other mails; old ones again
    assert box.sweep() == 4
    assert raws(store) == [mail(1), mail(2), mail(3), mail(4)]
    with store.read() as tx:
        assert [tx.inbox.envelope(n).archive for n in (1, 2, 3, 4)] == [True, False, False, False]
    assert mailbox("box", fresh=True).sweep() == 0


def test_the_same_mail_in_two_folders_comes_in_once(
    dovecot: rigs.Dovecot, user: str, store: SqlStore, mailbox: Callable[..., Mailbox]
) -> None:
    append(dovecot, user, folder="other")
    first, second = mailbox(), mailbox("other")
    append(dovecot, user, mail(1))
    append(dovecot, user, mail(1), folder="other")
    assert (first.sweep(), second.sweep()) == (1, 1)
    assert raws(store) == [mail(1)]


def test_one_mail_that_cannot_be_stored_blocks_no_other(
    dovecot: rigs.Dovecot, user: str, store: SqlStore, mailbox: Callable[..., Mailbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    from intake.store.inbox import Inbox

    real = Inbox.add

    def add(self: Inbox, arriving: Any) -> Any:
        if any(a.envelope.raw == mail(2) for a in arriving):
            raise ValueError("canary")
        return real(self, arriving)

    box = mailbox()
    append(dovecot, user, mail(1), mail(2), mail(3))
    monkeypatch.setattr(Inbox, "add", add)
    assert box.sweep() == 3
    assert raws(store) == [mail(1), mail(3)]
    assert "1 mails cannot be fetched" in (box.trouble() or "")
    assert flags(dovecot, user)[1] == set()
    monkeypatch.undo()
    again = mailbox(fresh=True)
    assert again.sweep() == 1  # tried again at each new connection
    assert again.trouble() is None


def test_reconcile_names_what_has_no_row(
    dovecot: rigs.Dovecot, user: str, store: SqlStore, mailbox: Callable[..., Mailbox]
) -> None:
    box = mailbox()
    append(dovecot, user, mail(1), mail(2))
    box.sweep()
    found = reconcile(box.account, store)
    assert (found.on_server, found.without_row, found.failed) == (2, (), ())
    append(dovecot, user, mail(3))
    assert reconcile(box.account, store).without_row == (3,)
    assert flags(dovecot, user)[2] == set()


# --- the thread ------------------------------------------------------------------------------------------------------


class Running:
    """A mailbox's thread."""

    def __init__(self, box: Mailbox) -> None:
        self.box, self.halt = box, threading.Event()
        self.thread = threading.Thread(target=box.loop, args=(self.halt,), daemon=True)
        self.thread.start()

    def wait_for(self, ready: Callable[[], bool], seconds: float = 15) -> None:
        end = time.monotonic() + seconds
        while not ready():
            assert time.monotonic() < end, self.box.trouble()
            time.sleep(0.05)

    def stop(self) -> float:
        began = time.monotonic()
        self.halt.set()
        self.thread.join(20)
        assert not self.thread.is_alive()
        return time.monotonic() - began


@pytest.mark.parametrize("use_idle", [True, False])
def test_the_thread_takes_in_what_comes(
    dovecot: rigs.Dovecot, user: str, store: SqlStore, mailbox: Callable[..., Mailbox], use_idle: bool
) -> None:
    running = Running(mailbox(poll_seconds=60 if use_idle else 0.3, use_idle=use_idle))
    running.wait_for(lambda: running.box._client is not None and running.box._scanned_at > 0)
    dovecot.deliver(user, mail(1))
    running.wait_for(lambda: running.box.taken == 1)
    assert running.box.trouble() is None
    assert running.stop() < 5


def test_an_outage_heals_and_is_told(
    dovecot: rigs.Dovecot, user: str, store: SqlStore, mailbox: Callable[..., Mailbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    from intake.channels.imap import watch

    monkeypatch.setattr(watch, "STALL_SECONDS", 0.5)
    monkeypatch.setattr(watch, "ALARM_SECONDS", 0.5)
    monkeypatch.setattr(watch, "FIRST_PAUSE", 0.3)
    monkeypatch.setattr(watch, "LONGEST_PAUSE", 0.5)
    told: list[str] = []
    running = Running(mailbox(poll_seconds=30, notify=told.append))
    running.wait_for(lambda: running.box._scanned_at > 0)
    dovecot.stop()
    running.wait_for(lambda: bool(told))
    assert user not in told[0]
    assert running.box.trouble() is not None
    running.wait_for(lambda: "no connection" in (running.box.trouble() or ""))
    dovecot.start()
    running.wait_for(lambda: told[-1] == "")
    dovecot.deliver(user, mail(1))
    running.wait_for(lambda: running.box.taken == 1)
    assert running.box.trouble() is None
    assert len(told) == 2
    running.stop()


def test_a_wrong_password_is_told_in_words(dovecot: rigs.Dovecot, user: str, store: SqlStore, tmp_path: Any) -> None:
    (tmp_path / "password").write_text("wrong")
    [account] = parse_accounts(dovecot.url(user), tmp_path / "password")
    now = datetime.now(UTC)
    box = Mailbox(account, store)
    running = Running(box)
    running.wait_for(lambda: box._failures == 1)
    assert "refuses the sign-in" in (box.trouble(now + timedelta(minutes=5)) or "")
    assert "for 5 minutes" in (box.trouble(now + timedelta(minutes=5)) or "")
    assert running.stop() < 5
    assert box._failures == 1  # not tried again and again


def test_accounts_of_other_machines_need_tls(tmp_path: Any) -> None:
    (tmp_path / "password").write_text("x")
    [local] = parse_accounts("imap://u@127.0.0.1:1/INBOX", tmp_path / "password")
    [remote] = parse_accounts("imap://u@mail.agency.example/INBOX", tmp_path / "password")
    assert local.is_local
    assert not remote.is_local
    assert isinstance(remote, Account)
