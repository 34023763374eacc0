"""SMTP's commands as we answer them: a mail is read, committed, and only then answered 250."""

# ruff: noqa: N802 (aiosmtpd finds its commands by these names)

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from intake.channels.addresses import NULL, Recipients
from intake.channels.data import DataReader, State
from intake.channels.limits import Limits
from intake.channels.smtp_session import TOO_MANY, TRY_LATER, Connection, log, reply_for
from intake.model import Channel, envelope

WHOLE_BUFFER = 1 << 24  # more than a StreamReader ever holds
OK = "250 2.0.0 OK"
TOO_BIG = "552 5.3.4 Message too big"
BARE = "550 5.5.2 Bare CR or LF is not allowed, end lines with CRLF"


class SmtpSession(Connection):
    """A session. It stores exactly the bytes that came, and says 250 only after the inbox's commit."""

    async def smtp_EHLO(self, hostname: str | None) -> None:
        """What we can do; AUTH is not among it, nobody logs in here."""
        if not hostname:
            await self.push("501 5.5.4 Syntax: EHLO hostname")
            return
        self.end_transaction()
        self.session.extended_smtp = True
        self.session.host_name = hostname
        lines = [self.hostname, f"SIZE {self.data_size_limit}", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES"]
        if self.tls_context and not self._tls_protocol:
            lines.append("STARTTLS")
        await self.push("\r\n".join([*(f"250-{x}" for x in lines[:-1]), f"250 {lines[-1]}"]))

    async def smtp_STARTTLS(self, arg: str | None) -> None:
        """Once, and only where a certificate is set."""
        if self._tls_protocol or not self.tls_context:
            await self.push("503 5.5.1 TLS is not available now")
            return
        await super().smtp_STARTTLS(arg)

    async def smtp_VRFY(self, arg: str | None) -> None:
        """Says nothing about anybody."""
        await self.push("252 2.5.2 Send it and see")

    async def smtp_HELP(self, arg: str | None) -> None:
        """RFC 5321."""
        await self.push("214 2.0.0 See RFC 5321")

    async def smtp_AUTH(self, arg: str | None) -> None:
        """Not here."""
        await self.push("502 5.5.1 Not implemented")

    async def smtp_MAIL(self, arg: str | None) -> None:
        """RFC 5321, within the limit of mails a minute."""
        if not self.is_free and self.server.rates.is_spent(self.client):
            await self.push(TOO_MANY)
            return
        await super().smtp_MAIL(arg)

    # --- the mail ------------------------------------------------------------------------------------------------

    async def smtp_DATA(self, arg: str | None) -> None:
        """Read the mail, commit it, answer; then the transaction is over, whatever came of it."""
        if arg or not self.envelope.rcpt_tos:
            await self.push("501 5.5.4 Syntax: DATA" if arg else "503 5.5.1 Need RCPT first")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        self._reset_timeout(self.server.limits.seconds_per_data)
        mends = self.is_trusted or self.via == "lmtp"
        reader = DataReader(self.server.max_bytes, normalize=mends, room=self.server.room)
        try:
            if await self._read(reader) is State.FLOOD:
                await self.push(self._replies(TOO_BIG))
                await self._linger()
                self.hang_up()
                return
            self._reset_timeout()
            await self.push(self._replies(await self._judge(reader)))
        finally:
            reader.close()
            self.end_transaction()

    async def _read(self, reader: DataReader) -> State:
        state = State.MORE
        while state is State.MORE:
            piece = await self._reader.read(WHOLE_BUFFER)
            if not piece:
                raise ConnectionResetError
            try:
                state = reader.feed(piece)
            except Exception as e:  # what follows is mail, not commands: nothing can be read any more
                self.hang_up(TRY_LATER)
                raise ConnectionResetError from e
        if reader.rest:
            self._reader.feed_data(reader.rest)  # the buffer is empty: this is still the next thing to be read
        return state

    async def _linger(self) -> None:
        """Read past what is still coming: a connection closed at once takes its last reply with it."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self.server.limits.seconds_to_linger):
                while await self._reader.read(WHOLE_BUFFER):
                    pass

    async def _judge(self, reader: DataReader) -> str:
        if reader.too_big:
            return TOO_BIG
        if reader.has_bare:
            return BARE
        try:
            if reader.failure:
                raise reader.failure
            if not reader.is_large:
                return await self._accept(reader.read(), reader.normalized)
            async with self.server.large:
                return await self._accept(await asyncio.to_thread(reader.read), reader.normalized)
        except Exception as e:  # noqa: BLE001 not stored: the client keeps it and comes again
            log.error("not_stored", error=type(e).__name__)
            return reply_for(e)

    async def _accept(self, raw: bytes, normalized: bool) -> str:
        sender = self.envelope.mail_from
        made = envelope(
            channel=Channel.EMAIL,
            via=self.via,
            raw=raw,
            received_at=self.server.clock(),
            mail_from="" if sender == NULL else sender,
            rcpt_to=tuple(self.envelope.rcpt_tos),
            peer=self.peer,
        )
        message_id = await self.server.keep(made)
        self.mail_kept()
        if normalized:
            log.warning("bare_newline_normalized", message=message_id)
        return f"{OK} {message_id}"

    def _replies(self, status: str) -> str:
        return status


class Hooks:
    """What aiosmtpd asks back."""

    def __init__(self, recipients: Recipients, limits: Limits) -> None:
        self._recipients = recipients
        self._limits = limits

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        """Refuse strangers here, so that nothing need ever be bounced (A8)."""
        if address == NULL or not self._recipients.takes(address):
            return "550 5.1.1 No such mailbox here"
        if len(envelope.rcpt_tos) >= self._limits.recipients:
            return "452 4.5.3 Too many recipients"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"
