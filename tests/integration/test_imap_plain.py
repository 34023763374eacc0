"""Every case of a mailbox on a server without IDLE, MOVE, UIDPLUS and NAMESPACE."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from intake.channels.imap import Mailbox, parse_accounts, reconcile
from intake.channels.imap import drain as draining
from intake.channels.imap import watch as watching
from intake.store import SqlStore
from tests.integration.imap_plain import PlainImap
from tests.integration.test_imap_dovecot import Running, mail, raws
from tests.unit.channels.stores import real_store

NOW = datetime(2026, 4, 1, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlainImap]:
    pytest.importorskip("pymap")
    made = PlainImap(tmp_path_factory.mktemp("pymap"))
    yield made
    made.stop()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with real_store(tmp_path) as opened:
        yield opened


@pytest.fixture
def folder(server: PlainImap, request: pytest.FixtureRequest) -> str:
    """An empty folder of this test's own."""
    name = request.node.name.partition("[")[0]
    with server.connect() as client:
        client.create_folder(name)
    server.said.clear()
    return str(name)


@pytest.fixture
def mailbox(server: PlainImap, store: SqlStore, folder: str) -> Callable[..., Mailbox]:
    """A Mailbox on it; its first connection has been, unless ``fresh``."""

    def make(query: str = "", fresh: bool = False, at: str = "", **options: Any) -> Mailbox:
        [account] = parse_accounts(server.url(quote(at or folder), query), server.password_file)
        made = Mailbox(account, store, **options)
        if not fresh:
            made.sweep()
        return made

    return make


def append(server: PlainImap, folder: str, *mails: bytes) -> None:
    with server.connect() as client:
        for raw in mails:
            client.append(folder, raw)


def flags(server: PlainImap, folder: str) -> list[set[bytes]]:
    with server.connect() as client:
        client.select_folder(folder, readonly=True)
        found = client.get_flags(client.search())
        return [set(found[uid]) - {b"\\Recent"} for uid in sorted(found)]


def test_mails_come_in_once_and_are_flagged(
    server: PlainImap, folder: str, store: SqlStore, mailbox: Callable[..., Mailbox]
) -> None:
    box = mailbox()
    append(server, folder, *(mail(n) for n in range(60)))
    assert (box.sweep(), box.sweep()) == (60, 0)
    assert raws(store) == [mail(n) for n in range(60)]
    assert all(b"\\Seen" in found for found in flags(server, folder))
    assert not [line for line in server.said if b"BODY[" in line], "peeked at, not opened"


def test_a_person_reads_and_deletes(
    server: PlainImap, folder: str, store: SqlStore, mailbox: Callable[..., Mailbox]
) -> None:
    box = mailbox()
    append(server, folder, mail(1), mail(2), mail(3))
    with server.connect() as person:
        person.select_folder(folder)
        uids = person.search()
        person.add_flags(uids, [b"\\Seen"])
        person.delete_messages([uids[1]])
        person.expunge()
    assert box.sweep() == 2
    assert raws(store) == [mail(1), mail(3)]


def test_old_mail_is_archived_and_left_alone(
    server: PlainImap, folder: str, store: SqlStore, mailbox: Callable[..., Mailbox]
) -> None:
    append(server, folder, mail(1), mail(2))
    assert mailbox(fresh=True).sweep() == 2
    append(server, folder, mail(3))
    assert mailbox(fresh=True).sweep() == 1
    with store.read() as tx:
        assert [tx.inbox.envelope(n).archive for n in (1, 2, 3)] == [True, True, False]
    assert [b"\\Seen" in found for found in flags(server, folder)] == [False, False, True]


def test_a_crash_between_commit_and_flag(
    server: PlainImap, folder: str, store: SqlStore, mailbox: Callable[..., Mailbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    box = mailbox()
    append(server, folder, mail(1))

    def die(_: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(draining, "reach", die)
    with pytest.raises(KeyboardInterrupt):
        box.sweep()
    monkeypatch.undo()
    assert flags(server, folder) == [set()]
    assert mailbox(fresh=True).sweep() == 0
    assert raws(store) == [mail(1)]
    assert b"\\Seen" in flags(server, folder)[0]


def test_moved_by_copy_and_never_by_a_bare_expunge(
    server: PlainImap, folder: str, store: SqlStore, mailbox: Callable[..., Mailbox]
) -> None:
    """Somebody has marked a mail of their own for deletion: it is not ours to expunge."""
    box = mailbox(query=f"?after=move&done={quote('処理済み')}")
    append(server, folder, mail(1), mail(2))
    with server.connect() as person:
        person.select_folder(folder)
        person.add_flags(person.search()[:1], [b"\\Deleted"])
    assert box.sweep() == 2
    assert mailbox(query=f"?after=move&done={quote('処理済み')}", fresh=True).sweep() == 0
    with server.connect() as client:
        assert client.select_folder("処理済み", readonly=True)[b"EXISTS"] == 2
        assert client.select_folder(folder, readonly=True)[b"EXISTS"] == 2
    assert not [line for line in server.said if b"EXPUNGE" in line or b" MOVE " in line]


def test_reading_only_touches_nothing(
    server: PlainImap, folder: str, store: SqlStore, mailbox: Callable[..., Mailbox]
) -> None:
    box = mailbox(query="?after=nothing")
    append(server, folder, mail(1))
    server.said.clear()
    assert box.sweep() == 1
    assert flags(server, folder) == [set()]
    words = {line.split()[1].upper() for line in server.said if len(line.split()) > 1}
    assert words <= {b"CAPABILITY", b"LOGIN", b"EXAMINE", b"UID", b"LOGOUT"}, words


def test_a_folder_with_a_japanese_name(server: PlainImap, store: SqlStore, mailbox: Callable[..., Mailbox]) -> None:
    name = "退会 & 停止"
    with server.connect() as client:
        client.create_folder(name)
    box = mailbox(at=name)
    append(server, name, mail(1))
    assert box.sweep() == 1
    assert raws(store) == [mail(1)]


def test_made_anew_with_another_uidvalidity(
    server: PlainImap, folder: str, store: SqlStore, mailbox: Callable[..., Mailbox]
) -> None:
    box = mailbox()
    append(server, folder, mail(1), mail(2))
    assert box.sweep() == 2
    with server.connect() as client:
        client.delete_folder(folder)
        time.sleep(1.1)  # its UIDVALIDITY may be made of seconds
        client.create_folder(folder)
    append(server, folder, mail(3), mail(2), mail(1))
    assert box.sweep() == 3
    assert raws(store) == [mail(1), mail(2), mail(3)]


def test_polling_finds_what_comes(
    server: PlainImap, folder: str, store: SqlStore, mailbox: Callable[..., Mailbox]
) -> None:
    running = Running(mailbox(poll_seconds=0.3))
    running.wait_for(lambda: running.box._scanned_at > 0)
    append(server, folder, mail(1))
    running.wait_for(lambda: running.box.taken == 1)
    assert running.stop() < 5
    assert not [line for line in server.said if line.endswith(b" IDLE")]


def test_a_week_without_the_server(
    server: PlainImap,
    folder: str,
    store: SqlStore,
    mailbox: Callable[..., Mailbox],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Tried less and less often, told once, told again when it goes on; everything of that week comes in, once, under
    the day on which the server took it."""
    clock, told, pauses = [NOW], list[str](), list[float]()
    halt = threading.Event()
    box = mailbox(poll_seconds=60, clock=lambda: clock[0], notify=told.append)

    def sleep(_: Any, __: threading.Event, seconds: float) -> None:
        """A pause passes on the clock of the test."""
        clock[0] += timedelta(seconds=seconds)
        if box._failures:
            pauses.append(seconds)
        elif box.taken == 3:
            halt.set()
        if clock[0] - NOW > timedelta(days=7) and server.is_away:
            append(server, folder, mail(1), mail(2), mail(3))
            server.come_back()

    monkeypatch.setattr(watching.Mailbox, "_sleep", sleep)
    server.go_away()
    thread = threading.Thread(target=box.loop, args=(halt,), daemon=True)
    thread.start()
    halt.wait(60)
    thread.join(10)
    assert box.taken == 3
    assert raws(store) == [mail(1), mail(2), mail(3)]
    assert clock[0] - NOW > timedelta(days=7)
    assert len(told) == 2
    assert "broke off, for" in told[0]
    assert told[1] == ""
    assert pauses[0] < 3 and 200 < pauses[-1] < 400, "later and later, but never given up"
    assert 7 * 86_400 / 400 < len(pauses) < 7 * 86_400 / 200
    assert box.trouble() is None
    with store.read() as tx:
        assert tx.inbox.envelope(1).received_at <= clock[0]
        assert not tx.inbox.envelope(1).archive, "what came in that week is no old mail"
    assert reconcile(box.account, store).without_row == ()


def test_reconcile_names_what_has_no_row(
    server: PlainImap, folder: str, store: SqlStore, mailbox: Callable[..., Mailbox]
) -> None:
    box = mailbox()
    append(server, folder, mail(1))
    box.sweep()
    append(server, folder, mail(2))
    found = reconcile(box.account, store)
    assert (found.on_server, len(found.without_row)) == (2, 1)
