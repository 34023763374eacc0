"""INTAKE_IMAP_URL and how to sign in."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from intake.channels.imap import After, parse_accounts
from intake.channels.imap.credentials import OAuth, Password, SignInRefused, login_from
from intake.errors import SettingError
from tests.unit.channels.imap_server import FakeImap


def parsed(url: str, tmp_path: Path, secret: str = "secret\n") -> Any:
    (tmp_path / "password").write_text(secret)
    return parse_accounts(url, tmp_path / "password")


def test_an_address(tmp_path: Path) -> None:
    [a] = parsed("imaps://jobs%40agency.example@mail.agency.example/%E5%8F%97%E4%BF%A1", tmp_path)
    assert (a.host, a.port, a.is_tls, a.user, a.folder) == (
        "mail.agency.example", 993, True, "jobs@agency.example", "受信",
    )  # fmt: skip
    assert a.after is After.FLAG
    assert a.name == "jobs@agency.example@mail.agency.example"
    [a] = parsed("imap://jobs@agency.example@127.0.0.1:1143?after=move&done=処理済み", tmp_path)
    assert (a.user, a.port, a.folder, a.done, a.after) == ("jobs@agency.example", 1143, "INBOX", "処理済み", "move")


def test_several_mailboxes_share_a_password_or_have_their_own(tmp_path: Path) -> None:
    urls = "imaps://a@h.example/INBOX; imaps://b@h.example/INBOX"
    assert [a.user for a in parsed(urls, tmp_path)] == ["a", "b"]
    one, two = parsed(urls, tmp_path, "first\nsecond\n")
    assert (one.login._password, two.login._password) == ("first", "second")
    with pytest.raises(SettingError, match="2 lines"):
        parsed(urls, tmp_path, "1\n2\n3\n")
    assert parse_accounts(" ; ", None) == ()


@pytest.mark.parametrize("url", [
    "imaps://h.example/INBOX", "http://a@h.example", "imaps://a:pw@h.example", "imaps://a@h.example:x",
    "imaps://a@h.example?after=delete", "imaps://a@h.example?afte=flag",
])  # fmt: skip
def test_a_wrong_address_is_named_without_its_password(url: str, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="INTAKE_IMAP_URL") as e:
        parsed(url, tmp_path)
    assert "pw" not in str(e.value)


def test_the_password_file_must_be_there(tmp_path: Path) -> None:
    for given in (None, "", tmp_path / "missing"):
        with pytest.raises(SettingError, match="INTAKE_IMAP_PASSWORD_FILE"):
            parse_accounts("imaps://a@h.example", given)


# --- tokens ----------------------------------------------------------------------------------------------------------


class TokenServer(BaseHTTPRequestHandler):
    asked: ClassVar[list[dict[str, list[str]]]] = []
    answers: ClassVar[list[tuple[int, bytes]]] = []

    def do_POST(self) -> None:
        self.asked.append(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        status, body = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def token_url() -> Iterator[str]:
    TokenServer.asked, TokenServer.answers = [], [(200, b'{"access_token": "tok-1", "expires_in": 3600}')]
    server = HTTPServer(("127.0.0.1", 0), TokenServer)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/token"
    server.shutdown()
    server.server_close()


def test_client_credentials_are_asked_for_once_until_they_end(token_url: str) -> None:
    now = [1000.0]
    settings = {"kind": "client_credentials", "token_url": token_url, "client_id": "id", "client_secret": "s",
                "scope": "https://outlook.office365.com/.default"}  # fmt: skip
    oauth = OAuth(settings, lambda: now[0])
    assert [oauth.token("u") for _ in range(3)] == ["tok-1"] * 3
    assert TokenServer.asked == [
        {
            "grant_type": ["client_credentials"],
            "client_id": ["id"],
            "client_secret": ["s"],
            "scope": [settings["scope"]],
        }
    ]
    now[0] += 3600 - 100
    oauth.token("u")
    assert len(TokenServer.asked) == 2


def test_a_refresh_token_that_is_renewed(token_url: str) -> None:
    TokenServer.answers = [(200, b'{"access_token": "tok-1", "expires_in": 0, "refresh_token": "r2"}')]
    settings = {"kind": "refresh_token", "token_url": token_url, "client_id": "id", "refresh_token": "r1"}
    oauth = OAuth(settings)
    oauth.token("u")
    oauth.token("u")
    assert [a["refresh_token"] for a in TokenServer.asked] == [["r1"], ["r2"]]
    assert settings["refresh_token"] == "r1"  # what was given stays as it is


def test_a_service_account_signs_for_the_mailbox(token_url: str) -> None:
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    login = login_from(json.dumps(
        {"type": "service_account", "token_uri": token_url, "client_email": "bot@example.com", "private_key": pem}
    ))  # fmt: skip
    assert isinstance(login, OAuth)
    assert login.token("jobs@agency.example") == "tok-1"
    head, body, signature = TokenServer.asked[0]["assertion"][0].split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    assert (claims["iss"], claims["sub"], claims["aud"]) == ("bot@example.com", "jobs@agency.example", token_url)
    assert claims["scope"] == "https://mail.google.com/"
    signed = f"{head}.{body}".encode()
    key.public_key().verify(base64.urlsafe_b64decode(signature + "=="), signed, padding.PKCS1v15(), hashes.SHA256())


@pytest.mark.parametrize(("answer", "error"), [
    ((400, b'{"error": "invalid_grant"}'), SignInRefused), ((200, b"<html>"), SignInRefused),
    ((200, b"[]"), SignInRefused), ((200, b"{}"), SignInRefused), ((302, b""), SignInRefused),
    ((503, b""), ConnectionError),
])  # fmt: skip
def test_no_token(token_url: str, answer: tuple[int, bytes], error: type[Exception]) -> None:
    TokenServer.answers = [answer]
    oauth = OAuth({"kind": "refresh_token", "token_url": token_url, "client_id": "id", "refresh_token": "r1"})
    with pytest.raises(error):
        oauth.token("u")


@pytest.mark.parametrize("secret", [
    "{", '{"kind": "magic"}', '{"kind": "refresh_token", "token_url": "https://x.example", "client_id": "a"}',
    '{"kind": "refresh_token", "token_url": "http://x.example", "client_id": "a", "refresh_token": "b"}',
])  # fmt: skip
def test_wrong_token_settings_are_named(secret: str) -> None:
    with pytest.raises(SettingError, match="INTAKE_IMAP_PASSWORD_FILE"):
        login_from(secret)


def test_a_refused_token_is_not_used_again(token_url: str) -> None:
    from imapclient import IMAPClient

    server = FakeImap("IMAP4rev1 AUTH=XOAUTH2")
    given: list[str] = []

    def authenticate(_: FakeImap, one: Any, tag: str, __: str) -> bytes:
        one.sendall(b"+ \r\n")
        given.append(base64.b64decode(one.recv(4000)).decode())
        return f"{tag} {'NO refused' if len(given) == 1 else 'OK done'}\r\n".encode()

    server.on("AUTHENTICATE XOAUTH2", authenticate)
    TokenServer.answers = [(200, b'{"access_token": "tok-1"}'), (200, b'{"access_token": "tok-2"}')]
    oauth = OAuth({"kind": "refresh_token", "token_url": token_url, "client_id": "id", "refresh_token": "r1"})
    for expected in (SignInRefused, None):
        client = IMAPClient("127.0.0.1", server.port, ssl=False, timeout=5)
        if expected:
            with pytest.raises(expected):
                oauth.sign_in(client, "jobs@agency.example")
        else:
            oauth.sign_in(client, "jobs@agency.example")
        client.shutdown()
    server.stop()
    assert given[1] == "user=jobs@agency.example\x01auth=Bearer tok-2\x01\x01"
    assert isinstance(login_from("plain"), Password)


@pytest.mark.parametrize("login", [Password("x"), "oauth"])
def test_a_broken_connection_is_no_refusal(token_url: str, login: Any) -> None:
    from imapclient import IMAPClient

    from tests.unit.channels.imap_server import hang_up

    server = FakeImap("IMAP4rev1 AUTH=XOAUTH2")
    server.on("LOGIN", hang_up)
    server.on("AUTHENTICATE", hang_up)
    if login == "oauth":
        login = OAuth({"kind": "refresh_token", "token_url": token_url, "client_id": "id", "refresh_token": "r1"})
    client = IMAPClient("127.0.0.1", server.port, ssl=False, timeout=5)
    with pytest.raises((OSError, IMAPClient.AbortError)):
        login.sign_in(client, "jobs@agency.example")
    server.stop()
