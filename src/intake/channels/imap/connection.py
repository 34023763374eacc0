"""An IMAP connection that cannot be made to wait or to swallow for ever (reliability.md A34)."""

from __future__ import annotations

import contextlib
import imaplib
import socket
import ssl
import time
from collections.abc import Sequence
from typing import Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.imap4 import IMAP4WithTimeout
from imapclient.tls import IMAP4_TLS

from intake.channels.imap.account import Account

TIMEOUTS = SocketTimeout(10, 30)
COMMAND_BYTES = 2_000_000
COMMAND_SECONDS = 120.0
_PIECE = 65_536


class TlsMissing(Exception):
    """The server offers no encryption, and it is not on this machine."""


class _Bounded(imaplib.IMAP4):
    """Reads no more bytes, and no longer, than the command at hand may need."""

    left = COMMAND_BYTES
    until = float("inf")

    def read(self, size: int) -> bytes:
        """A literal; a server that promises more than asked for is cut off before it sends it."""
        self._spend(size)
        whole = bytearray()
        file: Any = self.file
        while len(whole) < size:
            if time.monotonic() > self.until:
                raise self.abort("too slow")
            piece = file.read1(min(size - len(whole), _PIECE))
            if not piece:
                raise self.abort("connection ended within a literal")
            whole += piece
        return bytes(whole)

    def readline(self) -> bytes:
        """A line of at most a million bytes (imaplib's own bound)."""
        line = super().readline()
        self._spend(len(line))
        return line

    def _spend(self, size: int) -> None:
        self.left -= size
        if self.left < 0 or time.monotonic() > self.until:
            raise self.abort("more than was asked for")


class _Plain(_Bounded, IMAP4WithTimeout):  # type: ignore[misc]
    """Without TLS, or before STARTTLS."""


class _Tls(_Bounded, IMAP4_TLS):  # type: ignore[misc]
    """With TLS from the first byte."""


class Connection(IMAPClient):  # type: ignore[misc]
    """A signed-in connection; TLS is verified, and never done without except on this machine."""

    def __init__(self, account: Account, timeouts: SocketTimeout = TIMEOUTS) -> None:
        is_plain = account.is_local and not account.is_tls
        self._context = None if is_plain else ssl.create_default_context()
        super().__init__(account.host, account.port, ssl=account.is_tls, ssl_context=self._context, timeout=timeouts)
        self.normalise_times = False
        self._imap.debug = 0  # imapclient formats every line for a log that nobody reads
        try:
            self.allow()
            if not account.is_tls and not account.is_local:
                if not self.has_capability("STARTTLS"):
                    raise TlsMissing
                self.starttls(self._context)
            account.login.sign_in(self, account.user)
        except BaseException:
            self.close_hard()
            raise

    def _create_IMAP4(self) -> Any:  # noqa: N802
        connect = self._timeout.connect
        if self.ssl:
            return _Tls(self.host, self.port, self._context, connect)  # type: ignore[call-arg, arg-type]
        return _Plain(self.host, self.port, connect)

    def allow(self, size: int = 0, seconds: float = COMMAND_SECONDS) -> None:
        """How much the next command may bring and take."""
        self._imap.left = COMMAND_BYTES + size
        self._imap.until = time.monotonic() + seconds

    def raw_fetch(self, uids: Sequence[int], what: str) -> list[Any]:
        """UID FETCH as imaplib has cut it: texts, and pairs of text and literal. Raises IMAPClient.Error."""
        tag = self._imap._command("UID", "FETCH", ",".join(map(str, uids)), what)
        status, data = self._imap._command_complete("FETCH", tag)
        self._checkok("fetch", status, data)
        found: list[Any] = self._imap._untagged_response(status, data, "FETCH")[1]
        return [] if found == [None] else found

    def close_hard(self) -> None:
        """Drop the connection; from any thread, raises nothing."""
        with contextlib.suppress(Exception):
            self.socket().shutdown(socket.SHUT_RDWR)  # wakes a read that another thread is in
        with contextlib.suppress(Exception):
            self.shutdown()
