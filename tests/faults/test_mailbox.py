"""An IMAP server that hangs up in the midst of everything: nothing is flagged before it is kept."""

from __future__ import annotations

import contextlib
import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest
from imapclient import SocketTimeout

from intake.channels.imap import Mailbox, parse_accounts
from tests.faults.traffic import mail
from tests.faults.world import Told, audit_world, raws_of
from tests.unit.channels.imap_server import FakeImap
from tests.unit.channels.stores import real_store

NOW = datetime(2026, 4, 1, 3, 0, tzinfo=UTC)


def test_a_line_cut_at_every_byte_of_an_answer(tmp_path: Path) -> None:
    """The greeting, the sign-in, the list, the sizes, the mails, the flags: cut after each byte that was sent."""
    password = tmp_path / "password"
    password.write_text("x")
    mails = {3: mail(3), 5: mail(5)}
    whole = _answers(mails, tmp_path, password)
    for n in sorted({*range(0, whole, 23), *range(max(0, whole - 40), whole, 2)}):
        server = CuttingImap(mails, after=n)
        folder = tmp_path / f"cut{n}"
        folder.mkdir()
        with real_store(folder) as store:
            box = _box(server, store, password)
            with contextlib.suppress(Exception):
                box.sweep()
            kept = set(raws_of(store))
            assert kept <= set(mails.values()), f"after {n} bytes a mail was cut short"
            if any("STORE" in said for said in server.said):
                assert kept == set(mails.values()), f"after {n} bytes a mail was flagged that is not kept"
            server.after = None
            box.sweep()
            audit_world(store, Told(accepted=set(mails.values())), settled=False)
            assert any("STORE" in said for said in server.said)
        server.stop()


def _answers(mails: dict[int, bytes], folder: Path, password: Path) -> int:
    """How many bytes a whole sweep takes."""
    server = CuttingImap(mails, after=None)
    (folder / "whole").mkdir()
    with real_store(folder / "whole") as store:
        assert _box(server, store, password).sweep() == 2
    server.stop()
    return server.sent


def _box(server: FakeImap, store: object, password: Path) -> Mailbox:
    (account,) = parse_accounts(f"imap://a@127.0.0.1:{server.port}/INBOX", password)
    timeouts = SocketTimeout(2, 2)
    return Mailbox(account, store, old_mail="process", clock=lambda: NOW, timeouts=timeouts)  # type: ignore[arg-type]


class CuttingImap(FakeImap):
    """Counts what it says over all connections, and hangs up after so many bytes."""

    def __init__(self, mails: dict[int, bytes], after: int | None) -> None:
        self.after, self.sent = after, 0
        super().__init__()
        self.mails = mails

    def _serve(self, one: socket.socket) -> None:
        with contextlib.suppress(OSError), one.makefile("rb") as lines:
            self._say(one, b"* OK ready\r\n")
            for line in lines:
                tag, _, command = line.decode().strip().partition(" ")
                self.said.append(command)
                self._say(one, self._answer(one, tag, command) or b"")

    def _say(self, one: socket.socket, answer: bytes) -> None:
        if self.after is not None and self.sent + len(answer) > self.after:
            one.sendall(answer[: max(0, self.after - self.sent)])
            self.sent = self.after
            one.shutdown(socket.SHUT_RDWR)
            raise OSError
        one.sendall(answer)
        self.sent += len(answer)


@pytest.mark.parametrize("way", ["same-mails", "other-mails"])
def test_a_mailbox_made_anew_with_the_same_uids(way: str, tmp_path: Path) -> None:
    """UIDVALIDITY changes and the UIDs begin again: the same mails come in once, other ones are not dropped."""
    password = tmp_path / "password"
    password.write_text("x")
    server = FakeImap()
    server.mails = {n: mail(n) for n in (1, 2, 3)}
    with real_store(tmp_path) as store:
        box = _box(server, store, password)
        assert box.sweep() == 3
        told = Told(accepted=set(server.mails.values()))
        server.uidvalidity += 1
        if way == "other-mails":
            server.mails = {n: mail(n + 100) for n in (1, 2, 3)}
            told.accepted |= set(server.mails.values())
        box.sweep()
        assert audit_world(store, told, settled=False).messages == len(told.accepted)
    server.stop()
