"""An IMAP server that follows a script: as plain as can be, or as hostile."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
import time
from collections.abc import Callable

MAIL = b"From: a@example.jp\r\nSubject: x\r\n\r\nhello\r\n"
Answer = Callable[["FakeImap", socket.socket, str, str], bytes | None]


class FakeImap:
    """One mailbox. ``on(word, answer)`` replaces what is said to commands that hold ``word``."""

    def __init__(self, capabilities: str = "IMAP4rev1") -> None:
        self.capabilities = capabilities
        self.mails: dict[int, bytes] = {1: MAIL}
        self.uidvalidity = 7
        self.said: list[str] = []
        self.answers: dict[str, Answer] = {}
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._sockets: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def on(self, word: str, answer: Answer | bytes) -> None:
        """``answer`` is bytes, or is called; None means that it has answered itself."""
        self.answers[word] = answer if callable(answer) else lambda *_: answer

    def stop(self) -> None:
        """Close everything."""
        self._listener.close()
        for one in self._sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                one, _ = self._listener.accept()
                self.connections += 1
                self._sockets.append(one)
                threading.Thread(target=self._serve, args=(one,), daemon=True).start()

    def _serve(self, one: socket.socket) -> None:
        with contextlib.suppress(OSError), one.makefile("rb") as lines:
            one.sendall(b"* OK ready\r\n")
            for line in lines:
                tag, _, command = line.decode().strip().partition(" ")
                self.said.append(command)
                answer = self._answer(one, tag, command)
                if answer is not None:
                    one.sendall(answer)

    def _answer(self, one: socket.socket, tag: str, command: str) -> bytes | None:
        for word, answer in self.answers.items():
            if word in command:
                return answer(self, one, tag, command)
        return self.plain(tag, command)

    def plain(self, tag: str, command: str) -> bytes:
        """What an honest server says."""
        ok = f"{tag} OK done\r\n".encode()
        if command.startswith("CAPABILITY"):
            return f"* CAPABILITY {self.capabilities}\r\n".encode() + ok
        if command.startswith(("SELECT", "EXAMINE")):
            head = f"* {len(self.mails)} EXISTS\r\n* 0 RECENT\r\n* FLAGS (\\Seen)\r\n"
            head += f"* OK [PERMANENTFLAGS (\\Seen \\Deleted)] x\r\n* OK [UIDVALIDITY {self.uidvalidity}] x\r\n"
            mode = "READ-ONLY" if command.startswith("EXAMINE") else "READ-WRITE"
            return head.encode() + f"{tag} OK [{mode}] done\r\n".encode()
        if command.startswith("UID SEARCH"):
            found = sorted(self.mails)
            if larger := re.search(r"LARGER (\d+)", command):
                found = [u for u in found if len(self.mails[u]) > int(larger[1])]
                command = ""
            if above := re.search(r"UID (\d+):\*", command):
                found = [u for u in found if u >= int(above[1])] or found[-1:]  # n:* always gives the last one
            return f"* SEARCH {' '.join(map(str, found))}\r\n".encode() + ok
        if command.startswith("UID FETCH"):
            return self._fetch(command) + ok
        return ok

    def _fetch(self, command: str) -> bytes:
        wanted = [int(u) for u in command.split()[2].split(",")]
        out = b""
        for n, uid in enumerate(sorted(self.mails), 1):
            raw = self.mails[uid]
            if uid not in wanted:
                continue
            if "RFC822.SIZE" in command:
                out += b"* %d FETCH (UID %d RFC822.SIZE %d)\r\n" % (n, uid, len(raw))
            else:
                out += b'* %d FETCH (UID %d INTERNALDATE "01-Apr-2026 12:00:00 +0900" BODY[] {%d}\r\n' % (
                    n,
                    uid,
                    len(raw),
                )
                out += raw + b")\r\n"
        return out


def silent(*_: object) -> None:
    """Says nothing, and keeps the line open."""


def hang_up(_: FakeImap, one: socket.socket, *__: object) -> None:
    """Closes the connection."""
    one.shutdown(socket.SHUT_RDWR)


def drip(_: FakeImap, one: socket.socket, *__: object) -> None:
    """A byte now and then, for ever: no read ever times out."""
    with contextlib.suppress(OSError):
        one.sendall(b"* 1 FETCH (UID 1 BODY[] {1000}\r\n")
        while True:
            one.sendall(b"x")
            time.sleep(0.05)


def flood(_: FakeImap, one: socket.socket, *__: object) -> None:
    """Untagged lines without an end."""
    with contextlib.suppress(OSError):
        while True:
            one.sendall(b"* 1 EXISTS\r\n" * 10_000)


def huge(_: FakeImap, one: socket.socket, *__: object) -> None:
    """Promises two gigabytes, and sends them."""
    with contextlib.suppress(OSError):
        one.sendall(b'* 1 FETCH (UID 1 INTERNALDATE "01-Apr-2026 12:00:00 +0900" BODY[] {2147483647}\r\n')
        while True:
            one.sendall(b"x" * 1_000_000)
