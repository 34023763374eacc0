"""The second round of attacks: accounts of staff, coming back, the API, what staff may do (reliability.md, part 2)."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from argon2 import PasswordHasher
from starlette.testclient import TestClient

from intake.errors import BadInput, SettingError
from intake.model import CaseState, SeekerStatus
from intake.outbox.guarded import is_public, url_of
from intake.web import passwords
from intake.web.staff import session, signin
from tests.house import TestHouse, open_test_house
from tests.integration.provider import Provider
from tests.integration.web_parts import ADMIN, HOST, LEAD, PASSWORD, PRIVACY, SATO, Client, app_of, staffed

WRONG = "not the password"
QUICK = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
QUICKLY = QUICK.hash(PASSWORD)


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes 64 MiB each time is not what is looked at here."""
    monkeypatch.setattr(passwords, "_HASHER", QUICK)
    monkeypatch.setattr(passwords, "_NOBODY", QUICK.hash("nobody"))


def quick(house: TestHouse) -> TestHouse:
    """The same people, whose passwords are checked in no time."""
    with staffed(house).store.write() as tx:
        for member in tx.staff.all():
            tx.staff.set_password(member.name, QUICKLY)
    return house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[TestHouse]:
    found = quick(open_test_house(tmp_path))
    yield found
    found.store.close()


@pytest.fixture
def either(tmp_path: Path, database_url: str) -> Iterator[TestHouse]:
    found = quick(open_test_house(tmp_path, url=database_url))
    yield found
    found.store.close()


def sign_in(client: Client, name: str, password: str = PASSWORD, target: str = "/staff/") -> Any:
    return client.post("/staff/sign-in", {"name": name, "password": password, "next": target})


def at_once(count: int, act: Any) -> list[Any]:
    """``count`` threads that begin together; what each of them got."""
    start, answers = threading.Barrier(count), []

    def one() -> None:
        start.wait(10)
        answers.append(act())

    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(answers) == count
    return answers


def test_a26_a_stranger_who_keeps_failing_never_locks_the_owner_out(house: TestHouse) -> None:
    app = app_of(house)
    desk = Client(app, LEAD)  # signed in here before
    desk.http.cookies.delete(session.COOKIE)
    stranger = Client(app)
    assert [sign_in(stranger, LEAD, WRONG).status_code for _ in range(6)] == [401] * 5 + [429]
    assert sign_in(Client(app), LEAD).status_code == 429
    assert sign_in(desk, LEAD).status_code == 303
    assert sign_in(stranger, LEAD).status_code == 429  # the owner's sign-in opens no door for others
    known = desk.http.cookies.get(session.KNOWN)
    stranger.http.cookies.set(session.KNOWN, str(known), domain="intake.example.jp", path="/staff/sign-in")
    assert [sign_in(stranger, LEAD, WRONG).status_code for _ in range(6)] == [401] * 5 + [429]  # it is no password
    assert sign_in(stranger, SATO, WRONG).status_code == 401
    forged = Client(app)
    forged.http.cookies.set(session.KNOWN, f"{known}x", domain="intake.example.jp", path="/staff/sign-in")
    assert sign_in(forged, LEAD).status_code == 429


def test_a26_many_guesses_at_once_are_five(either: TestHouse) -> None:
    app = app_of(either)
    answers = at_once(10, lambda: sign_in(Client(app), LEAD, WRONG).status_code)
    assert sorted(answers) == [401] * 5 + [429] * 5


def test_a26_unknown_names_are_answered_and_locked_like_known_ones(house: TestHouse) -> None:
    app = app_of(house)
    own = rf'data-passkey="[^"]*"|value="({LEAD}|知らない 人)"'  # what was typed stays in its field
    seen = [[(a := sign_in(Client(app), name, WRONG)).status_code, re.sub(own, "", a.text)]
            for name in (LEAD, "知らない 人") for _ in range(6)]  # fmt: skip
    assert seen[:6] == seen[6:]


def test_a26_one_network_address_may_not_try_name_after_name(house: TestHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signin, "PACE", signin.Pace(each=4, total=1000))
    monkeypatch.setattr(signin, "ONE_MACHINE", ())
    app = app_of(house)
    answers = [sign_in(Client(app), f"人 {n}", WRONG).status_code for n in range(6)]
    assert answers == [401] * 4 + [429] * 2


@pytest.mark.parametrize("name", ["a\0b", "\x1b[2J", "x" * 5000, "", "\u202e", "' OR 1=1 --"])
def test_no_name_breaks_the_sign_in(either: TestHouse, name: str) -> None:
    assert sign_in(Client(app_of(either)), name).status_code == 401


@pytest.mark.parametrize(
    "target",
    ["https://evil.example", "//evil.example", "/\\evil.example", "//[", "http://[::1", "/staff/\\..", "javascript:1",
     "/staff/\r\nSet-Cookie: a=b", "\t//evil.example", "/staff"],
)  # fmt: skip
def test_no_sign_in_leads_to_another_site_or_breaks(house: TestHouse, target: str) -> None:
    client = Client(app_of(house))
    assert client.get("/staff/sign-in", params={"next": target}).status_code == 200
    assert sign_in(client, SATO, target=target).headers["location"] == "/staff/"


def test_a25_an_origin_that_is_none_is_another_site(house: TestHouse) -> None:
    client = Client(app_of(house))
    for origin in ("http://[", "null", "https://evil.example", ""):
        answer = client.post("/staff/sign-in", {"name": SATO, "password": PASSWORD}, headers={"Origin": origin})
        assert answer.status_code == 403, origin


def with_codes(house: TestHouse, client: Client) -> Any:
    from tests.integration.test_web_accounts import with_codes as begin

    return begin(house, client)


def test_a_one_time_link_does_not_go_around_the_second_factor(house: TestHouse) -> None:
    app = app_of(house)
    totp, _ = with_codes(house, Client(app, LEAD))
    admin = Client(app, ADMIN)
    made = admin.post("/staff/people/change", {"csrf": admin.token(), "name": LEAD, "what": "link"})
    link = re.search(rf"{HOST}(/staff/welcome/[^<]+)<", made.text)
    assert link
    house.now += timedelta(minutes=1)
    thief = Client(app)
    chosen = {"password": "a password of my own", "again": "a password of my own"}
    answer = thief.post(link[1], chosen)
    assert answer.headers["location"].startswith("/staff/sign-in/second")
    assert thief.get("/staff/").status_code == 303
    assert thief.post("/staff/sign-in/second", {"code": totp.at(house.now)}).status_code == 303
    assert thief.get("/staff/").status_code == 200


def test_a_one_time_link_pressed_twice_at_once_works_once(either: TestHouse) -> None:
    app = app_of(either)
    admin = Client(app, ADMIN)
    made = admin.post("/staff/people/change", {"csrf": admin.token(), "name": SATO, "what": "link"})
    link = re.search(rf"{HOST}(/staff/welcome/[^<]+)<", made.text)
    assert link

    def press() -> int:
        mine = f"password {threading.get_ident()}"
        return int(Client(app).post(link[1], {"password": mine, "again": mine}).status_code)

    assert sorted(at_once(4, press)) == [303, 404, 404, 404]


def test_one_code_pressed_at_once_in_many_browsers_opens_one(either: TestHouse) -> None:
    app = app_of(either)
    totp, spare = with_codes(either, Client(app, LEAD))
    either.now += timedelta(minutes=1)
    for code in (totp.at(either.now), spare[0]):
        browsers = [Client(app) for _ in range(4)]
        for client in browsers:
            sign_in(client, LEAD)
        waiting = list(browsers)
        answers = at_once(4, lambda: waiting.pop().post("/staff/sign-in/second", {"code": code}).status_code)  # noqa: B023
        assert sorted(answers)[:2] == [303, 401]


def test_a26_a_stolen_session_gets_five_guesses_at_the_password(house: TestHouse) -> None:
    thief = Client(app_of(house), LEAD)
    tries = [thief.post("/staff/me/codes", {"csrf": thief.token(), "old": f"guess {n}"}) for n in range(5)]
    assert [t.status_code for t in tries] == [422] * 5
    right = thief.post("/staff/me/codes", {"csrf": thief.token(), "old": PASSWORD})
    assert (right.status_code, "続けて間違えたため" in right.text) == (422, True)
    change = {"csrf": thief.token(), "old": PASSWORD, "new": "n" * 20}
    assert thief.post("/staff/me/password", change).status_code == 422
    house.now += timedelta(minutes=16)
    assert thief.post("/staff/me/codes", {"csrf": thief.token(), "old": PASSWORD}).status_code == 200


def test_a26_a_stolen_session_adds_no_passkey(house: TestHouse) -> None:
    app = app_of(house)
    thief = Client(app, LEAD)
    answer = thief.post("/staff/me/passkeys", {"csrf": thief.token(), "credential": "{}"})
    assert (answer.status_code, "今のパスワードが違います" in answer.text) == (422, True)
    asked = thief.post("/staff/me/passkeys", {"csrf": thief.token(), "credential": "{}", "old": PASSWORD})
    assert asked.headers["location"] == "/staff/me?done=passkey_failed"  # as far as the key itself


def test_a_challenge_is_answered_once_in_all_processes(either: TestHouse) -> None:
    with either.store.write() as tx:
        assert tx.access.use_challenge(b"a", either.now)

    def use() -> bool:
        with either.store.write() as tx:
            return bool(tx.access.use_challenge(b"b", either.now))

    assert sorted(at_once(4, use)) == [False, False, False, True]
    with either.store.write() as tx:
        assert not tx.access.use_challenge(b"a", either.now + timedelta(minutes=6))


def test_a_passkey_is_kept_once(either: TestHouse) -> None:
    with either.store.write() as tx:
        tx.access.add_passkey(LEAD, b"id", b"key", 0, "desk", either.now)
        with pytest.raises(BadInput):
            tx.access.add_passkey(SATO, b"id", b"key", 0, "desk", either.now)
        assert [len(tx.access.passkeys(n)) for n in (LEAD, SATO)] == [1, 0]


def test_a_claim_that_the_provider_has_not_verified_opens_nothing(house: TestHouse) -> None:
    from tests.integration.test_web_accounts import travel, with_provider

    provider = Provider()
    with house.store.write() as tx:
        tx.staff.add("lead@agency.example.jp", next(m.role for m in tx.staff.all() if m.name == LEAD), None)
    app = with_provider(house, provider, oidc_claim="email")
    for more in ({}, {"email_verified": "true"}, {"email_verified": False}):
        provider.more = {"email": "lead@agency.example.jp", **more}
        assert travel(Client(app), provider).status_code == 403
    provider.more = {"email": ["lead@agency.example.jp"], "email_verified": True}
    assert travel(Client(app), provider).status_code == 403
    provider.more = {"email": "lead@agency.example.jp", "email_verified": True}
    assert travel(Client(app), provider).status_code == 303
    provider.close()


@pytest.mark.parametrize("claims", [{"iat": "soon"}, {"iat": [1]}, {"sub": ["1234"]}, {"sub": 7}, {"exp": "never"}])
def test_claims_of_another_shape_sign_nobody_in(house: TestHouse, claims: dict[str, Any]) -> None:
    from tests.integration.test_web_accounts import travel, with_provider

    provider = Provider()
    provider.more = {"name": LEAD, **claims}
    assert travel(Client(with_provider(house, provider, oidc_claim="name")), provider).status_code == 401
    provider.close()


class Caller:
    """A program with every scope."""

    def __init__(self, house: TestHouse) -> None:
        from intake.web.api.access import SCOPES, token_hash

        with house.store.write() as tx:
            tx.api_tokens.add("crm", token_hash(house.tools.keyring, "secret-token"), tuple(SCOPES), house.now)
        self.http = TestClient(app_of(house), base_url=HOST, raise_server_exceptions=False)
        self.head = {"Authorization": "Bearer secret-token"}

    def get(self, path: str, **query: str) -> Any:
        return self.http.get(f"/api/v1{path}", params=query, headers=self.head)

    def put(self, path: str, body: bytes | dict[str, Any], **head: str) -> Any:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.http.put(f"/api/v1{path}", content=raw, headers=self.head | head)


@pytest.mark.parametrize("after", ["9" * 5000, "9" * 19, "9223372036854775807", "-1", "1e9", "٣", "0x10", "1 OR 1=1"])
def test_a29_a_cursor_of_any_shape_is_a_number_or_a_problem(either: TestHouse, after: str) -> None:
    ask = Caller(either)
    for path in ("/seekers", "/cases", "/events"):
        assert ask.get(path, after=after).status_code in (200, 422), path
    assert ask.get("/tasks", limit=after).status_code in (200, 422)


@pytest.mark.parametrize("text", ["a\0b", "%00", "\u202e", "' OR 1=1 --", "x" * 3000])
def test_a29_no_word_breaks_the_api(either: TestHouse, text: str) -> None:
    ask = Caller(either)
    assert ask.get("/cases", member_id=text).status_code in (404, 422)
    assert ask.get("/cases", request=text).status_code == 422
    assert ask.get("/tasks", assignee=text).status_code in (200, 422)
    quoted = quote(text, safe="")
    for path in (f"/seekers/{quoted}", f"/cases/{quoted}", f"/tasks/{quoted}/done", f"/seekers/{quoted}/applications"):
        assert ask.get(path).status_code in (404, 405, 422), path
    assert ask.put(f"/seekers/{quoted}", {"name": "見本 太郎"}).status_code in (200, 201, 404, 422)
    assert ask.get("/tasks", **{"a\0": "1"}).status_code == 422


@pytest.mark.parametrize(
    "body",
    [b'{"\\ud800": 1}', b'{"name": "\\ud800"}', b'{"name": "a\\u0000b"}', b'{"preferences": {"\\udc00": "x"}}',
     b'{"name": "x", "id": 1}', b'{"name": "x", "status_since": "0001-01-01"}', b"[" * 100_000, b"1" * 5000,
     b'{"name": NaN}', b"\xff\xfe{}", b'{"name": {"a": {}}}', b'{"name": "x", "invalid_since": "9999-12-31"}'],
)  # fmt: skip
def test_no_body_breaks_the_api_nor_the_days_after(either: TestHouse, body: bytes) -> None:
    """What is taken in must not break the work of the night either."""
    from intake.pipeline import keeping

    ask = Caller(either)
    assert ask.put("/seekers/M-1", body).status_code in (200, 201, 400, 422)
    application = {"company": "株式会社見本", "stage": "applied"}
    for at in ("0001-01-01T00:00:00+09:00", "9999-12-31T23:59:59-09:00"):
        got = ask.put("/seekers/M-1/applications", application | {"interview_at": at})
        assert got.status_code in (200, 201, 404, 422), got.text
    with either.store.read() as tx:
        keeping.agenda(tx, either.tools, either.now.date())
    assert ask.get("/seekers").status_code == 200


def test_the_same_key_at_once_is_done_once(either: TestHouse) -> None:
    ask = Caller(either)
    head = {"Idempotency-Key": "one"}

    def put() -> int:
        return int(ask.put("/seekers/M-1", {"name": "見本 太郎"}, **head).status_code)

    assert at_once(4, put) == [201] * 4  # the same answer to all
    with either.store.read() as tx:
        assert [r.action for r in tx.audit.tail(20)].count("seeker.added_by_program") == 1


def test_no_program_lifts_a_hold_that_a_person_has_set(house: TestHouse) -> None:
    ask = Caller(house)
    ask.put("/seekers/M-1", {"name": "見本 太郎"})
    officer = Client(app_of(house), PRIVACY)
    form = {"member": "M-1", "csrf": officer.token(), "do": "set", "ground": "訴訟対応"}
    assert officer.post("/staff/retention/hold", form).status_code == 303
    for body in ({"legal_hold": None}, {"legal_hold": ""}, {"legal_hold": "other"}):
        assert ask.put("/seekers/M-1", body).status_code == 409, body
        assert house.get_seeker("M-1").legal_hold == "訴訟対応"
    assert ask.put("/seekers/M-1", {"kana": "ミホン タロウ"}).status_code == 200
    assert house.get_seeker("M-1").legal_hold == "訴訟対応"


def test_a_file_neither_lifts_a_hold_nor_brings_days_that_no_clock_can_count(house: TestHouse) -> None:
    from intake.pipeline.roster import import_applications, import_seekers
    from tests.unit.pipeline import test_roster

    words = test_roster.WORDS
    house.seeker("M-1")
    officer = Client(app_of(house), PRIVACY)
    form = {"member": "M-1", "csrf": officer.token(), "do": "set", "ground": "訴訟対応"}
    assert officer.post("/staff/retention/hold", form).status_code == 303
    file = "member_id,name,legal_hold,status_since\nM-1,山田 太郎,,\nM-2,見本,,0001-01-01\nM-3,見本,,2026-01-01\n"
    done = import_seekers(house.store, file.encode(), "x.csv", house.now, words, dry_run=False)
    assert len(done.errors) == 1
    assert "3" in done.errors[0]
    assert house.get_seeker("M-1").legal_hold == "訴訟対応"
    rows = "member_id,company,stage,interview_at\nM-3,株式会社見本,applied,0001-01-01T00:00:00+09:00\n"
    assert len(import_applications(house.store, rows.encode(), "y.csv", house.now, words, dry_run=False).errors) == 1
    officer.post("/staff/retention/hold", form | {"do": "lift"})
    import_seekers(house.store, b"member_id,name,legal_hold\nM-1,x,by file\n", "x.csv", house.now, words, dry_run=False)
    import_seekers(house.store, b"member_id,name,legal_hold\nM-1,x,\n", "x.csv", house.now, words, dry_run=False)
    assert house.get_seeker("M-1").legal_hold is None  # the file's own hold is the file's


def test_a32_asking_twice_says_nothing_of_who_is_there(either: TestHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first page of somebody who asked twice counts its tries like a stranger's."""
    from tests.integration import test_web_return as coming_back

    either.seeker(status="withdrawn", status_since=either.now.date(), withdrawn_on=either.now.date())
    seen = {}
    for address in ("taro@example.jp", "nobody@example.jp"):
        _, first = coming_back.ask(either, address)
        coming_back.ask(either, address)
        seen[address] = [coming_back.type_in(either, first, "0" * 6) for _ in range(4)]
    assert seen["taro@example.jp"] == seen["nobody@example.jp"] == [422, 422, 410, 410]


@pytest.mark.parametrize(
    "address", ["fec0::1", "3fff::1", "64:ff9b::10.0.0.1", "::ffff:169.254.169.254", "2002:a00::1"]
)
def test_a30_no_address_of_a_private_network_is_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "url", ["https://:secret@crm.example.jp/", "https://@crm.example.jp/", "https://a:b@c.example/"]
)
def test_a30_no_password_hides_in_the_address(url: str) -> None:
    with pytest.raises(SettingError):
        url_of(url)


def test_who_came_back_while_the_erasure_cooled_off_is_not_erased(tmp_path: Path) -> None:
    """The key proves what the person wants now; an erasure cannot be taken back."""
    from tests.integration import test_erasure_steps as erasing
    from tests.integration import test_web_return as coming_back

    house = erasing.filled(tmp_path / "home", "")
    case_id = erasing.approved(house)
    assert house.get_seeker("M-1").status is SeekerStatus.WITHDRAWN
    house.work()
    house.now += timedelta(days=3)
    _, handle = coming_back.ask(house, erasing.ADDRESS)
    assert coming_back.type_in(house, handle, coming_back.key(house)) == 200
    house.now += timedelta(days=10)
    assert erasing.due(house) == 0
    with house.store.read() as tx:
        case = tx.cases.get(case_id)
    assert (case.state, case.hold_reason) == (CaseState.REVIEW, "approve_erasure")
    house.store.close()
