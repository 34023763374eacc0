"""The talk with a relay: what is said, what is hidden, when a password may travel."""

from __future__ import annotations

import asyncio
import base64
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, AuthResult

from intake.errors import RelayPermanent, RelayTemporary, RelayUnknown
from intake.model import Mail, MailClass
from intake.outbox.courier import relay_of
from intake.outbox.smtp import Relay, SmtpCourier
from tests.rigs import write_certificate
from tests.sink import SmtpSink, Turn

MAIL = Mail(
    "hanako@example.jp", "b+1@agency.example", "<a@agency.example>", "s", "t", "v",
    b"Subject: s\r\n\r\n.\r\n..\r\nMAIL FROM:<x>\r\n.", "x", MailClass.ONCE,
)  # fmt: skip


def relay(sink: SmtpSink, **changes: object) -> Relay:
    return replace(relay_of(sink.url, None), **changes)  # type: ignore[arg-type]


@pytest.fixture
def courier(smtp_sink: SmtpSink) -> Iterator[SmtpCourier]:
    made = SmtpCourier(relay(smtp_sink))
    yield made
    made.close()


def test_the_bytes_arrive_as_they_are_dots_and_all(courier: SmtpCourier, smtp_sink: SmtpSink) -> None:
    assert courier.deliver(MAIL).detail == "250 2.0.0"
    [caught] = smtp_sink.received
    assert caught.data == MAIL.data + b"\r\n"
    assert (caught.sender, caught.recipients) == ("b+1@agency.example", ("hanako@example.jp",))
    assert f"SIZE={len(MAIL.data)}" in caught.mail_line


def test_the_null_return_path_and_old_phone_addresses(courier: SmtpCourier, smtp_sink: SmtpSink) -> None:
    courier.deliver(replace(MAIL, mail_from="", to=".a..b@phone.example.jp"))
    assert "MAIL FROM:<>" in smtp_sink.received[0].mail_line
    assert 'RCPT TO:<".a..b"@phone.example.jp>' in smtp_sink.commands


@pytest.mark.parametrize("to", ["a@example.jp>\r\nDATA", "a@example.jp\nRSET", "a b@example.jp", "", "a@b@c.jp"])
def test_an_address_cannot_become_a_command(courier: SmtpCourier, smtp_sink: SmtpSink, to: str) -> None:
    with pytest.raises(RelayPermanent) as caught:
        courier.deliver(replace(MAIL, to=to))
    assert "example" not in str(caught.value)
    assert not any(c.startswith(("MAIL", "RCPT", "DATA")) for c in smtp_sink.commands)


def test_a_queue_id_is_kept_other_words_are_not(courier: SmtpCourier, smtp_sink: SmtpSink) -> None:
    smtp_sink.script(Turn(dot="250 2.0.0 Ok: queued as 4F2A1B for hanako@example.jp"))
    assert courier.deliver(MAIL).detail == "250 2.0.0 queued as 4F2A1B"


def test_errors_hold_codes_never_addresses(courier: SmtpCourier, smtp_sink: SmtpSink) -> None:
    smtp_sink.script(Turn(rcpt=("550 5.1.1 <hanako@example.jp>: user hanako unknown",)))
    with pytest.raises(RelayPermanent) as caught:
        courier.deliver(MAIL)
    assert str(caught.value) == "rcpt: 550 5.1.1"


def test_silence_before_the_dot_is_temporary_after_it_nobody_knows(smtp_sink: SmtpSink) -> None:
    courier = SmtpCourier(relay(smtp_sink, timeout_seconds=0.3, dot_timeout_seconds=0.3))
    smtp_sink.script(Turn(delays={"rcpt": 1.0}), Turn(delays={"dot": 1.0}))
    with pytest.raises(RelayTemporary, match="before the dot"):
        courier.deliver(MAIL)
    with pytest.raises(RelayUnknown, match="after the dot"):
        courier.deliver(MAIL)
    courier.close()


def test_nobody_listens(free_port: int) -> None:
    with pytest.raises(RelayTemporary, match="connect: ConnectionRefusedError"):
        SmtpCourier(relay_of(f"smtp://127.0.0.1:{free_port}", None)).deliver(MAIL)


def test_an_idle_or_long_used_connection_is_renewed(smtp_sink: SmtpSink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("intake.outbox.smtp.MAILS_A_CONNECTION", 2)
    courier = SmtpCourier(relay(smtp_sink))
    for _ in range(5):
        courier.deliver(MAIL)
    courier.close()
    assert (smtp_sink.connections, len(smtp_sink.received)) == (3, 5)
    assert smtp_sink.commands.count("quit") + smtp_sink.commands.count("QUIT") == 3


class Relaying:
    """A relay with TLS and sign-in, made with aiosmtpd."""

    def __init__(self, certificate: Path, *, from_start: bool = False, offers_tls: bool = True) -> None:
        import ssl

        self.seen: list[tuple[bool, str]] = []
        self.tokens: list[bytes] = []
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate, certificate.with_name("key.pem"))
        relaying = self

        class Handler:
            async def handle_DATA(self, _server: object, session: object, envelope: object) -> str:
                relaying.seen.append((session.ssl is not None, str(session.auth_data)))  # type: ignore[attr-defined]
                return "250 2.0.0 ok"

        class Server(SMTP):
            async def auth_XOAUTH2(self, _: object, args: list[str]) -> AuthResult:
                relaying.tokens.append(base64.b64decode(args[1]))
                ok = relaying.accepts(relaying.tokens[-1])
                return AuthResult(success=ok, handled=False, auth_data="token")

        def authenticate(_server: object, _session: object, _envelope: object, _how: str, data: object) -> AuthResult:
            ok = data.password == b"geheim"  # type: ignore[attr-defined]
            return AuthResult(success=ok, handled=False, auth_data=data.login.decode())  # type: ignore[attr-defined]

        def make() -> SMTP:
            return Server(
                Handler(),
                hostname="relay.test",
                tls_context=context if offers_tls and not from_start else None,
                authenticator=authenticate,
                auth_require_tls=False,
            )

        self.loop = asyncio.new_event_loop()
        listen = self.loop.create_server(make, "127.0.0.1", 0, ssl=context if from_start else None)
        self.port = self.loop.run_until_complete(listen).sockets[0].getsockname()[1]
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def accepts(self, _: bytes) -> bool:
        """Whether these words of XOAUTH2 let somebody in."""
        return True

    def stop(self) -> None:
        async def end() -> None:
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            self.loop.call_soon(self.loop.stop)

        asyncio.run_coroutine_threadsafe(end(), self.loop)
        self.thread.join(5)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_certificate(tmp_path_factory.mktemp("tls"))


def test_starttls_and_sign_in(certificate: Path) -> None:
    server = Relaying(certificate)
    try:
        SmtpCourier(relay_of(f"smtp://agency@127.0.0.1:{server.port}", "geheim")).deliver(MAIL)
        assert server.seen == [(True, "agency")]
    finally:
        server.stop()


def test_smtps(certificate: Path) -> None:
    server = Relaying(certificate, from_start=True)
    try:
        SmtpCourier(relay_of(f"smtps://agency@127.0.0.1:{server.port}", "geheim")).deliver(MAIL)
        assert server.seen[0][1] == "agency"
    finally:
        server.stop()


def test_an_access_token_instead_of_a_password(certificate: Path) -> None:
    server = Relaying(certificate)
    try:
        SmtpCourier(relay_of(f"smtp://agency@127.0.0.1:{server.port}?auth=xoauth2", "tok3n")).deliver(MAIL)
        assert server.tokens == [b"user=agency\x01auth=Bearer tok3n\x01\x01"]
    finally:
        server.stop()


def test_a_wrong_password_loses_no_mail(certificate: Path) -> None:
    server = Relaying(certificate)
    try:
        with pytest.raises(RelayTemporary, match=r"auth: 535") as caught:
            SmtpCourier(relay_of(f"smtp://agency@127.0.0.1:{server.port}", "falsch")).deliver(MAIL)
        assert "falsch" not in str(caught.value)
        assert server.seen == []
    finally:
        server.stop()


@pytest.mark.parametrize(("offers", "url", "said"), [
    (False, "smtp://agency@127.0.0.1:{port}", "starttls: not offered"),
    (True, "smtp://agency@127.0.0.1:{port}", "starttls: SSLCertVerificationError"),
    (False, "smtp://127.0.0.1:{port}?starttls=required", "starttls: not offered"),
    (True, "smtp://127.0.0.1:{port}?starttls=required", "starttls: SSLCertVerificationError"),
])  # fmt: skip
def test_off_loopback_no_password_without_verified_tls(
    certificate: Path, monkeypatch: pytest.MonkeyPatch, offers: bool, url: str, said: str
) -> None:
    monkeypatch.setattr(Relay, "on_loopback", property(lambda _: False))
    server = Relaying(certificate, offers_tls=offers)
    try:
        with pytest.raises(RelayTemporary, match=said):
            SmtpCourier(relay_of(url.format(port=server.port), "geheim")).deliver(MAIL)
        assert server.seen == []
    finally:
        server.stop()


def test_off_loopback_without_a_password_any_tls_is_better_than_none(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Relay, "on_loopback", property(lambda _: False))
    server = Relaying(certificate)
    try:
        SmtpCourier(relay_of(f"smtp://127.0.0.1:{server.port}", None)).deliver(MAIL)
        assert server.seen[0][0]
    finally:
        server.stop()


def test_a_courier_can_be_closed_twice_and_by_another_thread(courier: SmtpCourier) -> None:
    courier.deliver(MAIL)
    thread = threading.Thread(target=courier.close)
    thread.start()
    thread.join(5)
    courier.close()
