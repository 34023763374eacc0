"""IMAP servers that lie, stall, flood or lack everything (A34): bounded, nothing flagged early, and again."""

from __future__ import annotations

import resource
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from imapclient import SocketTimeout

from intake.channels.imap import Mailbox, parse_accounts, reconcile, watch
from intake.channels.imap import connection as connecting
from intake.store import SqlStore
from tests.unit.channels import imap_server
from tests.unit.channels.fakes import NOW
from tests.unit.channels.imap_server import MAIL, FakeImap


@pytest.fixture
def server() -> Iterator[FakeImap]:
    made = FakeImap()
    yield made
    made.stop()


@pytest.fixture
def box(server: FakeImap, store: SqlStore, tmp_path: Path) -> Mailbox:
    return make_box(server, store, tmp_path)


def make_box(server: FakeImap, store: SqlStore, tmp_path: Path, query: str = "", **options: Any) -> Mailbox:
    (tmp_path / "password").write_text("secret")
    [account] = parse_accounts(f"imap://jobs@127.0.0.1:{server.port}/INBOX{query}", tmp_path / "password")
    options = {"timeouts": SocketTimeout(2, 0.5), "old_mail": "process", "clock": lambda: NOW} | options
    return Mailbox(account, store, **options)


def waiting(store: SqlStore) -> int:
    with store.read() as tx:
        return tx.inbox.backlog(NOW + timedelta(days=1)).waiting


def test_a_server_that_can_do_nothing_extra(server: FakeImap, store: SqlStore, tmp_path: Path) -> None:
    server.mails = {3: MAIL, 2**32 - 1: MAIL + b"2"}
    box = make_box(server, store, tmp_path)
    assert box.sweep() == 2
    assert box.sweep() == 0
    server.mails[2**32 - 1] = MAIL  # n:* gives the last again and again: it stays one
    assert box.sweep() == 0
    with store.read() as tx:
        assert tx.inbox.envelope(1).raw == MAIL
        assert tx.inbox.envelope(1).received_at == NOW
    stores = [c for c in server.said if c.startswith("UID STORE")]
    assert stores == ["UID STORE 3,4294967295 +FLAGS.SILENT (\\Seen)"]  # both in one, no keyword where none is allowed


def test_the_body_is_peeked_at_after_its_size(server: FakeImap, box: Mailbox) -> None:
    server.mails[2] = MAIL + b"x" * 400_000
    box.sweep()
    asked = [c for c in server.said if c.startswith(("UID FETCH", "UID SEARCH UID"))]
    assert asked == [
        "UID SEARCH UID 1:* LARGER 320000",
        "UID FETCH 2 (RFC822.SIZE)",
        "UID FETCH 1,2 (BODY.PEEK[] INTERNALDATE)",
    ]


def test_few_large_mails_share_a_fetch(server: FakeImap, box: Mailbox, store: SqlStore) -> None:
    server.mails = {n: MAIL + bytes([n]) * 7_000_000 for n in range(1, 6)} | {9: MAIL}
    assert box.sweep() == 6
    fetched = [c.split()[2] for c in server.said if "BODY.PEEK" in c]
    assert fetched == ["1,2", "3,4", "5,9"]
    assert waiting(store) == 6


def test_a_mail_that_is_larger_than_its_size_is_cut_off(server: FakeImap, box: Mailbox, store: SqlStore) -> None:
    server.mails = {1: b"x" * 30_000_000}
    server.on("LARGER", lambda _, __, tag, ___: f"* SEARCH\r\n{tag} OK done\r\n".encode())
    with pytest.raises(Exception, match="more than was asked for"):
        box.sweep()
    assert waiting(store) == 0


@pytest.mark.parametrize("trick", ["silent", "hang_up", "drip", "flood", "huge"])
@pytest.mark.parametrize("where", ["BODY.PEEK", "LOGIN", "SEARCH 1", "LARGER"])
def test_a_hostile_answer_is_bounded(
    server: FakeImap, box: Mailbox, store: SqlStore, where: str, trick: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "COMMAND_SECONDS", 1.0)
    monkeypatch.setattr(connecting.Connection.allow, "__defaults__", (0, 1.0))
    monkeypatch.setattr("intake.channels.imap.fetching.FETCH_SECONDS", 1.0)
    server.on(where, getattr(imap_server, trick))
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    with pytest.raises(Exception):  # noqa: B017 whatever it is, the loop counts it as a failure
        box.sweep()
    assert time.monotonic() - began < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30_000  # KB
    assert waiting(store) == 0
    assert not any("STORE" in c for c in server.said)
    server.answers.clear()
    assert box.sweep() == 1


@pytest.mark.parametrize("garbage", [
    b"\x00\xff\xfe\r\n", b"* SEARCH x y\r\n{tag} OK\r\n", b"* 1 FETCH (UID\r\n{tag} OK\r\n", b"{tag} NO no\r\n",
    b"{tag} BAD bad\r\n", b"* BYE gone\r\n", b"* 1 FETCH (UID 1 BODY[] {-5}\r\n{tag} OK\r\n", b"+ go on\r\n",
    b"* 1 FETCH ((((((((((((\r\n{tag} OK\r\n", b"A999 OK other tag\r\n", b"x" * 3_000_000,
])  # fmt: skip
def test_garbage_fails_and_the_next_try_is_clean(
    server: FakeImap, box: Mailbox, store: SqlStore, garbage: bytes
) -> None:
    server.on("BODY.PEEK", lambda _, __, tag, ___: garbage.replace(b"{tag}", tag.encode()))
    with pytest.raises(Exception):  # noqa: B017
        box.sweep()
    assert waiting(store) == 0
    server.answers.clear()
    assert box.sweep() == 1


def test_a_mail_that_is_listed_and_not_given_is_told(server: FakeImap, box: Mailbox, store: SqlStore) -> None:
    server.mails = {1: MAIL, 2: MAIL + b"2"}
    nil = lambda s, _, tag, c: b"* 1 FETCH (UID 1 BODY[] NIL)\r\n" + s.plain(tag, c.replace("1,2", "2"))  # noqa: E731
    server.on("BODY.PEEK", nil)
    assert box.sweep() == 2
    assert waiting(store) == 1
    assert "1 mails cannot be fetched" in (box.trouble(NOW) or "")


def test_a_mail_that_is_taken_away_meanwhile(server: FakeImap, box: Mailbox, store: SqlStore) -> None:
    server.mails = {1: MAIL, 2: MAIL + b"2"}
    server.on("BODY.PEEK", lambda s, _, tag, c: s.plain(tag, c.replace("1,2", "2")))
    assert box.sweep() == 1
    assert waiting(store) == 1
    assert box.trouble(NOW) is None


def test_a_server_without_uidvalidity_is_not_guessed_at(server: FakeImap, box: Mailbox) -> None:
    server.on("SELECT", lambda s, _, tag, __: f"* 1 EXISTS\r\n{tag} OK [READ-WRITE]\r\n".encode())
    with pytest.raises(ConnectionError, match="UIDVALIDITY"):
        box.sweep()


def test_a_mailbox_that_is_readable_only(server: FakeImap, box: Mailbox, store: SqlStore) -> None:
    server.on("SELECT", lambda s, _, tag, c: s.plain(tag, c).replace(b"READ-WRITE", b"READ-ONLY"))
    assert box.sweep() == 1
    assert 'EXAMINE "INBOX"' in server.said
    assert not any("STORE" in c for c in server.said)


def test_flagging_refused_is_tried_at_the_next_connection(server: FakeImap, box: Mailbox, store: SqlStore) -> None:
    server.on("STORE", lambda _, __, tag, ___: f"{tag} NO not now\r\n".encode())
    assert box.sweep() == 1
    server.answers.clear()
    server.said.clear()
    assert box.sweep() == 0
    assert waiting(store) == 1
    box._floor = 0  # as after a new connection of the thread, or an hour
    assert box.sweep() == 0
    assert any("STORE" in c for c in server.said)


def test_an_idle_that_dies_does_not_spin(store: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(watch, "LONGEST_PAUSE", 0.3)
    server = FakeImap("IMAP4rev1 IDLE")

    def idle(_: FakeImap, one: Any, *__: object) -> None:
        one.sendall(b"+ idling\r\n")
        time.sleep(0.1)
        imap_server.hang_up(_, one)

    server.on("IDLE", idle)
    box = make_box(server, store, tmp_path)
    stop = threading.Event()
    thread = threading.Thread(target=box.loop, args=(stop,), daemon=True)
    thread.start()
    time.sleep(3)
    stop.set()
    thread.join(10)
    server.stop()
    assert not thread.is_alive()
    assert 2 <= server.connections <= 15
    assert box.taken == 1


def test_a_silent_server_does_not_keep_us_from_ending(server: FakeImap, store: SqlStore, tmp_path: Path) -> None:
    server.on("SEARCH", imap_server.silent)
    box = make_box(server, store, tmp_path, timeouts=SocketTimeout(2, 60))
    stop = threading.Event()
    thread = threading.Thread(target=box.loop, args=(stop,), daemon=True)
    thread.start()
    while not any("SEARCH" in c for c in server.said):
        time.sleep(0.01)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()


@pytest.mark.parametrize("shape", [
    b'* 1 FETCH (UID 1 INTERNALDATE "01-Apr-2026 12:00:00 +0900" BODY[] {n}\r\nMAIL)\r\n',
    b'* 1 FETCH (BODY[] {n}\r\nMAIL UID 1 INTERNALDATE " 1-Apr-2026 12:00:00 +0900")\r\n',
    b'* 1 FETCH (INTERNALDATE "01-Apr-2026 03:00:00 +0000" BODY[] {n}\r\nMAIL UID 1 FLAGS (\\Seen))\r\n',
    b'* 1 FETCH (FLAGS (\\Seen))\r\n* 1 FETCH (UID 1 BODY[] {n}\r\nMAIL)\r\n* 2 FETCH (UID 9 FLAGS ())\r\n',
    b'* 1 FETCH (UID 1 X {3}\r\nabc BODY[] {n}\r\nMAIL)\r\n',
    b'* 1 FETCH (uid 1 body[] {n}\r\nMAIL)\r\n',
])  # fmt: skip
def test_servers_put_it_differently(server: FakeImap, box: Mailbox, store: SqlStore, shape: bytes) -> None:
    text = shape.replace(b"{n}", b"{%d}" % len(MAIL)).replace(b"MAIL", MAIL)
    server.on("BODY.PEEK", lambda _, __, tag, ___: text + f"{tag} OK done\r\n".encode())
    assert box.sweep() == 1
    with store.read() as tx:
        kept = tx.inbox.envelope(1)
    assert kept.raw == MAIL
    assert kept.received_at == NOW


def test_a_short_mail_may_come_in_quotes(server: FakeImap, box: Mailbox, store: SqlStore) -> None:
    quoted = '* 1 FETCH (UID 1 BODY[] "Subject: x")'
    server.on("BODY.PEEK", lambda _, __, tag, ___: f"{quoted}\r\n{tag} OK done\r\n".encode())
    assert box.sweep() == 1
    with store.read() as tx:
        assert tx.inbox.envelope(1).raw == b"Subject: x"


def test_a_date_in_the_future_is_today(server: FakeImap, box: Mailbox, store: SqlStore) -> None:
    server.on("BODY.PEEK", lambda s, _, tag, c: s.plain(tag, c).replace(b"2026", b"2036"))
    assert box.sweep() == 1
    with store.read() as tx:
        assert tx.inbox.envelope(1).received_at == NOW


def test_the_pauses_fit_the_trouble(box: Mailbox) -> None:
    from intake.channels.imap.credentials import SignInRefused
    from intake.errors import StoreUnavailable

    slept: list[float] = []
    box._sleep = lambda _, seconds: slept.append(seconds)  # type: ignore[method-assign]
    for error, first, later in ((OSError(), 2, 300), (StoreUnavailable(), 2, 20), (SignInRefused(), 60, 900)):
        box._failures = 0
        slept.clear()
        for _ in range(40):
            box._failed(error)
            box._rest(threading.Event())
        assert 0.8 * first <= slept[0] <= 1.2 * first
        assert 0.8 * later <= slept[-1] <= 1.2 * later


def test_an_alarm_that_fails_is_given_again(server: FakeImap, store: SqlStore, tmp_path: Path) -> None:
    now, told = [NOW], []

    def notify(what: str) -> None:
        told.append(what)
        if len(told) in (1, 3):
            raise RuntimeError("no database to queue the alarm in")

    box = make_box(server, store, tmp_path, notify=notify, clock=lambda: now[0])
    box._failed(OSError())
    now[0] += timedelta(minutes=2)
    box._failed(OSError())
    assert told == []  # two minutes: red on /healthz, no alarm yet
    assert "for 2 minutes" in (box.trouble() or "")
    now[0] += timedelta(minutes=9)
    box._failed(OSError())
    box._failed(OSError())
    box._failed(OSError())
    assert len(told) == 2
    box._succeeded()
    box._succeeded()
    assert told[2:] == ["", ""]
    box._succeeded()
    assert len(told) == 4


def test_a_server_that_lies_about_the_next_uid(server: FakeImap, store: SqlStore, tmp_path: Path) -> None:
    """UIDNEXT and the counts of SELECT are hearsay: what SEARCH lists is taken in."""
    server.mails = {n: MAIL + b"%d" % n for n in (2, 5, 9)}
    lie = b"* 3 EXISTS\r\n* OK [PERMANENTFLAGS (\\Seen)] x\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 1] x\r\n"
    server.on("SELECT", lambda _, __, tag, ___: lie + f"{tag} OK [READ-WRITE] done\r\n".encode())
    box = make_box(server, store, tmp_path)
    assert box.sweep() == 3
    server.mails[4] = MAIL + b"4"  # lower than what was seen: a server that reuses numbers, or that was late
    box._scanned_at = 0.0  # the hourly look at everything
    assert box.sweep() == 1
    assert waiting(store) == 4


def test_mails_that_were_not_asked_for_are_not_taken_for_others(
    server: FakeImap, store: SqlStore, tmp_path: Path
) -> None:
    """An answer counts for the UID that it names, and only if that was asked; what is left out is asked for again."""
    server.mails = {1: MAIL + b"1", 2: MAIL + b"2"}
    stray = b'* 7 FETCH (UID 99 INTERNALDATE "01-Apr-2026 12:00:00 +0900" BODY[] {%d}\r\n%s)\r\n' % (len(MAIL), MAIL)

    def only_the_second(fake: FakeImap, _: Any, tag: str, command: str) -> bytes:
        return stray + fake._fetch(command.replace("1,2", "2")) + f"{tag} OK done\r\n".encode()

    server.on("BODY.PEEK", only_the_second)
    box = make_box(server, store, tmp_path)
    assert box.sweep() == 1
    with store.read() as tx:
        assert tx.inbox.envelope(1).raw == MAIL + b"2"
        assert len(tx.ledger.by_bytes("jobs@127.0.0.1", [])) == 0
    assert box.sweep() == 0
    del server.answers["BODY.PEEK"]
    box._scanned_at = 0.0
    assert box.sweep() == 1
    assert waiting(store) == 2


def test_a_search_that_lists_what_is_not_there(server: FakeImap, store: SqlStore, tmp_path: Path) -> None:
    server.on("UID SEARCH", lambda _, __, tag, ___: b"* SEARCH 1 44 45\r\n" + f"{tag} OK done\r\n".encode())
    box = make_box(server, store, tmp_path)
    assert box.sweep() == 1
    assert box.trouble() is None
    assert reconcile(box.account, store).without_row == (44, 45)
