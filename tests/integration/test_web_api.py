"""``/api/v1``: tokens with scopes, idempotency keys, problems, and a document that says what is so."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from starlette.testclient import TestClient

from intake.web.api import access, routes
from intake.web.api.endpoints import ENDPOINTS
from intake.web.pace import Pace
from tests.house import NOON, TestHouse, open_test_house
from tests.integration.web_parts import HOST, app_of
from tests.unit.pipeline.world import told, wish

TOKEN = "intake_" + "t" * 40
SEEKER = {
    "member_id": "M-10001",
    "name": "山田 太郎",
    "emails": ["taro@example.jp", "t@example.com"],
    "status": "active",
    "concierge": "佐藤",
    "preferences": {"place": "東京都"},
}


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Iterator[TestHouse]:
    made = open_test_house(tmp_path, url=database_url)
    yield made
    made.store.close()


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "PACE", Pace(10_000, 10_000))


class Program:
    """The agency's own system."""

    def __init__(self, house: TestHouse, *scopes: str, token: str = TOKEN) -> None:
        with house.store.write() as tx:
            ring = house.tools.keyring
            tx.api_tokens.add(token[-8:], access.token_hash(ring, token), scopes or tuple(access.SCOPES), NOON)
        self.http = TestClient(app_of(house), base_url=HOST, headers={"Authorization": f"Bearer {token}"})

    def __call__(self, method: str, path: str, body: Any = None, key: str = "", **more: Any) -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        return self.http.request(method, f"/api/v1{path}", json=body, headers=headers, **more)


@pytest.fixture
def ask(house: TestHouse) -> Program:
    return Program(house)


def documented() -> Any:
    from intake.web.api.openapi import document

    return document()


def fits(answer: Any, name: str) -> Any:
    """The body, checked against the schema of the document."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": documented()["components"]}
    jsonschema.validate(answer.json(), schema)
    return answer.json()


def test_a_seeker_is_put_shown_and_put_again(house: TestHouse, ask: Program) -> None:
    made = ask("POST", "/seekers", SEEKER)
    assert made.status_code == 201
    body = fits(made, "SeekerShown")
    assert (body["member_id"], body["emails"], body["history"][0]["status"]) == ("M-10001", SEEKER["emails"], "active")
    again = ask("PUT", "/seekers/M-10001", {"kana": "ヤマダ タロウ", "status": "withdrawn"})
    assert again.status_code == 200
    seeker = house.get_seeker()
    assert (seeker.kana, seeker.name, seeker.status.value) == ("ヤマダ タロウ", "山田 太郎", "withdrawn")
    assert seeker.withdrawn_on == date(2026, 11, 16)
    shown = fits(ask("GET", "/seekers/M-10001"), "SeekerShown")
    assert [h["status"] for h in shown["history"]] == ["active", "withdrawn"]
    assert shown["preferences"] == {"place": "東京都"}
    with house.store.read() as tx:
        rows = [r for r in tx.audit.tail() if r.actor.kind == "program"]
        assert [r.action for r in rows] == ["seeker.changed_by_program", "seeker.added_by_program"]
        assert tx.audit.verify()[0]


def test_a_mail_of_somebody_put_by_the_api_is_theirs(house: TestHouse, ask: Program) -> None:
    ask("POST", "/seekers", SEEKER)
    wish(told(house), "withdrawal", from_="t@example.com")
    assert house.cases()[0].member_id == "M-10001"


def test_the_same_key_is_done_once(house: TestHouse, ask: Program) -> None:
    first = ask("POST", "/seekers", SEEKER, key="k1")
    ask("PUT", "/seekers/M-10001", {"name": "鈴木 太郎"})
    second = ask("POST", "/seekers", SEEKER, key="k1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json()["id"] == first.json()["id"]
    assert house.get_seeker().name == "鈴木 太郎"  # not done a second time
    assert ask("POST", "/seekers", {**SEEKER, "name": "x"}, key="k1").status_code == 422
    assert ask("POST", "/seekers", {**SEEKER, "name": "x"}, key="k2").status_code == 200
    other = Program(house, token="intake_" + "u" * 40)
    assert other("POST", "/seekers", SEEKER, key="k1").status_code == 200  # keys are each program's own


def test_what_is_kept_for_a_key_is_nothing_personal(house: TestHouse, ask: Program) -> None:
    import sqlalchemy as sa

    from intake.store.tables import api_answer

    ask("POST", "/seekers", SEEKER, key="M-10001 taro@example.jp")
    with house.store.read() as tx:
        row = tx._context.conn.execute(sa.select(api_answer)).one()  # type: ignore[attr-defined]
    assert not re.search(r"taro|M-10001|山田", str(row))


def test_applications(house: TestHouse, ask: Program) -> None:
    ask("POST", "/seekers", SEEKER)
    new = {"company": "ひかり電機株式会社", "stage": "interview_fixed", "interview_at": "2026-12-01T10:00:00+09:00"}
    assert ask("PUT", "/seekers/M-10001/applications", new).status_code == 201
    assert ask("PUT", "/seekers/M-10001/applications", new).status_code == 200
    moved = ask("POST", "/applications", {**new, "member_id": "M-10001", "stage": "offered"})
    assert (moved.status_code, fits(moved, "ApplicationShown")["stage"]) == (200, "offered")
    assert len(fits(ask("GET", "/seekers/M-10001/applications"), "Applications")["data"]) == 1
    assert ask("POST", "/applications", {**new, "member_id": "M-9"}).status_code == 404
    no_offset = {**new, "member_id": "M-10001", "interview_at": "2026-12-01"}
    assert ask("POST", "/applications", no_offset).status_code == 422


WRONG = [
    ({"name": "x"}, "member_id"), ({"member_id": " ", "name": "x"}, "member_id"), ({"member_id": "M-1"}, "name"),
    ({**SEEKER, "hat": 1}, "hat"), ({**SEEKER, "emails": ["no address"]}, "emails.0"),
    ({**SEEKER, "name": "a\r\nBcc: x@example.com"}, "name"), ({**SEEKER, "name": "\x00"}, "name"),
    ({**SEEKER, "status": "left"}, "status"), ({**SEEKER, "status": None}, "status"),
    ({**SEEKER, "status_since": "2026-02-30"}, "status_since"), ({**SEEKER, "name": "x" * 501}, "name"),
    ({**SEEKER, "emails": ["a@example.jp"] * 11}, "emails"), ({**SEEKER, "name": "\ud800"}, "name"),
]  # fmt: skip


def test_what_cannot_be_used_is_named(house: TestHouse, ask: Program) -> None:
    for body, field in WRONG:
        answer = ask.http.post("/api/v1/seekers", content=json.dumps(body).encode())
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
        assert fits(answer, "Problem")["errors"][0]["field"] == field
    with house.store.read() as tx:
        assert tx.seekers.count() == 0


def test_what_is_no_json_is_a_problem(ask: Program) -> None:
    raws = {b"": 400, b"{": 400, b"\xff": 400, b"[" * 100_000: 400, b"[]": 422, b"{}" + b" " * 1_100_000: 413}
    for raw, status in raws.items():
        assert ask.http.post("/api/v1/seekers", content=raw).status_code == status


def test_every_endpoint_wants_a_token_and_its_scope(house: TestHouse) -> None:
    nobody = TestClient(app_of(house), base_url=HOST)
    reader = Program(house, "no:scope")
    ended = Program(house, token="intake_" + "e" * 40)
    with house.store.write() as tx:
        assert tx.api_tokens.revoke("e" * 8, NOON) == 1
    for e in ENDPOINTS:
        path = "/api/v1" + e.path.replace("{member_id}", "M-1").replace("{number}", "C-1").replace("{id}", "1")
        given = ("", "Bearer x", f"Basic {TOKEN}", "Bearer ")
        refused = [nobody.request(e.method, path, headers={"Authorization": g} if g else {}) for g in given]
        refused.append(ended.http.request(e.method, path))
        assert {r.status_code for r in refused} == {401}
        assert len({r.content for r in refused}) == 1  # unknown and revoked look alike
        assert refused[0].headers["www-authenticate"].startswith("Bearer")
        assert reader.http.request(e.method, path).status_code == 403, e.path


def test_a_session_cookie_or_an_address_with_a_token_is_no_token(house: TestHouse, ask: Program) -> None:
    nobody = TestClient(app_of(house), base_url=HOST)
    assert nobody.get(f"/api/v1/cases?access_token={TOKEN}").status_code == 401
    assert nobody.get("/api/v1/cases", headers={"Cookie": f"session={TOKEN}"}).status_code == 401


def test_cases_tasks_and_events(house: TestHouse, ask: Program) -> None:
    house.seeker(concierge="佐藤", applications=(("ひかり電機株式会社", "applied"),))
    wish(told(house), "decline")
    wish(house, "question", more="二つめ")
    first = fits(ask("GET", "/cases?limit=1"), "Cases")
    assert [c["request"] for c in first["data"]] == ["decline"]
    rest = fits(ask("GET", f"/cases?after={first['next']}"), "Cases")
    assert ([c["request"] for c in rest["data"]], rest["next"]) == (["question"], None)
    assert len(ask("GET", "/cases?state=scheduled&member_id=M-10001").json()["data"]) == 1
    assert fits(ask("GET", "/cases/C-000001"), "CaseShown")["state"] == "scheduled"
    (task,) = fits(ask("GET", "/tasks?assignee=佐藤"), "Tasks")["data"]
    assert (task["kind"], task["subject"], task["seeker"]) == ("tell_employer", "ひかり電機株式会社", "M-10001")
    done = ask("POST", f"/tasks/{task['id']}/done")
    assert fits(done, "TaskShown")["done_by"] == TOKEN[-8:]
    assert ask("POST", f"/tasks/{task['id']}/done").status_code == 200
    assert ask("GET", "/tasks").json()["data"] == []
    assert ask("GET", "/cases/C-000001").json()["state"] == "done"
    events = fits(ask("GET", "/events"), "Events")
    types = [e["type"] for e in events["data"]]
    assert types == ["case.opened", "task.opened", "case.opened", "task.done", "case.closed"]
    later = ask("GET", f"/events?after={events['cursor']}").json()
    assert (later["data"], later["cursor"], later["more"]) == ([], events["cursor"], False)
    assert ask("GET", "/events?type=task.done").json()["data"][0]["data"]["case"]["number"] == "C-000001"


NOWHERE = [
    ("/cases?state=nowhere", 422), ("/cases?after=x", 422), ("/cases?limit=201", 422), ("/cases?hat=1", 422),
    ("/cases?after=99999999999999999999", 422), ("/cases/C-999999", 404), ("/cases/x", 404), ("/seekers/M-9", 404),
    ("/events?type=x", 422), ("/nothing", 404), ("/cases?member_id=M-9", 404), ("/cases?request=a,b", 422),
]  # fmt: skip


def test_what_is_not_there(ask: Program) -> None:
    for path, status in NOWHERE:
        answer = ask("GET", path)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), path


def test_methods_that_are_not_possible(ask: Program) -> None:
    answer = ask("DELETE", "/seekers/M-1")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, PUT")
    assert ask("POST", "/tasks/999/done").status_code == 404
    assert ask("POST", "/tasks/99999999999999999999/done").status_code == 404


def test_no_endpoint_withdraws_or_erases_or_confirms_for_somebody(house: TestHouse, ask: Program) -> None:
    """A2: what a person must prove, no program can do for them."""
    house.seeker()
    wish(told(house), "deletion")
    for e in ENDPOINTS:
        if e.does is None or e.body is not None:
            continue
        path = e.path.replace("{id}", "1").replace("{member_id}", "M-10001").replace("{number}", "C-000001")
        ask(e.method, path, {"choice": "complete", "approve": True, "state": "done"})
    (case,) = house.cases()
    assert (case.state.value, int(case.proof)) == ("awaiting_proof", 0)
    assert house.get_seeker().status.value == "active"


def test_the_pace_is_limited_and_says_when_to_ask_again(
    house: TestHouse, ask: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "PACE", Pace(3, 100))
    answers = [ask("GET", "/cases") for _ in range(4)]
    assert [a.status_code for a in answers] == [200, 200, 200, 429]
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
    house.now += timedelta(seconds=60)
    assert ask("GET", "/cases").status_code == 200


def test_a_busy_database_is_a_problem_that_passes(
    house: TestHouse, ask: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    from intake.errors import StoreBusy

    def busy(*_: Any, **__: Any) -> Any:
        raise StoreBusy

    monkeypatch.setattr(type(house.store), "write", busy)
    answer = ask("POST", "/seekers", SEEKER)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")


def test_the_document_names_every_route_and_every_route_is_in_it(house: TestHouse) -> None:
    answer = TestClient(app_of(house), base_url=HOST).get("/api/openapi.json")
    assert answer.status_code == 200
    paths = answer.json()["paths"]
    documented = {(m.upper(), p) for p, ms in paths.items() for m in ms}
    assert documented == {(e.method, f"/api/v1{e.path}") for e in ENDPOINTS}
    refs = set(re.findall(r"#/components/schemas/(\w+)", answer.text))
    assert refs <= set(answer.json()["components"]["schemas"])
    assert "password_hash" not in answer.json()["components"]["schemas"]["SeekerShown"]["properties"]


def test_the_day_of_use_is_kept(house: TestHouse, ask: Program) -> None:
    ask("GET", "/cases")
    with house.store.read() as tx:
        assert tx.api_tokens.all()[0].used_on == date(2026, 11, 16)
