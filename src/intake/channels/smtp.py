"""The SMTP and LMTP port: raw bytes into the inbox, then 250."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable, Iterable
from datetime import datetime

from intake.channels.addresses import Recipients
from intake.channels.inbox import InboxWriter
from intake.channels.limits import Door, Limits, Rates, connections_allowed, networks
from intake.channels.lmtp import LmtpSession
from intake.channels.smtp_commands import Hooks, SmtpSession
from intake.channels.smtp_session import Connection, log
from intake.channels.spool import Room
from intake.errors import SettingError
from intake.model import Arrival, Envelope

# aiosmtpd logs addresses at INFO, bodies at DEBUG and what it takes for commands at WARNING (A28)
_library_log = logging.getLogger("mail.log")
_library_log.setLevel(max(_library_log.level, logging.ERROR))


class SmtpServer:
    """A listener in the running loop (asyncio's or uvloop's).

    ``recipients`` are the addresses accepted, with or without ``+tag``; an empty set refuses everybody.
    ``trusted_relays`` (addresses, CIDR blocks) have no connection limits, and their bare newlines are mended instead
    of refused; so are those of every LMTP client. ``proxies`` are load balancers that say, by the PROXY protocol, whom
    each connection comes from: that address then counts, for limits and trust alike.
    """

    def __init__(
        self,
        writer: InboxWriter,
        *,
        host: str,
        port: int,
        recipients: Iterable[str],
        hostname: str,
        clock: Callable[[], datetime],
        max_bytes: int = 35_000_000,
        tls: ssl.SSLContext | None = None,
        lmtp: bool = False,
        trusted_relays: Iterable[str] = (),
        proxies: Iterable[str] = (),
        limits: Limits | None = None,
    ) -> None:
        self._writer = writer
        self._host, self._port = host, port
        self._session = LmtpSession if lmtp else SmtpSession
        self._server: asyncio.Server | None = None
        self.recipients = Recipients(recipients)
        self.hostname = hostname
        self.clock = clock
        self.max_bytes = max_bytes
        self.tls = tls
        self.trusted = networks(trusted_relays)
        self.proxies = networks(proxies, "INTAKE_PROXIES")
        self.limits = limits or Limits()
        self.door = Door(connections_allowed(self.limits.connections), self.limits.connections_per_client)
        self.rates = Rates(self.limits.mails_per_minute)
        self.relays: set[Connection] = set()  # trusted ones, and those that have not said yet whom they speak for
        self.hooks = Hooks(self.recipients, self.limits)
        self.large = asyncio.Semaphore(self.limits.large_at_once)
        self.room = Room()
        self._one_left = asyncio.Event()
        self.is_closing = False

    @property
    def port(self) -> int:
        """The port in use, also where 0 asked for any."""
        return self._port

    @property
    def is_alive(self) -> bool:
        """True while it listens (for /healthz)."""
        return self._server is not None and self._server.is_serving()

    async def start(self) -> None:
        """Listen. Raises SettingError where the address cannot be had."""
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(
                lambda: self._session(self, loop), self._host, self._port, backlog=1024
            )
            self._port = int(self._server.sockets[0].getsockname()[1])
        except OSError as e:
            where = f"{self._host}:{self._port}"
            raise SettingError(f"cannot listen on {where} ({e.strerror}); choose another port") from e

    async def stop(self) -> None:
        """No new connections, 421 to whoever waits for us, then up to 20 s for mails that are under way."""
        self.is_closing = True
        if self._server is not None:
            self._server.close()
        for session in self._sessions():
            if session.is_waiting:
                session.turn_away()
        try:
            await asyncio.wait_for(self._all_gone(), self.limits.seconds_to_stop)
        except TimeoutError:
            log.warning("stopped_with_open_sessions", count=len(self._sessions()))
        for session in self._sessions():
            if session.transport is not None:
                session.transport.abort()

    async def keep(self, envelope: Envelope) -> int:
        """Store, wait for the commit; the message's id."""
        return (await self._writer.accept_async(Arrival(envelope))).message_id

    def left(self, session: Connection) -> None:
        """A connection has ended."""
        self.door.leave(session)
        self.relays.discard(session)
        self._one_left.set()

    async def _all_gone(self) -> None:
        while self._sessions():
            self._one_left.clear()
            await self._one_left.wait()

    def _sessions(self) -> list[Connection]:
        inside = [g for g in self.door.guests if isinstance(g, Connection)]
        return [*inside, *self.relays]
