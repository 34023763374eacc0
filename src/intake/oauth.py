"""Access tokens for XOAUTH2, as Microsoft and Google give them out: for the mailbox and for the relay alike.

What lies in a password file is a password, or JSON with ``kind`` (Google's own service-account file says ``type``):
``client_credentials``, ``refresh_token`` or ``service_account``.
"""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx2
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

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


class TokenRefused(Exception):
    """Whoever gives out tokens gives us none."""


class TokenSource:
    """An access token that is fetched when needed and kept until shortly before its end. For several threads."""

    def __init__(self, settings: Mapping[str, Any], setting: str, clock: Callable[[], float] = time.time) -> None:
        """``setting`` is named where something is missing. Raises SettingError."""
        self._kind, self._settings, self._clock = _kind_of(settings, setting), dict(settings), clock
        self._token, self._ends_at = "", 0.0
        self._lock = threading.Lock()

    def token(self, user: str) -> str:
        """A token that is still good for two minutes. Raises TokenRefused, or OSError where nobody answers."""
        with self._lock:
            if self._clock() + SPARE_SECONDS >= self._ends_at:
                self._renew(user)
            return self._token

    def forget(self) -> None:
        """The server did not take the token: the next try takes a fresh one."""
        with self._lock:
            self._ends_at = 0.0

    def _renew(self, user: str) -> None:
        answer = _ask(str(self._settings.get("token_url") or self._settings.get("token_uri")), self._form(user))
        if not isinstance(answer.get("access_token"), str):
            raise TokenRefused
        self._token = answer["access_token"]
        self._ends_at = self._clock() + _seconds(answer.get("expires_in"))
        if self._kind == "refresh_token" and isinstance(answer.get("refresh_token"), str):
            self._settings["refresh_token"] = answer["refresh_token"]

    def _form(self, user: str) -> dict[str, str]:
        s = self._settings
        if self._kind == "service_account":
            grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
            return {"grant_type": grant, "assertion": _assertion(s, user, int(self._clock()))}
        wanted = ("client_id", "client_secret", "scope", "refresh_token")
        return {"grant_type": self._kind} | {k: str(s[k]) for k in wanted if s.get(k)}


def token_source(secret: str, setting: str) -> TokenSource | None:
    """A source where ``secret`` is JSON, None where it is a plain password. Raises SettingError naming ``setting``."""
    if not secret.lstrip().startswith("{"):
        return None
    try:
        settings = json.loads(secret)
    except ValueError as e:
        raise SettingError(f"{setting}: begins like JSON and is none") from e
    return TokenSource(settings, setting)


def _kind_of(settings: Mapping[str, Any], setting: str) -> str:
    kind = settings.get("kind") or settings.get("type")
    if kind not in KINDS:
        raise SettingError(f"{setting}: kind: one of {', '.join(KINDS)}")
    for name in NEEDED[kind]:
        if not isinstance(settings.get(name), str) or not settings[name]:
            raise SettingError(f"{setting}: {name} is missing")
    url = urlsplit(str(settings.get("token_url") or settings.get("token_uri")))
    if url.scheme != "https" and url.hostname not in ("127.0.0.1", "localhost"):
        raise SettingError(f"{setting}: the address of the token must begin with https://")
    return str(kind)


def _seconds(value: Any) -> float:
    try:
        return float(value) if value is not None else 3600.0
    except (TypeError, ValueError):
        return 3600.0


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
        raise TokenRefused
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
    try:
        key = serialization.load_pem_private_key(str(settings["private_key"]).encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as e:
        raise TokenRefused from e
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TokenRefused
    signature = key.sign(content, padding.PKCS1v15(), hashes.SHA256())
    return (content + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode("ascii")


def _part(value: Mapping[str, Any]) -> bytes:
    return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).rstrip(b"=")
