"""An OpenID provider on loopback that tells the truth, or one lie."""

from __future__ import annotations

import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey


class Provider:
    """``answer`` plays the person who agrees; ``lie`` says which part of the id token is false."""

    def __init__(self) -> None:
        self.key, self.other = RSAKey.generate_key(2048, {"kid": "k"}), RSAKey.generate_key(2048, {"kid": "k"})
        self.subject, self.lie = "1234", ""
        self.more: dict[str, Any] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.verified: list[bool] = []
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._send(provider.page(self.path))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self._send(provider.token({k: v[0] for k, v in parse_qs(body).items()}))

            def _send(self, found: dict[str, Any]) -> None:
                data = json.dumps(found).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def page(self, path: str) -> dict[str, Any]:
        if path == "/keys":
            return dict(KeySet([self.key]).as_dict(private=False))
        ends = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        return {"issuer": self.issuer} | {name: f"{self.issuer}/{end}" for name, end in ends.items()}

    def answer(self, url: str) -> str:
        """Where the browser goes after the person has agreed."""
        asked = {k: v[0] for k, v in parse_qs(urlsplit(url).query).items()}
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return asked["redirect_uri"] + "?" + urlencode({"code": code, "state": asked["state"]})

    def token(self, sent: dict[str, str]) -> dict[str, Any]:
        asked = self.codes.pop(sent["code"])
        self.verified.append(create_s256_code_challenge(sent["code_verifier"]) == asked["code_challenge"])
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": asked["client_id"],
            "exp": 4_000_000_000,
            "iat": 0,
            "sub": self.subject,
            "nonce": asked["nonce"],
        } | self.more
        lies: dict[str, Any] = {"iss": "https://evil.example", "aud": "other", "exp": int(time.time()) - 10**9,
                                "nonce": "old", "sub": ""}  # fmt: skip
        if self.lie in lies:
            claims[self.lie] = lies[self.lie]
        if self.lie == "azp":
            claims |= {"aud": [asked["client_id"], "other"], "azp": "other"}
        if self.lie == "code":
            return {}
        if self.lie == "none":
            return {"id_token": jwt.encode({"alg": "none"}, claims, OctKey.import_key("x"), algorithms=["none"])}
        key = self.other if self.lie == "signature" else self.key
        return {"id_token": jwt.encode({"alg": "RS256", "kid": "k"}, claims, key)}

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
