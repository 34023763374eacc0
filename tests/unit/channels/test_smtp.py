"""The SMTP port over real sockets: each trap of reliability.md §3.3 and each attack A8, A11, A18–A21, A28."""

from __future__ import annotations

import logging
import resource
import smtplib
import socket
import ssl
import subprocess
import time
from pathlib import Path

import pytest

from intake.channels.limits import Limits, Rates, client_key, is_within, networks
from intake.errors import SettingError, StorageFull, StoreBusy, StoreUnavailable
from tests.unit.channels.fakes import BOX, NOW, Client, MemoryStore, Port

MAIL = b"From: a@example.jp\r\nSubject: x\r\n\r\nhello\r\n"


@pytest.fixture(params=["asyncio", "uvloop"])
def loop_kind(request: pytest.FixtureRequest) -> bool:
    return request.param == "uvloop"


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def port(store: MemoryStore):
    with Port(store) as port:
        yield port


def test_the_bytes_and_the_envelope_are_kept_as_they_came(store: MemoryStore, loop_kind: bool) -> None:
    raw = MAIL + b"..dots\r\n.\r\n\x00\xff\x1b$B long " + b"z" * 5000 + b"\r\n"
    with Port(store, use_uvloop=loop_kind) as port, smtplib.SMTP("127.0.0.1", port.server.port) as client:
        refused = client.sendmail("taro@example.jp", [BOX, BOX.replace("@", "+c12@")], raw, ["BODY=8BITMIME"])
    assert refused == {}
    [row] = store.rows
    e = row.envelope
    assert e.raw == raw
    assert (e.channel, e.via, e.mail_from, e.peer) == ("email", "smtp", "taro@example.jp", "127.0.0.1")
    assert e.rcpt_to == (BOX, "jobs+c12@agency.example")
    assert e.received_at == NOW
    assert row.idempotency is None


def test_250_only_after_the_commit(store: MemoryStore, port: Port) -> None:
    store.gate.clear()
    client = port.client().hello().mail()
    client.send(MAIL + b".\r\n")
    assert store.entered.wait(5)
    client.socket.settimeout(0.3)
    with pytest.raises(TimeoutError):
        client.socket.recv(10)
    store.gate.set()
    client = port.client().hello().mail()
    client.send(MAIL + b"x\r\n.\r\n")
    assert client.reply().startswith("250 2.0.0 OK 2")
    assert store.raws == [MAIL, MAIL + b"x\r\n"]


@pytest.mark.parametrize(("error", "code"), [
    (StorageFull(), "452 4.3.1"), (StoreBusy(), "451 4.3.0"), (StoreUnavailable(), "451 4.3.0"),
    (RuntimeError("canary-text"), "451 4.3.0"), (MemoryError(), "451 4.3.0"),
])  # fmt: skip
def test_a_failure_is_temporary_and_ends_the_transaction(
    store: MemoryStore, port: Port, error: Exception, code: str
) -> None:
    store.fail = [error, error]  # an unknown one is tried once more, alone
    client = port.client().hello().mail()
    client.send(MAIL + b".\r\n")
    reply = client.reply()
    assert reply.startswith(code)
    assert "canary" not in reply
    assert client.say("DATA").startswith("503")  # nothing goes to the recipients of the mail before
    store.fail = []
    client.mail()
    client.send(MAIL + b".\r\n")
    assert client.reply().startswith("250")
    assert len(store.rows) == 1


def test_an_error_in_a_command_is_451_and_resets(port: Port) -> None:
    async def broken(*_: object) -> str:
        raise ValueError("canary-text")

    port.server.hooks.handle_RCPT = broken  # type: ignore[method-assign]
    client = port.client().hello()
    client.say("MAIL FROM:<a@example.jp>")
    assert client.say(f"RCPT TO:<{BOX}>") == "451 4.3.0 Not possible just now, please try again later"
    assert client.say("MAIL FROM:<a@example.jp>").startswith("250")


def test_an_error_while_reading_the_mail_closes(
    port: Port, monkeypatch: pytest.MonkeyPatch, store: MemoryStore
) -> None:
    client = port.client().hello().mail()
    monkeypatch.setattr("intake.channels.data.DataReader.feed", lambda *_: 1 / 0)
    client.send(b"x\r\n")
    assert client.reply().startswith("451")
    assert client.reply() == ""
    assert store.rows == []


@pytest.mark.parametrize("line", [
    "MAIL FROM:<a@b\rX>", "MAIL FROM:<a@b\x00c.example>", "MAIL FROM:<a\x01@example.jp>",
    "MAIL FROM:<a@example.jp\x7f>",
    "MAIL FROM:a@example.jp", "MAIL FROM:<a@example.jp> FOO=1", "MAIL FROM:<a b@example.jp>", "MAIL FROM:<a@b@c.jp>",
    b"MAIL FROM:<\x8e\x52@example.jp>", "MAIL FROM:<" + "x" * 400 + "@example.jp>",
    "MAIL FROM:<a\u0085@example.jp>", "MAIL FROM:<a\u2028@example.jp>", "MAIL FROM:<a\u202e@example.jp>",
])  # fmt: skip
def test_no_control_characters_in_envelope_addresses(port: Port, line: str | bytes) -> None:
    client = port.client().hello()
    assert client.say(line)[0] == "5"
    assert client.say(f"RCPT TO:<{BOX}>").startswith("503")


@pytest.mark.parametrize(("sender", "kept"), [
    ("<>", ""), ("<.a..b@docomo.ne.jp>", ".a..b@docomo.ne.jp"), ('<"a b>c"@example.jp>', '"a b>c"@example.jp'),
    ("<@r1.example,@r2.example:a@example.jp>", "a@example.jp"),
    (" <a@example.jp> SIZE=100 BODY=8BITMIME", "a@example.jp"),
    ("<太郎@例え.jp> SMTPUTF8", "太郎@例え.jp"), ("<a@[192.0.2.1]>", "a@[192.0.2.1]"),
])  # fmt: skip
def test_odd_senders_are_kept_as_written(store: MemoryStore, port: Port, sender: str, kept: str) -> None:
    client = port.client().hello().mail(sender=sender)
    client.send(MAIL + b".\r\n")
    assert client.reply().startswith("250")
    assert store.rows[0].envelope.mail_from == kept


def test_strangers_are_refused_at_rcpt(port: Port) -> None:
    client = port.client().hello()
    client.say("MAIL FROM:<>")
    for address in ("nobody@agency.example", "jobs@other.example", "jobs", "jobs@agency.example.evil.example"):
        assert client.say(f"RCPT TO:<{address}>").startswith("550 5.1.1"), address
    assert client.say("RCPT TO:<>").startswith("550")
    assert client.say("DATA").startswith("503")
    assert client.say("RCPT TO:<Jobs+V-123@AGENCY.example>").startswith("250")


def test_no_recipients_means_nobody_gets_in(store: MemoryStore) -> None:
    with Port(store, recipients=()) as port:
        client = port.client().hello()
        client.say("MAIL FROM:<>")
        assert client.say(f"RCPT TO:<{BOX}>").startswith("550")


def test_at_most_fifty_recipients(port: Port) -> None:
    client = port.client().hello()
    client.say("MAIL FROM:<>")
    replies = [client.say(f"RCPT TO:<jobs+{n}@agency.example>")[:9] for n in range(52)]
    assert replies == ["250 2.1.5"] * 50 + ["452 4.5.3"] * 2
    assert client.say("DATA").startswith("354")


def test_size_is_refused_at_mail_at_data_and_dropped_beyond(store: MemoryStore) -> None:
    with Port(store, max_bytes=100_000, limits=Limits(seconds_to_linger=0.2)) as port:
        client = port.client().hello()
        assert client.say("MAIL FROM:<> SIZE=²").startswith("501")
        assert client.say("MAIL FROM:<> SIZE=100001").startswith("552")
        client.mail()
        client.send(b"x" * 100_001 + b"\r\n.\r\n")
        assert client.reply().startswith("552 5.3.4")
        client.mail()
        client.send(b"x" * 99_998 + b"\r\n.\r\n")
        assert client.reply().startswith("250")
        client.mail()
        with pytest.raises(ConnectionError):  # noqa: PT012 it may break at any of the writes
            for _ in range(2000):
                client.send(b"x" * 100_000)
                time.sleep(0.001)
    assert len(store.rows) == 1


def test_who_sends_far_too_much_hears_why_before_the_end(store: MemoryStore) -> None:
    with Port(store, max_bytes=100_000) as port:
        client = port.client().hello().mail()
        client.send(b"x" * 5_000_000 + b"\r\n.\r\n")
        assert client.reply().startswith("552 5.3.4")
        client.socket.shutdown(socket.SHUT_WR)
        assert client.reply() == ""


def test_an_endless_line_costs_no_memory(store: MemoryStore) -> None:
    with Port(store, limits=Limits(seconds_to_linger=0.05)) as port:
        client = port.client().hello().mail()
        block = b"x" * 1_000_000
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        try:
            for _ in range(5_000):  # 300 of them pass in a tenth of a second where nothing else runs
                client.send(block)
        except ConnectionError:
            pass
        else:
            pytest.fail("5 GB were taken without a word")
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 10_000  # KB
    assert store.rows == []


@pytest.mark.parametrize("end", [
    b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r", b"\r.\r\n", b"\n.\r", b"\r.\n",
    b"\n\n.\n\n", b"\r\r\n.\r\r\n",
])  # fmt: skip
def test_nothing_is_smuggled(store: MemoryStore, port: Port, end: bytes) -> None:
    client = port.client().hello().mail()
    second = f"MAIL FROM:<x@example.com>\r\nRCPT TO:<{BOX}>\r\nDATA\r\nsecond\r\n.\r\n".encode()
    client.send(b"first" + end + second)
    assert client.reply().startswith("550 5.5.2")
    assert store.rows == []
    client.send(b"RSET\r\n")
    assert client.reply().startswith("250")


def test_trusted_relays_and_lmtp_are_mended(store: MemoryStore) -> None:
    with Port(store, trusted_relays=["127.0.0.0/8"]) as port:
        client = port.client().hello().mail()
        client.send(b"a: b\n\nc\r\n.\r\n")
        assert client.reply().startswith("250")
    assert store.raws == [b"a: b\r\n\r\nc\r\n"]


def test_lmtp_answers_once_for_each_accepted_recipient(store: MemoryStore) -> None:
    with Port(store, lmtp=True, max_bytes=1000) as port:
        client = port.client()
        assert client.reply().endswith("LMTP")
        assert client.say("EHLO x").startswith("500")
        assert client.say("HELO x").startswith("500")
        assert client.say("LHLO client.example").startswith("250")
        for body, code in ((b"one\r\n", "250"), (b"x" * 1050 + b"\r\n", "552")):
            client.say("MAIL FROM:<>")
            assert client.say(f"RCPT TO:<{BOX}>").startswith("250")
            assert client.say("RCPT TO:<nobody@agency.example>").startswith("550")
            assert client.say("RCPT TO:<jobs+2@agency.example>").startswith("250")
            client.say("DATA")
            client.send(body + b".\r\nNOOP\r\n")
            assert [client.reply()[:3] for _ in range(2)] == [code, code]
            assert client.reply() == "250 OK"  # of NOOP: there was no third
    [row] = store.rows
    assert row.envelope.via == "lmtp"
    assert len(row.envelope.rcpt_to) == 2


def test_smtplib_delivers_by_lmtp(store: MemoryStore) -> None:
    with Port(store, lmtp=True) as port, smtplib.LMTP("127.0.0.1", port.server.port) as client:
        client.sendmail("a@example.jp", [BOX], MAIL)
    assert store.raws == [MAIL]


def test_pipelined_commands_after_the_dot_are_read(store: MemoryStore, port: Port) -> None:
    client = port.client().hello().mail()
    client.send(MAIL + f".\r\nMAIL FROM:<>\r\nRCPT TO:<{BOX}>\r\nDATA\r\n".encode())
    assert [client.reply()[:3] for _ in range(4)] == ["250", "250", "250", "354"]
    client.send(b"two\r\n.\r\nQUIT\r\n")
    assert [client.reply()[:3] for _ in range(2)] == ["250", "221"]
    assert store.raws == [MAIL, b"two\r\n"]


# --- TLS -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    folder: Path = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key", "-out", "cert", "-days", "2",
         "-subj", "/CN=mx.agency.example"], cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert", folder / "key")
    return context


def test_starttls_then_a_mail(store: MemoryStore, tls: ssl.SSLContext, loop_kind: bool) -> None:
    with Port(store, tls=tls, use_uvloop=loop_kind) as port, smtplib.SMTP("127.0.0.1", port.server.port) as client:
        assert client.has_extn("starttls") or client.ehlo()[0] == 250
        client.starttls(context=ssl._create_unverified_context())
        client.ehlo()
        assert not client.has_extn("starttls")
        assert not client.has_extn("auth")
        assert client.docmd("STARTTLS")[0] == 503
        client.sendmail("a@example.jp", [BOX], MAIL)
    assert store.raws == [MAIL]


def test_starttls_discards_what_came_before(store: MemoryStore, tls: ssl.SSLContext, loop_kind: bool) -> None:
    with Port(store, tls=tls, use_uvloop=loop_kind) as port:
        client = port.client().hello()
        client.send(b"STARTTLS\r\nMAIL FROM:<evil@example.com>\r\nRSET\r\n")
        assert client.reply().startswith("220")
        secured = ssl._create_unverified_context().wrap_socket(client.socket)
        secured.sendall(b"NOOP\r\n")
        assert secured.recv(100) == b"250 OK\r\n"  # and no reply to what was injected
        secured.sendall(f"RCPT TO:<{BOX}>\r\n".encode())
        assert secured.recv(100).startswith(b"503")
        secured.sendall(b"EHLO x\r\n")
        assert b"STARTTLS" not in secured.recv(1000)
        secured.close()
    assert store.rows == []


@pytest.mark.parametrize("noise", [b"this is no handshake" * 10, b""])
def test_a_broken_handshake_ends_the_connection_only(
    store: MemoryStore, tls: ssl.SSLContext, loop_kind: bool, noise: bytes
) -> None:
    with Port(store, tls=tls, use_uvloop=loop_kind) as port:
        client = port.client().hello()
        client.say("STARTTLS")
        client.send(noise)
        client.socket.shutdown(socket.SHUT_WR)
        client.close()
        deadline = time.monotonic() + 5
        while len(port.server.door) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert len(port.server.door) == 0
        assert port.client().hello().say("NOOP") == "250 OK"


def test_without_a_certificate_there_is_no_starttls(port: Port) -> None:
    client = port.client()
    client.reply()
    assert "STARTTLS" not in client.say("EHLO x")
    assert client.say("STARTTLS").startswith("503")


# --- floods ----------------------------------------------------------------------------------------------------------


def test_idle_sockets_do_not_keep_others_out(store: MemoryStore, loop_kind: bool) -> None:
    limits = Limits(connections=60, connections_per_client=25)
    with Port(store, limits=limits, use_uvloop=loop_kind) as port:
        idle = [port.client(f"127.0.0.{n % 10 + 2}") for n in range(300)]
        began = time.monotonic()
        for source in ("127.0.0.1", "127.0.0.2"):
            client = port.client(source).hello().mail()
            client.send(MAIL + source.encode() + b"\r\n.\r\n")
            assert client.reply().startswith("250")
        assert time.monotonic() - began < 1
        assert len(port.server.door) <= 60
        gone = idle[0].file.read()
        assert b"421" in gone
        for client in idle:
            client.close()
        deadline = time.monotonic() + 5
        while len(port.server.door) > 2 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert len(port.server.door) <= 2


def test_a_full_house_of_busy_clients_answers_421(store: MemoryStore) -> None:
    with Port(store, limits=Limits(connections=10, connections_per_client=2)) as port:
        busy = [port.client().hello().mail() for _ in range(2)]
        third = port.client()
        assert third.reply().startswith("421")
        assert third.reply() == ""
        for client in busy:
            client.send(MAIL + b".\r\n")
            assert client.reply().startswith("250")


def test_silence_within_a_mail_is_no_lasting_place(store: MemoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    with Port(store, limits=Limits(connections=10, connections_per_client=2)) as port:
        silent = [port.client().hello() for _ in range(2)]
        for client in silent:
            client.say("MAIL FROM:<>")
        assert port.client().reply().startswith("421")
        monkeypatch.setattr("intake.channels.limits.SILENT_WITHIN_MAIL", 0.05)
        time.sleep(0.1)
        assert port.client().reply().startswith("220")
        assert silent[0].reply().startswith("421")


def test_trusted_relays_are_not_counted(store: MemoryStore) -> None:
    limits = Limits(connections=1, connections_per_client=1)
    with Port(store, limits=limits, trusted_relays=["127.0.0.1"]) as port:
        for client in [port.client().hello().mail() for _ in range(5)]:
            client.send(MAIL + b".\r\n")
            assert client.reply().startswith("250")


def test_a_wrong_relay_is_named() -> None:
    with pytest.raises(SettingError, match="INTAKE_TRUSTED_RELAYS"):
        networks(["mail.example.jp"])


def test_who_counts_as_one_client() -> None:
    assert client_key("192.0.2.1") == client_key("::ffff:192.0.2.1") == "192.0.2.1"
    assert client_key("2001:db8:1:2::1") == client_key("2001:db8:1:2:ffff::9") != client_key("2001:db8:1:3::1")
    assert is_within("::ffff:192.0.2.9", networks(["192.0.2.0/24"]))
    assert not is_within("198.51.100.1", networks(["192.0.2.0/24", "2001:db8::/32"]))
    assert not is_within("", networks(["192.0.2.0/24"]))


@pytest.mark.parametrize("limits", [
    Limits(seconds_to_first_command=0.2), Limits(seconds_per_command=0.2), Limits(seconds_per_data=0.2),
])  # fmt: skip
def test_who_idles_is_sent_away(store: MemoryStore, limits: Limits) -> None:
    with Port(store, limits=limits) as port:
        client = port.client()
        if limits.seconds_to_first_command < 1:
            client.reply()
        else:
            client.hello()
        if limits.seconds_per_data < 1:
            client.mail().send(b"half a mail")
        began = time.monotonic()
        assert client.reply().startswith("421")
        assert client.reply() == ""
        assert time.monotonic() - began < 3
        assert store.rows == []


def test_talk_without_a_mail_ends(store: MemoryStore) -> None:
    with Port(store, limits=Limits(commands_per_mail=20)) as port:
        client = port.client().hello()
        for _ in range(15):
            assert client.say("NOOP") == "250 OK"
        client.mail()
        client.send(MAIL + b".\r\n")
        client.reply()
        replies = [client.say("RSET") for _ in range(21)]  # the mail made room for twenty more
        assert replies[19] == "250 OK"
        assert replies[20].startswith("421")


def test_nonsense_is_cut_short(port: Port) -> None:
    client = port.client().hello()
    replies = [client.say("GET / HTTP/1.1") for _ in range(11)]
    assert replies[0].startswith("500")
    assert replies[-1].startswith("421")
    client = port.client().hello()
    client.send(b"NOOP " + b"x" * 300_000)
    assert client.reply().startswith("500")
    assert client.reply() == ""


# --- ending ----------------------------------------------------------------------------------------------------------


def test_stop_says_421_and_finishes_what_is_under_way(store: MemoryStore, loop_kind: bool) -> None:
    store.gate.clear()
    port = Port(store, use_uvloop=loop_kind)
    with port:
        waiting, writing, reading = port.client().hello(), port.client().hello().mail(), port.client().hello().mail()
        writing.send(MAIL + b".\r\n")
        assert store.entered.wait(5)
        reading.send(b"begun\r\n")
        import threading

        stopper = threading.Thread(target=port.stop)
        stopper.start()
        assert waiting.reply().startswith("421")
        store.gate.set()
        assert writing.reply().startswith("250")
        assert writing.reply().startswith("421")
        reading.send(b"ended\r\n.\r\n")
        assert reading.reply().startswith("250")
        with pytest.raises(ConnectionError):
            socket.create_connection(("127.0.0.1", port.server.port), timeout=1)
        stopper.join(10)
        assert not stopper.is_alive()
    assert store.raws == [MAIL, b"begun\r\nended\r\n"]


def test_a_client_that_hangs_up_after_the_dot_may_come_again(store: MemoryStore, port: Port) -> None:
    store.gate.clear()
    client = port.client().hello().mail()
    client.send(MAIL + b".\r\n")
    assert store.entered.wait(5)
    client.close()
    store.gate.set()
    client = port.client().hello().mail()
    client.send(MAIL + b".\r\n")
    assert client.reply().startswith("250 2.0.0 OK 1")
    assert len(store.rows) == 1


def test_a_taken_port_is_said_in_words(store: MemoryStore, port: Port) -> None:
    import asyncio

    other = Port(store, port=port.server.port)
    with pytest.raises(SettingError, match=r"cannot listen on 127\.0\.0\.1"):
        asyncio.run(other._serve())


def test_nothing_personal_is_logged(store: MemoryStore, caplog: pytest.LogCaptureFixture, capfd) -> None:
    library = logging.getLogger("mail.log")
    assert library.level >= logging.WARNING
    with caplog.at_level(logging.DEBUG), Port(store) as port:
        library.setLevel(logging.ERROR)
        client = port.client().hello().mail(sender="<canary-sender@example.jp>")
        store.fail = [RuntimeError("canary-error")] * 2
        client.send(b"Subject: canary-subject\r\n\r\ncanary-body\r\n.\r\n")
        client.reply()
        client.say("canary-command")
        client.say("MAIL FROM:<canary\x01@example.jp>")
        client.close()
    out = capfd.readouterr()
    assert "canary" not in caplog.text + out.out + out.err
    assert "not_stored" in out.out + out.err


V2 = b"\r\n\r\n\0\r\nQUIT\n"


def _v2(source: str, command: int = 0x21) -> bytes:
    addresses = socket.inet_aton(source) + socket.inet_aton("192.0.2.99") + b"\x12\x34\x00\x19"
    return V2 + bytes((command, 0x11)) + len(addresses).to_bytes(2, "big") + addresses


def _from(port: Port, source: str) -> Client:
    client = port.client()
    client.send(f"PROXY TCP4 {source} 192.0.2.99 4660 25\r\n".encode())
    return client


@pytest.mark.parametrize("header", [b"PROXY TCP4 203.0.113.7 192.0.2.99 4660 25\r\n", _v2("203.0.113.7")])
def test_a_load_balancer_says_whom_it_speaks_for(store: MemoryStore, header: bytes) -> None:
    with Port(store, proxies=["127.0.0.1"]) as port:
        client = port.client()
        client.send(header)
        client.hello().mail().send(MAIL + b".\r\n")
        assert client.reply().startswith("250")
    assert store.rows[0].envelope.peer == "203.0.113.7"


def test_limits_and_trust_follow_the_client_behind_the_load_balancer(store: MemoryStore) -> None:
    limits = Limits(connections=10, connections_per_client=1)
    with Port(store, proxies=["127.0.0.1"], trusted_relays=["203.0.113.9"], limits=limits) as port:
        replies, held = [], []
        for source in ("203.0.113.7", "203.0.113.8", "203.0.113.7", "203.0.113.9", "203.0.113.9"):
            client = _from(port, source)
            replies.append(client.reply()[:3])
            if replies[-1] == "220":
                assert client.say("EHLO a").startswith("250")
                client.mail()
            held.append(client)
        for client in held:
            client.close()  # or the server waits for mails half sent when it ends
        assert replies == ["220", "220", "421", "220", "220"]


def test_who_is_no_load_balancer_of_ours_is_not_believed(store: MemoryStore) -> None:
    with Port(store, proxies=["192.0.2.1"]) as port:
        client = port.client()
        client.send(b"PROXY TCP4 203.0.113.7 192.0.2.99 4660 25\r\n")
        assert client.reply().startswith("220")
        assert client.reply().startswith("500")


@pytest.mark.parametrize("said", [b"EHLO a\r\n", b"PROXY TCP4 nonsense\r\n", V2 + b"\x21\x11\x00\x01\x00", b"PROXY"])
def test_a_load_balancer_that_does_not_say_is_closed(
    store: MemoryStore, said: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intake.channels.proxy.SECONDS", 0.3)
    with Port(store, proxies=["127.0.0.1"]) as port:
        client = port.client()
        client.send(said)
        assert client.reply() == ""
        time.sleep(0.1)
        assert not port.server.relays


def test_a_health_check_of_the_load_balancer_speaks_for_itself(store: MemoryStore) -> None:
    with Port(store, proxies=["127.0.0.1"]) as port:
        client = port.client()
        client.send(_v2("203.0.113.7", command=0x20))
        assert client.reply().startswith("220")


def test_so_many_mails_a_minute(store: MemoryStore) -> None:
    """Later, not never; others are not held up, and a new minute begins anew."""
    with Port(store, proxies=["127.0.0.1"], limits=Limits(mails_per_minute=2)) as port:
        said = []
        for source in ("203.0.113.7", "203.0.113.7", "203.0.113.7", "203.0.113.8"):
            client = _from(port, source).hello()
            said.append(client.say("MAIL FROM:<a@example.jp>")[:3])
            if said[-1] == "250":
                client.say("RSET")
                client.mail().send(MAIL + f"{len(said)}\r\n.\r\n".encode())
                assert client.reply().startswith("250")
        assert said == ["250", "250", "451", "250"]
    now = [0.0]
    rates = Rates(1, lambda: now[0])
    rates.count("a")
    assert rates.is_spent("a") and not rates.is_spent("b")
    now[0] = 61
    assert not rates.is_spent("a")
    free = Rates(0)
    free.count("a")
    assert not free.is_spent("a")
