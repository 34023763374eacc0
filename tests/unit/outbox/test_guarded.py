"""Outgoing calls never reach private addresses (reliability.md A30)."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from typing import Any

import pytest

from intake.errors import RelayTemporary, SettingError
from intake.outbox.guarded import Guarded, NotPublic, is_public, networks, url_of

PRIVATE = (
    "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "192.0.2.1", "224.0.0.1", "255.255.255.255", "240.0.0.1", "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254",
    "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::",
    "2001:db8::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2",
)  # fmt: skip
PUBLIC = ("8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808")


class Answers(BaseHTTPRequestHandler):
    """Says what the test wants and keeps what came."""

    status, headers_out, wait = 204, dict[str, str](), 0.0
    got: list[tuple[str, bytes, dict[str, str]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        type(self).got.append((self.path, body, {k.lower(): v for k, v in self.headers.items()}))
        time.sleep(self.wait)
        self.send_response(self.status)
        for name, value in self.headers_out.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        return None


@contextmanager
def listening(**fields: Any) -> Iterator[tuple[int, list[tuple[str, bytes, dict[str, str]]]]]:
    kind = type("Here", (Answers,), {"got": [], **fields})
    server = HTTPServer(("127.0.0.1", 0), kind)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port, kind.got
    finally:
        server.shutdown()
        server.server_close()


def told(*addresses: str) -> Any:
    def resolve(_: str, __: int) -> Sequence[str]:
        return addresses

    return resolve


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_refused_however_wrapped(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_public(ip_address(address)) is False
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("connected"))
    with pytest.raises(NotPublic):
        Guarded("https://ats.example.jp/x", resolve=told(address)).post(b"{}", {})
    with pytest.raises(NotPublic):
        Guarded("https://ats.example.jp/x", resolve=told("8.8.8.8", address)).post(b"{}", {})


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(ip_address(address)) is True


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "127.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"])
def test_loopback_by_another_name_is_loopback(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("connected"))
    with pytest.raises((NotPublic, RelayTemporary)):
        Guarded(f"https://{host}/x").post(b"{}", {})


def test_the_address_that_was_looked_at_is_the_one_that_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: a second look would answer 127.0.0.1; there is no second look."""
    answers, called = [("8.8.8.8",), ("127.0.0.1",)], list[Any]()

    def resolve(_: str, __: int) -> Sequence[str]:
        return answers.pop(0)

    def connect(where: Any, **_: Any) -> Any:
        called.append(where)
        raise OSError

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(RelayTemporary):
        Guarded("https://ats.example.jp/x", resolve=resolve).post(b"{}", {})
    assert called == [("8.8.8.8", 443)]
    assert len(answers) == 1


def test_in_clear_only_to_a_network_that_is_allowed() -> None:
    with pytest.raises(NotPublic):
        Guarded("http://ats.example.jp/", resolve=told("8.8.8.8")).post(b"{}", {})
    with listening() as (port, got):
        with pytest.raises(NotPublic):
            Guarded(f"http://127.0.0.1:{port}/hook").post(b"{}", {})
        way = Guarded(f"http://127.0.0.1:{port}/hook?a=1", networks(["127.0.0.0/8"]))
        assert way.post(b'{"a":1}', {"webhook-id": "evt_1"}) == 204
        path, body, headers = got[0]
        assert (path, body, headers["webhook-id"]) == ("/hook?a=1", b'{"a":1}', "evt_1")
        assert headers["host"] == f"127.0.0.1:{port}"
        assert len(got) == 1


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    with (
        listening() as (inside, reached),
        listening(status=302, headers_out={"Location": f"http://127.0.0.1:{inside}/"}) as (port, _),
    ):
        assert Guarded(f"http://127.0.0.1:{port}/", networks(["127.0.0.1"])).post(b"{}", {}) == 302
        assert reached == []


def test_silence_and_a_drip_of_bytes_end() -> None:
    with listening(wait=5.0) as (port, _):
        began = time.monotonic()
        with pytest.raises(RelayTemporary):
            Guarded(f"http://127.0.0.1:{port}/", networks(["127.0.0.1"]), seconds=0.5).post(b"{}", {})
        assert time.monotonic() - began < 3
    with socket.create_server(("127.0.0.1", 0)) as server:
        stop = threading.Event()

        def drip() -> None:
            with server.accept()[0] as sock:
                while not stop.wait(0.1):
                    try:
                        sock.sendall(b"H")
                    except OSError:
                        return

        threading.Thread(target=drip, daemon=True).start()
        began = time.monotonic()
        with pytest.raises(RelayTemporary):
            Guarded(f"http://127.0.0.1:{server.getsockname()[1]}/", networks(["127.0.0.1"]), seconds=1.0).post(b"", {})
        assert time.monotonic() - began < 4
        stop.set()


def test_the_certificate_must_be_of_the_name() -> None:
    with listening() as (port, got):  # speaks no TLS at all
        way = Guarded(f"https://localhost:{port}/", networks(["127.0.0.0/8", "::1"]), resolve=told("127.0.0.1"))
        with pytest.raises(RelayTemporary):
            way.post(b"{}", {})
        assert got == []
    assert ssl.create_default_context().check_hostname is True


@pytest.mark.parametrize("url", ["", "ftp://a/", "https://", "https://u:p@a/", "https://a:x/", "javascript:1"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(SettingError):
        url_of(url)
    with pytest.raises(SettingError):
        networks(["10.0.0.0/99"])
