"""What every response carries, and what every changing request must show (reliability.md A13, A25)."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Generator
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # "no-referrer" makes browsers send "Origin: null" with our own forms
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
MAX_BODY = 1_000_000
BODY_SECONDS = 60.0  # from the first look at a body until all of it is here
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
SIGNED = ("/hooks/", "/api/")  # programs, not browsers: they sign or bring a token


class Guard:
    """Adds the headers, limits bodies, and refuses changes that another site sends."""

    def __init__(self, app: ASGIApp, public_url: str, max_body: int = MAX_BODY) -> None:
        self._app, self._host, self._max = app, urlsplit(public_url).netloc, max_body
        secure = {"Strict-Transport-Security": "max-age=31536000"} if public_url.startswith("https://") else {}
        self._headers = HEADERS | secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        request = Request(scope)
        refusal = self._refusal(request)
        if refusal is not None:
            await refusal(scope, receive, with_headers)
            return
        await self._app(scope, self._limited(receive), with_headers)

    def _refusal(self, request: Request) -> PlainTextResponse | None:
        if says_more(request.headers.get("content-length", ""), self._max):
            return PlainTextResponse("too large", 413)
        if request.method in SAFE or request.url.path.startswith(SIGNED):
            return None
        return None if same_origin(request, self._host) else PlainTextResponse("cross-site request refused", 403)

    def _limited(self, receive: Receive) -> Receive:
        got, until = 0, 0.0

        async def limited() -> Message:
            nonlocal got, until
            if until is math.inf:  # all of it is here: whoever asks again waits for the client to go
                return await receive()
            until = until or _until()
            message = await _before(until, receive)
            got += len(message.get("body", b""))
            if got > self._max:
                raise BodyTooLarge
            if not message.get("more_body"):
                until = math.inf
            return message

        return limited


class BodyTooLarge(Exception):
    """The request's body is larger than anything that is taken here."""


class BodyTooSlow(Exception):
    """The request's body comes in so slowly that whoever sends it only wants to hold the line."""


async def whole_body(receive: Receive, length: str, most: int = MAX_BODY) -> bytes:
    """The request's body; ``length`` is what it says of itself. Raises BodyTooLarge, BodyTooSlow, ClientDisconnect."""
    if says_more(length, most):
        raise BodyTooLarge
    pieces, got, more, until = [], 0, True, 0.0
    while more:
        until = until or _until()
        message = await _before(until, receive)
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        pieces.append(message.get("body", b""))
        got += len(pieces[-1])
        if got > most:
            raise BodyTooLarge
        more = message.get("more_body", False)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _until() -> float:
    return asyncio.get_running_loop().time() + BODY_SECONDS


async def _before(until: float, receive: Receive) -> Message:
    """The next piece. Raises BodyTooSlow; a clock is set only where the piece is not there yet, for each costs."""
    step = receive().__await__()
    try:
        waits_for = next(step)
    except StopIteration as here:
        message: Message = here.value
        return message
    try:
        async with asyncio.timeout_at(until):
            return await _Rest(step, waits_for)
    except TimeoutError as e:
        raise BodyTooSlow from e


class _Rest:
    """What is left of something that has been begun and waits for its first future."""

    def __init__(self, step: Generator[Any, None, Message], waits_for: Any) -> None:
        self._step, self._waits_for = step, waits_for

    def __await__(self) -> Generator[Any, None, Message]:
        try:
            yield self._waits_for
        except BaseException as e:
            self._step.throw(e)
            raise
        return (yield from self._step)


def says_more(length: str, most: int) -> bool:
    """Whether a Content-Length is above ``most``.

    Looked at as text first: a server may hand on ``²``, or more digits than Python makes a number of.
    """
    if len(length) < 6 and most >= 100_000:
        return False
    digits = length.lstrip("0") if length.isdecimal() else ""
    return len(digits) > len(str(most)) or int(digits or 0) > most


def same_origin(request: Request, public_host: str) -> bool:
    """False where the browser says that another site sent this."""
    if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    if origin is None:
        return True
    try:
        netloc = urlsplit(origin).netloc
    except ValueError:
        return False
    return netloc in (request.headers.get("host", ""), public_host)
