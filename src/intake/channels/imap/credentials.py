"""How to sign in: a password, or a token that Microsoft or Google gives for XOAUTH2."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Protocol

from imapclient import IMAPClient

from intake.errors import SettingError
from intake.oauth import TokenRefused, TokenSource, token_source

SETTING = "INTAKE_IMAP_PASSWORD_FILE"


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
    """LOGIN. ``again`` reads the password anew where the server refuses this one."""

    def __init__(self, password: str, again: Callable[[], str] | None = None) -> None:
        self._password, self._again = password, again

    def sign_in(self, client: IMAPClient, user: str) -> None:
        """Raises SignInRefused; the server's words are not repeated, they may hold the address."""
        try:
            with _refusals():
                client.login(user, self._password)
        except SignInRefused:
            if self._again is not None:
                with suppress(SettingError):  # half written, say
                    self._password = self._again()
            raise


class OAuth:
    """XOAUTH2 with an access token that is fetched when needed and kept until shortly before its end."""

    def __init__(self, settings: Mapping[str, Any] | TokenSource, clock: Callable[[], float] = time.time) -> None:
        given = settings if isinstance(settings, TokenSource) else TokenSource(settings, SETTING, clock)
        self._source = given

    def sign_in(self, client: IMAPClient, user: str) -> None:
        """Raises SignInRefused; the next try then takes a fresh token."""
        token = self.token(user)
        try:
            with _refusals():
                client.oauth2_login(user, token)
        except SignInRefused:
            self._source.forget()
            raise

    def token(self, user: str) -> str:
        """A token that is still good for two minutes. Raises SignInRefused, or OSError where nobody answers."""
        try:
            return self._source.token(user)
        except TokenRefused as e:
            raise SignInRefused from e


def login_from(secret: str, again: Callable[[], str] | None = None) -> Login:
    """A password, or the JSON that ``intake.oauth`` describes. Raises SettingError."""
    source = token_source(secret, SETTING)
    return Password(secret, again) if source is None else OAuth(source)
