"""A TCP proxy before PostgreSQL that cuts the line in the midst of a COMMIT."""

from __future__ import annotations

import contextlib
import socket
import threading

COMMIT = b"COMMIT\x00"  # as psycopg sends it: one simple query
ARRIVALS = b"\x05email"  # among the values of the inbox's one statement, which commits itself


class CutInCommit:
    """Cuts every ``every``-th commit: ``before`` the server has heard of it, or after, with its answer thrown away."""

    def __init__(self, port: int, *, every: int, before: bool) -> None:
        self._to, self._every, self._before = port, every, before
        self._commits = 0
        self.cuts = 0
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self) -> None:
        """No further connections."""
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._to))
                is_cut = threading.Event()
                threading.Thread(target=self._up, args=(client, server, is_cut), daemon=True).start()
                threading.Thread(target=self._down, args=(client, server, is_cut), daemon=True).start()

    def _up(self, client: socket.socket, server: socket.socket, is_cut: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                if (COMMIT in data or ARRIVALS in data) and self._is_due():
                    is_cut.set()
                    if self._before:
                        break
                server.sendall(data)
        if is_cut.is_set() and not self._before:
            return  # the other thread closes, when the server has answered
        _close(client, server)

    def _down(self, client: socket.socket, server: socket.socket, is_cut: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                if is_cut.is_set():
                    break
                client.sendall(data)
        _close(client, server)

    def _is_due(self) -> bool:
        with self._lock:
            self._commits += 1
            if self._commits % self._every:
                return False
            self.cuts += 1
            return True


def _close(*sockets: socket.socket) -> None:
    for one in sockets:
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()
