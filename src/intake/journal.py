"""The operator's log: ids, codes and counts, never what people wrote, their names or addresses (reliability.md A28)."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from contextlib import suppress
from typing import Any

import structlog


class _Patient:
    """A log that cannot be written (full disk, closed pipe) loses its lines, and never stops what it speaks of."""

    def write(self, text: str) -> int:
        with suppress(OSError, ValueError):
            sys.stderr.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            sys.stderr.flush()


ALLOWED = frozenset(
    {
        "account", "action", "attempts", "batch", "bytes", "case", "channel", "code", "count", "due", "end", "error",
        "folder", "host", "id", "kind", "listen", "message", "number", "of", "outbox", "path", "policy", "port",
        "request", "retry_at", "role", "seconds", "seeker", "setting", "state", "status", "template", "thread", "uid",
        "url", "version", "via", "waiting", "what", "where", "worker",
    }
)  # fmt: skip


def _only_allowed(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop every field that is not known to be free of personal data."""
    keep = ALLOWED | {"event", "level", "timestamp", "logger"}
    return {k: v for k, v in event.items() if k in keep}


def _error_name(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An exception becomes its class name: its text may quote a person."""
    if isinstance(event.get("error"), BaseException):
        event["error"] = type(event["error"]).__name__
    event.pop("exc_info", None)
    return event


def set_up(style: str = "text") -> None:
    """Configure once, at start. ``style`` is ``text`` or ``json``; both go to stderr."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s", stream=sys.stderr, force=True)
    for noisy in ("mail.log", "mail.debug", "imapclient", "uvicorn.error", "uvicorn.access", "httpx2", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL if noisy != "uvicorn.error" else logging.ERROR)
    render = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _error_name,
            _only_allowed,
            render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=_Patient()),  # type: ignore[arg-type]
        cache_logger_on_first_use=False,
    )


def journal(where: str) -> Any:
    """A logger for one part of the product."""
    return structlog.get_logger(where=where)  # stays open until it is used: ``bind`` here would miss ``set_up``
