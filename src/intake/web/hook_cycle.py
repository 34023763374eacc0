"""One request to a hook that is heard straight off the wire (wire.py), and its answer."""

from __future__ import annotations

from typing import Any, Protocol

from intake.channels.inbox import Outcome
from intake.web.hooks import Hook, answer_to
from intake.web.security import MAX_BODY, BodyTooLarge


class Connection(Protocol):
    """What it needs of the connection that it came by."""

    def answer(self, status: int, body: bytes, keep_alive: bool) -> None:
        """Head and body in one piece."""
        ...

    def on_response_complete(self) -> None:
        """The next request may be heard."""
        ...


class HookCycle:
    """One request to a hook and its answer, in the place of uvicorn's own cycle of a request."""

    __slots__ = ("_body", "_hook", "_protocol", "disconnected", "headers", "keep_alive", "more_body",
                 "response_complete")  # fmt: skip

    def __init__(self, protocol: Connection, hook: Hook, headers: dict[str, str], keep_alive: bool) -> None:
        self._protocol, self._hook, self.headers, self.keep_alive = protocol, hook, headers, keep_alive
        self._body: bytes | bytearray = b""  # pieces may be tiny: a list of them would take ten times their room
        self.more_body = True
        self.response_complete = self.disconnected = False

    @property
    def message_event(self) -> Any:
        """uvicorn sets it when the client has gone; nobody here waits for that."""
        return self

    def set(self) -> None:
        """See message_event."""

    @property
    def is_expected(self) -> bool:
        """Some of the body is still to come, and would be looked at."""
        return self.more_body and not self.response_complete

    def feed(self, piece: bytes) -> None:
        """The next piece of the body; after an answer it is read over."""
        if self.response_complete:
            return
        if len(self._body) + len(piece) > MAX_BODY:
            self.end(BodyTooLarge())
        elif not self._body:
            self._body = piece
        elif isinstance(self._body, bytearray):
            self._body += piece
        else:
            self._body = bytearray(self._body) + piece

    def whole(self) -> None:
        """Check it and hand it to the writer."""
        self.more_body = False
        if self.response_complete:
            return
        try:
            arrival = self._hook.arrival(self.headers, bytes(self._body))
            self._hook.writer.accept_soon(arrival, self.end)
        except Exception as e:  # noqa: BLE001 whatever it is, it is answered
            self.end(e)

    def end(self, outcome: Outcome) -> None:
        """Answer once; a connection that was told 408 is closed."""
        if self.response_complete:
            return
        self.response_complete = True
        self._body = b""
        status, body = answer_to(outcome)
        self._protocol.answer(status, body, self.keep_alive and status != 408)
        self._protocol.on_response_complete()
