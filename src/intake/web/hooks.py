"""Webhooks in: the agency's signed form and app, and who takes what is posted. 202 comes after the commit (contract.md,
Web)."""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from intake.channels import app, form
from intake.channels.standard_webhooks import BadBody, BadSignature
from intake.errors import NotFound, RuleError, SettingError, Temporary
from intake.journal import journal
from intake.model import Accepted, Arrival
from intake.web.context import WebContext
from intake.web.pace import Pace
from intake.web.security import BodyTooLarge, BodyTooSlow, whole_body

RETRY_SECONDS = 30
Check = Callable[..., Arrival]  # headers, body, secrets, now; raises BadSignature and BadBody
Secrets = Callable[[], list[bytes]]
READ = {
    name.encode(): name
    for name in ("webhook-id", "webhook-timestamp", "webhook-signature", "content-type", "content-length")
}
IN, IN_BYTES = "/hooks/in/", b"/hooks/in/"  # forms that cannot sign (foreign_hooks.py)
SIGNED = ("webhook-id", "webhook-timestamp", "webhook-signature")
_LETTERS = re.compile(rb"[a-z0-9/-]+")  # nothing that decoding would change
_NOTED = Pace(each=60, total=60)
log = journal("hooks")


class Hook(ABC):
    """What is posted to one address: an application by itself, for a form's server may bring thousands a second.

    Starlette's layers, request, response and routing, and headers that only pages need (each is looked through byte by
    byte on its way out), would cost as much again as everything else up to the commit.
    """

    refusal: Exception | None = None  # nobody may post here: said before the body is here

    def __init__(self, context: WebContext) -> None:
        self._context = context
        self.writer = context.writer

    @abstractmethod
    def arrival(self, headers: Mapping[str, str], raw: bytes) -> Arrival:
        """What came, checked. Raises what ``answer_to`` has an answer for."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = headers_of(scope["headers"])
        outcome: Accepted | BaseException
        try:
            if self.refusal is not None:
                raise self.refusal
            raw = await whole_body(receive, found.get("content-length", ""))
            outcome = await self.writer.accept_async(self.arrival(found, raw))
        except ClientDisconnect:
            return
        except Exception as e:  # noqa: BLE001 nothing of it is shown: it may quote a person or the inside
            outcome = e
        status, body = answer_to(outcome)
        await send({"type": "http.response.start", "status": status, "headers": head_of(status, len(body))})
        await send({"type": "http.response.body", "body": body})


class SignedHook(Hook):
    """``POST`` of one signed hook, by its own secrets: what is signed does not say where it is to be posted."""

    def __init__(self, check: Check, secrets: Secrets, context: WebContext) -> None:
        super().__init__(context)
        self._check, self._secrets = check, secrets

    def arrival(self, headers: Mapping[str, str], raw: bytes) -> Arrival:
        """What is signed there. Raises BadSignature, BadBody, SettingError."""
        return self._check(headers, raw, self._secrets(), self._context.clock())


class AppHook(SignedHook):
    """The app's, whose reasons are those of the rules as they stand now."""

    def arrival(self, headers: Mapping[str, str], raw: bytes) -> Arrival:
        """What is signed there. Raises BadSignature, BadBody, SettingError."""
        return self._check(headers, raw, self._secrets(), self._context.clock(), self._is_reason)

    def _is_reason(self, code: str) -> bool:
        return any(code == one.code or code in one.app_codes for one in self._context.tools().rulebook.reasons.reason)


def headers_of(given: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Those that a hook looks at; names are lower case already."""
    return {READ[name]: value.decode("latin-1") for name, value in given if name in READ}


def answer_to(outcome: Accepted | BaseException) -> tuple[int, bytes]:
    """Status and body."""
    if isinstance(outcome, Accepted):
        return 202, b'{"id":"%d"}' % outcome.message_id
    status, answer = _refusal(outcome)
    return status, json.dumps(answer).encode()


def _refusal(error: BaseException) -> tuple[int, dict[str, str]]:
    match error:
        case BadSignature():
            _note_unsigned(error)
            return 401, {"error": "signature"}
        case BodyTooSlow():
            return 408, {"error": "too slow"}
        case BodyTooLarge():
            return 413, {"error": "too large"}
        case BadBody():
            return 422, {"error": str(error), "field": error.field}
        case NotFound():
            return 404, {"error": "not found"}
        case SettingError() | RuleError() | Temporary():
            (log.warning if isinstance(error, Temporary) else log.error)("not taken", error=error)
            return 503, {"error": "try again later"}
    log.error("request broke", error=error, status=500)
    return 500, {"error": "broken"}


def _note_unsigned(error: BadSignature) -> None:
    """The sender is told nothing but 401 (contract.md); the operator reads which header does not fit, at most 60 times
    a minute, so that nobody fills a disk from outside."""
    if not _NOTED.wait_seconds("", datetime.now(UTC)):
        log.warning("webhook not taken", what=next((n for n in SIGNED if n in str(error)), "signature"), status=401)


@lru_cache(maxsize=256)
def head_of(status: int, length: int) -> list[tuple[bytes, bytes]]:
    """The headers of an answer; nobody may change the list."""
    headers = [
        (b"content-type", b"application/json"),
        (b"x-content-type-options", b"nosniff"),
        (b"content-length", b"%d" % length),
    ]
    if status == 408:
        headers.append((b"connection", b"close"))
    if status == 503:
        headers.append((b"retry-after", b"%d" % RETRY_SECONDS))
    return headers


class Hooks:
    """Who takes what is posted to a path."""

    def __init__(self, signed: Mapping[str, SignedHook], foreign: Callable[[str], Hook | None]) -> None:
        self._signed, self._foreign = signed, foreign
        self._on_wire: dict[bytes, Hook] = {path.encode("ascii"): hook for path, hook in signed.items()}

    def of(self, path: str) -> Hook | None:
        """By a path as the server has decoded it."""
        return self._signed.get(path) or (self._foreign(path) if path.startswith(IN) else None)

    def on_wire(self, target: bytes) -> Hook | None:
        """By what a request names, to the letter; other spellings of it go the usual way."""
        found = self._on_wire.get(target)
        if found is None and target.startswith(IN_BYTES) and _LETTERS.fullmatch(target):
            return self._foreign(target.decode("ascii"))
        return found


class HooksFirst(Starlette):
    """Looks for hooks before everything that pages need; the routes answer other methods."""

    hooks: Hooks = Hooks({}, lambda _: None)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        hook = self.hooks.of(scope["path"]) if scope["type"] == "http" and scope["method"] == "POST" else None
        if hook is not None:
            await hook(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def signed_hooks(context: WebContext) -> dict[str, SignedHook]:
    """Form and app by their paths."""
    return {
        "/hooks/form": SignedHook(form.arrival_from_hook, context.webhook_secrets, context),
        "/hooks/app": AppHook(app.arrival_from_hook, context.app_webhook_secrets, context),
    }
