"""One connection: who may come in, how long it may stay, and its loop of commands (reliability.md §3.3, A20, A21)."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from aiosmtpd.smtp import SMTP, TLSSetupException

from intake.channels.addresses import parse_path
from intake.channels.limits import client_key, is_this_machine, is_within
from intake.channels.proxy import client_behind
from intake.errors import StorageFull
from intake.journal import journal

if TYPE_CHECKING:
    from intake.channels.smtp import SmtpServer

MAX_LINE = 2048  # RFC 5321 asks for 512 and more for each extension
MAX_BOGUS = 10
TRY_LATER = "451 4.3.0 Not possible just now, please try again later"
FULL = "452 4.3.1 Insufficient system storage, please try again later"
BUSY = "421 4.7.0 Too many connections, please try again later"
TOO_MANY = "451 4.7.1 Too many mails within a minute, please try again later"
CLOSING = "421 4.3.2 Service closing, please try again later"
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
log = journal("smtp")


def reply_for(error: BaseException) -> str:
    """The answer to a failure: always temporary, never its text (trap 1)."""
    return FULL if isinstance(error, StorageFull) else TRY_LATER


class Connection(SMTP):
    """aiosmtpd's protocol with its defaults turned round: a failure is temporary, a client that idles goes."""

    line_length_limit = 65536  # of the stream's buffer only: DATA is read in pieces, its lines have no limit
    via = "smtp"
    ident = "ESMTP"
    transport: Any  # aiosmtpd allows for None in all three; only transport ever is, after the end
    session: Any
    envelope: Any
    _commands_by_name: ClassVar[list[str]]

    def __init_subclass__(cls) -> None:
        cls._commands_by_name = [name for name in dir(cls) if name.startswith("smtp_")]

    def __init__(self, server: SmtpServer, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(
            server.hooks,
            data_size_limit=server.max_bytes,
            enable_SMTPUTF8=True,
            hostname=server.hostname,
            ident=self.ident,
            tls_context=server.tls,
            timeout=server.limits.seconds_per_command,
            loop=loop,
        )
        self.server = server
        self.client = ""
        self.peer = ""
        self.is_trusted = False
        self.idle_since: float | None = time.monotonic()
        self.is_waiting = True  # for the next command, rather than at work on one
        self.is_free = False  # of the limit of mails a minute
        self._asks_proxy = False
        self._is_inside = False
        self._commands = 0
        self._bogus = 0
        self._mail_at = time.monotonic()

    def __dir__(self) -> list[str]:
        return self._commands_by_name  # aiosmtpd searches dir() for each new connection: a third of its whole cost

    # --- the connection ------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let the client in, or say 421. Called again, by the TLS layer, after STARTTLS."""
        if self._original_transport is not None:
            super().connection_made(transport)  # drops what was sent before the handshake (A20)
            return
        peer = transport.get_extra_info("peername")
        self._comes_from(peer[0] if isinstance(peer, tuple) else "")
        self._asks_proxy = is_within(self.peer, self.server.proxies)
        if self._asks_proxy:
            self.server.relays.add(self)
        elif not self._let_in():
            assert isinstance(transport, asyncio.WriteTransport)
            transport.write(BUSY.encode() + b"\r\n")
            transport.close()
            return
        self._is_inside = True
        super().connection_made(transport)
        self._reset_timeout(self.server.limits.seconds_to_first_command)

    def _comes_from(self, peer: str) -> None:
        self.peer, self.client = peer, client_key(peer)
        self.is_trusted = is_within(peer, self.server.trusted)
        self.is_free = self.is_trusted or is_this_machine(peer)

    def _let_in(self) -> bool:
        if self.server.is_closing:
            return False
        if self.is_trusted:
            self.server.relays.add(self)
            return True
        return self.server.door.enter(self)

    async def _behind_proxy(self) -> bool:
        """Whose connection it is, as our load balancer says; only then is it let in, or told 421."""
        peer = await client_behind(self._reader)
        self.server.relays.discard(self)
        if peer is not None:
            self._comes_from(peer)
        if self._let_in():
            return True
        self.hang_up(BUSY)
        return False

    def connection_lost(self, error: Exception | None) -> None:
        """Forget the client; a mail that is being committed is committed, only its 250 finds nobody."""
        if self._is_inside:
            self._is_inside = False
            self.server.left(self)
            super().connection_lost(error)

    def eof_received(self) -> bool | None:
        """A client that has hung up gets no further answer."""
        return super().eof_received() if self._is_inside else False

    def turn_away(self) -> None:
        """421 and close."""
        self.hang_up(CLOSING)

    def hang_up(self, status: str = "") -> None:
        """Close after a last reply; a client that does not read it is cut off."""
        transport = self.transport
        if transport is None or transport.is_closing():
            return
        if status:
            transport.write(status.encode() + b"\r\n")
        transport.close()
        self.loop.call_later(5, transport.abort)

    def _timeout_cb(self) -> None:
        self.turn_away()

    # --- commands ------------------------------------------------------------------------------------------------

    async def _handle_client(self) -> None:
        try:
            if self._asks_proxy and not self._original_transport and not await self._behind_proxy():
                return
            await self.push(f"220 {self.hostname} {self.ident}")
            while self.transport is not None and not self.transport.is_closing():
                if self.server.is_closing:
                    self.turn_away()
                    return
                await self._next_command()
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        except TLSSetupException:
            self.connection_lost(None)  # a TLS layer that never came up tells nobody of its end
        finally:
            self._writer.close()
            if self.transport is not None:
                self.transport.close()

    async def _next_command(self) -> None:
        self.is_waiting, self.idle_since = True, time.monotonic()
        try:
            line = await self._reader.readuntil(b"\n")
        except asyncio.LimitOverrunError:
            self.hang_up("500 5.5.2 Line too long")
            return
        self.is_waiting, self.idle_since = False, None
        self._commands += 1
        if self._is_overdrawn():
            self.hang_up("421 4.7.0 Too much talk without a mail")
            return
        try:
            await self._obey(line.rstrip(b"\r\n"))
        except (ConnectionError, TLSSetupException):
            raise
        except Exception as e:  # noqa: BLE001 whatever it is, the client may come again (trap 1)
            log.error("session_failed", error=type(e).__name__)
            self.end_transaction()
            await self.push(reply_for(e))

    def _is_overdrawn(self) -> bool:
        limits = self.server.limits
        too_long = time.monotonic() - self._mail_at > limits.seconds_without_mail
        return self._bogus >= MAX_BOGUS or self._commands > limits.commands_per_mail or too_long

    async def _obey(self, line: bytes) -> None:
        if len(line) > MAX_LINE or _CONTROL.search(line):  # A11: no C0 in an envelope
            self._bogus += 1
            await self.push("500 5.5.2 Bad syntax")
            return
        verb, _, argument = line.partition(b" ")
        method = self._smtp_methods.get(verb.decode("ascii", "replace").upper())
        if method is None:
            self._bogus += 1
            await self.push("500 5.5.1 Command not recognized")
            return
        self._reset_timeout()
        await method(argument.strip().decode("utf-8", "surrogateescape") or None)

    async def push(self, status: str | bytes) -> None:
        """Send one reply (its lines already joined)."""
        self._writer.write((status.encode() if isinstance(status, str) else status) + b"\r\n")
        await self._writer.drain()

    @property
    def is_in_transaction(self) -> bool:
        """MAIL has been accepted, its DATA has not ended."""
        return bool(self.envelope.mail_from)

    def end_transaction(self) -> None:
        """Forget sender and recipients: nothing goes to those of the mail before."""
        self.envelope = self._create_envelope()

    def mail_kept(self) -> None:
        """A mail has been committed: the client is worth its place."""
        self._commands, self._mail_at = 0, time.monotonic()
        if not self.is_free:
            self.server.rates.count(self.client)

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        return (parse_path(arg) or (None, None)) if arg else ("", "")

    def _getparams(self, params: Sequence[str]) -> dict[str, str | bool] | None:
        """Parameters are ASCII: aiosmtpd takes ``SIZE=²`` for a number and stumbles."""
        return super()._getparams(params) if all(p.isascii() for p in params) else None
