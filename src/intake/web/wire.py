"""Hooks straight off the wire, and connections that dawdle: uvicorn's HTTP protocol with both added.

A form's server may bring thousands a second. ASGI gives each request a scope, an event, a task and two messages on the
way out: more than it costs to check a form, encrypt it and keep it. So a hook's plain request is heard and answered
here. Whatever is not plain (one behind another on the wire, HTTP/1.0, Expect, a full house, a client that does not
read) goes the usual way, to the same hook.
"""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import ClassVar

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from intake.web.hook_cycle import HookCycle
from intake.web.hooks import Hooks, head_of, headers_of
from intake.web.security import BODY_SECONDS, MAX_BODY, BodyTooLarge, BodyTooSlow, says_more

HEAD_SECONDS = 60.0  # from the connection, or from a request's first byte, until all of its head is here
READ_SECONDS = 60.0  # until some 48 kB of what waits to be sent are gone: slower lines there are none


class HookProtocol(HttpToolsProtocol):
    """One connection. ``hooks``: who takes what is posted to the path that a request names, to the letter."""

    hooks: ClassVar[Hooks] = Hooks({}, lambda _: None)
    _dated: ClassVar[tuple[list[tuple[bytes, bytes]], bytes]] = ([], b"")
    _clock: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None
    _hooked: HookCycle | None = None  # whose body comes in, where it is a hook's
    _is_in_head = _is_in_body = False
    _broken: str | None = None  # what is to be said of the rest, once everything before it is answered

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Whoever says nothing goes."""
        super().connection_made(transport)
        self._clock = self.loop.call_later(HEAD_SECONDS, self.timeout_keep_alive_handler)

    def connection_lost(self, exc: Exception | None) -> None:
        """What is being committed is committed; its answer finds nobody."""
        self._stop_clock()
        self._stop_unread()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """The client does not read: it may only be slow. A mere close would wait for it to read."""
        super().pause_writing()
        self._stop_unread()
        self._unread = self.loop.call_later(READ_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """It did."""
        self._stop_unread()
        super().resume_writing()

    def _stop_unread(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def data_received(self, data: bytes) -> None:
        """A clock is set only where something is still to come, for each costs.

        uvicorn has none for what comes after an early answer (413, 403, 404 …), and none for the time after it.
        """
        super().data_received(data)
        if self._clock is not None:
            return
        if self._is_in_head:
            self._clock = self.loop.call_later(HEAD_SECONDS, self.timeout_keep_alive_handler)
        elif self._is_in_body:
            if self._hooked is not None or self.cycle.response_complete:  # else whoever reads it has its own clock
                self._clock = self.loop.call_later(BODY_SECONDS, self._dawdles)
        elif self.timeout_keep_alive_task is None and self.cycle is not None and self.cycle.response_complete:
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    def _dawdles(self) -> None:
        if self._hooked is not None and self._hooked.is_expected:
            self._hooked.end(BodyTooSlow())
        else:
            self.timeout_keep_alive_handler()

    def on_message_begin(self) -> None:
        """The first byte of a request: the connection is idle no more, also where this came in one piece with the
        last request, which was refused at once and left its clock running."""
        self._unset_keepalive_if_required()
        self._is_in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Here it is decided who answers."""
        self._is_in_head, self._is_in_body = False, True
        self._stop_clock()
        hook = self.hooks.on_wire(self.url) if self._is_plain() else None
        if hook is None:
            self._hooked = None
            super().on_headers_complete()
            return
        cycle = self._hooked = HookCycle(self, hook, headers_of(self.headers), self.parser.should_keep_alive())
        self.cycle = cycle  # type: ignore[assignment]
        if hook.refusal is not None:
            cycle.end(hook.refusal)
        elif says_more(cycle.headers.get("content-length", ""), MAX_BODY):
            cycle.end(BodyTooLarge())

    def _is_plain(self) -> bool:
        return (
            self.parser.get_method() == b"POST"
            and self.parser.get_http_version() == "1.1"
            and not (self.expect_100_continue or self.parser.should_upgrade() or self.flow.write_paused)
            and (self.cycle is None or self.cycle.response_complete)
            and (self.limit_concurrency is None or len(self.connections) < self.limit_concurrency)
        )

    def on_body(self, body: bytes) -> None:
        """A piece of it."""
        if self._hooked is not None:
            self._hooked.feed(body)
        else:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """All of it is here."""
        self._is_in_body = False
        self._stop_clock()
        if self._hooked is not None:
            self._hooked.whole()
        else:
            super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP. Whatever came whole before it is answered first, or its sender took this for the answer."""
        if self.pipeline and self.cycle.more_body:
            self.pipeline.popleft()  # the newest: it is the one that broke
        elif self.cycle is None or self.cycle.response_complete or self.cycle.more_body:
            super().send_400_response(msg)
            return
        self._broken = msg
        self.flow.pause_reading()

    def on_response_complete(self) -> None:
        """The next one's turn."""
        if self._broken is not None and not self.pipeline and not self.transport.is_closing():
            super().send_400_response(self._broken)
        super().on_response_complete()

    def answer(self, status: int, body: bytes, keep_alive: bool) -> None:
        """Head and body in one piece; then the next request, or the end."""
        if self.transport.is_closing():
            return
        always, dated = HookProtocol._dated
        if always is not self.server_state.default_headers:  # another list each second
            always = self.server_state.default_headers
            dated = b"".join(b"%s: %s\r\n" % pair for pair in always)
            HookProtocol._dated = always, dated
        self.transport.write(STATUS_LINE[status] + dated + _head(status, len(body), keep_alive) + body)
        if not keep_alive:
            self.transport.close()

    def _stop_clock(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None


@lru_cache(maxsize=256)
def _head(status: int, length: int, keep_alive: bool) -> bytes:
    headers = [pair for pair in head_of(status, length) if pair[0] != b"connection"]
    if not keep_alive:
        headers.append((b"connection", b"close"))
    return b"".join(b"%s: %s\r\n" % pair for pair in headers) + b"\r\n"


def hearing(heard: Hooks) -> type[HookProtocol]:
    """The protocol that hears these hooks, for uvicorn's ``http``."""

    class Hearing(HookProtocol):
        hooks: ClassVar[Hooks] = heard

    return Hearing
