"""A relay over SMTP. Each step says whether to try again, never, or that nobody knows (RFC 5321 §4.2, RFC 1047).

Before MAIL everything that goes wrong is temporary: the relay then refuses us (a password, a certificate, its own
trouble), not this mail, and the mail must not be lost over a setting. No error holds an address or the relay's words.
All that smtplib raises is an OSError.
"""

from __future__ import annotations

import ipaddress
import re
import smtplib
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from intake.errors import BadInput, IntakeError, RelayPermanent, RelayTemporary, RelayUnknown
from intake.model import Mail
from intake.oauth import TokenRefused, TokenSource
from intake.ports import Delivery
from intake.replies import mailbox

TIMEOUT_SECONDS = 60.0
DOT_TIMEOUT_SECONDS = 300.0  # RFC 5321 §4.5.3.2.6 grants ten minutes; what is not known by then, staff look at
IDLE_SECONDS = 20.0
MAILS_A_CONNECTION = 100
_ENHANCED = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}")
_QUEUE_ID = re.compile(rb"queued as ([0-9A-Za-z._-]{1,40})")
# Answers to MAIL, RCPT or DATA that speak of our sign-in, not of the mail (RFC 4954 §6).
_SIGN_IN = frozenset({530, 534, 535, 538})


@dataclass(frozen=True, slots=True)
class Relay:
    """Where to and how."""

    host: str
    port: int
    tls_from_start: bool = False
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    auth: str = "password"  # or "xoauth2": the password is an access token, or ``tokens`` gets one
    tokens: TokenSource | None = field(default=None, repr=False)
    own_name: str = ""
    starttls_required: bool = False
    timeout_seconds: float = TIMEOUT_SECONDS
    dot_timeout_seconds: float = DOT_TIMEOUT_SECONDS

    @property
    def on_loopback(self) -> bool:
        """True where nothing leaves the machine."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


class SmtpCourier:
    """One connection, kept while mails follow one another. Not for several threads at once."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._smtp: smtplib.SMTP | None = None
        self._used_at = 0.0
        self._carried = 0

    def deliver(self, mail: Mail) -> Delivery:
        """Hand over one mail; see ``intake.ports.Courier`` for what is raised."""
        return self.deliver_after(mail, lambda: None)

    def deliver_after(self, mail: Mail, look: Callable[[], None]) -> Delivery:
        """The same, with a last look between RCPT and DATA: what it raises stops the mail."""
        smtp = self._connection()
        try:
            with _session_ends_on_trouble(self):
                return _talk(smtp, mail, self._relay, look)
        finally:
            self._used_at = time.monotonic()
            self._carried += 1

    def close(self) -> None:
        """Say goodbye, if there is anybody."""
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        try:
            smtp.quit()
        except OSError:
            smtp.close()

    def drop(self) -> None:
        """End the connection without a word: what state it is in nobody knows."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()

    def _connection(self) -> smtplib.SMTP:
        """A connection that answers: the kept one after RSET, or a new one."""
        if self._smtp is not None and not self._is_fresh(self._smtp):
            self.close()
        if self._smtp is None:
            self._smtp, self._carried = _connect(self._relay), 0
        return self._smtp

    def _is_fresh(self, smtp: smtplib.SMTP) -> bool:
        if self._carried >= MAILS_A_CONNECTION or time.monotonic() - self._used_at > IDLE_SECONDS:
            return False
        try:
            return smtp.docmd("RSET")[0] == 250
        except OSError:
            return False


@contextmanager
def _session_ends_on_trouble(courier: SmtpCourier) -> Iterator[None]:
    """A refused recipient leaves the connection usable (RSET comes first); anything stranger ends it."""
    try:
        yield
    except RelayPermanent:
        raise
    except BaseException:
        courier.drop()
        raise


def _connect(relay: Relay) -> smtplib.SMTP:
    """Greeting, EHLO, TLS and sign-in. Every failure is temporary; the code says which it was."""
    step = "connect"
    smtp: smtplib.SMTP | None = None
    try:
        smtp = _open(relay)
        step = "greeting"
        _greet(smtp)
        if not relay.tls_from_start:
            step = "starttls"
            _start_tls(smtp, relay)
        if relay.user:
            step = "auth"
            _sign_in(smtp, relay)
    except OSError as e:
        if smtp is not None:
            smtp.close()
        raise RelayTemporary(f"{step}: {_name(e)}") from None
    except RelayTemporary:
        if smtp is not None:
            smtp.close()
        raise
    return smtp


def _open(relay: Relay) -> smtplib.SMTP:
    own_name = relay.own_name or ("localhost" if relay.on_loopback else socket.getfqdn())
    if relay.tls_from_start:
        return smtplib.SMTP_SSL(
            relay.host,
            relay.port,
            local_hostname=own_name,
            timeout=relay.timeout_seconds,
            context=_tls(relay, verified=not relay.on_loopback),
        )
    return smtplib.SMTP(relay.host, relay.port, local_hostname=own_name, timeout=relay.timeout_seconds)


def _greet(smtp: smtplib.SMTP) -> None:
    code, _ = smtp.ehlo()
    if not 200 <= code <= 299:
        code, _ = smtp.helo()
    if not 200 <= code <= 299:
        raise RelayTemporary(f"greeting: {code}")


def _start_tls(smtp: smtplib.SMTP, relay: Relay) -> None:
    """TLS when it is offered; without it no password leaves the machine, and none where it is required."""
    needed = relay.starttls_required or bool(relay.user and not relay.on_loopback)
    if smtp.has_extn("starttls"):
        code, _ = smtp.starttls(context=_tls(relay, verified=needed or bool(relay.ca_file)))
        if code == 220:
            _greet(smtp)
            return
        raise RelayTemporary(f"starttls: {code}")
    if needed:
        raise RelayTemporary("starttls: not offered, and the password may not travel in the open")


def _tls(relay: Relay, *, verified: bool) -> ssl.SSLContext:
    """Verified wherever a password or a promise hangs on it; else as good as the relay offers (RFC 7435)."""
    context = ssl.create_default_context(cafile=relay.ca_file or None)
    if not verified and not relay.ca_file:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _sign_in(smtp: smtplib.SMTP, relay: Relay) -> None:
    if relay.auth != "xoauth2":
        smtp.login(relay.user, relay.password)
        return
    try:
        token = relay.tokens.token(relay.user) if relay.tokens else relay.password
    except TokenRefused:
        raise RelayTemporary("auth: no token") from None
    words = f"user={relay.user}\x01auth=Bearer {token}\x01\x01"
    try:
        smtp.auth("XOAUTH2", lambda challenge=None: words if challenge is None else "", initial_response_ok=True)
    except smtplib.SMTPAuthenticationError:
        if relay.tokens:
            relay.tokens.forget()  # withdrawn before its time: the next connection asks for a new one
        raise


def _talk(smtp: smtplib.SMTP, mail: Mail, relay: Relay, look: Callable[[], None]) -> Delivery:
    """MAIL, RCPT, the last look, DATA, the mail, the dot."""
    try:
        recipient = _path(mail.to)
        options = f" SIZE={len(mail.data)}" if smtp.has_extn("size") else ""
        _step(smtp, "mail", f"MAIL FROM:<{mail.mail_from}>{options}", 250)
        _step(smtp, "rcpt", f"RCPT TO:<{recipient}>", 250, 251)
        look()
        _step(smtp, "data", "DATA", 354)
        smtp.send(_stuffed(mail.data))
    except OSError as e:  # the mail is not complete without its dot: the relay must drop it (RFC 5321 §4.1.1.4)
        raise RelayTemporary(f"before the dot: {_name(e)}") from None
    return _finish(smtp, relay)


def _finish(smtp: smtplib.SMTP, relay: Relay) -> Delivery:
    """The dot and its answer. From here on silence means that nobody knows."""
    try:
        if smtp.sock is not None:
            smtp.sock.settimeout(relay.dot_timeout_seconds)
        smtp.send(b".\r\n")
        code, words = smtp.getreply()
        if smtp.sock is not None:
            smtp.sock.settimeout(relay.timeout_seconds)
    except OSError as e:
        raise RelayUnknown(f"after the dot: {_name(e)}") from None
    if 200 <= code <= 299:
        return Delivery(_said(code, words, queue_id=True))
    raise _refusal("dot", code, words)


def _step(smtp: smtplib.SMTP, step: str, command: str, *wanted: int) -> None:
    try:
        code, words = smtp.docmd(command)
    except (smtplib.SMTPResponseException, ValueError) as e:
        raise RelayTemporary(f"{step}: {_name(e)}") from None
    if code not in wanted:
        raise _refusal(step, code, words)


def _refusal(step: str, code: int, words: bytes) -> IntakeError:
    said = f"{step}: {_said(code, words)}"
    if 500 <= code <= 599 and code not in _SIGN_IN and code != 521:  # 521: the relay takes no mail at all (RFC 7504)
        return RelayPermanent(said)
    if step == "dot" and not 400 <= code <= 599:
        return RelayUnknown(said)
    return RelayTemporary(said)


def _path(address: str) -> str:
    """An address as RCPT wants it; what could end the command is refused for good."""
    try:
        return mailbox(address)
    except BadInput as e:
        raise RelayPermanent("rcpt: not an address") from e


def _stuffed(data: bytes) -> bytes:
    """Dots doubled, CRLF at the end (RFC 5321 §4.5.2). Our own bytes have no bare CR or LF to normalise."""
    whole = data if data.endswith(b"\r\n") else data + b"\r\n"
    return (b"." if whole.startswith(b".") else b"") + whole.replace(b"\r\n.", b"\r\n..")


def _said(code: int, words: bytes, *, queue_id: bool = False) -> str:
    """The codes of an answer. Its words stay behind: they often name the person."""
    enhanced = _ENHANCED.match(words)
    said = f"{code} {enhanced.group().decode()}" if enhanced else str(code)
    queued = _QUEUE_ID.search(words) if queue_id else None
    return f"{said} queued as {queued.group(1).decode()}" if queued else said


def _name(error: BaseException) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"{type(error).__name__} {error.verify_code}"  # 62: the name is another one
    if isinstance(error, smtplib.SMTPResponseException):
        return _said(error.smtp_code, error.smtp_error if isinstance(error.smtp_error, bytes) else b"")
    return type(error).__name__
