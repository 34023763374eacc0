"""Lengths and numbers as strangers write them: refused, or nothing; never an error of ours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from anyio import run
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Match
from starlette.testclient import TestClient

from intake.web.security import MAX_BODY, BodyTooLarge, Guard, whole_body
from intake.web.staff.routes import ROUTES

TOO_LONG = ("1000001", "9" * 20, "9" * 5000, "0" * 30 + "1000001")
HARMLESS = ("", "1", "0" * 40 + "1000000", "²", "-1", "1e9", "12x", "٣")


def taken(length: str, pieces: Sequence[bytes] = (b"x",)) -> bytes:
    waiting = list(pieces)

    async def receive() -> Any:
        piece = waiting.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(waiting)}

    return run(whole_body, receive, length)


@pytest.mark.parametrize("length", TOO_LONG)
def test_a_body_that_says_it_is_too_long_is_not_read(length: str) -> None:
    with pytest.raises(BodyTooLarge):
        taken(length, ())


@pytest.mark.parametrize("length", HARMLESS)
def test_what_is_no_length_says_nothing(length: str) -> None:
    assert taken(length) == b"x"


def test_what_comes_is_counted_whatever_was_said() -> None:
    half = b"x" * (MAX_BODY // 2)
    assert len(taken("2", (half, half))) == MAX_BODY
    with pytest.raises(BodyTooLarge):
        taken("2", (half, half, b"x"))


@pytest.mark.parametrize(("length", "status"), [*((n, 413) for n in TOO_LONG), *((n, 200) for n in HARMLESS[:3])])
def test_pages_look_at_it_in_the_same_way(length: str, status: int) -> None:
    async def page(scope: Any, receive: Any, send: Any) -> None:
        await PlainTextResponse("ok")(scope, receive, send)

    client = TestClient(Guard(page, "https://intake.example.jp"))
    assert client.get("/", headers={"content-length": length}).status_code == status


@pytest.mark.parametrize("number", ["9" * 19, "9" * 5000])
@pytest.mark.parametrize("path", ["/mails/{}", "/machine/{}", "/failed/{}", "/cases/C-1/messages/{}/source"])
def test_a_number_that_no_database_gives_is_no_page(path: str, number: str) -> None:
    scope = {"type": "http", "method": "GET", "path": path.format(number), "headers": [], "app": Starlette()}
    assert {route.matches(scope)[0] for route in ROUTES} == {Match.NONE}
    scope["path"] = path.format("9" * 18)
    assert Match.FULL in {route.matches(scope)[0] for route in ROUTES}
