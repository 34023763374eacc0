"""LMTP (RFC 2033): the same session for a mail server on the same machine, one reply a recipient."""

# ruff: noqa: N802 (aiosmtpd finds its commands by these names)

from __future__ import annotations

from intake.channels.smtp_commands import SmtpSession


class LmtpSession(SmtpSession):
    """Differs from SMTP in its greeting and in its replies after DATA."""

    via = "lmtp"
    ident = "LMTP"

    async def smtp_LHLO(self, hostname: str | None) -> None:
        """The only greeting of LMTP."""
        await super().smtp_EHLO(hostname)

    async def smtp_EHLO(self, hostname: str | None) -> None:
        """RFC 2033 §4.1: not a command here."""
        await self.push("500 5.5.1 Say LHLO")

    async def smtp_HELO(self, hostname: str | None) -> None:
        """RFC 2033 §4.1: not a command here."""
        await self.push("500 5.5.1 Say LHLO")

    def _replies(self, status: str) -> str:
        return "\r\n".join([status] * len(self.envelope.rcpt_tos))  # trap 3: one for each accepted recipient
