"""How to sign in: a password, or a token that Microsoft or Google gives for XOAUTH2."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx2
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from imapclient import IMAPClient

from intake.errors import SettingError

SPARE_SECONDS = 120  # a token is renewed before it ends
TIMEOUT_SECONDS = 15
MAX_ANSWER = 65_536
KINDS = ("client_credentials", "refresh_token", "service_account")
NEEDED = {
    "client_credentials": ("token_url", "client_id", "client_secret", "scope"),
    "refresh_token": ("token_url", "client_id", "refresh_token"),
    "service_account": ("token_uri", "client_email", "private_key"),
}
GMAIL_SCOPE = "https://mail.google.com/"


class SignInRefused(Exception):
    """The server, or whoever gives out tokens, does not let us in."""


class Login(Protocol):
    """Signs a connection in. Raises SignInRefused, or OSError where nobody answers."""

    def sign_in(self, client: IMAPClient, user: str) -> None: ...


@contextmanager
def _refusals() -> Iterator[None]:
    """imapclient calls a broken connection a failed login, too; that one is no reason to doubt the password."""
    try:
        yield
    except IMAPClient.AbortError:
        raise
    except IMAPClient.Error as e:
        if isinstance(e.__context__, IMAPClient.AbortError):
            raise e.__context__ from None
        raise SignInRefused from e


class Password:
    """LOGIN."""

    def __init__(self, password: str) -> None:
        self._password = password

    def sign_in(self, client: IMAPClient, user: str) -> None:
        """Raises SignInRefused; the server's words are not repeated, they may hold the address."""
        with _refusals():
            client.login(user, self._password)


class OAuth:
    """XOAUTH2 with an access token that is fetched when needed and kept until shortly before its end."""

    def __init__(self, settings: Mapping[str, Any], clock: Callable[[], float] = time.time) -> None:
        self._kind, self._settings, self._clock = _kind_of(settings), dict(settings), clock
        self._token, self._ends_at = "", 0.0

    def sign_in(self, client: IMAPClient, user: str) -> None:
        """Raises SignInRefused; the next try then takes a fresh token."""
        token, ends_at, self._ends_at = self.token(user), self._ends_at, 0.0
        with _refusals():
            client.oauth2_login(user, token)
        self._ends_at = ends_at

    def token(self, user: str) -> str:
        """A token that is still good for two minutes."""
        if self._clock() + SPARE_SECONDS < self._ends_at:
            return self._token
        answer = _ask(str(self._settings.get("token_url") or self._settings.get("token_uri")), self._form(user))
        if not isinstance(answer.get("access_token"), str):
            raise SignInRefused
        self._token = answer["access_token"]
        self._ends_at = self._clock() + float(answer.get("expires_in", 3600))
        if self._kind == "refresh_token" and isinstance(answer.get("refresh_token"), str):
            self._settings["refresh_token"] = answer["refresh_token"]
        return self._token

    def _form(self, user: str) -> dict[str, str]:
        s = self._settings
        if self._kind == "service_account":
            grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
            return {"grant_type": grant, "assertion": _assertion(s, user, int(self._clock()))}
        wanted = ("client_id", "client_secret", "scope", "refresh_token")
        return {"grant_type": self._kind} | {k: str(s[k]) for k in wanted if s.get(k)}


def login_from(secret: str) -> Login:
    """A password, or JSON with ``kind`` (Google's own service-account file says ``type``). Raises SettingError."""
    if not secret.startswith("{"):
        return Password(secret)
    try:
        settings = json.loads(secret)
    except ValueError as e:
        raise SettingError("INTAKE_IMAP_PASSWORD_FILE: begins like JSON and is none") from e
    return OAuth(settings)


def _kind_of(settings: Mapping[str, Any]) -> str:
    kind = settings.get("kind") or settings.get("type")
    if kind not in KINDS:
        raise SettingError(f"INTAKE_IMAP_PASSWORD_FILE: kind: one of {', '.join(KINDS)}")
    for name in NEEDED[kind]:
        if not isinstance(settings.get(name), str) or not settings[name]:
            raise SettingError(f"INTAKE_IMAP_PASSWORD_FILE: {name} is missing")
    url = urlsplit(str(settings.get("token_url") or settings.get("token_uri")))
    if url.scheme != "https" and url.hostname not in ("127.0.0.1", "localhost"):
        raise SettingError("INTAKE_IMAP_PASSWORD_FILE: the address of the token must begin with https://")
    return str(kind)


def _ask(url: str, form: dict[str, str]) -> dict[str, Any]:
    try:
        answer = httpx2.post(url, data=form, timeout=TIMEOUT_SECONDS, follow_redirects=False)
    except httpx2.HTTPError as e:
        raise ConnectionError("no token: nobody answers") from e
    if answer.status_code >= 500:
        raise ConnectionError("no token: the server is in trouble")
    try:
        value = answer.json() if answer.status_code == 200 and len(answer.content) <= MAX_ANSWER else None
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise SignInRefused
    return value


def _assertion(settings: Mapping[str, Any], user: str, now: int) -> str:
    """A signed JWT by which Google lets a service account act for ``user`` (RFC 7523)."""
    claims = {
        "iss": settings["client_email"],
        "sub": user,
        "scope": settings.get("scope") or GMAIL_SCOPE,
        "aud": settings["token_uri"],
        "iat": now,
        "exp": now + 3600,
    }
    content = b".".join(_part(p) for p in ({"alg": "RS256", "typ": "JWT"}, claims))
    key = serialization.load_pem_private_key(str(settings["private_key"]).encode(), None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise SignInRefused
    signature = key.sign(content, padding.PKCS1v15(), hashes.SHA256())
    return (content + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode("ascii")


def _part(value: Mapping[str, Any]) -> bytes:
    return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).rstrip(b"=")
