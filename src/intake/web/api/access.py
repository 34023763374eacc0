"""Who may call: bearer tokens with scopes, made on the shell, known here by their hash."""

from __future__ import annotations

from collections.abc import Mapping

from intake.keyring import Keyring
from intake.ports import ApiToken, Store
from intake.web.api.problems import Problem

SCOPES: Mapping[str, str] = {
    "seekers:read": "read the register and its applications",
    "seekers:write": "put seekers and applications",
    "cases:read": "read cases",
    "tasks:read": "read the pieces of work for people",
    "tasks:write": "say that a piece of work is done",
    "events:read": "read what happened",
}
MOST_CHARS = 200


def token_hash(keyring: Keyring, token: str) -> bytes:
    """What is stored in place of a token."""
    return keyring.hash("api-token", token[:MOST_CHARS])


def who(store: Store, keyring: Keyring, authorization: str) -> ApiToken:
    """The program behind an Authorization header. Raises Problem 401, alike for missing, unknown and revoked."""
    kind, _, token = authorization.partition(" ")
    found = None
    if kind.lower() == "bearer" and token.strip():
        with store.read() as tx:
            found = tx.api_tokens.find(token_hash(keyring, token.strip()))
    if found is None:
        raise Problem(401, "a valid bearer token is needed", headers={"WWW-Authenticate": 'Bearer realm="intake"'})
    return found


def require(token: ApiToken, scope: str) -> None:
    """Raises Problem 403."""
    if scope not in token.scopes:
        raise Problem(403, f"this token lacks the scope {scope}")
