"""Signing in to a relay with tokens: got when needed, kept while they are good, got anew when refused."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs

import pytest

from intake.bootstrap.house import read_secret
from intake.errors import RelayTemporary, SettingError
from intake.oauth import TokenSource
from intake.outbox.courier import relay_of
from intake.outbox.smtp import SmtpCourier
from tests.rigs import write_certificate
from tests.unit.outbox.test_smtp import MAIL, Relaying


class Tokens(BaseHTTPRequestHandler):
    asked: ClassVar[list[dict[str, list[str]]]] = []
    status: ClassVar[int] = 200

    def do_POST(self) -> None:
        self.asked.append(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        body = json.dumps({"access_token": f"tok-{len(self.asked)}", "expires_in": 3600}).encode()
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def token_url() -> Iterator[str]:
    Tokens.asked, Tokens.status = [], 200
    server = HTTPServer(("127.0.0.1", 0), Tokens)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/token"
    server.shutdown()
    server.server_close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Relaying]:
    made = Relaying(write_certificate(tmp_path))
    yield made
    made.stop()


def secret_of(token_url: str, **more: str) -> str:
    given = {"kind": "client_credentials", "token_url": token_url, "client_id": "id", "client_secret": "geheim",
             "scope": "https://outlook.office365.com/.default"}  # fmt: skip
    return json.dumps(given | more, indent=1)


def test_a_token_is_got_once_for_several_connections(server: Relaying, token_url: str) -> None:
    relay = relay_of(f"smtp://agency@127.0.0.1:{server.port}", secret_of(token_url))
    for _ in range(2):
        courier = SmtpCourier(relay)
        courier.deliver(MAIL)
        courier.close()
    assert server.tokens == [b"user=agency\x01auth=Bearer tok-1\x01\x01"] * 2
    assert [a["grant_type"] for a in Tokens.asked] == [["client_credentials"]]
    assert "geheim" not in repr(relay)


@pytest.mark.parametrize("kind", ["refresh_token", "service_account"])
def test_the_other_ways_to_a_token(server: Relaying, token_url: str, kind: str) -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    pem = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()  # fmt: skip
    ways = {
        "refresh_token": {"kind": kind, "token_url": token_url, "client_id": "id", "refresh_token": "r1"},
        "service_account": {"type": kind, "token_uri": token_url, "client_email": "b@example.com", "private_key": pem},
    }
    SmtpCourier(relay_of(f"smtp://agency@127.0.0.1:{server.port}", json.dumps(ways[kind]))).deliver(MAIL)
    assert server.tokens == [b"user=agency\x01auth=Bearer tok-1\x01\x01"]
    assert ("refresh_token" in Tokens.asked[0]) is (kind == "refresh_token")
    assert ("assertion" in Tokens.asked[0]) is (kind == "service_account")


def test_a_token_that_the_relay_refuses_is_not_used_again(
    server: Relaying, token_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = server.accepts
    monkeypatch.setattr(server, "accepts", lambda words: b"tok-1" not in words and good(words))
    relay = relay_of(f"smtp://agency@127.0.0.1:{server.port}", secret_of(token_url))
    with pytest.raises(RelayTemporary, match="auth: 535") as caught:
        SmtpCourier(relay).deliver(MAIL)
    assert "tok-1" not in str(caught.value)
    SmtpCourier(relay).deliver(MAIL)
    assert len(server.seen) == 1
    assert server.tokens[-1] == b"user=agency\x01auth=Bearer tok-2\x01\x01"


@pytest.mark.parametrize("status", [400, 503])
def test_without_a_token_the_mail_waits(server: Relaying, token_url: str, status: int) -> None:
    Tokens.status = status
    with pytest.raises(RelayTemporary, match="auth: "):
        SmtpCourier(relay_of(f"smtp://agency@127.0.0.1:{server.port}", secret_of(token_url))).deliver(MAIL)
    assert server.seen == []


def test_a_token_ends(token_url: str) -> None:
    now = [0.0]
    source = TokenSource(json.loads(secret_of(token_url)), "X", lambda: now[0])
    assert [source.token("u"), source.token("u")] == ["tok-1", "tok-1"]
    now[0] = 3600 - 119
    assert source.token("u") == "tok-2"


def test_a_password_file_with_json_is_read_whole_and_what_is_wrong_is_named(tmp_path: Path) -> None:
    path = tmp_path / "relay"
    path.write_text(secret_of("https://login.example/token"))
    assert relay_of("smtp://agency@relay.example", read_secret(str(path))).auth == "xoauth2"
    path.write_text("geheim\n# remark\n")
    assert read_secret(str(path)) == "geheim"
    for wrong in ("{", '{"kind": "magic"}', secret_of("http://login.example/token"), secret_of("x", client_id="")):
        with pytest.raises(SettingError, match="INTAKE_RELAY_PASSWORD_FILE") as caught:
            relay_of("smtp://agency@relay.example", wrong)
        assert "geheim" not in str(caught.value)
