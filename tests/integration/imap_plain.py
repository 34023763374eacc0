"""An IMAP server as plain as old ones are: pymap behind a line that takes the extensions out of what it says."""

from __future__ import annotations

import contextlib
import re
import socket
import subprocess
import sys
import threading
from pathlib import Path

from imapclient import IMAPClient

from tests import rigs

EXTENSIONS = (b"IDLE", b"MOVE", b"UIDPLUS", b"NAMESPACE", b"CONDSTORE", b"ENABLE", b"QRESYNC", b"ID", b"UNSELECT",
              b"MULTIAPPEND", b"LITERAL+", b"LITERAL-", b"SPECIAL-USE", b"OBJECTID", b"BINARY")  # fmt: skip
_CAPABILITIES = re.compile(rb"CAPABILITY [^\]\r\n]*")


class PlainImap:
    """The server and the line before it; ``said`` is every command that came."""

    user, password = "demouser", "demopass"

    def __init__(self, folder: Path) -> None:
        self._inner = rigs.free_port()
        command = [Path(sys.executable).with_name("pymap"), "--no-service", "admin", "--host", "127.0.0.1", "--no-tls"]
        self._process = subprocess.Popen(
            [*command, "--port", str(self._inner), "dict", "--demo-data"], stderr=subprocess.DEVNULL
        )
        self.said: list[bytes] = []
        self.is_away = False
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.password_file = folder / "password"
        self.password_file.write_text(self.password)
        rigs.wait_until(self._answers, "pymap", self._process)
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, folder: str, query: str = "") -> str:
        """For INTAKE_IMAP_URL."""
        return f"imap://{self.user}@127.0.0.1:{self.port}/{folder}{query}"

    def connect(self) -> IMAPClient:
        """A person's own client, with everything that the server can do."""
        client = IMAPClient("127.0.0.1", self._inner, ssl=False, timeout=10)
        client.login(self.user, self.password)
        return client

    def go_away(self) -> None:
        """Refuse and cut every connection; ``come_back`` ends it, with the mails that came meanwhile."""
        self.is_away = True
        for one in self._open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def come_back(self) -> None:
        """Answer again."""
        self.is_away = False

    def stop(self) -> None:
        """End it."""
        self._listener.close()
        self.go_away()
        self._process.terminate()
        self._process.wait(10)

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._inner), 2) as s:
            return s.recv(10).startswith(b"* OK")
        return False

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                if self.is_away:
                    client.close()
                    continue
                server = socket.create_connection(("127.0.0.1", self._inner))
                self._open += [client, server]
                threading.Thread(target=self._up, args=(client, server), daemon=True).start()
                threading.Thread(target=self._down, args=(server, client), daemon=True).start()

    def _up(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                self.said += data.splitlines()
                server.sendall(data)
        server.close()

    def _down(self, server: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                client.sendall(_CAPABILITIES.sub(_without, data))
        client.close()


def _without(found: re.Match[bytes]) -> bytes:
    return b" ".join(word for word in found[0].split(b" ") if word.partition(b"=")[0] not in EXTENSIONS)
