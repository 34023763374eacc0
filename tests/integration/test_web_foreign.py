"""Forms that cannot sign, as bytes on a real connection: off the wire, with the same answers as the usual way."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from intake.channels import foreign
from intake.errors import StoreBusy
from intake.model import Channel
from intake.web import foreign_hooks, wire
from intake.web.security import MAX_BODY
from tests.house import TestHouse, open_test_house
from tests.integration.wire_parts import Client, serving, waiting

NAME = "wordpress-contact-form"
FIELDS = {"your-name": "山田 太郎", "your-email": "taro@example.jp", "your-message": "退会を希望します。"}
URLENCODED = "application/x-www-form-urlencoded"


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


def address(house: TestHouse, name: str = NAME) -> str:
    return f"/hooks/in/{name}/{foreign.secret_for(house.tools.keyring, name)}"


def posted(path: str, body: bytes, kind: str = URLENCODED, framing: str = "", method: str = "POST") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: agency.example", framing or f"Content-Length: {len(body)}"]
    if kind:
        lines.append(f"Content-Type: {kind}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def filled(**more: str) -> bytes:
    return urlencode(FIELDS | {name.replace("your_", "your-"): value for name, value in more.items()}).encode()


def both_ways(port: int, given: bytes, path: str) -> list[tuple[int, dict[str, str], bytes]]:
    """The answers off the wire and through the application, which hears every other spelling of the same path."""
    found = []
    for sent in (given, given.replace(path.encode(), path.replace("/hooks", "/%68ooks").encode(), 1)):
        client = Client(port)
        with client.socket:
            client.send(sent)
            status, headers, body = client.answer()
            headers.pop("date", None)
            found.append((status, headers, body))
    return found


def test_it_is_kept_as_it_came_and_answered_off_the_wire(client: Client, house: TestHouse, lean: list[int]) -> None:
    ids = []
    for n in range(3):
        client.send(posted(address(house), filled(your_message=f"退会 {n}")))
        status, headers, body = client.answer()
        assert (status, headers["x-content-type-options"]) == (202, "nosniff")
        ids.append(int(json.loads(body)["id"]))
    assert (len(set(ids)), waiting(house), lean) == (3, 3, [202] * 3)
    with house.store.read() as tx:
        kept = tx.inbox.envelope(ids[2])
    fields = json.loads(kept.raw)
    assert (kept.channel, fields["email"], fields["message"]) == (Channel.FORM, "taro@example.jp", "退会 2")
    assert (fields["original"]["form"], kept.app_member) == (NAME, None)  # nothing of it is believed to be signed


def test_its_own_number_again_is_the_same_answer_and_without_one_each_is_kept(client: Client, house: TestHouse) -> None:
    """A number that comes with other words is no second try: the counter began anew, or two plugins count alike."""
    answers = []
    for given in (filled(submission_id="7"), filled(submission_id="7"), filled(), filled(),
                  filled(submission_id="7", your_name="鈴木 花子", your_email="hana@example.jp")):  # fmt: skip
        client.send(posted(address(house), given))
        answers.append(client.answer()[2])
        house.now = house.now.replace(microsecond=house.now.microsecond + 1)
    assert answers[0] == answers[1]
    assert (len(set(answers)), waiting(house)) == (4, 4)


@pytest.mark.parametrize(("charset", "status"), [("shift_jis", 202), ("euc-jp", 202), ("utf-16", 422)])
def test_the_charset_that_it_names(client: Client, house: TestHouse, charset: str, status: int) -> None:
    body = "&".join(f"{name}={quote(value.encode(charset))}" for name, value in FIELDS.items()).encode()
    client.send(posted(address(house), body, f"{URLENCODED}; charset={charset}"))
    found, _, answer = client.answer()
    assert found == status
    if status == 202:
        with house.store.read() as tx:
            assert json.loads(tx.inbox.envelope(int(json.loads(answer)["id"])).raw)["name"] == "山田 太郎"


def test_what_is_wrong_is_said_in_the_same_words_both_ways(port: int, house: TestHouse, lean: list[int]) -> None:
    good, name = address(house), "wordpress-contact-form"
    wrong = {
        posted(good, filled(submission_id="1")): 202,
        posted(good, b"%ff=%ff"): 422,
        posted(good, b"{", "application/json"): 422,
        posted(good, b"<form/>", "text/xml"): 422,
        posted(good, b"", framing=f"Content-Length: {MAX_BODY + 1}"): 413,
        posted(f"/hooks/in/{name}/{'0' * 32}", filled()): 404,
        posted(good[:-1], filled()): 404,
        posted(f"/hooks/in/google-form/{good.rpartition('/')[2]}", filled()): 404,  # another form's secret
        posted(address(house, "no-such-form"), filled()): 404,
    }
    for given, status in wrong.items():
        path = given.split(b" ", 2)[1].decode()
        first, second = both_ways(port, given, path)
        assert first == second
        assert first[0] == status
    assert lean == list(wrong.values())
    assert waiting(house) == 1


def test_who_does_not_know_the_secret_is_told_before_the_body(client: Client, house: TestHouse) -> None:
    given = posted(f"/hooks/in/{NAME}/{'0' * 32}", b"", framing="Content-Length: 900000")
    client.send(given)
    assert client.answer()[0] == 404
    client.send(b"x" * 900_000, posted(address(house), filled()))  # read over; then the next
    assert client.answer()[0] == 202


def test_only_whole_addresses_that_are_posted_to_are_hooks(client: Client, house: TestHouse, lean: list[int]) -> None:
    good = address(house)
    strange = {posted(good, b"", method="GET"): 405, posted(f"{good}/more", filled()): 404,
               posted("/hooks/in/", filled()): 404, posted(f"/hooks/in//{good.rpartition('/')[2]}", filled()): 404,
               posted(f"{good}%00", filled()): 404, posted(good.upper(), filled()): 404}  # fmt: skip
    for given, status in strange.items():
        client.send(given)
        assert client.answer()[0] == status
    assert (lean, waiting(house)) == ([], 0)


@pytest.mark.parametrize("cut", [1, 50, 400])
def test_pieces_chunks_and_pipelines(client: Client, house: TestHouse, cut: int) -> None:
    body = filled(submission_id="c")
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in (body[:9], body[9:])) + b"0\r\n\r\n"
    chunked = posted(address(house), b"", framing="Transfer-Encoding: chunked") + chunks
    stream = posted(address(house), filled(submission_id="a")) + chunked + posted(f"/hooks/in/{NAME}/x", b"abc")
    stream += posted(address(house), filled(submission_id="a"))
    for at in range(0, len(stream), cut):
        client.send(stream[at : at + cut])
    answers = [client.answer() for _ in range(4)]
    assert [a[0] for a in answers] == [202, 202, 404, 202]
    assert answers[0][2] == answers[3][2] != answers[1][2]
    assert waiting(house) == 2


def test_a_body_that_trickles_in_is_408_and_a_cut_one_leaves_nothing(
    port: int, house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "BODY_SECONDS", 0.5)
    slow, gone = Client(port), Client(port)
    given = posted(address(house), filled())
    gone.send(given[:-5])
    gone.socket.close()
    with slow.socket:
        slow.send(given[:-5])
        status, headers, body = slow.answer()
        assert (status, headers["connection"], json.loads(body)) == (408, "close", {"error": "too slow"})
    assert waiting(house) == 0


def test_a_changed_mapping_counts_and_a_wrong_one_is_try_again(
    client: Client, house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(foreign_hooks, "LOOK_SECONDS", 0.05)
    folder = house.settings.rules_override / "forms"
    folder.mkdir(parents=True, exist_ok=True)
    steps = [('[fields]\nmessage = "your-name"\n', 202), ("[fields]\nnothing = 1\n", 503), (None, 202)]
    wanted = ["山田 太郎", "", FIELDS["your-message"]]
    for (text, status), message in zip(steps, wanted, strict=True):
        path = folder / f"{NAME}.toml"
        path.unlink() if text is None else path.write_text(text, "utf-8")
        time.sleep(0.1)
        client.send(posted(address(house), filled()))
        found, headers, body = client.answer()
        assert (found, headers.get("retry-after")) == (status, "30" if status == 503 else None)
        if status == 202:
            with house.store.read() as tx:
                assert json.loads(tx.inbox.envelope(int(json.loads(body)["id"])).raw)["message"] == message


def test_nothing_is_said_before_the_commit_and_a_busy_store_is_503(
    client: Client, house: TestHouse, monkeypatch: pytest.MonkeyPatch, gate: threading.Event, lean: list[int]
) -> None:
    def busy(*_: object) -> None:
        raise StoreBusy

    with monkeypatch.context() as patch:
        patch.setattr(house.store, "keep", busy)
        client.send(posted(address(house), filled()))
        assert client.answer()[0] == 503
    client.send(posted(address(house), filled()))
    time.sleep(0.2)
    assert lean == [503]
    gate.set()
    assert (client.answer()[0], waiting(house)) == (202, 1)
