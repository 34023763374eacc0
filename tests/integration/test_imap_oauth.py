"""Signing in by XOAUTH2 at a real Dovecot, with a token got in each of the three ways, and with one that is refused."""

from __future__ import annotations

import json
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from intake.channels.imap import Mailbox, parse_accounts
from intake.channels.imap.credentials import SignInRefused
from tests import rigs
from tests.integration.test_imap_dovecot import append, mail, raws
from tests.unit.channels.stores import real_store

USER = "jobs@agency.example.jp"
PLAIN = "passdb {{\n  driver = static"
OAUTH = """auth_mechanisms = plain login xoauth2
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = CONF
}}
"""


class Issuer:
    """Gives tokens to those who ask rightly, and tells Dovecot whose a token is, as Microsoft and Google do."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.good: set[str] = set()
        self.gives_good = True
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                issuer.asked.append({k: v[0] for k, v in parse_qs(body).items()})
                token = f"token-{len(issuer.asked)}"
                if issuer.gives_good:
                    issuer.good.add(token)
                self._send(200, {"access_token": token, "expires_in": 3600, "token_type": "Bearer"})

            def do_GET(self) -> None:
                token = parse_qs(urlsplit(self.path).query).get("access_token", [""])[0]
                known = token in issuer.good
                self._send(200 if known else 401, {"email": USER} if known else {"error": "invalid_token"})

            def _send(self, status: int, found: dict[str, Any]) -> None:
                data = json.dumps(found).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: Any) -> None:
                return None

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    made = Issuer()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def server(issuer: Issuer) -> Iterator[rigs.Dovecot]:
    """A Dovecot that asks the issuer whose a token is."""
    with tempfile.NamedTemporaryFile("w", prefix="intake-oauth-", suffix=".conf") as conf:
        conf.write(f"tokeninfo_url = {issuer.url}/tokeninfo?access_token=\n")
        conf.write("introspection_mode = get\nusername_attribute = email\n")
        conf.flush()
        Path(conf.name).chmod(0o644)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(rigs, "DOVECOT", rigs.DOVECOT.replace(PLAIN, OAUTH.replace("CONF", conf.name) + PLAIN))
            made = rigs.Dovecot()
        yield made
        made.remove()


def secrets_of(url: str) -> dict[str, dict[str, str]]:
    """What stands in INTAKE_IMAP_PASSWORD_FILE."""
    key = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return {
        "client_credentials": {"kind": "client_credentials", "token_url": url, "client_id": "id", "client_secret": "s",
                               "scope": "https://outlook.office365.com/.default"},
        "refresh_token": {"kind": "refresh_token", "token_url": url, "client_id": "id", "refresh_token": "r"},
        "service_account": {"type": "service_account", "token_uri": url, "client_email": "bot@example.com",
                            "private_key": key.decode()},
    }  # fmt: skip


@pytest.mark.parametrize("way", ["client_credentials", "refresh_token", "service_account"])
def test_a_mailbox_behind_oauth(way: str, server: rigs.Dovecot, issuer: Issuer, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(json.dumps(secrets_of(f"{issuer.url}/token")[way]))
    (account,) = parse_accounts(f"imap://{USER.replace('@', '%40')}@127.0.0.1:{server.imap}/INBOX", tmp_path / "secret")
    issuer.asked.clear()
    with real_store(tmp_path) as store:
        box = Mailbox(account, store)
        box.sweep()
        number = 100 + ["client_credentials", "refresh_token", "service_account"].index(way)
        append(server, USER, mail(number))
        assert box.sweep() == 1
        assert raws(store)[-1] == mail(number)
        assert len(issuer.asked) == 1, "one token serves until it ends"
        issuer.good.clear()  # taken back by the administrator
        issuer.gives_good = False
        with pytest.raises(SignInRefused):
            box.sweep()
        issuer.gives_good = True
        box.sweep()
        assert len(issuer.asked) == 2, "a refused token is not used again"
