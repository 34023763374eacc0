"""Errors as RFC 9457 says them (``application/problem+json``); never a word of the inside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from pydantic import ValidationError
from starlette.responses import JSONResponse

from intake.errors import Permanent

MEDIA_TYPE = "application/problem+json"


class Problem(Permanent):
    """The request cannot be done; it carries its status."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.errors = status, detail, tuple(errors)
        self.headers = dict(headers or {})

    def response(self) -> JSONResponse:
        """The answer."""
        body: dict[str, Any] = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
        }
        if self.errors:
            body["errors"] = list(self.errors)
        return JSONResponse(body, self.status, headers=self.headers, media_type=MEDIA_TYPE)


def invalid(error: ValidationError) -> Problem:
    """Which fields are wrong and why; what was sent is not repeated."""
    found = [{"field": ".".join(str(p) for p in e["loc"]), "detail": e["msg"]} for e in error.errors()[:50]]
    return Problem(422, "some fields cannot be used", errors=found)
