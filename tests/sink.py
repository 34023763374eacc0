"""A mail server for tests that answers as it is told, on loopback, in threads.

    sink.script(Turn(rcpt=("550 5.1.1 unknown",)), Turn(drop="dot"), Turn(dot="451 4.3.0 later"))

A connection takes a turn for its greeting and its first mail, each further mail on it takes the next one; when the
turns are used up everything is accepted.
"""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Literal

Stage = Literal["banner", "ehlo", "mail", "rcpt", "data", "body", "dot"]


@dataclass(frozen=True)
class Turn:
    """The answers to one mail. ``drop`` closes the connection instead of answering at that stage.

    ``body`` closes in the midst of the data. ``dot`` closes after the whole mail was taken (and kept in ``received``):
    nobody on the other side can know. ``rcpt`` answers the recipients in order, its last answer all further ones.
    ``delays`` waits so many seconds before the answer of a stage.
    """

    banner: str = "220 sink ESMTP"
    ehlo: str = "250"
    mail: str = "250 2.1.0 ok"
    rcpt: tuple[str, ...] = ("250 2.1.5 ok",)
    data: str = "354 go on"
    dot: str = "250 2.0.0 kept"
    drop: Stage | None = None
    delays: dict[Stage, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Caught:
    """One mail as it came: envelope, bytes after dot-unstuffing, who signed in (AUTH PLAIN, LOGIN: the raw words)."""

    sender: str
    recipients: tuple[str, ...]
    data: bytes
    mail_line: str
    auth: str | None


class SmtpSink:
    """The server; ``received`` has each mail whose dot was answered with 2xx or dropped, ``refused`` the others."""

    def __init__(self) -> None:
        self.received: list[Caught] = []
        self.refused: list[Caught] = []
        self.commands: list[str] = []
        self.connections = 0
        self.extensions = ("PIPELINING", "SIZE 33554432", "8BITMIME", "SMTPUTF8", "AUTH PLAIN LOGIN")
        self._turns: deque[Turn] = deque()
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        sink = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                _Talk(sink, self).run()

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.host, self.port = self._server.server_address[0], self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """For INTAKE_RELAY_URL."""
        return f"smtp://{self.host}:{self.port}"

    def script(self, *turns: Turn) -> None:
        """Add turns; each mail offered takes one."""
        with self._lock:
            self._turns.extend(turns)

    def wait_for(self, count: int, seconds: float = 10) -> list[Caught]:
        """Wait until ``count`` mails were received; fails when they do not come."""
        with self._changed:
            arrived = self._changed.wait_for(lambda: len(self.received) >= count, seconds)
            assert arrived, f"{len(self.received)} of {count} mails came in {seconds} s"
            return list(self.received)

    def stop(self) -> None:
        """Close the port and every connection."""
        self._server.shutdown()
        self._server.close_connections()
        self._server.server_close()
        self._thread.join(5)

    def next_turn(self) -> Turn:
        """Used by the connection's thread."""
        with self._lock:
            return self._turns.popleft() if self._turns else Turn()

    def note(self, line: str) -> None:
        """Remember a command line as it came."""
        with self._lock:
            self.commands.append(line)

    def keep(self, mail: Caught, taken: bool) -> None:
        """Remember a mail whose last dot came."""
        with self._changed:
            (self.received if taken else self.refused).append(mail)
            self._changed.notify_all()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._open: set[socket.socket] = set()

    def process_request(self, request: socket.socket, address: object) -> None:  # type: ignore[override]
        self._open.add(request)
        super().process_request(request, address)

    def shutdown_request(self, request: socket.socket) -> None:  # type: ignore[override]
        self._open.discard(request)
        super().shutdown_request(request)

    def close_connections(self) -> None:
        for request in list(self._open):
            self.shutdown_request(request)


class _Gone(Exception):
    """The connection is closed, by them or by the script."""


class _Talk:
    """One connection."""

    def __init__(self, sink: SmtpSink, handler: socketserver.StreamRequestHandler) -> None:
        self.sink, self.read, self.write = sink, handler.rfile, handler.wfile
        self.turn, self.used = sink.next_turn(), False
        self.auth: str | None = None
        self.begin("", "")

    def begin(self, sender: str, line: str) -> None:
        self.sender, self.mail_line, self.recipients, self.offered = sender, line, list[str](), 0

    def run(self) -> None:
        with self.sink._lock:
            self.sink.connections += 1
        try:
            self.answer("banner", self.turn.banner)
            while True:
                line = self.line().decode("utf-8", "surrogateescape").rstrip("\r\n")
                self.sink.note(line)
                self.command(line)
        except (_Gone, OSError, ValueError):  # ValueError: the file object was closed under us by stop()
            return

    def command(self, line: str) -> None:
        verb = line[:4].upper()
        method = {"EHLO": self.hello, "HELO": self.hello, "LHLO": self.hello, "MAIL": self.mail, "RCPT": self.rcpt}
        if verb in method:
            method[verb](line)
        elif verb == "DATA":
            self.data()
        elif verb == "AUTH":
            self.sign_in(line)
        elif verb == "QUIT":
            self.say("221 2.0.0 bye")
            raise _Gone
        else:
            if verb == "RSET":
                self.begin("", "")
            self.say("250 2.0.0 ok" if verb in ("RSET", "NOOP") else "502 5.5.1 unknown")

    def hello(self, line: str) -> None:
        code = self.turn.ehlo[:3]
        if code != "250":
            self.answer("ehlo", self.turn.ehlo)
            return
        words = ("sink", *self.sink.extensions)
        lines = [f"250{' ' if word == words[-1] else '-'}{word}" for word in words]
        self.answer("ehlo", "\r\n".join(lines))

    def sign_in(self, line: str) -> None:
        words = line.split()[1:]
        asked = ["VXNlcm5hbWU6", "UGFzc3dvcmQ6"] if words[0].upper() == "LOGIN" else [""]
        for question in asked[max(0, len(words) - 1) :]:
            self.say(f"334 {question}")
            words.append(self.line().decode().strip())
        self.auth = " ".join(words)
        self.say("235 2.7.0 welcome")

    def mail(self, line: str) -> None:
        if self.used:
            self.turn = self.sink.next_turn()
        self.used = True
        self.begin(_address(line), line)
        self.answer("mail", self.turn.mail)

    def rcpt(self, line: str) -> None:
        reply = self.turn.rcpt[min(self.offered, len(self.turn.rcpt) - 1)]
        self.offered += 1
        if reply.startswith("2"):
            self.recipients.append(_address(line))
        self.answer("rcpt", reply)

    def data(self) -> None:
        if not self.recipients:
            self.say("554 5.5.1 no valid recipients")
            return
        self.answer("data", self.turn.data)
        if not self.turn.data.startswith("354"):
            return
        lines = []
        while (line := self.line()) != b".\r\n":
            if self.turn.drop == "body":
                raise _Gone
            lines.append(line.removeprefix(b"."))
        mail = Caught(self.sender, tuple(self.recipients), b"".join(lines), self.mail_line, self.auth)
        taken = self.turn.drop == "dot" or self.turn.dot.startswith("2")
        self.sink.keep(mail, taken)
        self.answer("dot", self.turn.dot)

    def answer(self, stage: Stage, reply: str) -> None:
        time.sleep(self.turn.delays.get(stage, 0))
        if self.turn.drop == stage:
            raise _Gone
        self.say(reply)
        if reply.startswith("421"):
            raise _Gone

    def say(self, reply: str) -> None:
        self.write.write(reply.encode() + b"\r\n")

    def line(self) -> bytes:
        line = self.read.readline()
        if not line:
            raise _Gone
        return line


def _address(line: str) -> str:
    """What stands between the angle brackets."""
    return line.partition("<")[2].partition(">")[0]
