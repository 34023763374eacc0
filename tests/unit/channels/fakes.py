"""A store of a few lines for the channels' tests, and a port to talk to."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from intake.channels.inbox import InboxWriter
from intake.channels.smtp import SmtpServer
from intake.model import Accepted, Arrival

NOW = datetime(2026, 4, 1, 3, 0, tzinfo=UTC)
BOX = "jobs@agency.example"


class MemoryStore:
    """Keeps arrivals whose transaction ended well; ``fail`` is raised (once for each item) instead of a commit."""

    def __init__(self) -> None:
        self.rows: list[Arrival] = []
        self.transactions: list[int] = []
        self.failpoints: list[str | None] = []
        self.fail: list[BaseException] = []
        self.poison = b"\xff poison"
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Event()

    @contextmanager
    def write(self, failpoint: str | None = None) -> Iterator[Any]:
        before = list(self.rows)
        self.failpoints.append(failpoint)
        try:
            yield SimpleNamespace(inbox=SimpleNamespace(add=self._add))
            self.entered.set()
            self.gate.wait(10)
            if self.fail:
                raise self.fail.pop(0)
        except BaseException:
            self.rows = before
            raise
        self.transactions.append(len(self.rows) - len(before))

    def keep(self, arrivals: Sequence[Arrival], failpoint: str = "inbox") -> list[Accepted]:
        with self.write(failpoint) as tx:
            accepted: list[Accepted] = tx.inbox.add(arrivals)
        return accepted

    def _add(self, arrivals: Sequence[Arrival]) -> list[Accepted]:
        out = []
        for arrival in arrivals:
            if self.poison in arrival.envelope.raw:
                raise ValueError("canary-text of a message")
            key = _key(arrival)
            known = [i for i, row in enumerate(self.rows, 1) if _key(row) == key]
            if not known:
                self.rows.append(arrival)
            out.append(Accepted(known[0] if known else len(self.rows), not known))
        return out

    @property
    def raws(self) -> list[bytes]:
        return [r.envelope.raw for r in self.rows]


def _key(arrival: Arrival) -> tuple[Any, ...]:
    e = arrival.envelope
    return (arrival.idempotency,) if arrival.idempotency else (e.channel, e.mail_from, e.rcpt_to, e.raw)


class Port:
    """An SmtpServer in a loop and thread of its own, for clients that block."""

    def __init__(self, store: Any, *, use_uvloop: bool = False, **options: Any) -> None:
        self.store = store
        self.writer = InboxWriter(store)
        options.setdefault("recipients", frozenset({BOX}))
        self._options = {
            "host": "127.0.0.1",
            "port": 0,
            "hostname": "mx.agency.example",
            "clock": lambda: NOW,
        } | options
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(use_uvloop,), daemon=True)

    def __enter__(self) -> Port:
        self.writer.start()
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """421 to everybody, the listener and its loop end."""
        if self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(self._stop(), self.loop)
            self._thread.join(30)
            if isinstance(self.store, MemoryStore):
                self.store.gate.set()
            self.writer.stop()

    def _run(self, use_uvloop: bool) -> None:
        factory = asyncio.new_event_loop
        if use_uvloop:
            import uvloop

            factory = uvloop.new_event_loop
        with asyncio.Runner(loop_factory=factory) as runner:
            self.loop = runner.get_loop()
            runner.run(self._serve())

    async def _serve(self) -> None:
        self.server = SmtpServer(self.writer, **self._options)
        self._stopped = asyncio.Event()
        await self.server.start()
        self._ready.set()
        await self._stopped.wait()

    async def _stop(self) -> None:
        await self.server.stop()
        self._stopped.set()

    def client(self, source: str = "127.0.0.1") -> Client:
        """A connection; the greeting is not read yet."""
        return Client(self.server.port, source)


class Client:
    """Bytes out, replies in; nothing is done by itself."""

    def __init__(self, port: int, source: str = "127.0.0.1") -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10, source_address=(source, 0))
        self.file = self.socket.makefile("rb")

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def reply(self) -> str:
        """One reply with all its lines; "" where the connection has ended."""
        lines = []
        with contextlib.suppress(ConnectionError):
            while line := self.file.readline():
                lines.append(line.decode().rstrip("\r\n"))
                if line[3:4] != b"-":
                    break
        return "\n".join(lines)

    def say(self, line: str | bytes) -> str:
        """A command and its reply."""
        self.send((line.encode() if isinstance(line, str) else line) + b"\r\n")
        return self.reply()

    def hello(self, verb: str = "EHLO") -> Client:
        self.reply()
        assert self.say(f"{verb} client.example").startswith("250")
        return self

    def mail(self, *recipients: str, sender: str = "<a@example.jp>") -> Client:
        """MAIL, RCPT and DATA, up to 354."""
        assert self.say(f"MAIL FROM:{sender}").startswith("250")
        for recipient in recipients or (BOX,):
            assert self.say(f"RCPT TO:<{recipient}>").startswith("250")
        assert self.say("DATA").startswith("354")
        return self

    def close(self) -> None:
        self.file.close()
        self.socket.close()
