"""Signed webhooks as a form's server meets them: 202 after the commit, and which answer for what is wrong."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from structlog.testing import capture_logs

from intake.channels import standard_webhooks
from intake.channels.inbox import InboxWriter
from intake.channels.standard_webhooks import SecretFile, new_secret, sign
from intake.errors import SettingError, StorageFull, StoreBusy
from intake.web import hooks
from intake.web.pace import Pace
from intake.web.security import MAX_BODY
from tests.house import TestHouse, open_test_house
from tests.integration.web_parts import app_of

SECRET = b"whsec_" + b"a" * 40  # what app_of gives the hooks
FORM = {"category": "退会", "name": "山田 太郎", "email": "taro@example.jp", "message": "退会を希望します。"}
APP = {"member_id": "M-1001", "request": "pause"}


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Iterator[TestHouse]:
    made = open_test_house(tmp_path, url=database_url)
    yield made
    made.store.close()


@pytest.fixture
def app(house: TestHouse) -> Iterator[Starlette]:
    writer = InboxWriter(house.store)
    writer.start()
    yield app_of(house, writer)
    writer.stop()


def signed(house: TestHouse, body: bytes, number: str = "msg_1", secret: bytes = SECRET) -> dict[str, str]:
    at = int(house.now.timestamp())
    return {"Content-Type": "application/json", "webhook-id": number, "webhook-timestamp": str(at),
            "webhook-signature": sign(secret, number, at, body)}  # fmt: skip


def call(
    app: Starlette, path: str, headers: dict[str, str], *pieces: bytes, method: str = "POST", cut: bool = False
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of one request; ``cut``: the client hangs up after the pieces."""
    scope: dict[str, Any] = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "", "client": ("192.0.2.1", 1),
        "server": ("agency.example", 80), "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items()],
    }  # fmt: skip
    last = len(pieces) - 1
    coming = [{"type": "http.request", "body": p, "more_body": cut or n < last} for n, p in enumerate(pieces)]
    sent: list[Any] = []

    async def receive() -> Any:
        return coming.pop(0) if coming else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    if not sent:
        return 0, {}, b""
    found = {k.decode().lower(): v.decode() for k, v in sent[0]["headers"]}
    return sent[0]["status"], found, b"".join(m.get("body", b"") for m in sent[1:])


def post(app: Starlette, house: TestHouse, given: Any, path: str = "/hooks/form", number: str = "msg_1") -> Any:
    body = given if isinstance(given, bytes) else json.dumps(given, ensure_ascii=False).encode()
    status, _, answer = call(app, path, signed(house, body, number), body)
    return status, json.loads(answer)


def waiting(house: TestHouse) -> int:
    with house.store.read() as tx:
        return int(tx.inbox.counts()["waiting"])


def test_both_hooks_answer_202_with_the_id_that_the_bytes_have(app: Starlette, house: TestHouse) -> None:
    status, form = post(app, house, FORM)
    also, asked = post(app, house, APP, "/hooks/app")  # the same webhook-id, of another source
    assert (status, also, waiting(house)) == (202, 202, 2)
    with house.store.read() as tx:
        assert json.loads(tx.inbox.envelope(int(form["id"])).raw) == FORM
        assert tx.inbox.envelope(int(asked["id"])).app_member == "M-1001"


def test_the_same_id_again_is_the_same_answer_and_nothing_new(app: Starlette, house: TestHouse) -> None:
    first = post(app, house, FORM)
    assert post(app, house, FORM | {"message": "変更"}) == first
    assert post(app, house, FORM, number="msg_2")[1] != first[1]
    assert waiting(house) == 2


def test_other_words_under_a_taken_id_are_answered_alike_and_named_in_the_log(
    app: Starlette, house: TestHouse, capsys: pytest.CaptureFixture[str]
) -> None:
    first = post(app, house, FORM)
    post(app, house, FORM)  # a second try, byte for byte
    assert post(app, house, FORM | {"message": "変更"}) == first
    app.state.context.writer.stop()
    said = [line for line in capsys.readouterr().out.splitlines() if "other words" in line]
    assert len(said) == 1
    assert "id=msg_1" in said[0]
    assert "変更" not in said[0]


def test_the_app_gives_a_reason_of_the_rules(app: Starlette, house: TestHouse) -> None:
    status, answer = post(app, house, APP | {"reason": "bogus"}, "/hooks/app")
    assert (status, answer["field"], waiting(house)) == (422, "reason", 0)
    for number, reason in enumerate(("hired_elsewhere", "job_found", "")):  # a reason, a code of the app, none
        assert post(app, house, APP | {"reason": reason}, "/hooks/app", number=f"app_{number}")[0] == 202


def test_a_body_in_pieces_is_put_together(app: Starlette, house: TestHouse) -> None:
    body = json.dumps(FORM).encode()
    status, headers, _ = call(app, "/hooks/form", signed(house, body), body[:10], b"", body[10:])
    assert (status, headers["x-content-type-options"]) == (202, "nosniff")
    assert headers["content-type"] == "application/json"


def test_what_is_wrong_is_said(app: Starlette, house: TestHouse) -> None:
    body = json.dumps(FORM).encode()
    assert call(app, "/hooks/form", {}, body)[0] == 401
    assert call(app, "/hooks/form", signed(house, body, secret=b"b" * 40), body)[::2] == (
        401,
        b'{"error": "signature"}',
    )
    assert call(app, "/hooks/form", signed(house, body), body + b" ")[0] == 401
    assert post(app, house, FORM | {"email": "no address"})[1]["field"] == "email"
    assert post(app, house, b"{")[0] == 422
    assert post(app, house, APP | {"request": "fly"}, "/hooks/app") == post(
        app, house, APP | {"request": "x"}, "/hooks/app"
    )
    assert call(app, "/hooks/form", {}, method="GET")[0] == 405
    assert call(app, "/hooks/none", signed(house, body), body)[0] == 404
    assert waiting(house) == 0


def test_the_operator_reads_which_header_of_a_webhook_does_not_fit(
    app: Starlette, house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sender is told nothing but 401; a wrong clock and a wrong secret are mended in different places."""
    monkeypatch.setattr(hooks, "_NOTED", Pace(60, 60))
    body = json.dumps(FORM).encode()
    right = signed(house, body)
    with capture_logs() as lines:
        for headers in ({}, right | {"webhook-timestamp": "1"}, signed(house, body, secret=b"b" * 40)):
            assert call(app, "/hooks/form", headers, body)[::2] == (401, b'{"error": "signature"}')
        for _ in range(100):
            call(app, "/hooks/form", {}, body)
    told = [line["what"] for line in lines if line["event"] == "webhook not taken"]
    assert told[:3] == ["webhook-id", "webhook-timestamp", "webhook-signature"]
    assert len(told) == 60
    assert "taro" not in str(lines)


def test_too_much_is_refused_before_it_is_held(app: Starlette, house: TestHouse) -> None:
    piece = b"x" * (MAX_BODY // 4)
    assert call(app, "/hooks/form", {"Content-Length": str(MAX_BODY + 1)}, b"")[0] == 413
    assert call(app, "/hooks/form", {}, *[piece] * 5)[0] == 413
    assert call(app, "/hooks/form", {}, *[piece] * 4)[0] == 401  # as much as is allowed, and not signed


def test_who_hangs_up_midway_leaves_nothing(app: Starlette, house: TestHouse) -> None:
    body = json.dumps(FORM).encode()
    assert call(app, "/hooks/form", signed(house, body), body[:9], cut=True) == (0, {}, b"")
    assert waiting(house) == 0


@pytest.mark.parametrize("failure", [StoreBusy, StorageFull])
def test_a_store_that_cannot_is_503_and_try_again(
    app: Starlette, house: TestHouse, monkeypatch: pytest.MonkeyPatch, failure: type[Exception]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise failure

    with monkeypatch.context() as patch:
        patch.setattr(house.store, "keep", fail)
        body = json.dumps(FORM).encode()
        status, headers, _ = call(app, "/hooks/form", signed(house, body), body)
    assert (status, headers["retry-after"], waiting(house)) == (503, "30", 0)
    assert post(app, house, FORM)[0] == 202


def test_202_is_not_said_before_the_commit(app: Starlette, house: TestHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = house.store.keep
    seen: list[int] = []

    def keep(arriving: Any) -> Any:
        accepted = kept(arriving)
        seen.append(waiting(house))
        return accepted

    monkeypatch.setattr(house.store, "keep", keep)
    assert post(app, house, FORM)[0] == 202
    assert seen == [1]


def test_with_a_key_of_its_own_the_app_takes_no_other_and_the_form_not_that(house: TestHouse) -> None:
    """What is signed does not name the path: whoever had the form's key could withdraw anybody as the app."""
    own, writer = b"whsec_" + b"b" * 40, InboxWriter(house.store)
    writer.start()
    made = app_of(house, writer, app_secret=own)
    both = json.dumps(FORM | APP, ensure_ascii=False).encode()
    taken = [
        (path, call(made, path, signed(house, body, f"msg_{n}", secret), body)[0])
        for n, secret in enumerate((SECRET, own))
        for path, body in (("/hooks/form", json.dumps(FORM).encode()), ("/hooks/app", json.dumps(APP).encode()))
    ]
    assert taken == [("/hooks/form", 202), ("/hooks/app", 401), ("/hooks/form", 401), ("/hooks/app", 202)]
    assert call(made, "/hooks/app", signed(house, both, "msg_9"), both)[0] == 401
    writer.stop()


def test_a_changed_file_of_secrets_counts_within_a_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(standard_webhooks.time, "monotonic", lambda: now)
    path = tmp_path / "webhook.secret"
    file = SecretFile(path)
    with pytest.raises(SettingError):
        file.secrets()
    path.write_text(new_secret() + "\n")  # a file that was missing is seen at once
    first = file.secrets()
    path.write_text(new_secret() + "\n")
    assert file.secrets() == first
    now += 1.0
    assert file.secrets() != first
    path.unlink()
    now += 1.0
    with pytest.raises(SettingError):
        file.secrets()
