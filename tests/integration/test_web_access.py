"""Who gets in, who may do what: every route of the staff pages against every role."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.routing import Route

from intake.model import CaseState, Role
from intake.ports import NewCase
from intake.web.staff import acts
from intake.web.staff.routes import ROUTES
from tests.house import TestHouse, open_test_house
from tests.integration.web_parts import (
    ADMIN,
    AUDITOR,
    LEAD,
    PASSWORD,
    PEOPLE,
    PRIVACY,
    SATO,
    TANAKA,
    Client,
    app_of,
    form_of,
    staffed,
)

ALL = frozenset(Role)
WORKERS = frozenset({Role.REVIEWER, Role.LEAD, Role.PRIVACY_OFFICER})
NOT_AUDITOR = ALL - {Role.AUDITOR}
CONTROL = frozenset({Role.ADMIN, Role.AUDITOR, Role.LEAD})
PRIVATE = frozenset({Role.PRIVACY_OFFICER, Role.AUDITOR})
TABLE: dict[tuple[str, str], frozenset[Role]] = {  # (method, path): who may
    ("GET", "/"): ALL,
    ("GET", "/search"): ALL,
    ("POST", "/views"): NOT_AUDITOR,
    ("POST", "/views/{id:int}/remove"): NOT_AUDITOR,
    ("POST", "/cases/{number}/presence"): NOT_AUDITOR,
    ("POST", "/assign"): NOT_AUDITOR,
    ("POST", "/sign-out"): ALL,
    ("GET", "/cases/{number}"): ALL,
    ("GET", "/cases/{number}/next"): ALL,
    ("GET", "/cases/{number}/previous"): ALL,
    ("GET", "/cases/{number}/messages/{message:int}/source"): ALL,
    ("GET", "/cases/{number}/messages/{message:int}/download"): ALL,
    ("GET", "/cases/{number}/messages/{message:int}/attachments/{part:int}"): ALL,
    **{("POST", f"/cases/{{number}}/{name}"): WORKERS for name in acts.ACTS},
    ("POST", "/cases/{number}/messages/{message:int}/rung"): WORKERS,
    ("POST", "/cases/{number}/preview"): WORKERS,
    ("POST", "/cases/{number}/assign"): NOT_AUDITOR,
    ("POST", "/cases/{number}/note"): NOT_AUDITOR,
    ("GET", "/calls/new"): WORKERS,
    ("POST", "/calls/new"): WORKERS,
    ("GET", "/tasks"): ALL,
    ("POST", "/tasks/{id:int}/done"): WORKERS,
    ("GET", "/mails"): ALL,
    ("GET", "/mails/{id:int}"): ALL,
    ("GET", "/mails/{id:int}/edit"): WORKERS,
    ("POST", "/mails/{id:int}/edit"): WORKERS,
    ("POST", "/mails/{id:int}/edit/begin"): WORKERS,
    ("GET", "/cases/{number}/reply"): WORKERS,
    ("POST", "/cases/{number}/reply/again"): WORKERS,
    ("GET", "/templates"): ALL,
    ("GET", "/templates/{name}"): ALL,
    ("GET", "/machine"): CONTROL,
    ("GET", "/machine/{id:int}"): CONTROL,
    ("GET", "/failed"): ALL,
    ("GET", "/failed/{id:int}"): CONTROL,
    ("POST", "/failed/{id:int}/again"): frozenset({Role.LEAD, Role.ADMIN}),
    ("POST", "/failed/{id:int}/case"): frozenset({Role.LEAD, Role.ADMIN}),
    ("POST", "/failed/cases/{number}/again"): WORKERS,
    ("GET", "/rules"): ALL,
    ("POST", "/rules"): ALL,
    ("GET", "/policies"): ALL,
    ("GET", "/figures"): ALL,
    ("GET", "/figures.csv"): ALL,
    ("GET", "/people"): frozenset({Role.ADMIN}),
    ("POST", "/people"): frozenset({Role.ADMIN}),
    ("POST", "/people/change"): frozenset({Role.ADMIN}),
    ("POST", "/people/place"): frozenset({Role.ADMIN}),
    ("GET", "/me"): ALL,
    ("POST", "/me/password"): ALL,
    ("POST", "/me/codes"): ALL,
    ("POST", "/me/codes/keep"): ALL,
    ("POST", "/me/codes/end"): ALL,
    ("POST", "/me/sessions/end"): ALL,
    ("POST", "/me/passkeys"): ALL,
    ("POST", "/me/passkeys/remove"): ALL,
    ("GET", "/me/oidc"): ALL,
    ("POST", "/me/oidc/end"): ALL,
    ("GET", "/erasures"): PRIVATE,
    ("GET", "/erasures/{id:int}"): PRIVATE,
    ("POST", "/erasures/{id:int}/held"): frozenset({Role.PRIVACY_OFFICER}),
    ("POST", "/retention/hold"): frozenset({Role.PRIVACY_OFFICER}),
    ("GET", "/retention"): PRIVATE,
    ("GET", "/retention/person"): PRIVATE,
    ("POST", "/retention/export"): frozenset({Role.PRIVACY_OFFICER}),
    ("GET", "/audit"): CONTROL,
    ("POST", "/audit"): CONTROL,
    ("GET", "/health"): ALL,
    ("GET", "/deliveries"): frozenset({Role.ADMIN}),
    ("POST", "/deliveries"): frozenset({Role.ADMIN}),
    ("GET", "/connections"): frozenset({Role.ADMIN}),
    ("POST", "/connections"): frozenset({Role.ADMIN}),
}
OPEN = {
    ("GET", "/sign-in"), ("POST", "/sign-in"), ("GET", "/sign-in/second"), ("POST", "/sign-in/second"),
    ("POST", "/sign-in/passkey"), ("GET", "/sign-in/oidc"), ("GET", "/sign-in/oidc/back"),
    ("GET", "/welcome/{token}"), ("POST", "/welcome/{token}"),
}  # fmt: skip


@pytest.fixture
def house(tmp_path: Path) -> Iterator[TestHouse]:
    found = staffed(open_test_house(tmp_path))
    found.seeker()
    found.mail("退会を希望します。よろしくお願いいたします。")
    found.mail("個人情報をすべて削除してください。", from_="通りすがり <nobody@example.com>")
    found.work()
    yield found
    found.store.close()


def routes() -> list[tuple[str, str]]:
    found = []
    for route in ROUTES:
        assert isinstance(route, Route)
        found += [(m, route.path) for m in sorted(route.methods or ()) if m != "HEAD"]
    return found


def url_of(path: str) -> str:
    for name, value in (("{number}", "C-000002"), ("{message:int}", "2"), ("{part:int}", "1"), ("{id:int}", "1")):
        path = path.replace(name, value)
    return "/staff" + path


def send(client: Client, method: str, path: str, data: dict[str, str] | None = None, **more: Any) -> Any:
    return client.get(url_of(path), **more) if method == "GET" else client.post(url_of(path), data, **more)


def test_every_route_is_in_the_table() -> None:
    assert set(routes()) == set(TABLE) | OPEN


def test_without_a_session_pages_lead_to_the_sign_in_and_changes_are_refused(house: TestHouse) -> None:
    client = Client(app_of(house))
    for method, path in TABLE:
        response = send(client, method, path)
        if method == "GET":
            assert (response.status_code, response.headers["location"].split("?")[0]) == (303, "/staff/sign-in"), path
        else:
            assert response.status_code == 401, path


@pytest.mark.parametrize("name", PEOPLE)
def test_every_route_for_every_role(house: TestHouse, name: str) -> None:
    client, role = Client(app_of(house), name), PEOPLE[name]
    token = client.token()
    for method, path in sorted(TABLE, key=lambda row: row[1] == "/sign-out"):  # last, as it ends the session
        response = send(client, method, path, {"csrf": token, "what": "receipt"})
        if role in TABLE[method, path]:
            assert response.status_code not in (401, 403, 500), (method, path, role, response.status_code)
        else:
            assert response.status_code == 403, (method, path, role, response.status_code)


def test_every_change_needs_the_sessions_token(house: TestHouse) -> None:
    app = app_of(house)
    before = house.cases()
    others = Client(app, SATO).token()
    client = Client(app, LEAD)
    for method, path in TABLE:
        if method == "POST":
            assert send(client, "POST", path, {}).status_code == 403, path
            assert send(client, "POST", path, {"csrf": others}).status_code == 403, path
    assert house.cases() == before


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example.com"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_every_change_from_another_site_is_refused(house: TestHouse, headers: dict[str, str]) -> None:
    client = Client(app_of(house), LEAD)
    before, token = house.cases(), client.token()
    for method, path in (*TABLE, ("POST", "/sign-in")):
        if method == "POST":
            assert send(client, "POST", path, {"csrf": token}, headers=headers).status_code == 403, path
    assert house.cases() == before


def test_what_is_not_there_and_what_is_anothers_look_the_same(house: TestHouse) -> None:
    with house.store.write() as tx:
        case = tx.cases.get(1)
        tx.cases.change(case, assignee=TANAKA)
    client = Client(app_of(house), SATO)
    token = client.token()
    texts = set()
    for number in ("C-000001", "C-009999"):
        for path in ("", "/messages/1/source", "/messages/1/download", "/messages/1/attachments/1"):
            response = client.get(f"/staff/cases/{number}{path}")
            assert response.status_code == 404, (number, path)
            texts.add(response.text)
        for act in acts.ACTS:
            data = {"csrf": token, "version": "1", "word": "退会", "text": "x", "request": "pause"}
            assert client.post(f"/staff/cases/{number}/{act}", data).status_code == 404, (number, act)
    assert len(texts) == 1
    assert "C-000001" not in client.get("/staff/?tab=unassigned").text
    assert "data-row" not in client.get("/staff/search?q=退会を希望").text


def test_messages_and_attachments_of_other_cases_are_not_given_out(house: TestHouse) -> None:
    client = Client(app_of(house), LEAD)
    assert client.get("/staff/cases/C-000001/messages/1/source").status_code == 200
    assert client.get("/staff/cases/C-000001/messages/2/source").status_code == 404
    assert client.get("/staff/cases/C-000001/messages/2/download").status_code == 404


@pytest.mark.parametrize("name", [SATO, LEAD, ADMIN])
def test_the_concierge_complained_about_never_sees_it(house: TestHouse, name: str) -> None:
    house.seeker("M-10002", "鈴木 花子", "hanako@example.jp", concierge=name)
    sent = house.mail("担当の方を変えていただきたいです。対応に不満があります。退会も考えています。",
                      from_="鈴木 花子 <hanako@example.jp>", subject="担当変更のお願い")  # fmt: skip
    house.work()
    cases = house.cases(sent.message_id)
    asked = next(c for c in cases if c.request == "concierge_change")
    with house.store.write() as tx:  # even where it was given to them by mistake, and is about leaving beside
        for case in cases:
            tx.cases.change(case, assignee=name, complaint=False)
        tx.cases.add(
            NewCase(asked.message_id, "withdrawal", CaseState.REVIEW, asked.channel, asked.received_at,
                    seeker_id=asked.seeker_id, assignee=name)
        )  # fmt: skip
    cases = house.cases(sent.message_id)
    assert len(cases) > 1
    client = Client(app_of(house), name)
    seen = "".join(client.get(f"/staff/?tab={t}").text for t in ("mine", "unassigned", "all", "waiting", "scheduled"))
    seen += client.get("/staff/search?q=鈴木").text + client.get("/staff/search?q=M-10002").text
    seen += client.get("/staff/mails").text + client.get("/staff/tasks?whose=all").text
    for case in cases:
        assert client.get(f"/staff/cases/{case.number}").status_code == 404
        assert client.get(f"/staff/search?q={case.number}").headers.get("location") is None
        assert case.number not in seen
    if name in (LEAD, ADMIN):
        assert not any(c.number in client.get("/staff/audit").text for c in cases)
    other = Client(app_of(house), AUDITOR)
    assert other.get(f"/staff/cases/{cases[0].number}").status_code == 200


def test_a_reviewer_does_not_see_unassigned_complaints(house: TestHouse) -> None:
    sent = house.mail("担当の佐藤さんを変えてください。", from_="誰か <somebody@example.com>", subject="担当変更")
    house.work()
    case = house.cases(sent.message_id)[0]
    assert case.request == "concierge_change"
    assert Client(app_of(house), SATO).get(f"/staff/cases/{case.number}").status_code == 404
    assert Client(app_of(house), LEAD).get(f"/staff/cases/{case.number}").status_code == 200


def test_the_privacy_officer_sees_erasures_only(house: TestHouse) -> None:
    client = Client(app_of(house), PRIVACY)
    assert client.get("/staff/cases/C-000001").status_code == 404
    assert client.get("/staff/cases/C-000002").status_code == 200


# --- signing in


def sign_in(client: Client, name: str, password: str, target: str = "/staff/") -> Any:
    return client.post("/staff/sign-in", {"name": name, "password": password, "next": target})


def test_the_cookie_is_for_us_alone_and_its_secret_is_not_in_the_database(house: TestHouse, tmp_path: Path) -> None:
    client = Client(app_of(house))
    cookie = sign_in(client, LEAD, PASSWORD).headers["set-cookie"]
    for word in ("HttpOnly", "Secure", "SameSite=lax", "Path=/staff", "Max-Age=43200"):
        assert word in cookie
    token = cookie.partition("=")[2].partition(";")[0]
    assert len(token) >= 43  # 256 bit
    stored = b"".join(p.read_bytes() for p in tmp_path.iterdir() if p.is_file())
    assert token.encode() not in stored
    plain = Client(app_of(house, public_url="http://127.0.0.1:8080"))
    plain.http.base_url = "http://127.0.0.1:8080"
    assert "Secure" not in sign_in(plain, LEAD, PASSWORD).headers["set-cookie"]


def test_unknown_name_wrong_password_and_no_password_answer_alike(house: TestHouse) -> None:
    with house.store.write() as tx:
        tx.staff.add("合言葉なし", Role.REVIEWER, None)
        tx.staff.add("退職者", Role.REVIEWER, tx.staff.password_hash(LEAD))
        tx.staff.change("退職者", active=False)
    client = Client(app_of(house))
    answers = [sign_in(client, *pair) for pair in ((LEAD, "wrong"), ("知らない人", PASSWORD), ("合言葉なし", ""),
                                                   ("退職者", PASSWORD), ("", ""))]  # fmt: skip
    own = r'data-passkey=.*? hidden|(?<=required) value="[^"]*"| autofocus'  # a challenge is new each time
    plain = [re.sub(own, "", a.text) for a in answers]  # and the name that was typed stays in its field
    assert {(a.status_code, t) for a, t in zip(answers, plain, strict=True)} == {(401, plain[0])}
    assert not any("set-cookie" in a.headers for a in answers)


def test_five_failures_lock_for_a_quarter_of_an_hour_known_or_not(house: TestHouse) -> None:
    app = app_of(house)
    for name in (LEAD, "知らない人"):
        client = Client(app)
        assert [sign_in(client, name, "wrong").status_code for _ in range(5)] == [401] * 5
        assert sign_in(client, name, PASSWORD).status_code == 429
    house.now += timedelta(minutes=16)
    assert sign_in(Client(app), LEAD, PASSWORD).status_code == 303


def test_sign_out_and_time_end_a_session(house: TestHouse) -> None:
    app = app_of(house)
    client = Client(app, LEAD)
    stolen = Client(app)
    stolen.http.cookies.update(client.http.cookies)
    assert stolen.get("/staff/").status_code == 200
    client.post("/staff/sign-out", {"csrf": client.token()})
    assert stolen.get("/staff/").status_code == 303
    assert stolen.post("/staff/cases/C-000001/note", {"text": "x"}).status_code == 401
    late = Client(app, LEAD)
    house.now += timedelta(hours=12, seconds=1)
    assert late.get("/staff/").status_code == 303


def test_signing_in_again_kills_the_secret_of_before(house: TestHouse) -> None:
    app = app_of(house)
    client = Client(app, LEAD)
    old = Client(app)
    old.http.cookies.update(client.http.cookies)
    sign_in(client, LEAD, PASSWORD)
    assert client.get("/staff/").status_code == 200
    assert old.get("/staff/").status_code == 303


@pytest.mark.parametrize(
    ("target", "where"),
    [
        ("/staff/mails?view=failed", "/staff/mails?view=failed"),
        ("https://evil.example.com/staff/", "/staff/"),
        ("//evil.example.com/staff/", "/staff/"),
        ("/\\evil.example.com", "/staff/"),
        ("/staff/\\..\\evil", "/staff/"),
        ("/staff/\r\nX: y", "/staff/"),
        ("javascript:alert(1)", "/staff/"),
        ("", "/staff/"),
    ],
)
def test_after_the_sign_in_one_stays_on_this_site(house: TestHouse, target: str, where: str) -> None:
    assert sign_in(Client(app_of(house)), LEAD, PASSWORD, target).headers["location"] == where


def test_a_new_password_signs_out_everywhere(house: TestHouse) -> None:
    app = app_of(house)
    client, other = Client(app, SATO), Client(app, SATO)
    token = client.token()
    wrong = client.post("/staff/me/password", {"csrf": token, "old": "no", "new": "a new long password"})
    short = client.post("/staff/me/password", {"csrf": token, "old": PASSWORD, "new": "short"})
    assert (wrong.status_code, short.status_code) == (422, 422)
    done = client.post("/staff/me/password", {"csrf": token, "old": PASSWORD, "new": "a new long password"})
    assert done.status_code == 303
    assert client.get("/staff/").status_code == other.get("/staff/").status_code == 303
    assert sign_in(client, SATO, "a new long password").status_code == 303


def test_admins_make_accounts_whose_first_sign_in_is_a_link_shown_once(house: TestHouse) -> None:
    app = app_of(house)
    admin = Client(app, ADMIN)
    page = admin.get("/staff/people")
    fields = form_of(page.text, "").fields | {"csrf": admin.token(), "name": "新人 一郎", "role": "reviewer"}
    made = admin.post("/staff/people", fields)
    link = re.search(r'<code class="password">https://intake.example.jp(/staff/welcome/[^<]+)</code>', made.text)
    assert link is not None
    assert link[1] not in admin.get("/staff/people").text
    newcomer = Client(app)
    assert sign_in(newcomer, "新人 一郎", "").status_code == 401
    chosen = {"password": "a password of my own", "again": "a password of my own"}
    assert newcomer.post(link[1], chosen).status_code == 303
    assert newcomer.get("/staff/").status_code == 200
    admin.post("/staff/people/change", {"csrf": admin.token(), "name": "新人 一郎", "what": "close"})
    assert newcomer.get("/staff/").status_code == 303
    assert sign_in(newcomer, "新人 一郎", chosen["password"]).status_code == 401
    own = admin.post("/staff/people/change", {"csrf": admin.token(), "name": ADMIN, "what": "close"})
    assert own.status_code == 422
