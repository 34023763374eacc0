"""What somebody might try on the connection of a hook: framing, order, early answers, dawdling, the last moment."""

from __future__ import annotations

import ast
import inspect
import json
import socket
import threading
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from intake.web import wire
from intake.web.security import MAX_BODY
from tests.house import TestHouse, open_test_house
from tests.integration.test_web_wire import FORM, request
from tests.integration.wire_parts import Client, serving, waiting

CHUNKED = "Transfer-Encoding: chunked"
PAGE = b"GET /hooks/form HTTP/1.1\r\nHost: agency.example\r\n\r\n"
UNSIGNED = b"POST /hooks/form HTTP/1.1\r\nHost: agency.example\r\nContent-Length: 2\r\n\r\n{}"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[TestHouse]:
    made = open_test_house(tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def server(house: TestHouse) -> Iterator[tuple[int, uvicorn.Server]]:
    with serving(house) as given:
        yield given


@pytest.fixture
def port(server: tuple[int, uvicorn.Server]) -> int:
    return server[0]


@pytest.fixture
def client(port: int) -> Iterator[Client]:
    made = Client(port)
    with made.socket:
        yield made


def text_of(house: TestHouse, answer: tuple[int, dict[str, str], bytes]) -> str:
    """The wish in the message that an answer names."""
    with house.store.read() as tx:
        return str(json.loads(tx.inbox.envelope(int(json.loads(answer[2])["id"])).raw)["message"])


def form(house: TestHouse, number: str, **more: str) -> bytes:
    """A form whose wish is its number."""
    return request(house, number, json.dumps(FORM | {"message": number}).encode(), **more)


@pytest.mark.parametrize(
    "framing",
    [
        f"Content-Length: 5\r\n{CHUNKED}",
        f"{CHUNKED}\r\nContent-Length: 5",
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: 5, 6",
        "Content-Length: +5",
        "Content-Length: 0x5",
        "Content-Length: -1",
        "Content-Length: 99999999999999999999999999",
        "Content-Length : 5",
        "Transfer-Encoding : chunked",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: gzip",
        "Transfer-Encoding:\r\n chunked",
        "X-Folded: a\r\n b\r\nContent-Length: 5",
        "X-Null: a\0b\r\nContent-Length: 5",
        "X-Bare: a\rContent-Length: 5",
    ],
)
def test_a_body_of_two_lengths_is_nobodys(client: Client, house: TestHouse, framing: str) -> None:
    smuggled = form(house, "smuggled")
    body = b"0\r\n\r\n" + smuggled
    client.send(request(house, "outer", body, framing=framing)[: -len(body)], body)
    status, headers, _ = client.answer()
    assert (status, headers["connection"], client.is_closed()) == (400, "close", True)
    assert waiting(house) == 0


@pytest.mark.parametrize(("path", "status"), [
    ("/hooks/form?x=1", 202), ("http://agency.example/hooks/form", 202), ("/hooks/%66orm", 202),
    ("//hooks/form", 404), ("/hooks/form/", 307), ("/HOOKS/FORM", 404), ("/hooks/../hooks/form", 404),
    ("/hooks/form;x", 404), ("/hooks//form", 404), ("*", 404),
])  # fmt: skip
def test_other_spellings_of_the_path_go_the_usual_way(
    client: Client, house: TestHouse, lean: list[int], path: str, status: int
) -> None:
    client.send(form(house, "m1", path=path), form(house, "m2"))
    assert client.answer()[0] == status
    assert client.answer()[0] == 202
    assert lean in ([], [202])  # the second one, if it did not have to wait for the first
    assert waiting(house) == (2 if status == 202 else 1)


def test_other_methods_between_hooks_keep_their_places(client: Client, house: TestHouse) -> None:
    head = PAGE.replace(b"GET", b"HEAD")
    client.send(form(house, "m1") + head)
    assert client.answer()[0] == 202
    client._until(lambda: b"\r\n\r\n" in client._held)
    first, _, client._held = client._held.partition(b"\r\n\r\n")
    assert first.startswith(b"HTTP/1.1 405 ")
    client.send(form(house, "m2") + form(house, "m3").replace(b"POST", b"PUT", 1) + form(house, "m4"))
    answers = [client.answer() for _ in range(3)]
    assert [a[0] for a in answers] == [202, 405, 202]
    assert [text_of(house, answers[n]) for n in (0, 2)] == ["m2", "m4"]


def test_what_stands_in_a_trailer_is_no_header(client: Client, house: TestHouse) -> None:
    given = form(house, "m1", framing=CHUNKED)
    head, _, body = given.partition(b"\r\n\r\n")
    lost = head.replace(b"Webhook-Id: m1\r\n", b"")
    end = b"\r\n\r\n%x\r\n%s\r\n0\r\nWebhook-Id: m1\r\n\r\n" % (len(body), body)
    client.send(lost + end)
    assert client.answer()[0] == 401
    client.send(head + end.replace(b"Id: m1", b"Id: m9"))
    assert text_of(house, client.answer()) == "m1"


@pytest.mark.parametrize("cut", [1, 97, 333, 1024, 100_000])
def test_pipelines_of_all_kinds_are_answered_in_order_however_they_are_cut(
    client: Client, house: TestHouse, gate: threading.Event, cut: int
) -> None:
    client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    kinds: list[tuple[bytes, int, str]] = []
    for n in range(4):
        kinds += [(form(house, f"a{n}"), 202, f"a{n}"), (UNSIGNED, 401, ""), (form(house, f"b{n}"), 202, f"b{n}"),
                  (PAGE, 405, ""), (form(house, f"c{n}", path="/hooks/form?"), 202, f"c{n}")]  # fmt: skip
        large = json.dumps(FORM).encode() + b" " * 70_000
        kinds += [(UNSIGNED, 401, ""), (request(house, f"d{n}", large), 202, FORM["message"])]
    threading.Timer(0.3, gate.set).start()
    stream = b"".join(given for given, *_ in kinds)

    def pour() -> None:
        for at in range(0, 3000 if cut == 1 else len(stream), cut):
            client.send(stream[at : at + cut])
        if cut == 1:
            client.send(stream[3000:])

    thread = threading.Thread(target=pour)
    thread.start()
    answers = [client.answer() for _ in kinds]
    thread.join(10)
    assert [a[0] for a in answers] == [status for _, status, _ in kinds]
    assert [text_of(house, a) for a in answers if a[0] == 202] == [text for _, s, text in kinds if s == 202]


def is_paused(server: uvicorn.Server) -> bool:
    """A client does not read."""
    return any(c.flow.write_paused for c in server.server_state.connections)  # type: ignore[union-attr]


def test_who_reads_nothing_is_not_read_and_loses_nothing(house: TestHouse, server: tuple[int, uvicorn.Server]) -> None:
    many, client = 30_000, Client(server[0])
    with client.socket:
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
        sender = threading.Thread(target=client.send, args=[UNSIGNED * (many - 1) + form(house, "last")])
        sender.start()
        until = time.monotonic() + 20  # six megabytes of answers, more than the system holds for a connection
        while not is_paused(server[1]) and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(0.3)
        (connection,) = server[1].server_state.connections
        assert is_paused(server[1]) and connection.transport.get_write_buffer_size() < 1_000_000  # type: ignore[union-attr]
        statuses = [client.answer()[0] for _ in range(many)]
        sender.join(10)
    assert statuses == [401] * (many - 1) + [202]
    assert waiting(house) == 1


def test_who_never_reads_is_sent_away(
    house: TestHouse, server: tuple[int, uvicorn.Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "READ_SECONDS", 0.5)
    client = Client(server[0])
    with client.socket:
        sender = threading.Thread(target=client.send, args=[UNSIGNED * 40_000])
        sender.start()
        sender.join(20)
        until = time.monotonic() + 10
        while server[1].server_state.connections and time.monotonic() < until:
            time.sleep(0.05)
        assert not server[1].server_state.connections


def test_rubbish_behind_a_hook_is_not_its_answer(client: Client, house: TestHouse, gate: threading.Event) -> None:
    client.send(form(house, "m1") + b"rubbish\r\n\r\n")
    time.sleep(0.1)
    gate.set()
    answer = client.answer()
    assert (answer[0], client.answer()[0], client.is_closed()) == (202, 400, True)
    assert text_of(house, answer) == "m1"


def test_a_broken_request_in_a_pipeline_is_answered_in_its_place(
    client: Client, house: TestHouse, gate: threading.Event
) -> None:
    broken = form(house, "m3", framing=CHUNKED)
    broken = broken[: broken.index(b"\r\n\r\n") + 4] + b"3\r\nabc\r\nzz\r\n"
    client.send(form(house, "m1") + form(house, "m2") + broken)
    time.sleep(0.1)
    gate.set()
    answers = [client.answer() for _ in range(3)]
    assert ([a[0] for a in answers], client.is_closed()) == ([202, 202, 400], True)
    assert [text_of(house, a) for a in answers[:2]] == ["m1", "m2"]
    assert waiting(house) == 2


@pytest.mark.parametrize("first", ["401", "413"])
def test_what_stands_behind_the_end_of_a_connection_is_not_taken(client: Client, house: TestHouse, first: str) -> None:
    how = {"Webhook_Signature": "v1,AAAA"} if first == "401" else {"framing": f"Content-Length: {MAX_BODY + 1}"}
    given = request(house, Connection="close", **how)
    client.send(given + form(house, "behind"))
    status, headers, _ = client.answer()
    assert (status, headers["connection"], client.is_closed()) == (int(first), "close", True)
    assert waiting(house) == 0


def test_a_refusal_before_it_in_one_piece_does_not_end_the_wait_for_a_commit(
    house: TestHouse, server: tuple[int, uvicorn.Server], gate: threading.Event
) -> None:
    server[1].config.timeout_keep_alive = 0.2  # type: ignore[assignment]
    client = Client(server[0])
    with client.socket:
        client.send(UNSIGNED + form(house, "m1"))
        assert client.answer()[0] == 401
        time.sleep(0.6)
        gate.set()
        assert text_of(house, client.answer()) == "m1"


REFUSED = {
    "hook": (f"POST /hooks/form HTTP/1.1\r\nContent-Length: {MAX_BODY + 1}", 413),
    "hook chunked": (f"POST /hooks/form HTTP/1.1\r\n{CHUNKED}", 413),
    "page": ("POST /nowhere HTTP/1.1\r\nSec-Fetch-Site: cross-site\r\nContent-Length: 900000", 403),
}


@pytest.mark.parametrize("how", REFUSED)
@pytest.mark.parametrize("then", ["drips", "ends", "line ends"])
def test_nobody_holds_the_line_after_an_early_answer(
    house: TestHouse, server: tuple[int, uvicorn.Server], monkeypatch: pytest.MonkeyPatch, how: str, then: str
) -> None:
    monkeypatch.setattr(wire, "BODY_SECONDS", 0.5)
    server[1].config.timeout_keep_alive = 0.5  # type: ignore[assignment]
    client = Client(server[0])
    head, status = REFUSED[how]
    with client.socket:
        client.send(head.encode() + b"\r\nHost: agency.example\r\n\r\n")
        size = 900_000 if how == "page" else MAX_BODY + 1
        rest = b"x" * size
        if "chunked" in how:
            client.send(b"%x\r\n" % (size + 9), rest)
            rest = b"y" * 9 + b"\r\n0\r\n\r\n"
        assert client.answer()[0] == status
        time.sleep(0.05)
        if then == "drips":
            client.send(rest[:1])
        else:
            client.send(rest)
            if then == "line ends":
                client.send(b"\r\n")
        client.socket.settimeout(3)
        assert client.is_closed()


def test_a_house_that_is_full_says_so_and_nothing_is_kept(
    house: TestHouse, server: tuple[int, uvicorn.Server], lean: list[int]
) -> None:
    server[1].config.limit_concurrency = 2
    one, two = Client(server[0]), Client(server[0])
    with two.socket:
        while len(server[1].server_state.connections) < 2:
            time.sleep(0.01)
        with one.socket:
            one.send(form(house, "m1"))
            status, headers, _ = one.answer()
            assert (status, headers["connection"], lean, waiting(house)) == (503, "close", [], 0)
        time.sleep(0.1)
        two.send(form(house, "m2"))
        assert (two.answer()[0], lean) == (202, [202])


def test_a_body_of_tiny_pieces_takes_no_more_room_than_the_body() -> None:
    cycle = wire.HookCycle(None, None, {}, True)  # type: ignore[arg-type]
    tracemalloc.start()
    for n in range(200_000):
        cycle.feed(b"%02d" % (n % 100))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 1_000_000
    assert bytes(cycle._body) == b"".join(b"%02d" % n for n in range(100)) * 2000


def test_the_end_of_the_service_under_load(house: TestHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept was answered, and what was answered is kept."""
    keep, asked, answered, enough = house.store.keep, [], [], threading.Event()

    def slow(arriving: Any, *more: Any) -> Any:
        time.sleep(0.02)
        return keep(arriving, *more)

    monkeypatch.setattr(house.store, "keep", slow)

    def post(who: int, port: int) -> None:
        with suppress(OSError):
            client = Client(port)
            with client.socket:
                for n in range(1000):
                    asked.append(f"{who}-{n}")
                    client.send(form(house, f"{who}-{n}"))
                    answer = client.answer()
                    if answer[0] != 202:
                        return
                    answered.append((f"{who}-{n}", answer))
                    if len(answered) > 50:
                        enough.set()
                    if answer[1].get("connection") == "close":
                        return

    with serving(house) as (port, server):
        threads = [threading.Thread(target=post, args=(who, port)) for who in range(12)]
        for thread in threads:
            thread.start()
        assert enough.wait(20)
        server.should_exit = True
        for thread in threads:
            thread.join(20)
            assert not thread.is_alive()
    assert len({answer[2] for _, answer in answered}) == len(answered) == waiting(house) < len(asked) + 1
    assert all(text_of(house, answer) == number for number, answer in answered)


def test_a_pipeline_that_waits_when_the_service_ends_is_answered_whole(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep, entered, go = house.store.keep, threading.Event(), threading.Event()

    def held(arriving: Any, *more: Any) -> Any:
        entered.set()
        assert go.wait(20)
        return keep(arriving, *more)

    monkeypatch.setattr(house.store, "keep", held)
    with serving(house) as (port, server):
        client = Client(port)
        with client.socket:
            half = form(house, "m4")
            client.send(form(house, "m1") + form(house, "m2") + UNSIGNED + form(house, "m3"))
            late = Client(port)
            late.send(half[:-5])
            assert entered.wait(10)
            server.should_exit = True
            time.sleep(0.4)
            late.send(half[-5:])
            go.set()
            answers = [client.answer() for _ in range(4)]
            assert [a[0] for a in answers] == [202, 202, 401, 202]
            assert answers[3][1]["connection"] == "close" and client.is_closed()
            answer = late.answer()
            assert (answer[0], answer[1]["connection"], late.is_closed()) == (202, "close", True)
            late.socket.close()
    assert waiting(house) == 4


LOOK = """
intake/web/wire.py answers signed hooks in the place of uvicorn's own protocol and leans on its inside, which uvicorn
may change without a word. It was written for uvicorn 0.54; pyproject.toml allows no other minor version. Before you
raise it, read the difference of uvicorn/protocols/http/httptools_impl.py and look at each of these:
- HttpToolsProtocol still calls on_message_begin, on_headers_complete, on_body, on_message_complete on itself, and
  data_received and send_400_response do what wire.py's own add to;
- self.cycle: the request that came last. wire.HookCycle stands in for uvicorn's RequestResponseCycle there: it needs
  every attribute that HttpToolsProtocol looks at (disconnected and message_event when the client has gone,
  response_complete, keep_alive when the service ends);
- self.pipeline: requests that wait for the answer before them, the newest at the left;
- on_response_complete starts the next of them or sets the clock timeout_keep_alive_task;
- server_state.default_headers is another list whenever the date changes; flow.write_paused, connections and
  limit_concurrency decide what is not answered here.
If one of them is gone or works otherwise: change wire.py, or do without it. Without ``http=hearing(…)`` in
bootstrap/services.py everything still works through ASGI, at a higher cost a request. What went missing: """


def test_what_the_hooks_use_of_uvicorn_is_still_there() -> None:
    assert version("uvicorn").startswith("0.54."), LOOK + "the version itself"
    tree = ast.parse(inspect.getsource(HttpToolsProtocol))
    mine = set(vars(HttpToolsProtocol)) | {
        t.attr for t in ast.walk(tree) if isinstance(t, ast.Attribute) and isinstance(t.ctx, ast.Store)
    }
    used = {
        n.attr for n in ast.walk(ast.parse(inspect.getsource(wire.HookProtocol)))
        if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name) and n.value.id == "self"
    } - set(vars(wire.HookProtocol)) - {"headers", "url"}  # fmt: skip
    assert used <= mine, LOOK + ", ".join(sorted(used - mine))
    asked = {
        n.attr: n for n in ast.walk(tree)
        if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Attribute) and n.value.attr == "cycle"
    }.keys() - {"body"}  # only where the request is not a hook's  # fmt: skip
    assert asked == {"disconnected", "message_event", "response_complete", "keep_alive", "more_body"}, LOOK + str(asked)
    assert asked <= set(dir(wire.HookCycle)), LOOK + ", ".join(sorted(asked - set(dir(wire.HookCycle))))
    for name in ("pipeline.appendleft", "pipeline.pop()", "self._unset_keepalive_if_required()", "default_headers"):
        assert name in inspect.getsource(HttpToolsProtocol), LOOK + name
