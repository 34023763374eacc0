"""Requests as bytes on a real connection: hooks answered straight off the wire, and clients that dawdle (issue D)."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from intake.channels.standard_webhooks import sign
from intake.errors import StoreBusy
from intake.web import security, wire
from intake.web.security import MAX_BODY
from tests.house import TestHouse, open_test_house
from tests.integration.wire_parts import Client, serving, waiting

SECRET = b"whsec_" + b"a" * 40  # what app_of gives the hooks
FORM = {"category": "退会", "name": "山田 太郎", "email": "taro@example.jp", "message": "退会を希望します。"}
BODY = json.dumps(FORM, ensure_ascii=False).encode()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[TestHouse]:
    made = open_test_house(tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def port(house: TestHouse) -> Iterator[int]:
    with serving(house) as (port, _):
        yield port


@pytest.fixture
def client(port: int) -> Iterator[Client]:
    made = Client(port)
    with made.socket:
        yield made


def request(
    house: TestHouse, number: str = "m1", body: bytes = BODY, path: str = "/hooks/form", version: str = "1.1",
    framing: str = "", **more: str,
) -> bytes:  # fmt: skip
    """Head and body of a signed form."""
    at = int(house.now.timestamp())
    headers = {
        "Host": "agency.example",
        "Content-Type": "application/json",
        "Webhook-Id": number,
        "Webhook-Timestamp": str(at),
        "Webhook-Signature": sign(SECRET, number, at, body),
    } | {name.replace("_", "-"): value for name, value in more.items()}
    lines = [f"{name}: {value}" for name, value in headers.items() if value]
    lines.append(framing or f"Content-Length: {len(body)}")
    return "\r\n".join([f"POST {path} HTTP/{version}", *lines, "", ""]).encode() + body


def test_forms_one_after_another_on_one_connection(client: Client, house: TestHouse, lean: list[int]) -> None:
    ids = set()
    for n in range(5):
        client.send(request(house, f"m{n}"))
        status, headers, body = client.answer()
        assert (status, headers["content-type"], headers["x-content-type-options"]) == (
            202,
            "application/json",
            "nosniff",
        )
        assert headers["date"].endswith("gmt") and "connection" not in headers
        ids.add(json.loads(body)["id"])
    assert (len(ids), waiting(house), lean) == (5, 5, [202] * 5)
    with house.store.read() as tx:
        assert tx.inbox.envelope(int(min(ids))).raw == BODY


def test_what_is_wrong_is_said_as_the_usual_way_says_it(port: int, house: TestHouse, lean: list[int]) -> None:
    long = "x" * 70_000
    wrong = {
        request(house, webhook_signature="v1,AAAA"): 401,
        request(house, "m9", json.dumps(FORM | {"email": "nobody"}).encode()): 422,
        request(house, "m9", b"{"): 422,
        request(house, framing=f"Content-Length: {MAX_BODY + 1}"): 413,
        request(house, "m9", json.dumps(FORM | {"message": long * 2}).encode()): 422,
        request(house, "m9", json.dumps(FORM | {"message": long}).encode()): 202,
    }
    for given, status in wrong.items():
        usual = given.replace(b"POST /hooks/form", b"POST /hooks/form?")  # not the path to the letter
        answers = []
        for sent in (given, usual):
            client = Client(port)
            with client.socket:
                client.send(sent)
                found, headers, body = client.answer()
                headers.pop("date", None)
                answers.append((found, headers, body))
        assert answers[0] == answers[1]
        assert answers[0][0] == status
    assert lean == list(wrong.values())


def test_a_body_larger_than_allowed_is_refused_however_it_comes(client: Client, house: TestHouse) -> None:
    client.send(request(house, body=b"", framing="Transfer-Encoding: chunked"), b"%x\r\n" % (MAX_BODY + 1))
    client.send(b"x" * (MAX_BODY + 1), b"\r\n0\r\n\r\n")
    assert client.answer()[0] == 413
    client.send(request(house))
    assert client.answer()[0] == 202  # and the connection goes on with the next


def test_bytes_that_come_one_by_one(client: Client, house: TestHouse, lean: list[int]) -> None:
    client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    client.send(*[bytes([b]) for b in request(house)])
    assert client.answer()[0] == 202
    chunked = request(house, "m2", framing="Transfer-Encoding: chunked")
    head = chunked[: chunked.index(b"\r\n\r\n") + 4]
    client.send(head, *[b"%x\r\n%s\r\n" % (len(p), p) for p in (BODY[:7], BODY[7:])], b"0\r\n\r\n")
    assert (client.answer()[0], waiting(house), lean) == (202, 2, [202, 202])


def test_requests_behind_one_another_are_answered_in_their_order(client: Client, house: TestHouse) -> None:
    health = b"GET /hooks/form HTTP/1.1\r\nHost: agency.example\r\n\r\n"
    client.send(request(house, "m1") + health + request(house, "m2") + request(house, "m2"))
    got = [client.answer() for _ in range(4)]
    assert [status for status, *_ in got] == [202, 405, 202, 202]
    assert got[2][2] == got[3][2] != got[0][2]
    assert waiting(house) == 2


@pytest.mark.parametrize("how", [{"version": "1.0"}, {"Connection": "close"}])
def test_a_client_that_wants_the_connection_closed(client: Client, house: TestHouse, how: dict[str, str]) -> None:
    client.send(request(house, **how))  # type: ignore[arg-type]
    status, headers, _ = client.answer()
    assert (status, headers["connection"], client.is_closed()) == (202, "close", True)


def test_a_client_that_asks_first_is_told_to_go_on(client: Client, house: TestHouse) -> None:
    given = request(house, Expect="100-continue")
    client.send(given[: -len(BODY)])
    client._until(lambda: b"100 Continue\r\n\r\n" in client._held)
    client._held = b""
    client.send(BODY)
    assert client.answer()[0] == 202


def test_nothing_is_said_before_the_commit(
    client: Client, house: TestHouse, gate: threading.Event, lean: list[int]
) -> None:
    client.send(request(house))
    client.socket.settimeout(0.3)
    with pytest.raises(TimeoutError):
        client.socket.recv(1)
    client.socket.settimeout(20)
    assert not lean
    gate.set()
    assert client.answer()[0] == 202


def test_who_has_gone_is_kept_all_the_same_and_hurts_nobody(port: int, client: Client, house: TestHouse) -> None:
    other = Client(port)
    other.send(request(house, "gone"))
    other.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # RST
    other.socket.close()
    client.send(request(house, "here"))
    assert client.answer()[0] == 202
    client.send(request(house, "gone"))
    assert (client.answer()[0], waiting(house)) == (202, 2)


def test_a_store_that_fails_is_503_and_what_breaks_is_500(
    client: Client, house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    for error, status in ((StoreBusy(), 503), (RuntimeError("taro@example.jp"), 500)):

        def fail(*_: object, error: Exception = error) -> None:
            raise error

        with monkeypatch.context() as patch:
            patch.setattr(house.store, "keep", fail)
            client.send(request(house))
            found, headers, body = client.answer()
        assert (found, headers.get("retry-after")) == (status, "30" if status == 503 else None)
        assert b"taro" not in body
    client.send(request(house))
    assert client.answer()[0] == 202


@pytest.mark.parametrize("path", ["/hooks/form", "/hooks/form?", "/staff/sign-in"])
def test_a_body_that_trickles_in_is_408_and_the_end(
    client: Client, house: TestHouse, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    for module in (security, wire):
        monkeypatch.setattr(module, "BODY_SECONDS", 0.5)
    kind = "application/json" if "hooks" in path else "application/x-www-form-urlencoded"
    given = request(house, path=path, framing="Content-Length: 1000", Content_Type=kind)
    client.send(given[: -len(BODY)])
    done = threading.Event()

    def trickle() -> None:
        while not done.wait(0.05):
            client.send(b"x")

    thread = threading.Thread(target=trickle)
    thread.start()
    try:
        status, headers, _ = client.answer()
        assert (status, headers["connection"], client.is_closed()) == (408, "close", True)
    finally:
        done.set()
        thread.join()
    assert waiting(house) == 0


def test_a_head_that_never_ends_and_a_client_that_says_nothing_are_sent_away(
    port: int, house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "HEAD_SECONDS", 0.5)
    silent, slow, good = Client(port), Client(port), Client(port)
    with silent.socket, slow.socket, good.socket:
        slow.send(request(house, "m1"))
        assert slow.answer()[0] == 202
        slow.send(request(house, "m2")[:20])
        good.send(request(house, "m3"))
        assert (silent.is_closed(), slow.is_closed(), good.answer()[0]) == (True, True, 202)


def test_the_end_of_the_service_waits_for_the_commit(house: TestHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    keep, begun, go = house.store.keep, threading.Event(), threading.Event()

    def held(arriving: Any, *more: Any) -> Any:
        begun.set()
        assert go.wait(10)
        return keep(arriving, *more)

    monkeypatch.setattr(house.store, "keep", held)
    with serving(house) as (port, server), Client(port).socket as raw:
        raw.sendall(request(house))
        assert begun.wait(10)
        server.should_exit = True
        threading.Timer(0.5, go.set).start()
        assert raw.recv(65536).startswith(b"HTTP/1.1 202 ")
        assert raw.recv(65536) == b""
    assert waiting(house) == 1
