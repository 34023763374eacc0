"""Hooks as bytes on a real connection: a server as `intake run` has it, and a client that speaks HTTP by hand."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import uvicorn

from intake.channels.inbox import InboxWriter
from intake.web.wire import hearing
from tests.house import TestHouse
from tests.integration.web_parts import app_of


@contextmanager
def serving(house: TestHouse) -> Iterator[tuple[int, uvicorn.Server]]:
    """A real server as `intake run` has it, on a port of its own."""
    writer = InboxWriter(house.store)
    writer.start()
    app = app_of(house, writer)
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, access_log=False, lifespan="off",
                            limit_concurrency=500, http=hearing(app.hooks))  # fmt: skip
    server = uvicorn.Server(config)
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listening])))
    thread.start()
    yield listening.getsockname()[1], server
    server.should_exit = True
    thread.join(20)
    writer.stop()
    assert not thread.is_alive()


class Client:
    """A connection that speaks HTTP by hand."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self._held = b""

    def send(self, *pieces: bytes) -> None:
        """A part of it may find the connection closed."""
        with suppress(ConnectionError):
            for piece in pieces:
                self.socket.sendall(piece)

    def _until(self, enough: Callable[[], bool]) -> bool:
        while not enough():
            try:
                got = self.socket.recv(65536)
            except ConnectionError:
                got = b""
            if not got:
                return False
            self._held += got
        return True

    def answer(self) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of the next one; status 0 where the connection was closed."""
        if not self._until(lambda: b"\r\n\r\n" in self._held):
            return 0, {}, self._held
        head, _, self._held = self._held.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines)
        size = int(headers["content-length"])
        assert self._until(lambda: len(self._held) >= size)
        body, self._held = self._held[:size], self._held[size:]
        return int(first.split()[1]), headers, body

    def is_closed(self) -> bool:
        return not self._until(lambda: bool(self._held))


def waiting(house: TestHouse) -> int:
    with house.store.read() as tx:
        return int(tx.inbox.counts()["waiting"])
