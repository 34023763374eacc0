"""Parsing in a limited process of its own: a mail that kills, hangs or swells it costs that mail only.

Frames cross the pipes: 4 bytes of length each, JSON first, then the raw bytes (to the child), JSON (back). No pickle.
"""

from __future__ import annotations

import json
import os
import queue
import select
import struct
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from typing import IO, Any

from intake.errors import Unreadable
from intake.model import Channel, Envelope, Message
from intake.parsing import ParseOptions, parse, read, wire

_LENGTH = struct.Struct(">I")
_MAX_ANSWER = 64 * 1024 * 1024


class ParserPool:
    """``size`` children, started when first needed, used for many mails, replaced when they fail. Thread safe."""

    def __init__(self, size: int = 1, seconds: float = 5, memory_mb: int = 300) -> None:
        self._seconds = seconds
        self._memory_mb = memory_mb
        self._idle: queue.LifoQueue[_Child | None] = queue.LifoQueue()
        self._shut = threading.Event()
        for _ in range(max(1, size)):
            self._idle.put(None)

    def parse(self, envelope: Envelope, options: ParseOptions | None = None) -> Message:
        """Parse in a child. Raises Unreadable(reason) where it died, hung or went over its limits."""
        if self._shut.is_set():
            raise Unreadable("the parser is closed")
        child = self._idle.get()
        try:
            if child is None or not child.is_alive():
                if child is not None:
                    child.kill()
                child = _Child(self._memory_mb, self._seconds)
            return child.parse(envelope, options or ParseOptions(), self._seconds)
        except Unreadable:
            child = _ended(child)
            raise
        except (OSError, ValueError, KeyError, TypeError) as error:
            child = _ended(child)
            raise Unreadable(f"the parser failed ({type(error).__name__})") from error
        finally:
            self._idle.put(_ended(child) if self._shut.is_set() else child)

    def close(self) -> None:
        """End all children. Harmless twice; a mail being parsed ends Unreadable or is finished first."""
        self._shut.set()
        taken = 0
        with suppress(queue.Empty):
            while True:
                _ended(self._idle.get_nowait())
                taken += 1
        for _ in range(taken):
            self._idle.put(None)

    def __enter__(self) -> ParserPool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _ended(child: _Child | None) -> _Child | None:
    """Kill it; what is left is no child."""
    if child is not None:
        child.kill()
    return None


class _Child:
    """One process and its pipes."""

    def __init__(self, memory_mb: int, seconds: float) -> None:
        command = [sys.executable, "-m", "intake.parsing.child", str(memory_mb), str(seconds)]
        self._process = subprocess.Popen(  # noqa: S603 - our own module, under our own interpreter
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0, close_fds=True
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in: IO[bytes] = self._process.stdin
        self._out: IO[bytes] = self._process.stdout
        os.set_blocking(self._in.fileno(), False)
        self._wait_ready()

    def _wait_ready(self) -> None:
        """Starting Python is not the mail's time."""
        try:
            if self._read(1, time.monotonic() + 30) != b"+":
                raise Unreadable("the parser did not start")
        except Unreadable:
            self.kill()
            raise

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        self._process.kill()
        for pipe in (self._in, self._out):
            with suppress(OSError):
                pipe.close()
        self._process.wait()

    def parse(self, envelope: Envelope, options: ParseOptions, seconds: float) -> Message:
        deadline = time.monotonic() + seconds
        head = json.dumps({"envelope": _envelope_out(envelope), "options": asdict(options)}).encode("utf-8")
        self._write(_LENGTH.pack(len(head)) + head + _LENGTH.pack(len(envelope.raw)), deadline)
        self._write(envelope.raw, deadline)
        size = _LENGTH.unpack(self._read(4, deadline))[0]
        if size > _MAX_ANSWER:
            raise Unreadable("the parser's answer is too large")
        found = json.loads(self._read(size, deadline))
        if "failed" in found:
            raise Unreadable(str(found["failed"])[:200])
        return wire.from_dict(found)

    def _write(self, data: bytes, deadline: float) -> None:
        view = memoryview(data)
        while view:
            if not select.select([], [self._in], [], max(0.0, deadline - time.monotonic()))[1]:
                raise Unreadable("parsing took too long")
            try:
                view = view[self._in.write(view) or 0 :]
            except BlockingIOError:
                continue
            except OSError as error:
                raise Unreadable(self._death()) from error

    def _read(self, size: int, deadline: float) -> bytes:
        out = bytearray()
        while len(out) < size:
            if not select.select([self._out], [], [], max(0.0, deadline - time.monotonic()))[0]:
                raise Unreadable("parsing took too long")
            chunk = os.read(self._out.fileno(), min(size - len(out), 1024 * 1024))
            if not chunk:
                raise Unreadable(self._death())
            out += chunk
        return bytes(out)

    def _death(self) -> str:
        try:
            code = self._process.wait(1)
        except subprocess.TimeoutExpired:
            return "the parser closed its pipe"
        return f"the parser died (signal {-code})" if code < 0 else f"the parser ended ({code})"


def _envelope_out(envelope: Envelope) -> dict[str, Any]:
    return {
        "channel": envelope.channel.value,
        "via": envelope.via,
        "mail_from": envelope.mail_from,
        "rcpt_to": list(envelope.rcpt_to),
        "peer": envelope.peer,
        "content_type": envelope.content_type,
        "app_member": envelope.app_member,
        "entered_by": envelope.entered_by,
    }


def _envelope_in(found: dict[str, Any], raw: bytes) -> Envelope:
    return Envelope(
        channel=Channel(found["channel"]),
        via=found["via"],
        raw=raw,
        received_at=datetime(1970, 1, 1, tzinfo=UTC),
        mail_from=found["mail_from"],
        rcpt_to=tuple(found["rcpt_to"]),
        peer=found["peer"],
        content_type=found["content_type"],
        app_member=found["app_member"],
        entered_by=found["entered_by"],
    )


def main() -> None:
    """The child: reads frames until its input closes."""
    import gc
    import resource
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # sent to the whole group at the end of the work: the parent
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # decides when this ends, by closing the pipe or by SIGKILL

    memory = int(sys.argv[1]) * 1024 * 1024
    seconds = float(sys.argv[2])
    _warm_up()
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))
    gc.freeze()
    source, sink = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints must not break a frame
    sink.write(b"+")
    sink.flush()
    while len(prefix := source.read(4)) == 4:
        used = resource.getrusage(resource.RUSAGE_SELF)
        limit = int(used.ru_utime + used.ru_stime + seconds) + 2
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
        head = json.loads(source.read(_LENGTH.unpack(prefix)[0]))
        answer = _answer(head, source)
        sink.write(_LENGTH.pack(len(answer)) + answer)
        sink.flush()


def _answer(head: dict[str, Any], source: IO[bytes]) -> bytes:
    try:
        raw = source.read(_LENGTH.unpack(source.read(4))[0])
        message = read(_envelope_in(head["envelope"], raw), _options_in(head["options"]))
        return json.dumps(wire.to_dict(message)).encode("ascii")
    except MemoryError:
        return b'{"failed": "parsing needs too much memory"}'


def _options_in(found: dict[str, Any]) -> ParseOptions:
    values: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in found.items()}
    return ParseOptions(**values)


def _warm_up() -> None:
    """Import and build now what the first mail would else pay for, before the memory limit holds."""
    raw = b"From: a@example.jp\nContent-Type: text/html\n\n<p>x</p>"
    parse(Envelope(Channel.EMAIL, "file", raw, datetime(1970, 1, 1, tzinfo=UTC)))


if __name__ == "__main__":
    main()
